"""The chapter on the record: every number behind the two pages, and nothing that is not known."""

from example import changed, example

from sim.reporting.markdown import markdown
from sim.thesis.questions import QUESTIONS
from sim.thesis.questions.record import QUESTION, chapter
from sim.thesis.report import compose


def without_record(raw):
    raw.update(answer=[], record=None, no_record="The record says nothing of this scenario: it is of 1914.")


def test_it_is_asked_and_reported_first():
    assert QUESTIONS[0] is QUESTION
    text = markdown(compose(example()))
    assert text.index("## The answer") < text.index("# Technical report") < text.index("## 1. What the record says")


def test_where_the_record_says_nothing_the_report_says_why_and_answers_by_the_test():
    made = changed(without_record)
    text = markdown(compose(made))
    front, behind = text.split("# Technical report")
    assert "it is of 1914" in front
    assert "holds down" in front
    assert "it is of 1914" in behind
    assert made.tables["record"].empty


def cells(made) -> str:
    blocks = [block for block in chapter(made).blocks if hasattr(block, "rows")]
    return " ".join(cell for block in blocks for line in block.rows for cell in line)


def test_the_extreme_beliefs_are_named_as_people_would_beside_their_address():
    def two(raw):
        for row in raw["record"]["headline"]:
            row.update(low_belief="halved: russia.manpower_gap", high_belief="half_likelihood")

    text = cells(changed(two))
    assert "(Russia: soldiers missing at the front (`russia.manpower_gap`), its range is half as wide)" in text
    assert "(the record counts half)" in text
    assert "halved:" not in text
    assert "±" in text


def test_a_belief_or_number_that_nobody_knows_keeps_its_name():
    def strange(raw):
        raw["record"]["about"].update(scenario="of 1914", declaration="of 1914")
        for row in raw["record"]["headline"]:
            row.update(low_belief="halved: kaiser.resolve", high_belief="my_own")

    assert "(`kaiser.resolve`, halved)" in cells(changed(strange))
    assert "(my own)" in cells(changed(strange))


def test_what_is_less_than_its_error_is_left_out():
    def small(raw):
        for each in raw["record"]["groups"] + raw["record"]["moves"]:
            each["error"] = 1.0

    captions = [block.caption for block in chapter(changed(small)).blocks if hasattr(block, "caption")]
    assert not any("group" in caption or "moved the probability" in caption for caption in captions)
    assert any("group" in block.caption for block in chapter(example()).blocks if hasattr(block, "caption"))


def test_tables_have_the_columns_of_the_answer():
    tables = example().tables
    assert {"outcome", "date", "prior", "posterior", "low_belief", "effect_q95"} <= set(tables["record"].columns)
    assert len(tables["record_figures"]) == len(example().record.record)
