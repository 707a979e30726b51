"""What the model says of each figure, run by run, as measures that a sweep takes where the runs are simulated."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array
from sim.evidence.series import Target

if TYPE_CHECKING:
    import xarray as xr


class Predictions:
    """Measures of a sweep: a column for each target, with the model's value of what was observed.

    Parameters
    ----------
    targets : sequence of Target
        At least one.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self.names = [f"figure {target.observation.id}" for target in targets]
        self.columns: Mapping[str, str] = dict(zip(self.names, (target.series.unit for target in targets), strict=True))
        self.needs: Sequence[str] = tuple(sorted({name for target in targets for name in target.series.needs}))
        rows = [(target.observation.id, target.series.name, target.weights.tolist()) for target in targets]
        self.about: Mapping[str, Any] = {"figures": len(rows), "hash": hashlib.sha256(json.dumps(rows).encode()).hexdigest()}

    def __call__(self, runs: "xr.Dataset") -> Array:
        """Give the model's value of each target in each run, shape (target, run)."""
        series = {target.series.name: target.series for target in self.targets}
        paths = {name: each.paths(runs) for name, each in series.items()}
        return np.stack([target.of_path(paths[target.series.name]) for target in self.targets])
