"""Do the figures tell explanations apart? Limits are taken away in worlds of the whole box and in those that are left."""

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.matching.declaration import Explanations
from sim.matching.found import Contest, Explained, Held
from sim.matching.setting import Setting
from sim.reporting.intervals import share
from sim.reporting.records import Interval
from sim.runs.ensemble import run

Which = Literal["both", "first", "second", "neither"]


def explained(setting: Setting, everywhere: Array, left: Array, informed: Sequence[str], seed: int) -> Explained | None:
    """See in which worlds each explanation holds the outcome down, before and after.

    Parameters
    ----------
    everywhere, left : ndarray, shape (world, side)
        Worlds of the declared box, and those not ruled out.
    informed : sequence of str
        Addresses of which the record tells something.
    """
    asked = setting.declaration.explanations
    if asked is None:
        return None
    rng = np.random.default_rng(seed)
    both = [rng.permutation(worlds)[: asked.worlds] for worlds in (everywhere, left)]
    before, after = (held_down(setting, asked, worlds, seed) for worlds in both)
    names = list(asked.limits)
    held = []
    for place, (name, limit) in enumerate(asked.limits.items()):
        sides = setting.explaining[name]
        held.append(
            Held(
                name=name,
                says=limit.says,
                before=_interval(before[place]),
                after=_interval(after[place]),
                informed=[address for address in informed if address in sides],
                parameters=len(sides),
            )
        )
    contests = [_contest(names, i, j, before, after, asked.least) for i, j in combinations(range(len(names)), 2)]
    return Explained(
        outcome=asked.outcome,
        effect=asked.effect,
        least=asked.least,
        worlds=(len(both[0]), len(both[1])),
        held=held,
        contests=contests,
    )


def held_down(setting: Setting, asked: Explanations, worlds: Array, seed: int) -> NDArray[np.bool_]:
    """Whether each explanation holds the outcome down in each world, shape (explanation, world).

    It does if without its limits the mean over the runs is higher by the declared share of it. A world has shocks of its own, the
    same for all explanations.
    """
    arms: list[tuple[str, ...]] = [(), *(limit.without for limit in asked.limits.values())]
    shape = (len(arms), len(worlds), asked.runs)
    arm, world, key = np.unravel_index(np.arange(np.prod(shape)), shape)
    data = run(
        setting.base,
        len(arm),
        months=setting.months,
        seed=seed,
        keys=(world * asked.runs + key).astype(np.int64),
        values={address: column[world] for address, column in zip(setting.addresses, worlds.T, strict=True)},
        knockouts={name: np.isin(arm, [i for i, each in enumerate(arms) if name in each]) for each in arms for name in each},
        record=(),
        progress=False,
    )
    outcome = data["outcomes"].sel(outcome=asked.outcome).values.reshape(shape).mean(axis=-1)
    gain = outcome[1:] - outcome[0]
    down: NDArray[np.bool_] = gain > np.maximum(asked.effect * outcome[1:], 1e-9)
    return down


def _contest(names: Sequence[str], i: int, j: int, before: NDArray[np.bool_], after: NDArray[np.bool_], least: float) -> Contest:
    def shares(held: NDArray[np.bool_]) -> dict[Which, float]:
        return {
            "both": float((held[i] & held[j]).mean()),
            "first": float((held[i] & ~held[j]).mean()),
            "second": float((held[j] & ~held[i]).mean()),
            "neither": float((~held[i] & ~held[j]).mean()),
        }

    now = shares(after)
    return Contest(
        first=names[i],
        second=names[j],
        before=shares(before),
        after=now,
        told_apart=min(now["first"], now["second"]) < least,
    )


def _interval(held: NDArray[np.bool_]) -> Interval:
    found = share(held.sum(), held.size)
    return Interval(estimate=float(found.value), low=float(found.low), high=float(found.high))
