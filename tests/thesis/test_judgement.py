"""A judgement as data: JSON, tables and figures by name."""

import json

import pandas as pd
import pytest
from example import changed, example, nothing_at_all
from matplotlib.figure import Figure
from pandas.testing import assert_frame_equal

from sim.thesis.judgement import Judgement
from sim.thesis.questions.diagnosis import Diagnoses
from sim.thesis.report import compose


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    return example()


def test_the_published_schema_is_that_of_the_code(root):
    assert json.loads((root / "docs" / "thesis.schema.json").read_text("utf-8")) == Judgement.model_json_schema(), (
        "run docs/make_schema.py"
    )


def test_a_judgement_tells_its_finding_in_one_paragraph(judgement):
    told = repr(judgement)
    assert told == str(judgement) == judgement.summary()
    assert "\n" not in told
    assert "*" not in told
    assert told == judgement.answer[0].sentences[0]
    assert "Perhaps open dealings" in judgement._repr_html_()
    alone = judgement.model_copy(update={"answer": [], "record": None})
    assert str(alone).startswith("In this model")
    assert "<strong>Beijing holds down technology, troops and openness.</strong>" in alone._repr_html_()


def test_the_figures_of_a_judgement_are_those_of_its_report(judgement):
    assert list(judgement.figures) == [figure.name for figure in compose(judgement).figures]
    assert isinstance(judgement.figures["cap"], Figure)
    with pytest.raises(KeyError, match="did you mean 'ceiling'"):
        judgement.figures["ceilings"]


def test_every_section_is_a_table_under_the_name_of_its_field(judgement):
    assert set(Judgement.model_fields) - {"about", "no_record"} <= set(judgement.tables)
    assert all(isinstance(table, pd.DataFrame) and len(table) for table in judgement.tables.values())


def test_tables_say_what_was_found(judgement):
    verdicts = judgement.tables["verdicts"].set_index(["dimension", "date"])
    found = judgement.verdicts["troops"][judgement.about.headline]
    line = verdicts.loc[("troops", judgement.about.headline)]
    assert line[["word", "absolute", "absolute_low", "absolute_high", "unit"]].tolist() == [
        found.word, found.absolute.estimate, found.absolute.low, found.absolute.high, "persons",
    ]  # fmt: skip
    limits = judgement.tables["attribution"]
    assert {"beijing_threat", "beijing_threat+beijing_action"} <= set(limits["limit"])
    assert {"kind", "dimension", "date", "shortfall", "rival", "ahead_low", "value", "share", "last_in"} <= set(limits.columns)
    levels = judgement.tables["tolerance"]
    assert len(levels) == len(judgement.about.dimensions) * len(judgement.about.dates) * len(judgement.tolerance.levels)


def test_what_was_not_found_leaves_an_empty_table(judgement):
    bare = judgement.model_copy(update={"disagreements": [], "attribution": {}})
    assert bare.tables["disagreements"].empty
    assert bare.tables["attribution"].empty
    no_box = {name: each.model_copy(update={"boxes": [], "note": "none"}) for name, each in judgement.fails.items()}
    fails = judgement.model_copy(update={"fails": no_box}).tables["fails"]
    assert set(fails["note"]) == {"none"}
    assert fails["coverage"].isna().all()


def test_a_report_can_be_written_by_the_judgement_itself(tmp_path):
    empty = changed(nothing_at_all)
    names = [path.name for path in empty.write(tmp_path / "report")]
    assert names == ["report.html", "report.md", "report.json"], "with nothing to draw"


def test_single_questions_show_themselves_as_the_report_does(judgement):
    asked = Diagnoses(judgement.diagnosis)
    assert asked == judgement.diagnosis
    for found, figure, table in (
        (asked, "diagnosis", "diagnosis"),
        (judgement.naive, "naive", "naive"),
        (judgement.disagreements[0], "disagreement", "disagreements"),
    ):
        assert isinstance(found.figures[figure], Figure)
        assert_frame_equal(found.tables[table], judgement.tables[table])
        assert "*" not in repr(found)
        assert found._repr_html_().startswith("<p>")
