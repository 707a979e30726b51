"""Numbers as people write them."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.numerals import in_column, number, power_of_ten, share, tick


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (1234.5, "1,230"), (0.012345, "0.0123"), (-3.0, "−3"), (1e6, "1,000,000"), (nan, "not known"), (inf, "infinite")],
)
def test_numbers_have_three_figures(value, said):
    assert number(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1e-6, "0.000001"), (9e11, "900,000,000,000"), (1e12, "10^12"), (-2.5e13, "−2.5 × 10^13"), (9.999e12, "10^13"),
        (3.14159e-9, "3.14 × 10^−9"), (5e-324, "4.94 × 10^−324"),
    ],
)  # fmt: skip
def test_what_is_beyond_all_others_has_a_power_of_ten(value, said):
    assert number(value) == said


def test_a_whole_number_may_be_beyond_a_float():
    assert power_of_ten(10**400) == "10^400"
    assert power_of_ten(25 * 10**399) == "2.5 × 10^400"


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.1 + 0.2, "0.3"), (-0.0, "0"), (2e-5, "0.00002"), (1234567.5, "1,234,567.5"), (-1e-3, "−0.001"), (2500.0, "2,500")],
)
def test_ticks_have_the_figures_that_they_need(value, said):
    assert tick(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1234.5, "1,234"), (123.46, "123.5"), (9.876, "9.88"), (0.004, "0.00"), (-0.004, "0.00"), (-12.0, "−12.0"), (12, "12"),
        (12345, "12,345"), (0, "0"), (None, "not known"), (nan, "not known"), (-inf, "minus infinite"),
    ],
)  # fmt: skip
def test_numbers_of_a_column_stand_below_each_other(value, said):
    assert in_column(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0%"), (0.000029, "under 0.01%"), (1e-300, "under 0.01%"), (-0.000029, "over −0.01%"),
        (0.0001, "0.01%"), (1.0, "100%"), (0.12, "12%"), (0.5049, "50%"), (0.083, "8.3%"), (0.0083, "0.83%"), (0.00012, "0.012%"),
        (0.0999, "10%"), (0.997, "99.7%"), (-0.083, "−8.3%"), (1.19, "119%"), (None, "not known"), (nan, "not known"),
    ],
)  # fmt: skip
def test_shares_are_percentages(value, said):
    assert share(value) == said


def test_shares_on_an_axis_have_the_figures_that_they_need():
    assert [share(value, figures=4) for value in (0.0, 0.00002, 0.075, -0.5)] == ["0%", "0.002%", "7.5%", "−50%"]


@given(st.floats(-2, 2))
def test_a_share_is_told_to_within_half_a_point(value):
    said = share(value).removeprefix("under ").removeprefix("over ").removesuffix("%").replace("−", "-")
    assert float(said) == pytest.approx(100 * value, abs=0.5)
