"""The whole test, end to end, and what it makes of odd questions: a plain message or a correct report, never a crash."""

import numpy as np
import pytest
from small import declared, judged, limits, problem, small, strict, tables, toy, words_of

from sim import UserError, diagnose, judge, naive_observer, verify
from sim.thesis import verdict
from sim.thesis.declaration import TESTS, Declaration
from sim.thesis.judgement import Judgement
from sim.thesis.questions import QUESTIONS
from sim.thesis.report import write
from sim.whole_files import at_work

PROBLEM = problem()


def test_every_section_speaks_of_every_dimension_and_date():
    found = small()
    dimensions, dates = {"munitions", "openness"}, {"2001-12", "2002-12"}
    for section in (
        found.verdicts,
        found.channels,
        found.tolerance.curves,
        found.attribution["complete"],
        found.worlds[0].shares,
    ):
        assert set(section) == dimensions
        assert all(set(each) == dates for each in section.values())
    for section in (found.fails, found.diagnosis, found.naive.cases, found.variants.worst, found.ceiling.monotone):
        assert set(section) == dimensions
    assert [sample.measure for sample in found.worlds] == ["declared", "linear", "log"]
    assert [claim.number for claim in found.claims] == list(range(1, 40))
    assert found.about.headline == "2002-12"


def test_it_survives_the_way_through_json_without_nan():
    text = small().model_dump_json()
    assert Judgement.model_validate_json(text) == small()
    assert "NaN" not in text
    assert "Infinity" not in text


@pytest.mark.slow
def test_it_is_the_same_when_done_again_and_when_taken_up(tmp_path):
    assert judge(toy(), declared(), out=tmp_path / "out") == small()
    assert judge(toy(), declared(), out=tmp_path / "out") == small()


@pytest.mark.slow
def test_without_beijing_every_effect_is_nil_and_fails_and_the_report_can_still_be_written(tmp_path):
    found = judged(toy().without("beijing"), **limits(limits=["supply"], relaxation={}))
    for dates in found.verdicts.values():
        for each in dates.values():
            assert (each.word, each.absolute.estimate) == ("fails", 0.0)
    for failing in found.fails.values():
        assert failing.boxes == []
        assert "every world" in failing.note
    assert all(diagnosis.events[0].test == "not comparable" for diagnosis in found.diagnosis.values())
    assert {path.name for path in write(found, tmp_path)} >= {"report.html", "report.md", "report.json"}


@pytest.mark.slow
def test_a_smallest_effect_of_nil_divides_nothing_and_what_is_not_asked_is_empty():
    nil = {name: {**each, "delta": 0.0, "delta_abs": 0.0} for name, each in tables()["dimensions"].items()}
    found = judged(
        dimensions=nil,
        delay={"outcome": "first_visit", "delta": 0.0, "delta_abs": 0.0},
        events={},
        hypotheses={},
        variants={},
        tolerance={**tables()["tolerance"], "observed": []},
        **limits(relaxation={}),
    )
    assert {verdict.word for dates in found.verdicts.values() for verdict in dates.values()} <= {"holds", "fails", "undecided"}
    assert found.tolerance.remaining is None
    assert found.hypotheses == []
    assert len(found.variants.rows) == 1
    assert all(diagnosis.events == [] for diagnosis in found.diagnosis.values())
    assert "relaxed" not in found.attribution
    with pytest.raises(UserError, match="declares no events"):
        diagnose(toy(), declared(events={}))


def test_a_question_asked_alone_is_answered_as_in_the_whole():
    assert diagnose(toy(), declared()) == small().diagnosis
    assert naive_observer(toy(), declared()) == small().naive


def test_stages_are_shared_by_processes_and_the_judgement_is_the_same(tmp_path):
    shared = judge(toy(), declared(), out=tmp_path / "out", posterior="none", processes=2)
    assert shared == judge(toy(), declared(), posterior="none", processes=1)
    assert len(list((tmp_path / "out" / "stages").iterdir())) == len(shared.about.runs)
    with pytest.raises(UserError, match="processes: must be a whole number"):
        judge(toy(), declared(), processes=0)


def test_an_interrupt_keeps_what_is_done_and_the_next_call_goes_on(tmp_path):
    counted: list[str] = []

    def counting(name):
        def make(problem, tick):
            counted.append(name)
            return {"x": np.zeros(1)}

        return make

    def interrupted(problem, tick):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verdict._simulate(PROBLEM, {"one": counting("one"), "two": interrupted}, tmp_path / "out", None)
    done, runs = verdict._simulate(PROBLEM, {"one": counting("one"), "two": counting("two")}, tmp_path / "out", None)
    assert counted == ["one", "two"]
    assert set(done) == {"one", "two"}
    assert runs == {"one": 0, "two": 0}
    assert len(list((tmp_path / "out" / "stages").iterdir())) == 2
    assert len(verify(tmp_path / "out")[0].files) == 2


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(UserError, match="holds something else"):
        judge(toy(), declared(), out=tmp_path)
    with pytest.raises(UserError, match="is a file"):
        judge(toy(), declared(), out=tmp_path / "thesis.docx")


def test_every_test_of_a_hypothesis_belongs_to_one_question():
    assert sorted(each.test for each in QUESTIONS if each.test) == sorted(TESTS)
    assert all((each.words is not None) == bool(each.test) for each in QUESTIONS)


def test_no_part_of_a_claim_holds_where_the_claim_fails():
    found = words_of(strict())
    assert list(found) == list(Declaration.load("thesis").hypotheses), "in the order declared"
    assert found["cap"]["munitions"] == "fails"
    assert found["threat"]["munitions"] == "not applicable"
    assert strict().channels["munitions"]["2002-12"].leading == "threat", "else there would be nothing to contradict"


def test_a_claim_has_the_word_of_its_hypothesis_and_no_part_of_it_holds_where_the_cap_fails():
    found = strict().claims
    assert found[9 - 1].word == words_of(strict())["delay"]["first visit"]
    assert "not applicable for munitions" in found[6 - 1].found


def test_stages_are_kept_by_one_at_a_time_and_a_lock_alone_is_no_obstacle(tmp_path):
    with at_work(tmp_path), pytest.raises(UserError, match="another process is at work"):
        judge(toy(), declared(), out=tmp_path)
    with at_work(tmp_path), pytest.raises(UserError, match="another process is at work"):
        judge(toy(), declared(), out=tmp_path)
