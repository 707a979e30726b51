"""Knock-outs in all runs or in some: a mixed ensemble is its arms, bit by bit. What each removes: test_contract.py."""

import numpy as np
import pytest
from engine import BASE, TOY, anywhere, history, only, same_bits

from sim.errors import UserError
from sim.mechanisms.knockouts import KNOCKOUTS, UNIONS, Removed
from sim.model.world import World

MASK = np.array([True, False, False, True])


def test_a_union_stands_for_its_parts():
    removed = Removed(["beijing"], {}, 2)
    assert removed.masks.keys() == {"beijing_threat", "beijing_action"}
    assert all(part in KNOCKOUTS for parts in UNIONS.values() for part in parts)


def test_what_is_out_everywhere_and_in_some_runs_adds_up():
    removed = Removed(["beijing_threat"], {"beijing": MASK}, 4)
    assert removed.masks["beijing_threat"].all()
    assert removed.masks["beijing_action"].tolist() == MASK.tolist()


def test_swap_and_only_look_at_each_run():
    removed = Removed([], {"west": MASK}, 4)
    present = np.arange(4.0)
    assert removed.swap("west", present, -1.0).tolist() == [-1.0, 1.0, 2.0, -1.0]
    assert removed.only("west", present).tolist() == [0.0, 0.0, 0.0, 3.0]
    assert removed.swap("supply", present, -1.0) is present
    assert removed.only("supply", present) is None


@pytest.fixture(scope="module", params=[TOY, BASE], ids=["toy", "base"])
def intact(request):
    """A world with random numbers, its numbers, and what is seen of it."""
    values = anywhere(request.param, 4, 3, share=0.5)
    return request.param, values, history(request.param, 10, runs=4, seed=5, values=values)


@pytest.mark.parametrize("name", KNOCKOUTS)
def test_a_mixed_ensemble_is_its_arms_bit_by_bit(intact, name):
    base, values, seen = intact
    mixed = history(base, 10, runs=4, seed=5, values=values, knockouts={name: MASK})
    without = history(base.without(name), 10, runs=4, seed=5, values=values)
    same_bits(only(MASK, mixed), only(MASK, without))
    same_bits(only(~MASK, mixed), only(~MASK, seen))


@pytest.mark.parametrize("base", [TOY, BASE], ids=["toy", "base"])
def test_many_arms_can_share_an_ensemble_and_their_shocks(base):
    """One run an arm, all on the same key: none, each knock-out alone, and all together."""
    names = list(KNOCKOUTS)
    arms = [(), *((name,) for name in names), tuple(names)]
    masks = {name: np.array([name in arm for arm in arms]) for name in names}
    mixed = history(base, 8, runs=len(arms), seed=5, keys=np.full(len(arms), 9), knockouts=masks)
    for number, arm in enumerate(arms):
        scenario = base.without(*arm) if arm else base
        same_bits(only([number], mixed), history(scenario, 8, runs=1, seed=5, first=9))


@pytest.mark.parametrize("name", ["beijng", ""])
def test_an_unknown_knockout_is_refused(name):
    with pytest.raises(UserError):
        World(TOY, runs=4, knockouts={name: MASK})


@pytest.mark.parametrize("mask", [MASK[:2], np.ones((4, 1), dtype=bool)], ids=["short", "deep"])
def test_a_mask_that_does_not_fit_is_refused(mask):
    with pytest.raises(UserError):
        World(TOY, runs=4, knockouts={"west": mask})
