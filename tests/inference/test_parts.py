"""What is asked beside the posterior: the verdict as history unfolded, and without each group of figures."""

import json

import numpy as np
import pytest
from small_inference import SUMMIT_RECORD, TINY, declaration, table

import sim
from sim.errors import UserError
from sim.inference.declaration import Budget
from sim.inference.questions import OWN

GROUPS = {"munitions": ["munitions"], "events": ["summits", "treaty", "war"], "soldiers": ["soldiers", "first_soldiers"]}


def asked(**questions):
    return declaration(groups=GROUPS, questions={"since": "2023-10", **questions})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("parts")


@pytest.fixture(scope="module")
def found(folder):
    record = table(folder / "record.csv", SUMMIT_RECORD)
    options = {"until": "2023-12", "evidence": record, "budget": TINY, "processes": 1, "out": folder / "out"}
    return sim.infer("base", asked(), parts=("months", "groups"), **options)


def of_last_date(posterior):
    own = posterior.verdict[posterior.verdict["belief"] == OWN]
    return own[own["date"] == own["date"].iloc[-1]].set_index("outcome")["posterior"]


def test_the_verdict_is_told_month_by_month_up_to_the_posterior_itself(found):
    told = found.months
    assert list(dict.fromkeys(told["until"])) == ["2023-10", "2023-11", "2023-12"]
    assert set(told["date"]) == {"2024-05"}
    last = told[told["until"] == "2023-12"].set_index("outcome")["posterior"]
    assert last.to_dict() == of_last_date(found).to_dict()
    assert (told["error"] > 0).all()


def test_what_moved_the_verdict_names_the_rows_that_a_month_added(found):
    moves, told = found.moves, found.months.set_index(["until", "outcome"])["posterior"]
    added = dict(zip(moves["until"], moves["ids"], strict=True))
    assert set(added["2023-12"]) == {"S2", "O2", "T2", "C1"}
    assert added["2023-11"] == []
    assert moves["change"].abs().is_monotonic_decreasing
    first = moves.iloc[0]
    before = {"2023-12": "2023-11", "2023-11": "2023-10"}[first["until"]]
    apart = told[first["until"], first["outcome"]] - told[before, first["outcome"]]
    assert first["change"] == pytest.approx(apart)


def test_the_verdict_without_a_group_is_that_of_a_record_without_it(found, folder):
    record = table(folder / "without.csv", [row for row in SUMMIT_RECORD if not str(row["id"]).startswith("S")])
    options = {"until": "2023-12", "evidence": record, "budget": TINY, "processes": 1}
    other = sim.infer("base", asked(), **options)
    told = found.groups[found.groups["group"] == "munitions"].set_index("outcome")
    assert told["without"].to_dict() == pytest.approx(of_last_date(other).to_dict())
    assert told["log_evidence"].iloc[0] == pytest.approx(other.log_evidence)
    assert (told["change"] + told["without"]).to_dict() == pytest.approx(of_last_date(found).to_dict())
    assert set(told["rows"]) == {2}


def test_a_group_without_figures_is_passed_over(found):
    assert set(found.groups["group"]) == {"munitions", "oil", "tests", "trade", "events"}


def test_each_part_has_a_folder_and_stands_in_the_answer(found, folder):
    assert (folder / "out" / "months" / "2023-10" / "sums.sha256").exists()
    assert (folder / "out" / "groups" / "munitions" / "sums.sha256").exists()
    answer = json.loads((folder / "out" / "answer.json").read_text(encoding="utf-8"))
    assert len(answer["months"]) == len(found.months)
    assert answer["moves"][0]["ids"] == found.moves["ids"].iloc[0]
    assert answer["schools"] is None
    assert "--months --groups" in answer["about"]["command"]
    assert (folder / "out" / "moves.csv").exists()


def test_parts_have_a_budget_of_their_own_and_so_many_months_apart(tmp_path):
    record = table(tmp_path / "record.csv", SUMMIT_RECORD)
    budget = Budget(**TINY.model_dump(exclude={"every", "part"}), every=2, part=Budget(bank=200, particles=32, moves=1, last=0))
    found = sim.infer(
        "base", asked(), until="2023-12", evidence=record, budget=budget, parts="months", processes=1, out=tmp_path / "out"
    )
    assert list(dict.fromkeys(found.months["until"])) == ["2023-10", "2023-12"]
    plan = json.loads((tmp_path / "out" / "months" / "2023-10" / "identity.json").read_text(encoding="utf-8"))["plan"]
    assert plan["particles"] == 32
    assert np.isfinite(found.months["posterior"]).all()


def test_what_is_no_part_is_refused(tmp_path):
    with pytest.raises(UserError, match="months"):
        sim.infer("base", asked(), parts=("month",), budget=TINY)
    with pytest.raises(UserError, match="munitions"):
        declaration(groups={"shells": ["munition"]})
