"""Designs: arms, worlds and replicates laid out as one flat ensemble, run in few large calls, and brought back into shape.

A run costs least in large chunks, so a stage never loops over its arms. Replicates carry the same key in every arm, and so
meet the same shocks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.arrays import Array
from sim.runs.ensemble import run
from sim.scenario.scenario import Scenario

BATCH = 40_000  # runs in one call: enough for all cores, and little enough for their numbers to fit in memory
Tick = Callable[[int], object]


@dataclass(frozen=True)
class Result:
    """Outcomes and paths of an ensemble.

    Attributes
    ----------
    outcomes : ndarray, shape (at, outcome, *shape)
    paths : dict of ndarray, shape (month, holder, *shape)
        Of the quantities that were to be recorded.
    holders : dict of tuple of str
        Of each of them.
    """

    outcomes: Array
    paths: dict[str, Array]
    holders: dict[str, tuple[str, ...]]


def ensemble(
    scenario: Scenario,
    shape: tuple[int, ...],
    *,
    at: Sequence[int],
    outcomes: Sequence[str],
    seed: int,
    keys: ArrayLike,
    values: Mapping[str, ArrayLike] | None = None,
    knockouts: Mapping[str, ArrayLike] | None = None,
    record: Sequence[str] = (),
    beliefs_of: Scenario | None = None,
    tick: Tick = lambda runs: None,
) -> Result:
    """Run an ensemble of any shape, such as (arm, world, replicate).

    Parameters
    ----------
    shape : tuple of int
        Shape of the ensemble.
    at : sequence of int
        Months, ascending, to which outcomes are wanted. The last ends the runs.
    outcomes : sequence of str
        Names of outcomes.
    keys : array of int
        Replicate keys; here as for values and knock-outs, an array that can be broadcast to the shape.
    values, knockouts : mapping
        Numbers by address, and limits that are out, by name.
    record : sequence of str
        Quantities whose paths are wanted.
    tick : callable
        Is told of runs as they are done.

    Raises
    ------
    UserError
        As `sim.run`.
    """
    size, months = prod(shape), sorted(set(at))
    found = np.empty((len(months), len(outcomes), size))
    paths: dict[str, Array] = {}
    holders: dict[str, tuple[str, ...]] = {}
    for start in range(0, size, BATCH):
        span = slice(start, min(start + BATCH, size))
        place = np.unravel_index(np.arange(span.start, span.stop), shape)
        data = run(
            scenario,
            span.stop - span.start,
            months=months[-1],
            seed=seed,
            keys=_part(keys, shape, place).astype(np.int64),
            values={name: _part(value, shape, place) for name, value in (values or {}).items()},
            knockouts={name: _part(mask, shape, place) for name, mask in (knockouts or {}).items()},
            beliefs_of=beliefs_of,
            record=list(record),
            at=months,
            progress=False,
        )
        found[..., span] = data["outcomes_at"].sel(outcome=list(outcomes)).transpose("at", "outcome", "run").values
        for name in record:
            holder = next((str(dim) for dim in data[name].dims if dim not in ("month", "run")), None)
            given = data[name].values if holder else data[name].values[:, None]
            kept = paths.setdefault(name, np.empty((*given.shape[:2], size)))
            kept[..., span] = given
            holders[name] = tuple(str(each) for each in data[holder].values) if holder else ("world",)
        tick(span.stop - span.start)
    return Result(
        found.reshape(*found.shape[:2], *shape),
        {name: kept.reshape(*kept.shape[:2], *shape) for name, kept in paths.items()},
        holders,
    )


def arms(*removed: Sequence[str], axes: int = 0) -> dict[str, NDArray[np.bool_]]:
    """Knock-out masks of arms along the first axis, each arm the limits that are out in it, then further axes of length one."""
    names = dict.fromkeys(name for arm in removed for name in arm)
    return {name: np.array([name in arm for arm in removed]).reshape(-1, *[1] * axes) for name in names}


def _part(given: ArrayLike, shape: tuple[int, ...], place: tuple[NDArray[np.intp], ...]) -> NDArray[Any]:
    return np.broadcast_to(np.asarray(given), shape)[place]
