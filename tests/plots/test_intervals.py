"""Intervals on a picture: words apart without colour, rows from the top down, and axes with room for every estimate."""

from math import inf, isfinite, nan

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.plots.intervals import WORD_COLOUR, WORD_HATCH, WORD_MARKER, Rows, Span, limits_of
from sim.plots.style import picture


def test_words_are_told_apart_without_colour():
    assert set(WORD_COLOUR) == set(WORD_MARKER) == set(WORD_HATCH) == {"holds", "undecided", "fails", "reversed"}
    assert len(set(WORD_MARKER.values())) == 4


def test_rows_run_from_the_top_down_with_bold_headings():
    axes = picture(4, 3).subplots()
    rows = Rows()
    assert [rows.heading("Munitions"), rows.row("threat"), rows.row("a label that is far too long to be left on one line")] == [
        0,
        1,
        2,
    ]
    rows.label(axes)
    first, second, third = axes.get_yticklabels()
    assert (first.get_weight(), second.get_weight()) == ("bold", "normal")
    assert "\n" in third.get_text()
    assert axes.yaxis_inverted()


NUMBER = st.floats(-1e9, 1e9) | st.just(nan)
END = st.floats(0, 1e12) | st.just(inf)


@settings(max_examples=200)
@given(st.lists(st.builds(lambda value, below, above: Span(value, value - below, value + above), NUMBER, END, END), max_size=6))
def test_an_axis_has_room_for_every_estimate_and_ends_that_are_numbers(spans):
    low, high = limits_of(spans)
    assert isfinite(low)
    assert isfinite(high)
    assert low < 0 < high
    assert all(low <= span.value <= high for span in spans if isfinite(span.value))
