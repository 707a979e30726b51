"""What takes its time: a material delay of third order (Forrester 1961; Sterman 2000, chapter 11).

What comes in passes through stages, each with a share of the mean time. Little comes out early, most of it about the mean, and
some late; with a single stage, most would come out at once.
"""

from sim.arrays import Array

STAGES = 3


def through_stages(held: Array, inflow: Array, mean: Array) -> tuple[Array, Array]:
    """Move what is on its way by a month.

    From each stage goes the share p = k / (k + T) of what is in it, with what has just come from the stage before. So it takes
    T months on average.

    Parameters
    ----------
    held : ndarray, shape (k, R)
        In each stage.
    inflow : ndarray, shape (R,)
    mean : ndarray, shape (R,)
        T in months.

    Returns
    -------
    ndarray, shape (k, R)
        What is left in each stage.
    ndarray, shape (R,)
        What comes out.
    """
    share = STAGES / (STAGES + mean)
    left = held.copy()
    for stage in left:
        stage += inflow
        inflow = share * stage
        stage -= inflow
    return left, inflow
