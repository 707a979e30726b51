"""The pictures of the thesis test: they show what they are given, whatever it is, and nothing on them is cut off."""

from math import inf, isfinite, nan

import numpy as np
import pytest
from figures_read import cut_off, said
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.plots.intervals import WORD_COLOUR, WORD_HATCH, WORD_MARKER, Rows, Span, limits_of
from sim.plots.style import Picture, picture
from sim.plots.thesis_cap import (
    CeilingData,
    CurvePanel,
    Judged,
    cap_figure,
    ceiling_figure,
    curve_figure,
    deed_figure,
    share_figure,
)
from sim.plots.thesis_evidence import Observer, Telling, evidence_figure, observer_figure
from sim.plots.thesis_limits import Bars, BoxSide, bar_figure, box_figure, need_figure, variant_figure

UNKNOWN = Span(nan, nan, nan)
OPEN = Span(0.2, -inf, inf)
KNOWN = Span(0.2, 0.15, 0.25)
NIL = Span(0.0, 0.0, 0.0)
EACH = [KNOWN, NIL, OPEN, UNKNOWN, Span(-0.1, -0.2, 0.0), Span(1e-9, -5.0, 7.0)]


def cap(spans: list[Span], word: str = "holds") -> Picture:
    groups = {f"Dimension {row}": [Judged("December 2024", span, word)] for row, span in enumerate(spans)}
    shares = {title: {word: Span(0.25, 0.2, 0.3) for word in WORD_COLOUR} for title in groups}
    return cap_figure(groups, dict.fromkeys(groups, 0.1), shares)


def curves(spans: list[Span]) -> Picture:
    levels = np.linspace(0.1, 1.2, len(spans)).tolist()
    panels = [
        CurvePanel(name, {"December 2024": spans, "July 2028": spans}, 0.1, (0.5,)) for name in ("Munitions", "Oil", "Troops")
    ]
    return curve_figure(levels, panels, [Span(0.5, 0.4, 0.6)] * len(spans), 0.05, (0.2, 1.0))


def bars(spans: list[Span], shares: bool = True) -> Picture:
    rows = [f"Limit {number}" for number in range(len(spans))]
    marks = {"last in": dict(zip(rows, [s.value for s in spans], strict=True)), "first in": dict.fromkeys(rows, 9.0)}
    panel = Bars("Munitions", dict(zip(rows, spans, strict=True)), marks, "" if shares else "thousand rounds")
    return bar_figure([panel, Bars("Oil", {}, {}, note="nothing to share out")], rows, rows[:2], "share", shares=shares)


def observers(slope: float, cases: list[tuple[float, float, float]]) -> Picture:
    return observer_figure([Observer("Munitions", "thousand rounds", cases, slope, KNOWN, OPEN)] * 3)


WORDS = {"declared": dict.fromkeys(WORD_COLOUR, KNOWN), "log": dict.fromkeys(WORD_COLOUR, UNKNOWN)}
DEEDS = {"threat": KNOWN, "deed, in total": OPEN, "deed, directly": UNKNOWN, "both": NIL, "interaction": EACH[4]}
CROWDING = {"tolerance": (KNOWN, OPEN), "steepest": (NIL, UNKNOWN)}
LOSSES = {"Russia": {"China": Span(1500, 1400, 1600), "North Korea": UNKNOWN, "Japan": Span(-3, -4, -2)}}
SIDES = [BoxSide("china.tolerance", 0.5, 1.0, "over 0.7 (of 0 to 1.4)"), BoxSide("x", nan, nan, "?")]
WAYS = {
    "Munitions": [("nash", span, "fails", place == 0) for place, span in enumerate(EACH)],
    "Oil": [("nash", UNKNOWN, "holds", True)],
}
TELLING = [Telling("a long event " * 5, Span(inf, 12, inf), NIL), Telling("b", UNKNOWN, KNOWN)]

FIGURES = {
    "cap": cap(EACH),
    "shares": share_figure({"Munitions": WORDS}, "share of worlds"),
    "deed": deed_figure({"Munitions": DEEDS}),
    "curves": curves(EACH),
    "curves of nothing": curves([UNKNOWN] * 3),
    "ceiling": ceiling_figure(CeilingData([0.1, 0.5, 1.2], [0.3, 0.6, 1.1], 1.4, CROWDING)),
    "ceiling without crowding": ceiling_figure(CeilingData([0.5], [0.0], 0.0)),
    "bars": bars(EACH),
    "bars of their own": bars(EACH, shares=False),
    "needs": need_figure(LOSSES, "million USD"),
    "boxes": box_figure({"Munitions, box 1": SIDES}),
    "variants": variant_figure(WAYS, {"Munitions": 0.1, "Oil": 0.1}),
    "evidence": evidence_figure({"Munitions": TELLING}, 10),
    "observers": observers(3.0, [(1.0, 2.0, 3.0), (4.0, 1.0, 2.0)]),
    "observers of one case": observers(nan, [(1.0, 2.0, 3.0)]),
    "observers of none": observers(nan, []),
}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES.keys())
def test_nothing_is_cut_off_whatever_is_known(figure):
    assert cut_off(figure) == []


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES.keys())
def test_the_same_figure_gives_the_same_bytes(figure):
    assert figure.to_bytes("svg") == figure.to_bytes("svg")


def test_what_is_nothing_says_so():
    assert "nothing to be a share of" in said(FIGURES["cap"])
    assert "nothing to be a share of" in said(FIGURES["curves of nothing"])
    assert "nothing to share out" in said(FIGURES["bars"])
    assert "no cases" in said(FIGURES["observers of none"])


def test_words_are_told_apart_without_colour():
    assert set(WORD_COLOUR) == set(WORD_MARKER) == set(WORD_HATCH) == {"holds", "undecided", "fails", "reversed"}
    assert len(set(WORD_MARKER.values())) == 4


def test_a_column_of_shares_has_its_axis_in_common_with_the_others():
    rows = ["a", "b"]
    panels = [
        Bars(name, dict(zip(rows, spans, strict=True)), {}) for name, spans in (("One", [KNOWN, KNOWN]), ("Two", [NIL, EACH[4]]))
    ]
    first, second = bar_figure(panels, rows, (), "share").axes
    assert first.get_xlim() == second.get_xlim()


def test_the_worst_way_of_writing_the_model_is_named():
    ways = [("good", Span(0.4, 0.3, 0.5), "holds", True), ("bad", Span(0.05, 0.0, 0.1), "fails", False)]
    assert "worst: bad" in said(variant_figure({"Oil": ways}, {"Oil": 0.1}))


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
