"""Where the cap fails."""

import numpy as np
from small import problem

from sim.thesis.questions.failing import find_failing, in_words, telling


def test_sides_that_tell_are_found_among_many():
    rng = np.random.default_rng(1)
    worlds = rng.random((400, 60))
    failing = (worlds[:, 17] > 0.6) | (worlds[:, 42] < 0.2)
    assert {17, 42} <= set(telling(worlds, failing, most=4))


def test_a_box_is_told_in_words():
    assert in_words({"a.b": (0.12345, None), "c.d": (None, 2.0), "e.f": (1.0, 2.0)}) == (
        "a.b above 0.123 and c.d below 2 and e.f between 1 and 2"
    )


def test_a_box_is_told_only_where_it_stands_out_on_fresh_seeds():
    asked = problem(ranges={"include": ["grandia.*", "*.belief"]})
    place = [side.address for side in asked.box].index("grandia.tolerance")
    rng = np.random.default_rng(5)
    old, new = rng.random((2, 2000, len(asked.box)))
    found = find_failing(asked, old, old[:, place] > 0.3, new, new[:, place] > 0.3)
    assert [list(box.edges) for box in found.boxes] == [["grandia.tolerance"]]
    assert 0.15 < found.boxes[0].edges["grandia.tolerance"][0] <= 0.3
    assert found.boxes[0].density.low > 0.8
    chance = rng.random((2, 2000)) < 0.5
    nothing = find_failing(asked, old, chance[0], new, chance[1])
    assert nothing.boxes == []
    assert nothing.note == "No part of the box is clearly denser in failing worlds than the whole."


def test_where_no_world_fails_there_is_nothing_to_search_for():
    none, worlds = np.zeros(4, dtype=bool), np.zeros((4, len(problem().box)))
    found = find_failing(problem(), worlds, none, worlds, none)
    assert found.note == "In no world of the sample does it fail, so there is nothing to search for."
