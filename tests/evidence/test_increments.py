"""Totals of one counter become what came in between, in a form that can be followed by hand."""

import math
from datetime import date

import numpy as np
import pytest

from sim.evidence import Observation
from sim.evidence.increments import increments
from sim.evidence.series import targets

MONTHS = [date(2023 + (7 + i) // 12, (7 + i) % 12 + 1, 1) for i in range(17)]


def row(name: str, end: date, central: float | None, **fields: object) -> Observation:
    base = {
        "id": name, "series": "PRK_RUS_shells_cum", "unit": "shells", "start": date(2023, 8, 1), "end": end, "low": None,
        "central": central, "high": None, "grade": "A", "source": "a source", "address": "", "known_on": date(2024, 12, 31),
    }  # fmt: skip
    return Observation(**(base | fields))


OCTOBER, JANUARY = date(2023, 10, 31), date(2024, 1, 31)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ({"central": 1e6}, {"central": 1.6e6}, 600, 600),
        ({"central": None, "low": 0.8e6, "high": 1e6}, {"central": 1.6e6}, 600, 800),
        # it may be that nothing came, but not that anything went back
        ({"central": None, "low": 0.8e6, "high": 1.7e6}, {"central": 1.6e6}, 0, 800),
    ],
)
def test_an_increment_lies_between_what_the_two_figures_allow(first, second, low, high):
    one, two = increments(targets([row("A", OCTOBER, **first), row("B", JANUARY, **second)], MONTHS), [["A", "B"]])
    assert one.since is None
    assert (two.low, two.high) == pytest.approx((low, high))
    assert two.since == one.observation
    assert two.weights.tolist() == [0, 0, 0, 1, 1, 1] + [0] * 11


def test_one_uncertain_factor_converts_the_difference():
    fields = {"series": "PRK_RUS_containers_cum", "unit": "containers"}
    found = targets([row("A", OCTOBER, 2000, **fields), row("B", JANUARY, 6700, **fields)], MONTHS)
    assert (found[1].low - found[0].high, found[1].high - found[0].low) == pytest.approx((715, 2716))
    two = increments(found, [["A", "B"]])[1]
    assert (two.low, two.high) == pytest.approx((4700 * 0.25, 4700 * 0.48))


@pytest.mark.parametrize(
    ("first", "second", "counters"),
    [
        ({"central": 1e6}, {"central": 1.6e6}, []),  # of no counter
        ({"central": 1e6}, {"central": 1.6e6}, [["A"], ["B"]]),  # of two
        ({"central": 1e6, "low": 1e6}, {"central": 1.6e6}, [["A", "B"]]),  # "over a million" says nothing of what came since
        ({"central": 1e6}, {"central": 1.6e6, "low": 1.6e6}, [["A", "B"]]),
        ({"central": 1e6}, {"central": 0.9e6}, [["A", "B"]]),  # revised
    ],
)
def test_other_totals_stay(first, second, counters):
    found = targets([row("A", OCTOBER, **first), row("B", JANUARY, **second)], MONTHS)
    assert increments(found, counters) == found


def test_three_figures_make_two_increments_whatever_their_order():
    rows = [row("C", date(2024, 3, 31), 2e6), row("A", OCTOBER, 1e6), row("B", JANUARY, 1.6e6)]
    found = increments(targets(rows, MONTHS), [["A", "B", "C"]])
    assert [target.low for target in found] == pytest.approx([400, 1000, 600])
    path = np.full((17, 2), 100.0)
    assert [target.of_path(path).tolist() for target in found] == [[200, 200], [300, 300], [300, 300]]


def test_other_kinds_stay():
    fields = {"series": "PRK_CHN_trade_month", "unit": "USD million/month, two-way"}
    found = targets([row("A", OCTOBER, 190, **fields), row("B", JANUARY, 200, **fields)], MONTHS)
    assert increments(found, [["A", "B"]]) == found
    assert all(math.isfinite(target.low) for target in found)
