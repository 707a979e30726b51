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


def test_a_panel_has_its_series_its_marks_and_its_fan():
    axes, other = record_fans([FanPanel("shells", "rounds", POINTS, AHEAD), FanPanel("none to come", "rounds", POINTS[:1])]).axes
    assert (axes.get_title(loc="left"), axes.get_ylabel()) == ("shells", "rounds")
    marks = [line.get_marker() for line in axes.lines]
    assert marks.count("_") == marks.count("x") == 1
    assert len(axes.collections) == 2, "two bands"
    assert len(other.collections) == 0


def test_the_arrow_goes_from_before_to_after_and_the_whiskers_are_the_range():
    axes = before_after({"Shells": BeforeAfter(0.4, Span(0.1, 0.05, 0.3)), "Oil": BeforeAfter(0.2, Span(0.2, 0.2, 0.2))}).axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["Shells", "Oil"]
    drawn = [tuple(np.atleast_1d(line.get_xdata()).tolist()) for line in axes.lines]
    assert {(0.05, 0.3), (0.4,), (0.1,)} <= set(drawn)


@pytest.mark.parametrize("schools", [{}, {"Beijing as ceiling": Span(0.2, 0.1, 0.4)}])
@pytest.mark.parametrize("months", [{}, {"Shells": {"2024-06": 0.4, "2024-07": 0.3}}])
def test_what_was_not_asked_for_says_so(months, schools):
    left, right = verdict_moves(months, schools).axes
    for axes, given in ((left, months), (right, schools)):
        assert ("not asked for" in [text.get_text() for text in axes.texts]) == (not given)
