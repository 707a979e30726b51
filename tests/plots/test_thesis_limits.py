"""Pictures of limits, needs, boxes and variants: their axes agree, and nothing on them is cut off."""

from math import nan

import pytest
from figures_read import cut_off, said
from plots_data import EACH, KNOWN, NIL, UNKNOWN

from sim.plots.intervals import Span
from sim.plots.style import Picture
from sim.plots.thesis_limits import Bars, BoxSide, bar_figure, box_figure, need_figure, variant_figure


def bars(spans: list[Span], shares: bool = True) -> Picture:
    rows = [f"Limit {number}" for number in range(len(spans))]
    marks = {"last in": dict(zip(rows, [s.value for s in spans], strict=True)), "first in": dict.fromkeys(rows, 9.0)}
    panel = Bars("Munitions", dict(zip(rows, spans, strict=True)), marks, "" if shares else "thousand rounds")
    return bar_figure([panel, Bars("Oil", {}, {}, note="nothing to share out")], rows, rows[:2], "share", shares=shares)


LOSSES = {"Russia": {"China": Span(1500, 1400, 1600), "North Korea": UNKNOWN, "Japan": Span(-3, -4, -2)}}
SIDES = [
    BoxSide("rules.china_components_squeeze.tolerance", 0.1, 0.6, "between 0.0122 and 0.664 (of 0.01 to 3)"),
    BoxSide("x", nan, nan, "?"),
]
WAYS = {
    "Munitions": [("nash", span, "fails", place == 0) for place, span in enumerate(EACH)],
    "Oil": [("nash", UNKNOWN, "holds", True)],
}

FIGURES = {
    "bars": lambda: bars(EACH),
    "bars of their own": lambda: bars(EACH, shares=False),
    "needs": lambda: need_figure(LOSSES, "million USD"),
    "boxes": lambda: box_figure({"Munitions, box 1": SIDES}),
    "variants": lambda: variant_figure(WAYS, {"Munitions": 0.1, "Oil": 0.1}),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_nothing_is_cut_off_whatever_is_known(draw):
    assert cut_off(draw()) == []


def test_what_is_nothing_says_so():
    assert "nothing to share out" in said(FIGURES["bars"]())


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
