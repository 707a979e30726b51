"""Whether there is a ceiling."""

from types import SimpleNamespace

import pytest
from example import example
from small import problem, tables

from sim.reporting.records import Interval
from sim.thesis.questions import ceiling


@pytest.mark.parametrize(
    ("rises", "excess", "word"),
    [
        ((0.6, 0.9), [(0.1, 0.3)], "holds"),
        ((0.6, 0.9), [(-0.3, -0.1), (0.1, 0.3)], "holds"),
        ((0.6, 0.9), [(-0.1, 0.1)], "undecided"),
        ((0.6, 0.9), [(-0.3, -0.1)], "fails"),
        ((0.4, 0.9), [(0.1, 0.3)], "undecided"),
        ((0.1, 0.5), [(0.1, 0.3)], "fails"),
    ],
)
def test_the_tie_has_to_follow_tolerance_and_to_crowd_under_an_edge(rises, excess, word: str):
    assert ceiling.word_for(found(rises, excess), 0.5) == {"visible tie": word}


def test_how_far_it_has_to_follow_is_declared():
    known = found((0.6, 0.9), [(0.1, 0.3)])
    assert ceiling.word_for(known, 0.95) == {"visible tie": "fails"}
    asked = problem(ceiling={**tables()["ceiling"], "slope": 0.95})
    assert ceiling.words(asked, {}, SimpleNamespace(ceiling=known)) == {"visible tie": "fails"}


def found(rises, excess) -> ceiling.Ceiling:
    """A ceiling with a given slope and given crowding."""
    like = example().ceiling
    crowding = [like.crowding[0].model_copy(update={"excess": between(*each)}) for each in excess]
    return like.model_copy(update={"slope": between(*rises), "crowding": crowding})


def between(low: float, high: float) -> Interval:
    return Interval(estimate=(low + high) / 2, low=low, high=high)
