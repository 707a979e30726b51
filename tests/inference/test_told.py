"""One history, told: it is a run of the scenario, near the middle of all, in weighty months."""

from sim import Scenario
from sim.inference.told import MOST, WEIGHTY, typical_history, weighty
from sim.model.events import Event
from sim.reporting.chronicle import SENTENCES

BASE = Scenario.load("base").set("months", 24)


def test_every_kind_that_is_told_is_one_of_the_chronicle():
    assert set(WEIGHTY) <= set(SENTENCES)


def test_a_history_has_dates_in_order_and_is_the_same_when_told_again():
    told = typical_history(BASE, ["munitions", "troops"], seed=3, runs=12)
    months = [line[:7] for line in told]
    assert months == sorted(set(months))
    assert 0 < len(told) <= MOST
    assert told == typical_history(BASE, ["munitions", "troops"], seed=3, runs=12)


def test_the_weightiest_months_are_kept_in_their_order():
    visits = [Event(month, "visit", ("russia", "north_korea"), {}) for month in range(1, 9)]
    treaty, tests = Event(5, "treaty", ("russia", "north_korea"), {}), Event(6, "tests", ("north_korea",), {"tests": 3})
    kept = weighty([*visits[:5], treaty, tests, *visits[5:]], most=3)
    assert [event.month for event in kept] == [1, 2, 5, 5]
    assert treaty in kept
    assert tests not in kept
