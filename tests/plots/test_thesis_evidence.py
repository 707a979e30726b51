"""Pictures of what the evidence tells: nothing on them is cut off, and nothing says so."""

from math import inf, nan

import pytest
from figures_read import cut_off, said
from plots_data import KNOWN, NIL, OPEN, UNKNOWN

from sim.plots.intervals import Span
from sim.plots.style import Picture
from sim.plots.thesis_evidence import Observer, Telling, evidence_figure, observer_figure


def observers(slope: float, cases: list[tuple[float, float, float]]) -> Picture:
    return observer_figure([Observer("Munitions", "thousand rounds", cases, slope, KNOWN, OPEN)] * 3)


TELLING = [Telling("a long event " * 5, Span(inf, 12, inf), NIL), Telling("b", UNKNOWN, KNOWN)]

FIGURES = {
    "evidence": lambda: evidence_figure({"Munitions": TELLING}, 10),
    "observers": lambda: observers(3.0, [(1.0, 2.0, 3.0), (4.0, 1.0, 2.0)]),
    "observers of one case": lambda: observers(nan, [(1.0, 2.0, 3.0)]),
    "observers of none": lambda: observers(nan, []),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_nothing_is_cut_off_whatever_is_known(draw):
    assert cut_off(draw()) == []


def test_what_is_nothing_says_so():
    assert "no cases" in said(FIGURES["observers of none"]())
