"""A thesis test of the toy world that takes seconds: one declaration, and ways to change it."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim import judge
from sim.arrays import Array
from sim.experiments.arms import ensemble
from sim.scenario.scenario import Scenario
from sim.thesis.declaration import Declaration
from sim.thesis.judgement import Judgement
from sim.thesis.problem import Problem, bring_together
from sim.thesis.sampling import common_of

TOY = Path(__file__).resolve().parent.parent / "toy" / "toy.toml"

BUDGET = {
    "base_runs": 40,
    "tolerance_worlds": 16,
    "attribution_runs": 12,
    "attribution_orders": 0,
    "needs_runs": 12,
    "scramblings": 16,
    "worlds": 2,
    "runs_per_world": 2,
    "refined": 0.25,
    "refined_runs": 2,
    "variant_worlds": 8,
    "crossed": False,
    "rival_runs": 12,
    "history_worlds": 16,
    "disagreement_runs": 8,
    "disagreement_orders": 4,
    "claim_runs": 8,
}


def tables(**changes: Any) -> dict[str, Any]:
    """The tables of the small declaration, some of them replaced."""
    return {
        "title": "Does Grandia cap it?",
        "question": "A small one.",
        "dates": ["2001-12", 24],
        "headline": 24,
        "hypotheses": {"cap": {"says": "It caps.", "refuted_by": "It does not.", "test": "cap"}},
        "dimensions": {
            "munitions": {"outcome": "munitions", "delta": 0.1, "delta_abs": 10.0},
            "openness": {"outcome": "openness", "delta": 0.1, "delta_abs": 0.02},
        },
        "delay": {"outcome": "first_visit", "delta": 0.1, "delta_abs": 1.0},
        "ranges": {"include": ["*"], "exclude": ["*.reference"]},
        "tolerance": {
            "address": "grandia.tolerance",
            "levels": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
            "threshold": 0.05,
            "observed": [{"says": "a summit", "outcome": "visits", "by": 12, "at_least": 1}],
        },
        "ceiling": {"month": 12, "window": 0.2, "tolerated": 0.01, "slope": 0.5},
        "attribution": {
            "limits": ["beijing_threat", "beijing_action", "supply", "reluctance"],
            "unions": [["beijing_threat", "beijing_action"]],
            "relaxation": {"supply": {"down": ["*.reserve"]}, "beijing_threat": {"down": ["*.belief"]}},
        },
        "variants": {"bargaining": ["nash", "heuristic"], "learning": [], "response": ["threshold"]},
        "events": {"summit": {"says": "a summit", "outcome": "visits", "by": 12, "at_least": 1, "observed": True}},
        "seeds": {"exploration": 1, "confirmation": 2},
        "budgets": {"quick": BUDGET},
        **changes,
    }


def toy() -> Scenario:
    """The toy world."""
    return Scenario.load(TOY)


def declared(**changes: Any) -> Declaration:
    """The small declaration, some of its tables replaced."""
    return Declaration.from_dict(tables(**changes))


def problem(**changes: Any) -> Problem:
    """The toy world with the small declaration."""
    return bring_together(toy(), declared(**changes), "quick")


def quiet(runs: int) -> None:
    """Nobody is told of runs."""


def alone(scenario: Scenario, runs: int) -> Array:
    """What is judged in one scenario by itself, shape (date, outcome, run)."""
    return ensemble(scenario, (runs,), keys=np.arange(runs), **common_of(problem(), problem().outcomes)).outcomes


@cache
def small() -> Judgement:
    """The toy world judged."""
    return judge(toy(), declared())


def judged(world: Scenario | None = None, **changes: Any) -> Judgement:
    """A world judged by the small declaration, some of its tables replaced."""
    return judge(world or toy(), declared(**changes))


@cache
def strict() -> Judgement:
    """The toy world judged by the shipped hypotheses, its smallest effect on munitions so large that the cap fails."""
    dimensions = tables()["dimensions"]
    large = {**dimensions["munitions"], "delta_abs": 1e6}
    hypotheses = {name: each.model_dump() for name, each in Declaration.load("thesis").hypotheses.items()}
    return judged(hypotheses=hypotheses, dimensions={**dimensions, "munitions": large})


def words_of(found: Judgement) -> dict[str, dict[str, str]]:
    """Words of the hypotheses by their names."""
    return {each.name: dict(each.words) for each in found.hypotheses}


def limits(**changes: Any) -> dict[str, Any]:
    """The table of limits, some of its keys replaced."""
    return {"attribution": {**tables()["attribution"], **changes}}
