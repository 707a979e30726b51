"""One wave: worlds spread over a box, simulated, and set against the record."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.experiments.samplers import latin_hypercube
from sim.experiments.saved import SavedSweep
from sim.experiments.sweeps import sweep
from sim.inference.predictions import Predictions
from sim.matching.implausibility import ensemble_variance, highest_in, implausibility, left, pooled_variance
from sim.matching.setting import Setting
from sim.matching.waves import cut_box, to_unit


@dataclass(frozen=True)
class Wave:
    """A wave, judged.

    Attributes
    ----------
    number : int
        From 1.
    edges : ndarray, shape (side, 2)
        Its box, as a part of the declared one in the unit cube.
    values : ndarray, shape (world, side)
        Its worlds, in the parameters' own numbers.
    unit : ndarray, shape (world, side)
        The same in the unit cube of the declared box.
    mean, variance : ndarray, shape (target, world)
        Mean of the runs, and variance of one history about it.
    found : ndarray, shape (target, world)
        Implausibility by each figure.
    by_group : ndarray, shape (group, world)
        The highest of each group.
    left : ndarray of bool, shape (world,)
        Whether a world is not ruled out.
    pooled : ndarray, shape (target,)
        Variance within worlds, averaged over them.
    failed : int
        Worlds of which a run failed; they are ruled out.
    """

    number: int
    edges: Array
    values: Array
    unit: Array
    mean: Array
    variance: Array
    found: Array
    by_group: Array
    left: NDArray[np.bool_]
    pooled: Array
    failed: int


def simulate(
    setting: Setting, number: int, edges: Array, out: Path | None, processes: int | None = None, progress: bool | None = None
) -> SavedSweep:
    """Run the worlds of a wave: a Latin hypercube over its box. Each world meets shocks of its own.

    Were they the same for all, every share would carry the luck of a few histories, and the variance pooled over worlds would be
    known no better than that of one.

    Raises
    ------
    UserError
        As `sim.experiments.sweeps.sweep`.
    """
    seed = setting.declaration.seed + number
    return sweep(
        setting.base,
        design=latin_hypercube(cut_box(setting.box, edges), setting.budget.worlds, seed),
        runs=setting.budget.runs,
        seed=seed,
        months=setting.months,
        measures=Predictions(setting.targets),
        own_shocks=True,
        out=out,
        processes=processes,
        progress=progress,
    )


def judged(setting: Setting, number: int, edges: Array, saved: SavedSweep, pooled: Array | None = None) -> Wave:
    """Set a wave against the record.

    Parameters
    ----------
    pooled : ndarray, shape (target,), optional
        Variance within worlds from the first wave, so that all waves are judged alike; taken from this one by default.
    """
    values = saved.design[list(setting.addresses)].to_numpy(dtype=float)
    names = Predictions(setting.targets).names
    mean, variance = np.empty((2, len(names), len(values)))
    own = np.empty(len(names)) if pooled is None else pooled
    for place, name in enumerate(names):  # one figure at a time, so that memory holds no run of the others
        samples = saved.array(name)[None]
        if pooled is None:
            own[place] = pooled_variance(samples)[0]
        mean[place] = samples[0].mean(axis=-1)
        variance[place] = ensemble_variance(samples, own[place : place + 1])[0]
    low, high = (np.array([getattr(target, end) for target in setting.targets]) for end in ("low", "high"))
    found = implausibility(mean, variance, low, high, *setting.discrepancies(setting.targets))
    by_group = highest_in(found, list(setting.groups.values()))
    declaration = setting.declaration
    return Wave(
        number=number,
        edges=edges,
        values=values,
        unit=to_unit(values, setting.box),
        mean=mean,
        variance=variance,
        found=found,
        by_group=by_group,
        left=left(by_group, declaration.rank, declaration.cut),
        pooled=own,
        failed=int((~np.isfinite(mean)).any(axis=0).sum()),
    )
