"""What is made of the runs of a sweep: paired differences, sensitivity, and boxes in which an outcome is high or low."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.arrays import Array
from sim.errors import UserError
from sim.experiments.design import Design
from sim.experiments.prim import find_boxes, rescore
from sim.experiments.sensitivity import sensitivity as measured

if TYPE_CHECKING:
    import pandas as pd

SPLIT_SEED = 0

Block = tuple[NDArray[np.intp], Array]  # points of one combination of levers, in the order of the design, and a mean for each


def differences(points: "pd.DataFrame", values: Array, axis: int) -> "pd.DataFrame":
    """Set the options of a lever against its first; see `sim.experiments.saved.SavedSweep.differences`.

    Parameters
    ----------
    points : DataFrame
        A row for each point.
    values : ndarray, shape (*options of levers, *design, runs)
        An outcome of all runs.
    axis : int
        That of the lever.
    """
    import pandas as pd

    tables = [
        points.iloc[chosen.ravel()].reset_index(drop=True).assign(**_contrast(first, other))
        for chosen, first, other in _options(values, axis)
    ]
    return pd.concat(tables, ignore_index=True) if tables else points.iloc[:0]


def blocks(means: Array, sampled: int) -> Iterator[Block]:
    """Cut the means of all points, shape (points,), into blocks of as many as the design has."""
    return zip(np.arange(means.size).reshape(-1, sampled), means.reshape(-1, sampled), strict=True)


def change_blocks(values: Array, axis: int, sampled: int) -> Iterator[Block]:
    """Give blocks of what the further options of one lever change on average against its first; arguments as `differences`."""
    for points, first, other in _options(values, axis):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a point whose runs all failed has no mean
            means = np.nanmean(other - first, axis=-1).reshape(-1, sampled)
        yield from zip(points.reshape(-1, sampled), means, strict=True)


def sensitivity(
    points: "pd.DataFrame", design: Mapping[str, Any], levers: Iterable[str], outcome: Iterable[Block]
) -> "pd.DataFrame":
    """Measure each combination of levers by itself; see `sim.experiments.saved.SavedSweep.sensitivity`.

    Parameters
    ----------
    points : DataFrame
        A row for each point.
    design : mapping
        What the manifest of the sweep says of it.
    """
    import pandas as pd

    tables: list[pd.DataFrame] = []
    notes: dict[str, list[str]] = {}
    for chosen, y in outcome:
        rows = points.iloc[chosen]
        columns = {name: rows[name].to_numpy(dtype=np.float64) for name in design["columns"]}
        table = measured(Design(design["kind"], columns, design["about"]), y)
        options = {name: rows[name].iloc[0] for name in levers}
        for place, (name, option) in enumerate(options.items()):
            table.insert(place, name, option)
        at = ", ".join(f"{name} {str(option) or 'none'}" for name, option in options.items())
        notes.setdefault(str(table.attrs.pop("note", "")), []).append(at)  # pandas drops notes that differ
        tables.append(table)
    joined = pd.concat(tables, ignore_index=True)
    joined.attrs["note"] = (
        next(iter(notes)) if len(notes) == 1 else "; ".join(f"{note} ({' or '.join(ats)})" for note, ats in notes.items())
    )
    return joined


def discover(
    points: "pd.DataFrame", inputs: Iterable[str], outcome: Iterable[Block], at_least: float | None, at_most: float | None
) -> "pd.DataFrame":
    """Look for boxes of those inputs that are numbers; see `sim.experiments.saved.SavedSweep.discover`."""
    if (at_least is None) == (at_most is None):
        raise UserError("give one of at_least and at_most", "discover")
    edge = at_most if at_least is None else at_least
    if not np.isscalar(edge) or not np.isreal(edge) or not np.isfinite(edge):
        raise UserError(f"must be a finite number, not {edge!r}", "at_most" if at_least is None else "at_least")
    chosen, y = (np.concatenate(parts) for parts in zip(*outcome, strict=True))
    rows = points.iloc[chosen[np.isfinite(y)]]
    y = y[np.isfinite(y)]
    names = [name for name in inputs if points[name].dtype.kind == "f"]
    return box_table({name: rows[name].to_numpy() for name in names}, y <= edge if at_least is None else y >= edge)


def box_table(columns: Mapping[str, Array], hits: ArrayLike) -> "pd.DataFrame":
    """Boxes in which the points that hit are dense.

    Parameters
    ----------
    columns : mapping of ndarray, shape (points,)
        Parameters by address.
    hits : array of bool, shape (points,)
        Which points have what is sought.

    Returns
    -------
    pandas.DataFrame
        A row for each box and each parameter that it restricts: ``box`` (1 is the best), ``parameter``, ``low``, ``high``
        (NaN where open), ``quasi_p``; and of the box, scored on the half that did not find it: ``coverage``, ``density``
        with its 95 % interval, ``mass``, and ``base``, the share of hits among all points.

    Raises
    ------
    UserError
        If there is nothing to tell apart: no parameter, or all or none of the points hit.
    """
    import pandas as pd

    hit = np.asarray(hits, dtype=bool)
    if not columns:
        raise UserError("no parameter varies; boxes need some", "discover")
    if hit.all() or not hit.any():
        which = "all" if hit.all() else "none"
        raise UserError(f"{which} of the {len(hit):,} points have what is sought; choose another threshold", "discover")
    worlds = np.column_stack(list(columns.values()))
    # Points of a design come in an order that means something: a random half avoids it.
    half = np.random.default_rng(SPLIT_SEED).permutation(len(hit)) % 2 == 0
    names = list(columns)
    rows = []
    for number, box in enumerate(find_boxes(worlds[half], hit[half]), start=1):
        scored = rescore(box, worlds[~half], hit[~half])
        about = {
            "coverage": float(scored.coverage.value),
            "density": float(scored.density.value),
            "density_low": float(scored.density.low),
            "density_high": float(scored.density.high),
            "mass": scored.mass,
            "base": float(hit.mean()),
        }
        for place in box.restricted:
            low, high = (edge if np.isfinite(edge) else np.nan for edge in (box.low[place], box.high[place]))
            sides = {"box": number, "parameter": names[place], "low": low, "high": high, "quasi_p": float(box.quasi_p[place])}
            rows.append({**sides, **about})
    return pd.DataFrame(rows)


def _options(values: NDArray[Any], axis: int) -> Iterator[tuple[NDArray[np.intp], Array, Array]]:
    """Points and runs of each further option of a lever, with the runs of its first: (points), (points, runs), (points, runs)."""
    every: NDArray[Any] = np.arange(values[..., 0].size).reshape(values.shape[:-1])
    for place in range(1, values.shape[axis]):
        yield every.take(place, axis=axis), values.take(0, axis=axis), values.take(place, axis=axis)


def _contrast(first: Array, other: Array) -> dict[str, Any]:
    """Columns that tell of other minus first, over runs, which are the last axis."""
    first, other = (each.reshape(-1, each.shape[-1]) for each in (first, other))
    change = other - first
    runs = np.isfinite(change).sum(axis=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a point of one run, or of failed ones, has no spread
        mean, error = np.nanmean(change, axis=-1), np.nanstd(change, axis=-1, ddof=1) / np.sqrt(runs)
        a, b = (each - each.mean(axis=-1, keepdims=True) for each in (first, other))
        correlation = (a * b).sum(axis=-1) / np.sqrt((a**2).sum(axis=-1) * (b**2).sum(axis=-1))
    return {"runs": runs, "mean": mean, "error": error, "correlation": correlation}
