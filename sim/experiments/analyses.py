"""What is made of the runs of a sweep: paired differences, sensitivity, and boxes in which an outcome is high or low."""

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import UserError
from sim.experiments.design import Design
from sim.experiments.discovery import discovered
from sim.experiments.sensitivity import sensitivity as measured
from sim.mechanisms.noise import Array

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.saved import SavedSweep


def differences(saved: "SavedSweep", outcome: str, lever: str) -> "pd.DataFrame":
    """Set the options of a lever against its first; see `SavedSweep.differences`."""
    import pandas as pd

    found = [
        saved.design.iloc[points.ravel()].reset_index(drop=True).assign(**_contrast(first, other))
        for points, first, other in _options(saved, outcome, lever)
    ]
    return pd.concat(found, ignore_index=True) if found else saved.design.iloc[:0]


def sensitivity(saved: "SavedSweep", outcome: str, against: str | None) -> "pd.DataFrame":
    """Measure each combination of levers by itself; see `SavedSweep.sensitivity`."""
    import pandas as pd

    found: list[pd.DataFrame] = []
    notes: dict[str, list[str]] = {}
    for points, y in _blocks(saved, outcome, against):
        about, rows = saved.manifest["design"], saved.design.iloc[points]
        columns = {name: rows[name].to_numpy(dtype=np.float64) for name in about["columns"]}
        table = measured(Design(about["kind"], columns, about["about"]), y)
        options = {name: rows[name].iloc[0] for name in saved.manifest["levers"]}
        for place, (name, option) in enumerate(options.items()):
            table.insert(place, name, option)
        at = ", ".join(f"{name} {str(option) or 'none'}" for name, option in options.items())
        notes.setdefault(str(table.attrs.pop("note", "")), []).append(at)  # pandas drops notes that differ
        found.append(table)
    made = pd.concat(found, ignore_index=True)
    made.attrs["note"] = (
        next(iter(notes)) if len(notes) == 1 else "; ".join(f"{note} ({' or '.join(ats)})" for note, ats in notes.items())
    )
    return made


def discover(
    saved: "SavedSweep", outcome: str, at_least: float | None, at_most: float | None, against: str | None
) -> "pd.DataFrame":
    """Look for boxes of parameters over all combinations of levers; see `SavedSweep.discover`."""
    if (at_least is None) == (at_most is None):
        raise UserError("give one of at_least and at_most", "discover")
    edge = at_most if at_least is None else at_least
    if not np.isscalar(edge) or not np.isreal(edge) or not np.isfinite(edge):
        raise UserError(f"must be a finite number, not {edge!r}", "at_most" if at_least is None else "at_least")
    blocks = list(_blocks(saved, outcome, against))
    y = np.concatenate([means for _, means in blocks])
    rows = saved.design.iloc[np.concatenate([points for points, _ in blocks])[np.isfinite(y)]]
    y = y[np.isfinite(y)]
    names = [name for name in saved.inputs if saved.design[name].dtype.kind == "f"]
    return discovered({name: rows[name].to_numpy() for name in names}, y <= edge if at_least is None else y >= edge)


def _blocks(saved: "SavedSweep", outcome: str, against: str | None) -> Iterator[tuple[NDArray[np.intp], Array]]:
    """Points and means of each combination of levers, in the order of the design; or means of what one lever changes."""
    if against is None:
        every = np.arange(saved.manifest["points"])
        yield from zip(every.reshape(-1, saved.sampled), saved.points(outcome).reshape(-1, saved.sampled), strict=True)
        return
    for points, first, other in _options(saved, outcome, against):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a point whose runs all failed has no mean
            means = np.nanmean(other - first, axis=-1).reshape(-1, saved.sampled)
        yield from zip(points.reshape(-1, saved.sampled), means, strict=True)


def _options(saved: "SavedSweep", outcome: str, lever: str) -> Iterator[tuple[NDArray[np.intp], Array, Array]]:
    """Points and runs of each further option of a lever, with the runs of its first: (points), (points, runs), (points, runs)."""
    values: NDArray[Any] = saved.array(outcome)
    axis = saved.dims.index(lever)
    every: NDArray[Any] = np.arange(saved.manifest["points"]).reshape(values.shape[:-1])
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
