"""Which posterior the thesis test reports: one given, the shipped one, one inferred now, or none, with the reason."""

from pathlib import Path

import pytest
from small import declared, toy

from sim import Scenario, UserError, judge
from sim.evidence import LAST_MONTH
from sim.inference.answer import Answer
from sim.inference.declaration import Declaration
from sim.inference.setting import bring_together
from sim.paths import scenario_folder
from sim.thesis import posterior
from sim.thesis.posterior import NAME, UNASKED, asked, read

EXAMPLE = Path(__file__).with_name("example_answer.json")
BASE = Scenario.load("base")


def example(scenario=BASE) -> Answer:
    found = Answer.model_validate_json(EXAMPLE.read_text("utf-8"))
    return found.model_copy(update={"about": found.about.model_copy(update={"scenario_hash": scenario.hash})})


def folder(tmp_path: Path, answer: Answer) -> Path:
    (tmp_path / NAME).write_text(answer.model_dump_json(), "utf-8")
    return tmp_path


@pytest.mark.parametrize("by", ["folder", "file", "answer"])
def test_an_answer_is_given_by_its_folder_its_file_or_itself(by, tmp_path):
    answer = example()
    place = folder(tmp_path, answer)
    given = {"folder": place, "file": str(place / NAME), "answer": answer}[by]
    assert asked(BASE, given, "quick", None, None).answer == answer


def test_one_of_another_scenario_is_refused_with_the_command_that_makes_the_right_one(tmp_path):
    place = folder(tmp_path, example())
    with pytest.raises(UserError, match=r"infer over that: run_sim\.py infer toy --out FOLDER") as refused:
        judge(toy(), declared(), posterior=place)
    assert str(place) in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "holds no answer.json"), ("{}", "is no answer of an inference"), ("no json", "is no answer of an inference")],
)
def test_what_is_no_answer_is_refused(content, said, tmp_path):
    if content is not None:
        (tmp_path / NAME).write_text(content, "utf-8")
    with pytest.raises(UserError, match=said):
        read(tmp_path)


def test_the_record_can_be_left_out():
    found = asked(BASE, "none", "quick", None, None)
    assert (found.answer, found.missing) == (None, UNASKED)


def test_a_scenario_of_which_the_record_says_nothing_is_judged_all_the_same():
    found = asked(toy(), None, "quick", None, None)
    assert found.answer is None
    assert "The record says nothing of this scenario" in found.missing
    assert f"{LAST_MONTH} is outside the scenario" in found.missing


@pytest.fixture
def inferred(monkeypatch, tmp_path):
    """Inferences that were made, by folder and budget, each of which would take minutes; and where shipped files lie."""
    made = []

    class Made:
        def answer(self):
            return example()

    def infer(base, declaration, *, budget, out, progress):
        made.append((out, budget))
        return Made()

    monkeypatch.setattr(posterior, "infer", infer)
    monkeypatch.setattr(posterior, "scenario_folder", lambda: tmp_path / "shipped")
    (tmp_path / "shipped").mkdir()
    return made


def belonging() -> Answer:
    """An answer that belongs to the shipped base, declaration and record."""
    from sim.inference.declaration import Declaration
    from sim.inference.setting import bring_together

    declaration = Declaration.load("inference")
    setting = bring_together(BASE, declaration, declaration.budgets["quick"])
    answer = example()
    told = {"declaration_hash": declaration.hash, "record_hash": setting.fingerprint}
    return answer.model_copy(update={"about": answer.about.model_copy(update=told)})


def test_the_shipped_answer_is_taken_where_it_belongs_to_what_is_judged(inferred, tmp_path):
    folder(tmp_path / "shipped", belonging())
    assert asked(BASE, None, "quick", None, None).answer == belonging()
    assert inferred == []


@pytest.mark.parametrize("name", ["scenario_hash", "declaration_hash", "record_hash"])
def test_a_shipped_answer_of_something_else_is_inferred_anew_in_the_folder_of_the_report(name, inferred, tmp_path):
    answer = belonging()
    stale = answer.model_copy(update={"about": answer.about.model_copy(update={name: "0" * 64})})
    folder(tmp_path / "shipped", stale)
    assert asked(BASE, None, "full", tmp_path / "out", None).answer == example()
    [(place, budget)] = inferred
    assert place == tmp_path / "out" / "posterior"
    assert budget.particles == 4_000, "that of the standard budget"


def test_an_answer_that_an_earlier_call_left_is_not_inferred_again(inferred, tmp_path):
    place = tmp_path / "out" / "posterior"
    place.mkdir(parents=True)
    folder(place, belonging())
    assert asked(BASE, None, "quick", tmp_path / "out", None).answer == belonging()
    assert inferred == []


def test_the_shipped_answer_belongs_to_what_is_shipped():
    base, declaration = Scenario.load("base"), Declaration.load("inference")
    setting = bring_together(base, declaration, declaration.budgets["standard"])
    found = read(scenario_folder() / NAME)
    assert posterior.belongs(found, setting), f"make it again: {found.about.command}, and take its answer.json"
    assert None not in (found.months, found.moves, found.groups, found.schools)
