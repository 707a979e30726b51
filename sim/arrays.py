"""What most of the package computes with: arrays of numbers, one for each run."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EPSILON = 1e-9  # amounts below this count as none, and no division is by less

Runs = NDArray[np.intp] | slice  # some of the runs: their places, or a stretch of them


def of_runs(table: Array, runs: Runs) -> Array:
    """Take some of the runs of a table, along its last axis: a stretch of them as a view."""
    return table[..., runs] if isinstance(runs, slice) else table.take(runs, axis=-1)
