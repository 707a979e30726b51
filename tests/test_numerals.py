"""Numbers as people write them."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.numerals import number, share


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (1234.5, "1,230"), (0.012345, "0.0123"), (-3.0, "−3"), (1e6, "1,000,000"), (nan, "not known"), (inf, "infinite")],
)
def test_numbers_have_three_figures(value, said):
    assert number(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0%"), (1.0, "100%"), (0.12, "12%"), (0.5049, "50%"), (0.083, "8.3%"), (0.0083, "0.83%"), (0.00012, "0.012%"),
        (0.0999, "10%"), (0.997, "99.7%"), (-0.083, "−8.3%"), (1.19, "119%"), (None, "not known"), (nan, "not known"),
    ],
)  # fmt: skip
def test_shares_are_percentages(value, said):
    assert share(value) == said


@given(st.floats(-2, 2))
def test_a_share_is_told_to_within_half_a_point(value):
    assert float(share(value).removesuffix("%").replace("−", "-")) == pytest.approx(100 * value, abs=0.5)
