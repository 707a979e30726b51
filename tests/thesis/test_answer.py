"""The answer in one paragraph, and what stands behind it."""

import re

import pytest
from example import changed, everywhere, example

from sim.reporting.document import Document
from sim.reporting.markdown import markdown
from sim.thesis.answer import paragraph
from sim.thesis.judgement import Judgement
from sim.thesis.report import compose


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    return example()


def test_the_answer_names_each_dimension_under_its_word(judgement):
    told = paragraph(judgement)
    holds, fails = told.split("does not hold down")
    for dimension, dates in judgement.verdicts.items():
        where = holds if dates[judgement.about.headline].word == "holds" else fails
        assert dimension in where


@pytest.mark.parametrize(
    ("word", "said", "unsaid"),
    [
        ("holds", "Beijing holds down munitions, technology, troops, oil and openness.", "does not hold down"),
        ("fails", "Beijing does not hold down munitions, technology, troops, oil or openness", "Beijing holds down"),
        ("undecided", "the runs leave it undecided", "holds down"),
        ("reversed", "it is the reverse", "holds down"),
    ],
)
def test_the_answer_says_no_more_than_the_verdicts(word, said, unsaid):
    told = paragraph(changed(lambda raw: everywhere(raw["verdicts"], "word", lambda _: word)))
    assert said in told
    assert unsaid not in told


def test_shares_are_said_to_be_of_the_declared_box_and_never_called_probabilities(judgement):
    sections = [section for section in compose(judgement).sections if section.key != "record"]  # where they are probabilities
    words = markdown(Document("", "", tuple(sections)))
    assert "shares of that box under its declared measure, not probabilities" in words
    for sentence in re.split(r"(?<=[.:])\s", words):
        if "probabilit" in sentence:
            assert re.search(r"\bnot\b", sentence), sentence
    assert "plausible worlds" not in words
    assert "prove" not in words.replace("proves nothing", "")
