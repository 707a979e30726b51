"""The whole answer in at most 60 words, whatever the chances are."""

import re

import pytest
from example_answer import answer, at, with_chances
from hypothesis import given
from hypothesis import strategies as st

from sim.thesis.in_short import LIKELY, OPEN, WORDS, chance, how_large, in_short

CHANCES = st.lists(st.floats(0.0, 1.0), min_size=5, max_size=5)


@given(CHANCES, st.one_of(st.none(), st.floats(-2.0, 1.0)))
def test_the_answer_is_short_and_names_each_good_once_by_how_likely_it_is(chances, effect):
    made = with_chances(chances, effect)
    text = in_short(made, at(made))
    assert len(text.split()) <= WORDS
    said = text.split("?")[1].split(".")[0].lower()
    parts = dict(re.findall(r"(probably not|probably|perhaps) ([^;]*)", said))
    for row in at(made):
        way = "probably" if row.posterior >= LIKELY else "perhaps" if row.posterior >= OPEN else "probably not"
        name = {"munitions": "shells", "openness": "open dealings"}.get(row.outcome, row.outcome)
        assert [each for each, goods in parts.items() if name in goods] == [way]


def test_the_answer_says_how_likely_how_large_since_when_and_what_to_watch():
    text = in_short(answer(), at(answer()))
    assert "Perhaps open dealings (42%)" in text
    assert "Beijing lowers open dealings by 15%" in text
    assert re.search(r"since|it is \d+%", text)
    assert "Watch next: Putin and Kim meet within a year" in text


@pytest.mark.parametrize(
    ("chances", "word"),
    [
        ([0.9] * 5, "Probably yes."),
        ([0.9] * 3 + [0.1] * 2, "Mostly yes."),
        ([0.1] * 5, "Probably not."),
        ([0.1] * 4 + [0.5], "Mostly no."),
        ([0.9] * 2 + [0.5] + [0.1] * 2, "It depends on the good."),
    ],
)
def test_the_answer_begins_with_a_word(chances, word):
    made = with_chances(chances)
    assert in_short(made, at(made)).startswith(word)


def test_since_when_is_the_month_from_which_it_has_been_on_this_side():
    made = answer()
    line = [row.model_copy(update={"posterior": 0.6 if row.until < "2024-10" else 0.4, "error": 0.04}) for row in made.months]
    made = made.model_copy(update={"months": line})
    assert "not been above even since October" in in_short(made, at(made))
    unsure = [row.model_copy(update={"posterior": 0.57} if row.until == "2024-11" else {}) for row in line]
    assert "not been above even since October" in in_short(made.model_copy(update={"months": unsure}), at(made))
    assert "For December" in in_short(answer(months=None), at(made))


def test_an_effect_has_its_sign_in_words():
    assert (how_large(0.14), how_large(-0.14), how_large(0.0)) == ("14% less", "14% more", "as much")
    assert (chance(0.0), chance(0.004), chance(0.5), chance(0.999)) == ("under 1%", "under 1%", "50%", "over 99%")
