"""Numbers, intervals and lists in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.numerals import share
from sim.reporting.records import Interval
from sim.reporting.words import interval, listed, lower, percent, ratio


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((12.34, 12.1, 12.6), "12.34 (12.10 to 12.60)"),
        ((1234.0, 834.0, 1634.0), "1,200 (800 to 1,600)"),
        ((0.0, 0.0, 0.0), "0 (0 to 0)"),
        ((1e-17, -1.5e-16, 1.7e-16), "0 (0 to 0)"),  # a slope of what does not move
        ((1.0, None, 2.0), "1.0 (no lower bound to 2.0)"),
        ((1.0, None, None), "1 (no bounds)"),
        ((None, None, None), "not known"),
    ],
)
def test_an_interval_is_rounded_to_what_it_leaves_sure(found, said):
    assert interval(Interval(estimate=found[0], low=found[1], high=found[2])).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("found", "said"),
    [((112.0, 24.0, 490.0), "110 (24 to 490)"), ((None, 12.3, None), "over 12"), ((0.0, 0.0, 0.3), "0 (0 to 0.30)")],
)
def test_a_ratio_keeps_two_figures_of_each_end(found, said):
    assert ratio(Interval(estimate=found[0], low=found[1], high=found[2])).replace("\u00a0", " ") == said


def test_an_effect_below_zero_is_called_higher_and_its_interval_turned():
    found = Interval(estimate=-0.2, low=-0.3, high=-0.1)
    assert lower(found).replace("\u00a0", " ") == "20% (10 to 30%) higher"


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.floats(0, 1e6), st.floats(0, 1e6))
def test_any_interval_can_be_said(value, below, above):
    found = Interval(estimate=value, low=value - below, high=value + above)
    assert "nan" not in interval(found) + percent(found) + lower(found) + share(value)


@given(st.lists(st.sampled_from("abc"), max_size=4))
def test_a_list_reads_as_in_a_sentence(parts):
    said = listed(parts)
    assert said.count(" and ") == (len(parts) > 1)
    assert all(part in said for part in parts)
