"""Where a curve crosses a level, such as the resolve from which on fewer shells arrive than some number."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from sim.errors import UserError, suggest

if TYPE_CHECKING:
    from pandas import DataFrame


def crossing(sweep: Any, outcome: str, level: float, along: str | None = None) -> "DataFrame":
    """Find where the mean of an outcome crosses a level along one input of a sweep, by straight lines between its points.

    Parameters
    ----------
    sweep : SavedSweep
        What `sim.sweep` or `sim.open_sweep` gives.
    outcome : str
        An outcome or measure, such as "munitions".
    level : float
        In the unit of the outcome.
    along : str, optional
        The input that is followed; the only one with several numbers unless given.

    Returns
    -------
    pandas.DataFrame
        A row for each crossing: the values of all other inputs, and under the name of ``along`` where it lies. No row where the
        level is never crossed.

    Raises
    ------
    UserError
        If there is no such outcome or input, or no other point lies along the input.
    """
    from pandas import DataFrame

    if not hasattr(sweep, "means"):
        raise UserError(f"needs a sweep, as sim.sweep or sim.open_sweep gives it, not {type(sweep).__name__}", "crossing")
    means = sweep.means(outcome)
    numeric = [name for name in sweep.inputs if means[name].dtype.kind in "iuf" and means[name].nunique() > 1]
    if along is None and len(numeric) != 1:
        raise UserError(
            f"say along which input, along=: {', '.join(numeric) or 'none of this sweep has several numbers'}", "along"
        )
    name = along or numeric[0]
    if name not in numeric:
        raise UserError(f"'{name}' is no input with several numbers; {suggest(name, numeric)}", "along")
    others = [other for other in sweep.inputs if other != name]
    groups = means.groupby(others, sort=False, dropna=False) if others else [((), means)]
    rows, longest = [], 0
    for key, points in groups:
        line = points.sort_values(name)
        longest = max(longest, len(line))
        found = crossings(line[name], line["mean"], level)
        rows += [{**dict(zip(others, key, strict=True)), name: place} for place in found]
    if longest < 2:
        raise UserError(f"no two points differ in '{name}' alone; sweep it under a factorial design", "along")
    return DataFrame(rows, columns=[*others, name])


def crossings(levels: ArrayLike, curve: ArrayLike, level: float) -> tuple[float, ...]:
    """Where a curve crosses a level, by linear interpolation, in ascending order of the levels.

    Parameters
    ----------
    levels : array, shape (level,)
        Ascending, such as Beijing's tolerance.
    curve : array, shape (level,)
        The effect at each level; a level where it is nan is left out.
    """
    levels, curve = np.asarray(levels, dtype=float), np.asarray(curve, dtype=float)
    known = ~np.isnan(curve)
    levels, above = levels[known], curve[known] - level
    at = np.flatnonzero((above[:-1] > 0) != (above[1:] > 0))
    share = above[at] / (above[at] - above[at + 1])
    return tuple((levels[at] + share * (levels[at + 1] - levels[at])).tolist())
