"""Worlds whose truth can be worked out by hand: the scenarios in `known/`, and what is true of each of them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sim.mechanisms.quantities import DIMENSIONS
from sim.paths import scenario_folder
from sim.runs.ensemble import run
from sim.scenario.scenario import Scenario
from sim.thesis.declaration import Declaration

KNOWN = Path(__file__).parent / "known"
NAMES = tuple(sorted(path.stem for path in KNOWN.glob("*.toml")))
THREAT, DEED = "beijing_threat", "beijing_action"
BEIJING = (THREAT, DEED)
LIMITS = (
    *BEIJING,
    "west",
    "backlash",
    "supply",
    "payment",
    "quality",
    "trust",
    "reluctance",
    "red_line",
    "interdiction",
)
DELTA = 0.1
DELTA_ABS = {"munitions": 50.0, "technology": 1.0, "troops": 200.0, "oil": 50.0, "openness": 0.02}

MONTHS = 24
BOUGHT = 1 - 0.8 / 3.0  # of a gap: rounds are worth 3 million USD a thousand at first, nothing at the gap, and cost 0.8
WANTED = BOUGHT * 200 * MONTHS  # thousand rounds: the fire that the war asks for, of which Marland makes none itself
PATH = 25 * (1 - (15 / 16) ** np.arange(MONTHS + 1))  # points handed over by month where nothing holds them back
STOPPED = 10.0  # Haven's line lies anywhere from 8 to 12 points, and they stop there


@dataclass(frozen=True)
class Truth:
    """What is true of a world: on one dimension, as on all others nothing ever binds.

    Attributes
    ----------
    word : what is to be said of Beijing's cap.
    threat, deed, both : what the dimension gains where these are removed.
    value, first_in, last_in : of each limit that matters.
    """

    dimension: str
    word: str = "fails"
    threat: float = 0.0
    deed: float = 0.0
    both: float = 0.0
    value: Mapping[str, float] = field(default_factory=dict)
    first_in: Mapping[str, float] = field(default_factory=dict)
    last_in: Mapping[str, float] = field(default_factory=dict)


def alone(dimension: str, limit: str, size: float, word: str = "fails") -> Truth:
    """One limit does it all."""
    by = {"threat": size * (limit == THREAT), "deed": size * (limit == DEED), "both": size * (limit in BEIJING)}
    return Truth(dimension, word, **by, value={limit: size}, first_in={limit: size}, last_in={limit: size})


# What Ostia can ship, and where the partners stop for fear: thousand rounds in all.
SHIPPED, FEARED = 20.0 * MONTHS, 50.0 * MONTHS
# Where they stop if they think Grandia more patient than it is, and what two months of that cost them.
TOLD_WRONG, TWO_MONTHS = 60.0 * MONTHS, 2 * (WANTED / MONTHS - 60.0)

TRUTH = {
    "nothing_binds": Truth("munitions"),
    "only_supply": alone("munitions", "supply", WANTED - SHIPPED),
    "only_threat": alone("munitions", THREAT, WANTED - FEARED, "holds"),
    "only_deeds": alone("munitions", DEED, 0.4 * WANTED * (MONTHS - 1) / MONTHS, "holds"),
    "own_reluctance": alone("technology", "reluctance", 60 / 100 * PATH[-1]),
    "red_line": alone("technology", "red_line", PATH[-1] - STOPPED),
    "backfires": alone("munitions", DEED, -BOUGHT * 0.5 * 100 * (MONTHS - 2), "reversed"),
    "two_tied": Truth(
        "munitions",
        value={THREAT: (WANTED - SHIPPED) / 2, "supply": (WANTED - SHIPPED) / 2},
        first_in={THREAT: WANTED - SHIPPED, "supply": WANTED - SHIPPED},
    ),
    "one_hides_behind": Truth(
        "munitions",
        value={THREAT: (WANTED - FEARED) / 2, "supply": (FEARED - SHIPPED) / 2 + (WANTED - SHIPPED) / 2},
        first_in={THREAT: WANTED - FEARED, "supply": WANTED - SHIPPED},
        last_in={"supply": FEARED - SHIPPED},
    ),
    # Without the deed all is as without the threat, but for the two months that the lesson takes.
    "deed_as_lesson": Truth(
        "munitions",
        "holds",
        threat=WANTED - TOLD_WRONG,
        deed=WANTED - TOLD_WRONG - TWO_MONTHS,
        both=WANTED - TOLD_WRONG,
        value={THREAT: (WANTED - TOLD_WRONG + TWO_MONTHS) / 2, DEED: (WANTED - TOLD_WRONG - TWO_MONTHS) / 2},
        first_in={THREAT: TWO_MONTHS},
        last_in={THREAT: WANTED - TOLD_WRONG, DEED: WANTED - TOLD_WRONG - TWO_MONTHS},
    ),
}


def load(name: str) -> Scenario:
    """Load one of the known worlds."""
    return Scenario.load(KNOWN / f"{name}.toml")


def asked() -> Declaration:
    """Make a declaration for the known worlds: the shipped one in terms of their cast, with little spent on it."""
    tree = tomllib.loads((scenario_folder() / "thesis.toml").read_text(encoding="utf-8"))
    little = {
        "base_runs": 64,
        "tolerance_worlds": 16,
        "attribution_runs": 16,
        "attribution_orders": 0,
        "needs_runs": 4,
        "worlds": 16,
        "refined": 0.0,
        "variant_worlds": 16,
        "rival_runs": 4,
        "history_worlds": 16,
        "disagreement_runs": 4,
        "claim_runs": 4,
    }
    return Declaration.from_dict(
        tree
        | {
            "dates": [MONTHS],
            "headline": MONTHS,
            "rivals": [],
            "disagreements": [],
            "ranges": {
                "include": ["grandia.tolerance", "ostia.test_rate"],
                "changes": {"grandia.tolerance": {"low": 0.1, "high": 2.1}},
            },
            "tolerance": {"address": "grandia.tolerance", "levels": np.linspace(0.2, 1.4, 9).tolist(), "threshold": 0.05},
            "ceiling": tree["ceiling"] | {"month": MONTHS},
            "attribution": {"limits": [*BEIJING, "supply", "payment", "quality", "reluctance"], "unions": [list(BEIJING)]},
            "variants": {},
            "events": {"many": {"says": "many shells", "outcome": "munitions", "by": MONTHS, "at_least": (1 - DELTA) * WANTED}},
            "budgets": {"quick": tree["budgets"]["quick"] | little},
        }
    )


def on_dimension(world: str, outcomes: np.ndarray) -> np.ndarray:
    """The dimension that a world is about, of outcomes of shape (arm, dimension, ...)."""
    return outcomes[:, DIMENSIONS.index(TRUTH[world].dimension)]


def simulate(
    scenario: Scenario,
    arms: Iterable[Iterable[str]],
    keys: np.ndarray,
    *,
    outcomes: Iterable[str] = DIMENSIONS,
    values: Mapping[str, np.ndarray] | None = None,
    months: int | None = None,
) -> np.ndarray:
    """Run arms on common draws, all in one ensemble.

    Parameters
    ----------
    arms : the limits that are removed in each of them.
    keys : which shocks each replicate meets, shape (replicate,), the same in all arms.
    values : numbers that differ from replicate to replicate, shape (replicate,).

    Returns
    -------
    Outcomes, shape (arm, outcome, replicate).
    """
    arms, outcomes = [tuple(removed) for removed in arms], list(outcomes)
    found = run(
        scenario,
        runs=len(arms) * len(keys),
        months=months,
        keys=np.tile(keys, len(arms)),
        knockouts={limit: np.repeat([limit in removed for removed in arms], len(keys)) for limit in LIMITS},
        values={address: np.tile(array, len(arms)) for address, array in (values or {}).items()},
        record=[],
        processes=1,
        progress=False,
    )
    return found["outcomes"].sel(outcome=outcomes).to_numpy().reshape(len(outcomes), len(arms), len(keys)).swapaxes(0, 1)
