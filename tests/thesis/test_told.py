"""What the thesis test gives a notebook: its finding in words, figures and tables by name."""

from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure
from pandas.testing import assert_frame_equal

from sim.thesis.judgement import Judgement
from sim.thesis.judgement_worlds import Diagnoses
from sim.thesis.report import compose

EXAMPLE = Path(__file__).with_name("example_judgement.json")


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    return Judgement.model_validate_json(EXAMPLE.read_text("utf-8"))


def test_a_judgement_tells_its_finding_in_one_paragraph(judgement):
    told = repr(judgement)
    assert told == str(judgement) == judgement.summary()
    assert "\n" not in told
    assert "*" not in told
    assert told.startswith("In this model")
    assert "<strong>Beijing holds down technology, troops and openness.</strong>" in judgement._repr_html_()


def test_the_figures_of_a_judgement_are_those_of_its_report(judgement):
    assert list(judgement.figures) == [figure.name for figure in compose(judgement).figures]
    assert isinstance(judgement.figures["cap"], Figure)
    with pytest.raises(KeyError, match="did you mean 'ceiling'"):
        judgement.figures["ceilings"]


def test_every_section_is_a_table_under_the_name_of_its_field(judgement):
    assert set(judgement.tables) == set(Judgement.model_fields) - {"about"}
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
    bare = judgement.model_copy(update={"matched": None, "disagreements": [], "attribution": {}})
    assert bare.tables["matched"].empty
    assert bare.tables["disagreements"].empty
    assert bare.tables["attribution"].empty
    no_box = {name: each.model_copy(update={"boxes": [], "note": "none"}) for name, each in judgement.fails.items()}
    fails = judgement.model_copy(update={"fails": no_box}).tables["fails"]
    assert set(fails["note"]) == {"none"}
    assert fails["coverage"].isna().all()


def test_a_report_can_be_written_by_the_judgement_itself(judgement, tmp_path):
    names = {path.name for path in judgement.write(tmp_path / "report")}
    assert {"report.html", "report.md", "report.json", "cap.svg"} <= names


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


def test_a_single_question_with_nothing_to_compare_has_no_figure(judgement):
    nothing = {name: each.model_copy(update={"binding_worlds": 0}) for name, each in judgement.diagnosis.items()}
    assert list(Diagnoses(nothing).figures) == []
    agreed = judgement.disagreements[0].model_copy(update={"differences": []})
    assert list(agreed.figures) == []
    assert "do not differ" in repr(agreed)
