"""Sensitivity: which parameters an outcome answers to, by the measure that fits the design.

Every table has a row for each parameter and measure, with columns parameter, measure, value, low and high. What has to be
known to read it stands in ``table.attrs["note"]``. All points of a sweep meet the same shocks, so the mean of an outcome
over the runs of a point is a function of its parameters, and that function is what is studied.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Array
from sim.errors import UserError
from sim.experiments.design import Design
from sim.numerals import share
from sim.reporting.intervals import LEVEL, t_quantile

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 999
BATCH = 50  # resamples at a time, so that screening many parameters fits in memory


def sensitivity(design: Design, y: ArrayLike, seed: int = 0) -> "pd.DataFrame":
    """Say which parameters an outcome answers to, by the measure that fits the design.

    Parameters
    ----------
    design : Design
    y : array, shape (points,)
        An outcome at each point: its mean over the runs. NaN where all of them failed.
    seed : int
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        As `sobol_indices` for saltelli, `morris_effects` for morris, `one_at_a_time_effects` for one_at_a_time, and
        `rank_regression` for all others.

    Raises
    ------
    UserError
        If there is not a number for each point, or too few for the measure.
    """
    match design.kind:
        case "saltelli":
            return sobol_indices(design, y, seed)
        case "morris":
            return morris_effects(design, y, seed)
        case "one_at_a_time":
            return one_at_a_time_effects(design, y)
        case _:
            return rank_regression(design, y)


def sobol_indices(design: Design, y: ArrayLike, seed: int = 0) -> "pd.DataFrame":
    """Shares of the variance of an outcome: of each parameter alone (first), and with all its interactions (total).

    Estimated as in Saltelli et al. (2010, Computer Physics Communications 181), with intervals from a bootstrap over base
    points. An estimate may fall a little below 0 or above 1. An outcome that is the same everywhere has indices 0.

    Parameters
    ----------
    design : Design
        Of kind saltelli.
    y : array, shape (points,)
    seed : int
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        Measures "first" and "total"; low and high are a 95% interval.

    Raises
    ------
    UserError
        If the design is another, or a point has no number.
    """
    from scipy import stats  # takes a second to load

    y = _outcome(design, y, "saltelli")
    missing = int((~np.isfinite(y)).sum())
    if missing:
        text = f"{missing:,} of {len(y):,} points have no number, and Sobol indices need all; mend and run those that failed"
        raise UserError(text, "sensitivity")
    rows = y.reshape(-1, len(design.columns) + 2)

    def indices(base: Any) -> Array:
        chosen = rows[base]
        parts = {"f_A": chosen[None, :, 0], "f_B": chosen[None, :, -1], "f_AB": chosen.T[1:-1, None]}
        estimates = stats.sobol_indices(func=parts, n=len(chosen))
        return np.stack([estimates.first_order, estimates.total_order])

    each = np.arange(len(rows))
    value = indices(each)
    spread = stats.bootstrap(
        (each,), indices, n_resamples=RESAMPLES, method="percentile", confidence_level=LEVEL, rng=np.random.default_rng(seed)
    ).confidence_interval
    note = f"Sobol indices from {len(rows):,} base points; intervals of {share(LEVEL)} from a bootstrap over them"
    return _table(design, {name: (value[i], spread.low[i], spread.high[i]) for i, name in enumerate(("first", "total"))}, note)


def morris_effects(design: Design, y: ArrayLike, seed: int = 0) -> "pd.DataFrame":
    """Elementary effects (Morris 1991, Technometrics 33): the change of an outcome per full range of a parameter, at many places.

    Trajectories with a point that has no number are left out, and the note says how many.

    Parameters
    ----------
    design : Design
        Of kind morris.
    y : array, shape (points,)
    seed : int
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        In the unit of the outcome: "mu", the mean effect; "mu_star", the mean of its absolute value (Campolongo et al. 2007,
        Environmental Modelling & Software 22), by which parameters are ranked; "sigma", its standard deviation, which is
        0 for a parameter that acts linearly and alone. Low and high are a 95% interval from a bootstrap over trajectories.

    Raises
    ------
    UserError
        If the design is another, or fewer than two trajectories are whole.
    """
    from scipy import stats  # takes a second to load

    y = _outcome(design, y, "morris")
    effects = elementary_effects(design, y)
    whole = np.isfinite(effects).all(axis=0)
    if whole.sum() < 2:
        raise UserError(f"only {whole.sum()} of {len(whole)} trajectories have all numbers; two are needed", "sensitivity")
    effects = effects[:, whole]
    measures: dict[str, Callable[[Array, int], Array]] = {
        "mu": lambda sample, axis: sample.mean(axis=axis),
        "mu_star": lambda sample, axis: np.abs(sample).mean(axis=axis),
        "sigma": lambda sample, axis: sample.std(axis=axis, ddof=1),
    }
    rows = {}
    for name, measure in measures.items():
        spread = stats.bootstrap(
            (effects,),
            measure,
            axis=1,
            n_resamples=RESAMPLES,
            batch=BATCH,
            method="percentile",
            confidence_level=LEVEL,
            rng=np.random.default_rng(seed),
        ).confidence_interval
        rows[name] = (measure(effects, 1), spread.low, spread.high)
    lost = f"; {len(whole) - whole.sum()} were left out for want of numbers" if not whole.all() else ""
    note = (
        f"change of the outcome per full range, over {whole.sum():,} trajectories{lost}; intervals of {share(LEVEL)} by bootstrap"
    )
    return _table(design, rows, note)


def elementary_effects(design: Design, y: ArrayLike) -> Array:
    """Each step of each trajectory of a Morris design as a change per full range, shape (parameter, trajectory)."""
    size = len(design.columns)
    points = np.stack(list(design.columns.values()), axis=1).reshape(-1, size + 1, size)
    steps = np.diff(points, axis=1)
    change = np.diff(np.asarray(y, dtype=float).reshape(-1, size + 1), axis=1)
    levels = design.about["levels"]
    step = levels / (2 * (levels - 1))
    ways = np.sign(steps)  # of the one parameter that moves, 0 for the others
    return np.asarray((ways * change[:, :, None]).sum(axis=1).T / step)


def one_at_a_time_effects(design: Design, y: ArrayLike) -> "pd.DataFrame":
    """An outcome at the centre, and with each parameter alone at its lowest and highest level: the bars of a tornado.

    Parameters
    ----------
    design : Design
        Of kind one_at_a_time.
    y : array, shape (points,)

    Returns
    -------
    pandas.DataFrame
        Measure "outcome", in its unit: value at the centre, low and high at the parameter's lowest and highest level (high may
        be the smaller number). NaN where a point has no number.

    Raises
    ------
    UserError
        If the design is another.
    """
    y = _outcome(design, y, "one_at_a_time")
    levels = [np.asarray(design.about["levels"][address]) for address in design.columns]
    starts = np.cumsum([1, *(len(each) for each in levels[:-1])])
    low, high = (y[[start + pick(each) for start, each in zip(starts, levels, strict=True)]] for pick in (np.argmin, np.argmax))
    note = (
        "the outcome at the centre, and with one parameter at its lowest (low) or highest level (high); no interactions are seen"
    )
    return _table(design, {"outcome": (np.full(len(levels), y[0]), low, high)}, note)


def rank_regression(design: Design, y: ArrayLike) -> "pd.DataFrame":
    """Standardized rank regression coefficients: how an outcome rises with each parameter, the others held fixed.

    Ranks are regressed on ranks (Saltelli and Marivoet 1990, Reliability Engineering & System Safety 28), so any curve that
    only rises or only falls counts in full. One that turns back, or an interaction, does not show; the note gives the share
    of the variance of ranks that is explained. Points without a number and parameters that do not vary are left out.

    Parameters
    ----------
    design : Design
        Of any kind.
    y : array, shape (points,)

    Returns
    -------
    pandas.DataFrame
        Measure "rank_regression", from −1 to 1; low and high are the 95% interval of least squares.

    Raises
    ------
    UserError
        If there are too few points, or parameters move together.
    """
    from scipy import stats  # takes a second to load

    y = _outcome(design, y)
    there = np.isfinite(y)
    names = [name for name, column in design.columns.items() if np.ptp(column[there]) > 0] if there.any() else []
    points, size = int(there.sum()), len(names)
    if not names or points < size + 2:
        text = f"{points:,} points with a number are too few for {size} parameters that vary; at least {size + 2} are needed"
        raise UserError(text, "sensitivity")
    x = stats.zscore(np.stack([stats.rankdata(design.columns[name][there]) for name in names], axis=1))
    _refuse_tied(x, names)
    ranks = stats.rankdata(y[there])
    target = stats.zscore(ranks) if np.ptp(ranks) > 0 else np.zeros(points)
    inverse = np.linalg.inv(x.T @ x)
    value = inverse @ (x.T @ target)
    left = float(((target - x @ value) ** 2).sum())
    freedom = points - size - 1
    half = np.sqrt(np.diag(inverse) * left / freedom) * t_quantile(freedom)
    explained = 1 - left / points if np.ptp(ranks) > 0 else 1.0
    note = f"standardized rank regression over {points:,} points explains {share(explained)} of the variance of ranks"
    note += "" if explained >= 0.7 else "; the rest is curves that turn back and interactions: trust a saltelli design more"
    return _frame(names, {"rank_regression": (value, value - half, value + half)}, note)


def to_salib(design: Design) -> tuple[dict[str, Any], Array]:
    """Give a design as SALib takes it, whose further analyses need no more than this and an outcome.

    Saltelli and Morris designs are laid out as SALib lays out its own:
    ``SALib.analyze.pawn.analyze(problem, x, y)``, ``SALib.analyze.sobol.analyze(problem, y, calc_second_order=False)``.

    Returns
    -------
    problem : dict
        num_vars, names, bounds, and dists where a range has a log measure.
    x : ndarray, shape (points, parameter)
    """
    ranges = design.about.get("ranges") or {
        name: {"low": float(column.min()), "high": float(column.max()), "measure": "linear"}
        for name, column in design.columns.items()
    }
    problem: dict[str, Any] = {
        "num_vars": len(design.columns),
        "names": list(design.columns),
        "bounds": [[ranges[name]["low"], ranges[name]["high"]] for name in design.columns],
    }
    if any(ranges[name]["measure"] == "log" for name in design.columns):
        problem["dists"] = ["logunif" if ranges[name]["measure"] == "log" else "unif" for name in design.columns]
    return problem, np.stack(list(design.columns.values()), axis=1)


def _outcome(design: Design, y: ArrayLike, kind: str = "") -> Array:
    """Give an outcome as numbers, one for each point of a design of this kind."""
    if kind and design.kind != kind:
        raise UserError(
            f"needs a design of kind {kind}, not {design.kind}; sensitivity(design, y) picks what fits", "sensitivity"
        )
    numbers = np.asarray(y, dtype=float)
    if numbers.shape != (design.points,):
        text = f"needs one number for each of the {design.points:,} points, not shape {numbers.shape}"
        raise UserError(text, "sensitivity")
    return numbers


def _refuse_tied(x: Array, names: list[str]) -> None:
    """Refuse parameters that move together: their effects cannot be told apart."""
    sizes, ways = np.linalg.eigh(x.T @ x / len(x))
    tied = np.abs(ways[:, sizes < 1e-9]).max(axis=1, initial=0.0) > 1e-6
    if tied.any():
        together = ", ".join(name for name, each in zip(names, tied, strict=True) if each)
        raise UserError(f"these move together, so their effects cannot be told apart: {together}", "sensitivity")


def _table(design: Design, measures: dict[str, tuple[Array, Array, Array]], note: str) -> "pd.DataFrame":
    return _frame(list(design.columns), measures, note)


def _frame(names: list[str], measures: dict[str, tuple[Array, Array, Array]], note: str) -> "pd.DataFrame":
    """A row for each measure and parameter, measure by measure."""
    import pandas as pd

    blocks = [
        pd.DataFrame({"parameter": names, "measure": measure, "value": value, "low": low, "high": high})
        for measure, (value, low, high) in measures.items()
    ]
    found = pd.concat(blocks, ignore_index=True)
    found.attrs["note"] = note
    return found
