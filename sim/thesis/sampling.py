"""What the stages of several questions share: arms, points of the declared box, what is seen, what is judged."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.experiments.arms import Result
from sim.experiments.ranges import scrambled
from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.parameters import STANCE_TRIGGERS
from sim.thesis.declaration import Event
from sim.thesis.problem import Problem

Arrays = dict[str, NDArray[Any]]
SEEN = ("beijing_months", "beijing_snubs")
FOUR = ((), ("beijing",), ("beijing_threat",), ("beijing_action",))
BOTH = ((), ("beijing",))


def common_of(problem: Problem, outcomes: Sequence[str]) -> dict[str, Any]:
    """Arguments of an ensemble that is judged: dates, outcomes and seed."""
    return {"at": problem.at, "outcomes": tuple(outcomes), "seed": problem.declaration.seeds.confirmation}


def points(problem: Problem, worlds: int, scramblings: int, seed: int) -> Array:
    """Sobol points of the declared box, shape (scrambling × world, side)."""
    return _points(len(problem.box), worlds, scramblings, seed)


@lru_cache(maxsize=3)
def _points(sides: int, worlds: int, scramblings: int, seed: int) -> Array:
    return scrambled(sides, worlds, scramblings, seed).reshape(-1, sides)


def sample_points(problem: Problem, seed: int) -> Array:
    """Points of a sample of worlds within the budget."""
    return points(problem, problem.budget.worlds, problem.budget.scramblings, seed)


def months_seen(problem: Problem) -> tuple[int, ...]:
    """Months at which anything is judged or seen."""
    declaration = problem.declaration
    events = [*declaration.events.values(), *declaration.tolerance.observed]
    return tuple(sorted({*problem.at, *(problem.month(event.by) for event in events)}))


def punishing_rules(problem: Problem) -> list[str]:
    """Rules by which a patron punishes, favours and snubs apart."""
    base = problem.base
    return [
        name
        for name, rule in base.rules.items()
        if base.countries[rule.presser].role == "patron" and not CHANNELS[rule.channel].carrot and rule.channel != "diplomatic"
    ]


def of_stance(problem: Problem) -> bool:
    """Whether what a patron bears follows from its motives, month by month, and is no number of the scenario."""
    rules = problem.base.rules.values()
    return any(rule.trigger in STANCE_TRIGGERS and problem.base.countries[rule.presser].role == "patron" for rule in rules)


def at_ceiling(problem: Problem, found: Result, values: dict[str, Array]) -> tuple[Array, Array]:
    """The visible tie at the month of the ceiling, mean of all, and the tolerance when it was agreed, lowest of all partners.

    Both have the shape of the arms. A tie is seen a month after it was agreed. Where no rule follows a stance, tolerance is the
    number at the axis of the declaration.
    """
    month = problem.month(problem.declaration.ceiling.month) - 1
    tie = found.paths["visible_tie"][month].mean(axis=0)
    if of_stance(problem):
        return tie, np.nanmin(found.paths["tolerance"][max(month - 1, 0)], axis=0)
    address = problem.declaration.tolerance.address
    return tie, np.broadcast_to(values.get(address, problem.base.parameters[address].value), tie.shape)


def happened(event: Event, reached: Array) -> NDArray[np.bool_]:
    """Whether an outcome reached the number of an event, or stayed within it."""
    least = -np.inf if event.at_least is None else event.at_least
    most = np.inf if event.at_most is None else event.at_most
    found: NDArray[np.bool_] = (reached >= least) & (reached <= most)
    return found
