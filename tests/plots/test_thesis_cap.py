"""Pictures of the cap: they show what they are given, whatever it is, and nothing on them is cut off."""

import numpy as np
import pytest
from figures_read import cut_off, said
from plots_data import EACH, KNOWN, NIL, OPEN, UNKNOWN

from sim.plots.intervals import WORD_COLOUR, Span
from sim.plots.style import Picture
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


WORDS = {"declared": dict.fromkeys(WORD_COLOUR, KNOWN), "log": dict.fromkeys(WORD_COLOUR, UNKNOWN)}
DEEDS = {"threat": KNOWN, "deed, in total": OPEN, "deed, directly": UNKNOWN, "both": NIL, "interaction": EACH[4]}
CROWDING = {"tolerance": (KNOWN, OPEN), "steepest": (NIL, UNKNOWN)}

FIGURES = {
    "cap": lambda: cap(EACH),
    "shares": lambda: share_figure({"Munitions": WORDS}, "share of worlds"),
    "deed": lambda: deed_figure({"Munitions": DEEDS}),
    "curves": lambda: curves(EACH),
    "curves of nothing": lambda: curves([UNKNOWN] * 3),
    "ceiling": lambda: ceiling_figure(CeilingData([0.1, 0.5, 1.2], [0.3, 0.6, 1.1], 1.4, CROWDING)),
    "ceiling without crowding": lambda: ceiling_figure(CeilingData([0.5], [0.0], 0.0)),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_nothing_is_cut_off_whatever_is_known(draw):
    assert cut_off(draw()) == []


def test_the_same_figure_gives_the_same_bytes():
    assert FIGURES["cap"]().to_bytes("svg") == FIGURES["cap"]().to_bytes("svg")


def test_what_is_nothing_says_so():
    assert "nothing to be a share of" in said(FIGURES["cap"]())
    assert "nothing to be a share of" in said(FIGURES["curves of nothing"]())
