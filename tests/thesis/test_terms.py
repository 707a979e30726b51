"""Terms and their words."""

import pytest

from sim.reporting.records import Interval
from sim.thesis.terms import above


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.6, 0.7, "holds"), (0.4, 0.6, "undecided"), (0.3, 0.5, "fails"), (None, None, "undecided"), (0.6, None, "holds")],
)
def test_a_share_is_above_half_where_its_whole_interval_is(low, high, word: str):
    assert above(Interval(estimate=0.5, low=low, high=high), 0.5) == word
