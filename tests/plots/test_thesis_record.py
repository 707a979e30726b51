"""The figures of the two pages: what they show is what they are given, and nothing given is no crash."""

import numpy as np
import pytest

from sim.plots.intervals import Span
from sim.plots.thesis_record import BeforeAfter, FanPanel, Point, before_after, record_fans, verdict_moves

MODEL = Span(3.0, 2.0, 4.0)
POINTS = (
    Point("2024-01", 2.5, 3.5, MODEL, hit=True),
    Point("2024-06", 9.0, None, MODEL, hit=False),
    Point("2024-07", None, None, MODEL, hit=True),
)
AHEAD = {"2025-03": (1.0, 2.0, 3.0, 4.0, 5.0), "2025-06": (2.0, 3.0, 4.0, 5.0, 6.0)}


def test_a_series_has_its_marks_and_beside_them_on_the_same_values_its_fan():
    shown = [FanPanel("Shells", "rounds", POINTS, AHEAD), FanPanel("None to come", "rounds", POINTS[:1])]
    by_title = {axes.get_title(loc="left"): axes for axes in record_fans(shown).axes}
    record, other, ahead = by_title["Shells"], by_title["None to come"], by_title[""]
    assert record.get_ylabel() == "rounds"
    marks = [line.get_marker() for line in record.lines]
    assert marks.count("_") == marks.count("x") == 1
    assert len(ahead.collections) == 2, "two bands"
    assert ahead.get_ylim() == record.get_ylim()
    assert ahead.get_title(loc="right") == "expected"
    assert other.get_xlim() == record.get_xlim(), "all records share their months"


def test_a_record_that_would_be_flat_beside_what_is_to_come_has_its_own_scale():
    far = {date: tuple(10 * value for value in fan) for date, fan in AHEAD.items()}
    record, ahead = sorted(record_fans([FanPanel("Shells", "rounds", POINTS, far)]).axes, key=lambda axes: axes.get_position().x0)
    assert 9.0 < record.get_ylim()[1] < 12.0
    assert ahead.get_ylim()[0] == 0.0
    assert ahead.get_ylim()[1] >= 60.0
    assert ahead.get_title(loc="right") == "expected, own scale"
    assert all(tick.label2.get_visible() and not tick.label1.get_visible() for tick in ahead.yaxis.get_major_ticks())


def test_the_record_has_more_room_than_what_is_to_come_however_far_that_goes():
    far = {f"{year}-06": (1.0, 2.0, 3.0, 4.0, 5.0) for year in range(2025, 2035)}
    record, ahead = sorted(record_fans([FanPanel("Shells", "rounds", POINTS, far)]).axes, key=lambda axes: axes.get_position().x0)
    assert record.get_position().width > 1.5 * ahead.get_position().width


def test_the_last_digits_of_a_layout_which_differ_each_time_are_cut_off():
    drawn = record_fans([FanPanel("Shells", "rounds", POINTS, AHEAD)])
    drawn.to_bytes("svg")
    assert all(round(end, 9) == end for axes in drawn.axes for end in axes.get_position(original=True).bounds[:2])


def test_values_start_at_nought_unless_some_lie_below():
    below = Point("2024-01", -3.0, 3.0, Span(0.0, -2.0, 2.0), hit=True)
    bottoms = [record_fans([FanPanel("Change", "percent", points)]).axes[0].get_ylim()[0] for points in (POINTS, (below,))]
    assert bottoms[0] == 0.0
    assert bottoms[1] < -3.0


def test_the_arrow_goes_from_before_to_after_and_the_whiskers_are_the_range():
    axes = before_after({"Shells": BeforeAfter(0.4, Span(0.1, 0.05, 0.3)), "Oil": BeforeAfter(0.2, Span(0.2, 0.2, 0.2))}).axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["Shells", "Oil"]
    drawn = [tuple(np.atleast_1d(line.get_xdata()).tolist()) for line in axes.lines]
    assert {(0.05, 0.3), (0.4,), (0.1,)} <= set(drawn)


@pytest.mark.parametrize("schools", [{}, {"Beijing as ceiling": Span(0.2, 0.1, 0.4)}])
@pytest.mark.parametrize("months", [{}, {"Shells": {"2024-06": Span(0.4, 0.3, 0.5), "2024-07": Span(0.3, 0.2, 0.4)}}])
def test_what_was_not_asked_for_says_so(months, schools):
    left, right = verdict_moves(months, schools).axes
    for axes, given in ((left, months), (right, schools)):
        assert ("not asked for" in [text.get_text() for text in axes.texts]) == (not given)
