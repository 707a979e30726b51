"""The register of claims, and what is found of each."""

import csv
import re

import pytest
from example import changed, example, nothing_at_all
from small import problem, quiet

from sim import Scenario
from sim.mechanisms.quantities import OUTCOMES
from sim.reporting.markdown import markdown
from sim.reporting.records import Interval
from sim.thesis.judgement import Judgement
from sim.thesis.questions import claims
from sim.thesis.questions.claims import Experiment, register
from sim.thesis.questions.claims import judged as judged_claims
from sim.thesis.report import compose

PROBLEM = problem()


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    return example()


def test_a_scenario_without_the_numbers_of_any_claim_tries_nothing():
    assert claims.simulate(PROBLEM, quiet)["outcomes"].shape[1] == 0
    assert claims.experiments(PROBLEM) == []


def test_the_register_is_that_of_the_documents(root):
    own = csv.DictReader((root / "sim/thesis/claims.csv").read_text("utf-8").splitlines())
    documented = list(csv.DictReader((root / "docs/claims.csv").read_text("utf-8").splitlines()))
    assert [{key: row[key] for key in documented[0]} for row in own] == documented


def test_the_register_moves_the_numbers_and_shows_the_outcomes_that_the_documents_name(root):
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", (root / "docs/claims.md").read_text("utf-8"), re.MULTILINE)
    documented = {int(number): [re.findall("`([^`]+)`", cell) for cell in cells.split("|")[-2:]] for number, cells in rows}
    outcomes = {outcome.name for outcome in OUTCOMES}
    base = Scenario.load("base")
    for entry in register():
        numbers, shows = documented[entry.number]
        assert list(entry.numbers) == numbers
        assert set(entry.numbers) <= set(base.parameters)
        assert list(entry.outcomes) == [name for name in shows if name in outcomes]


def test_every_claim_says_something_and_no_premise_is_scored(judgement):
    found = judged_claims(judgement, {})
    assert [claim.number for claim in found] == list(range(1, 40))
    assert all(claim.found for claim in found)
    assert all(claim.word is None for claim in found if claim.kind in ("premise", "not modelled"))


def test_claims_can_be_told_of_a_judgement_without_anything():
    assert len(judged_claims(changed(nothing_at_all), {})) == 39


def test_a_claim_tells_what_its_numbers_move_and_which_move_nothing(judgement):
    def moved(address, change):
        low, high, estimate = change
        known = Interval(estimate=estimate, low=low, high=high)
        return Experiment(address=address, outcome="tests", unit="tests", low=40.0, high=40.0 + estimate, change=known)

    experiments = {18: [moved("north_korea.test_rate", (3.0, 5.0, 4.0)), moved("china.concern_alignment", (-1.0, 1.0, 0.0))]}
    told = judgement.model_copy(update={"claims": judged_claims(judgement, experiments)})
    text = markdown(compose(told))
    assert "`north_korea.test_rate` takes tests from 40.0 to 44.0 tests" in text
    assert "No change beyond chance comes of `china.concern_alignment`" in text


def test_the_claim_of_a_delay_has_the_word_of_its_hypothesis_and_none_without_one(judgement):
    asked = {"name": "delay", "says": "It delays.", "refuted_by": "It does not.", "test": "delay"}
    told = changed(lambda raw: raw.update(hypotheses=[{**asked, "words": {"first visit": "fails"}}]))
    assert told.delay[told.about.headline].delay.low > 0, "later, but by less than was declared to matter"
    assert judged_claims(told, {})[9 - 1].word == "fails"
    assert judged_claims(changed(lambda raw: raw.update(hypotheses=[])), {})[9 - 1].word is None
