"""Stages over worlds of the declared box: the curve along tolerance, the shares, single histories."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.experiments.arms import Tick, arms, ensemble
from sim.experiments.ranges import scrambled
from sim.mechanisms.channels import CHANNELS
from sim.thesis.declaration import Event
from sim.thesis.problem import Setting
from sim.thesis.stages import SEEN, Arrays, common_of
from sim.thesis.statistics.worlds import closeness

BOTH = ((), ("beijing",))


def points(setting: Setting, worlds: int, scramblings: int, seed: int) -> Array:
    """Sobol points of the declared box, shape (scrambling × world, side)."""
    return _points(len(setting.box), worlds, scramblings, seed)


@lru_cache(maxsize=3)
def _points(sides: int, worlds: int, scramblings: int, seed: int) -> Array:
    return scrambled(sides, worlds, scramblings, seed).reshape(-1, sides)


def sample_points(setting: Setting, seed: int) -> Array:
    """Points of a sample of worlds within the budget."""
    return points(setting, setting.budget.worlds, setting.budget.scramblings, seed)


def months_seen(setting: Setting) -> tuple[int, ...]:
    """Months at which anything is judged or seen."""
    declaration = setting.declaration
    events = [*declaration.events.values(), *declaration.tolerance.observed]
    return tuple(sorted({*setting.at, *(setting.month(event.by) for event in events)}))


def tolerance(setting: Setting, tick: Tick) -> Arrays:
    """Outcomes at each level of tolerance, all else sampled: `on` (date, outcome, level, world), `off` without the levels.

    Also the visible tie at the month of the ceiling, `tie_on` (level, world) and `tie_off` (world,), and what was observed of
    openness, `seen` (observation, level, world).
    """
    axis, seed = setting.declaration.tolerance, setting.declaration.seeds.confirmation
    worlds = setting.budget.tolerance_worlds
    values = setting.worlds(points(setting, worlds, 1, seed))
    # Without Beijing its tolerance plays no part, so the last arm serves all levels.
    levels = np.array([*axis.levels, axis.levels[-1]])
    off = np.arange(len(levels)) == len(axis.levels)
    at = months_seen(setting)
    outcomes = (*setting.outcomes, *(event.outcome for event in axis.observed))
    found = ensemble(
        setting.base,
        (len(levels), worlds),
        keys=np.arange(worlds),
        values={**values, axis.address: levels[:, None]},
        knockouts={"beijing": off[:, None]},
        record=["visible_tie"],
        tick=tick,
        at=at,
        outcomes=outcomes,
        seed=seed,
    )
    judged = found.outcomes[[at.index(month) for month in setting.at], : len(setting.outcomes)]
    tie = found.paths["visible_tie"][setting.month(setting.declaration.ceiling.month) - 1].mean(axis=0)
    seen = np.empty((len(axis.observed), len(axis.levels), worlds), dtype=bool)
    for place, event in enumerate(axis.observed):
        reached = found.outcomes[at.index(setting.month(event.by)), len(setting.outcomes) + place, :-1]
        seen[place] = happened(event, reached)
    return {"on": judged[:, :, :-1], "off": judged[:, :, -1], "tie_on": tie[:-1], "tie_off": tie[-1], "seen": seen}


def sample(setting: Setting, tick: Tick, measure: str, seed: int) -> Arrays:
    """Both arms in a sample of worlds: `on` and `off` (date, outcome, world, run).

    Worlds nearest to an edge between two classes get more runs: `refined` (world,) names them, `more_on` and `more_off` hold
    all their runs.
    """
    return _sampled(setting, setting.worlds(sample_points(setting, seed), measure), 0, seed, tick)


def matched(setting: Setting, tick: Tick) -> Arrays:
    """Both arms in the worlds that the record does not rule out: as `sample`, with as many runs in each, on other shocks."""
    assert setting.matched is not None
    budget, seed = setting.budget, setting.declaration.seeds.confirmation
    beyond = budget.scramblings * budget.worlds * (budget.runs_per_world + budget.refined_runs)
    return _sampled(setting, setting.matched.values(setting.box), beyond, seed, tick)


def worlds(setting: Setting, tick: Tick) -> Arrays:
    """The sample that is reported: as `sample`, and of the first run of each world what may be seen.

    `events` (event, world, run) says what happened with Beijing in force, `punished` (date, world) counts months with a
    punishment, `tie_on` and `tie_off` (world,) are the visible tie at the month of the ceiling.
    """
    seed, budget = setting.declaration.seeds.confirmation, setting.budget
    values = setting.worlds(sample_points(setting, seed))
    at = months_seen(setting)
    events = list(setting.declaration.events.values())
    outcomes = (*setting.outcomes, *SEEN[:1], *(event.outcome for event in events))
    size = len(next(iter(values.values())))
    found = ensemble(
        setting.base,
        (2, size, budget.runs_per_world),
        keys=_keys(size, budget.runs_per_world, 0),
        values={address: value[:, None] for address, value in values.items()},
        knockouts=arms(*BOTH, axes=2),
        record=["visible_tie"],
        tick=tick,
        at=at,
        outcomes=outcomes,
        seed=seed,
    )
    dates, judged = [at.index(month) for month in setting.at], len(setting.outcomes)
    both = found.outcomes[dates, :judged]
    happening = np.empty((len(events), size, budget.runs_per_world), dtype=bool)
    for place, event in enumerate(events):
        reached = found.outcomes[at.index(setting.month(event.by)), judged + 1 + place, 0]
        happening[place] = happened(event, reached)
    tie = found.paths["visible_tie"][setting.month(setting.declaration.ceiling.month) - 1].mean(axis=0)
    return {
        "on": both[:, :, 0],
        "off": both[:, :, 1],
        "events": happening,
        "punished": found.outcomes[dates, judged, 0, :, 0],
        "tie_on": tie[0, :, 0],
        "tie_off": tie[1, :, 0],
        **_more(setting, values, both, 0, seed, tick),
    }


def histories(setting: Setting, tick: Tick) -> Arrays:
    """Single histories of sampled worlds, month by month: `tie` and `punishment` (month, world)."""
    seed, count = setting.declaration.seeds.confirmation, setting.budget.history_worlds
    found = ensemble(
        setting.base,
        (count,),
        keys=np.arange(count),
        values=setting.worlds(points(setting, count, 1, seed)),
        record=["visible_tie", "pressure"],
        tick=tick,
        **common_of(setting, setting.outcomes[:1]),
    )
    rules = punishing_rules(setting)
    rows = [place for place, name in enumerate(found.holders["pressure"]) if name in rules]
    pressure = found.paths["pressure"][:, rows]
    none = np.zeros_like(found.paths["visible_tie"][:, 0])
    return {"tie": found.paths["visible_tie"].mean(axis=1), "punishment": pressure.max(axis=1) if rows else none}


def punishing_rules(setting: Setting) -> list[str]:
    """Rules by which a patron punishes, favours and snubs apart."""
    base = setting.base
    return [
        name
        for name, rule in base.rules.items()
        if base.countries[rule.presser].role == "patron" and not CHANNELS[rule.channel].carrot and rule.channel != "diplomatic"
    ]


def happened(event: Event, reached: Array) -> NDArray[np.bool_]:
    """Whether an outcome reached the number of an event, or stayed within it."""
    least = -np.inf if event.at_least is None else event.at_least
    most = np.inf if event.at_most is None else event.at_most
    found: NDArray[np.bool_] = (reached >= least) & (reached <= most)
    return found


def _sampled(setting: Setting, values: dict[str, Array], first: int, seed: int, tick: Tick) -> Arrays:
    """Both arms in given worlds, and more runs for some, with keys counted from the first."""
    found = _both(setting, values, setting.budget.runs_per_world, first, setting.at, setting.outcomes, seed, tick)
    return {"on": found[:, :, 0], "off": found[:, :, 1], **_more(setting, values, found, first, seed, tick)}


def _both(
    setting: Setting,
    values: dict[str, Array],
    runs: int,
    first: int,
    at: Sequence[int],
    outcomes: Sequence[str],
    seed: int,
    tick: Tick,
) -> Array:
    """Both arms in given worlds, shape (date, outcome, arm, world, run)."""
    size = len(next(iter(values.values())))
    return ensemble(
        setting.base,
        (2, size, runs),
        keys=_keys(size, runs, first),
        values={address: value[:, None] for address, value in values.items()},
        knockouts=arms(*BOTH, axes=2),
        tick=tick,
        at=at,
        outcomes=outcomes,
        seed=seed,
    ).outcomes


def _keys(worlds: int, runs: int, first: int) -> NDArray[np.int64]:
    """Keys of runs in worlds, shape (world, run): no two alike, so that worlds are independent."""
    return first + np.arange(worlds * runs, dtype=np.int64).reshape(worlds, runs)


def _more(setting: Setting, values: dict[str, Array], both: Array, first: int, seed: int, tick: Tick) -> Arrays:
    """More runs for the worlds that lie nearest to an edge, on any dimension and date; their keys follow those of all worlds."""
    on, off = both[:, :, 0], both[:, :, 1]
    delta_abs = setting.delta_abs[:, None]
    away = closeness(off, on, setting.delta[:, None], delta_abs, delta_abs).min(axis=(0, 1))
    count = int(setting.budget.refined * away.size)
    nearest = np.sort(np.argsort(away, kind="stable")[:count])
    if not count:
        return {"refined": nearest, "more_on": on[:, :, :0], "more_off": off[:, :, :0]}
    chosen = {address: value[nearest] for address, value in values.items()}
    after = first + both.shape[-2] * both.shape[-1]
    more = _both(setting, chosen, setting.budget.refined_runs, after, setting.at, setting.outcomes, seed, tick)
    return {
        "refined": nearest,
        "more_on": np.concatenate([on[:, :, nearest], more[:, :, 0]], axis=-1),
        "more_off": np.concatenate([off[:, :, nearest], more[:, :, 1]], axis=-1),
    }
