"""What the ranges of the base scenario say before the record is looked at: shares of runs with every number drawn."""

import re
from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import numpy as np
import pytest
from engine import BASE, History

from sim.mechanisms.quantities import DIMENSIONS, LIMITS
from sim.model.world import World

PAIR = "russia_north_korea"
RANGES = BASE.set({address: {"drawn": True} for address, number in BASE.parameters.items() if number.low < number.high})
MONTHS, ALL, CHUNK = 60, 20_000, 1_000
DECEMBER_2024 = 17
LANES = ("china_north_korea_trade", "north_korea_china_trade")
RUNGS = {"space_launch": 0.25, "guidance": 0.5, "submarine": 0.75}  # and where each opens


def paths(first: int) -> History:
    """Paths of some runs, shape (months, R); limits (months, dimensions, R)."""
    world = World(RANGES, runs=CHUNK, seed=1, first=first)
    pair, seen = world.partnerships[PAIR], []
    lanes = [world.holders("lane_flow").index(name) for name in LANES]
    toward = world.holders("stance").index("north_korea")
    for _ in range(MONTHS):
        world.step()
        month = {name: world.read(name)[0] for name in ("treaty", "troops_sent")}
        month |= {row: pair.held[pair.rows.index(row)].copy() for row in RUNGS}
        month |= {"trade": world.read("lane_flow")[lanes].sum(axis=0), "stance": world.read("stance")[toward]}
        limits = np.stack([world.binding_limit(pair, dimension) for dimension in DIMENSIONS]).astype(np.int8)
        seen.append(month | {"limit": limits, "standing": pair.stance_now.standing})
    made = {name: np.stack([month[name] for month in seen]) for name in seen[0]}
    return made | {"unsigned": np.cumsum(made["treaty"], axis=0) == 0.0}


@pytest.fixture(scope="module", params=[pytest.param(2_000, id="quick"), pytest.param(ALL, marks=pytest.mark.slow, id="all")])
def seen(request) -> History:
    parts = [paths(first) for first in range(0, request.param, CHUNK)]
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def slack(share: float, runs: int) -> float:
    """Three standard errors of a share of few runs; of all of them the share itself has to do."""
    return 3.0 * sqrt(share * (1.0 - share) / runs) if runs < ALL else 0.0


# --- what must be seen ------------------------------------------------------------------------------------------------------


def soldiers(seen: History) -> np.ndarray:
    sent = seen["troops_sent"][:DECEMBER_2024].sum(axis=0)
    return ((sent >= 5_000.0) & (sent <= 15_000.0))[~seen["unsigned"][DECEMBER_2024 - 1]]


def supply_binds(seen: History) -> np.ndarray:
    return (seen["limit"][36:48, DIMENSIONS.index("munitions")] == LIMITS.index("supply")).any(axis=0)


def second_year(seen: History) -> np.ndarray:
    return seen["trade"][12:24].sum(axis=0) / seen["trade"][:12].sum(axis=0)


def cools_and_warms(seen: History) -> np.ndarray:
    cooled = seen["stance"][0] - np.minimum.accumulate(seen["stance"], axis=0) >= 0.5  # of a range from -1 to 1
    return (cooled & (seen["stance"] > seen["stance"][0])).any(axis=0)


class Share(NamedTuple):
    """What is seen in which share of runs: ``measure`` gives a truth for each run that counts."""

    name: str
    measure: Callable[[History], np.ndarray]
    least: float = 0.0
    most: float = 1.0


SHARES = (
    Share("5,000 to 15,000 soldiers by December 2024, of runs with a treaty by then", soldiers, least=0.4),
    Share("a soldier before any treaty", lambda s: ((s["troops_sent"] > 0.0) & s["unsigned"]).any(axis=0), most=0.0),
    Share("supply binds munitions in some month of the fourth year", supply_binds, least=0.2),
    Share("trade of China and North Korea rises by a quarter within a year", lambda s: second_year(s) >= 1.25, least=0.025),
    Share("trade of China and North Korea falls by a quarter within a year", lambda s: second_year(s) <= 0.75, least=0.025),
    Share("the stance cools by a quarter of its range and is warmer later than at first", cools_and_warms, least=0.05),
    Share("a point of guidance before any treaty", lambda s: ((s["guidance"] >= 1.0) & s["unsigned"]).any(axis=0), most=0.1),
)


@pytest.mark.parametrize("share", SHARES, ids=[share.name for share in SHARES])
def test_what_must_be_seen_in_the_ranges_is_seen(seen: History, share: Share):
    hits = share.measure(seen)
    assert share.least - slack(share.least, hits.size) <= hits.mean() <= share.most + slack(share.most, hits.size)


@pytest.mark.parametrize("row", RUNGS)
def test_a_rung_is_shut_until_trust_treaty_and_need_open_it(seen: History, row: str):
    given = np.diff(seen[row], axis=0, prepend=0.0) > 0.0
    assert given.any()
    assert (seen["standing"][given] >= RUNGS[row]).all()


def test_each_limit_binds_somewhere_or_the_documents_say_why_not(seen: History, root):
    """Somewhere: on some good, in at least one month of one run in a hundred."""
    text = (root / "docs" / "limits.md").read_text("utf-8")
    rare = re.findall(r"^- \*\*`(\w+)`\*\*", text, re.MULTILINE)
    bound = {limit: (seen["limit"] == code).any(axis=(0, 1)) for code, limit in enumerate(LIMITS) if limit != "none"}
    assert set(rare) <= bound.keys()
    for limit, runs in bound.items():
        doubt = slack(0.01, runs.size)
        assert runs.mean() < 0.01 + doubt if limit in rare else runs.mean() >= 0.01 - doubt, limit
