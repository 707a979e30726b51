"""What the model says of each figure, run by run."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.evidence.series import Target

if TYPE_CHECKING:
    import xarray as xr

DAYS = 31  # steps of a month
BATCHES_STREAM = 30_000  # of the draws of courses


@cache
def courses(seed: int, keys: int, batches: float) -> Array:
    """Draw in what course a month's batches arrive, one for each key: the share that is in by each day, shape (key, day + 1).

    A gamma bridge (Ribeiro and Webber 2004): of a month with b batches, the share by a part t of it is Beta(b t, b (1 − t)),
    which is t on average, and never falls. Many batches come evenly.
    """
    rng = np.random.default_rng([seed, BATCHES_STREAM])
    come = np.zeros((keys, DAYS + 1))
    np.cumsum(rng.gamma(batches / DAYS, size=(keys, DAYS)), axis=1, out=come[:, 1:])
    return np.asarray(come / come[:, -1:])


class Predictions:
    """Says what a figure would be by the model.

    A total by a day within a month has a part of that month's flow: what comes in batches by the course of the month's key,
    anything else evenly.

    Parameters
    ----------
    targets : sequence of Target
    batches : mapping of float
        Batches of a month, by series.
    seed, keys : int
        Of the courses: the declaration's seed, and how many keys a month may have.
    """

    def __init__(self, targets: Sequence[Target], batches: Mapping[str, float], seed: int, keys: int) -> None:
        self.needs: Sequence[str] = tuple(sorted({name for target in targets for name in target.series.needs}))
        self._targets = tuple(targets)
        self._courses = {name: courses(seed, keys, count) for name, count in batches.items()}

    def __call__(self, runs: "xr.Dataset", keys: NDArray[np.int64]) -> Array:
        """Give the model's value of each target in each run, shape (target, run); ``keys`` have the shape (month, run)."""
        if not self._targets:
            return np.zeros((0, keys.shape[1]))
        series = {target.series.path: target.series for target in self._targets}
        paths = {path: each.paths(runs) for path, each in series.items()}  # several series may have one path
        return np.stack([self._said(target, paths[target.series.path], keys) for target in self._targets])

    def _said(self, target: Target, path: Array, keys: NDArray[np.int64]) -> Array:
        said, name = target.of_path(path), target.series.name
        if name not in self._courses or target.series.kind != "total":
            return said
        last = int(np.flatnonzero(target.weights)[-1])
        part = target.weights[last]
        return np.asarray(said + (self._courses[name][keys[last], round(part * DAYS)] - part) * path[last])
