"""What the stages of several questions share: arms, points of the declared box, what is seen, what is judged."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.experiments.ranges import scrambled
from sim.mechanisms.channels import CHANNELS
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


def happened(event: Event, reached: Array) -> NDArray[np.bool_]:
    """Whether an outcome reached the number of an event, or stayed within it."""
    least = -np.inf if event.at_least is None else event.at_least
    most = np.inf if event.at_most is None else event.at_most
    found: NDArray[np.bool_] = (reached >= least) & (reached <= most)
    return found
