"""What an act changes in the model: it reaches what it should, repeats itself, and says why where nothing changes."""

import re

import numpy as np
import pytest

import sim
from sim.reporting.intervals import mean
from sim.whatif.asked import what_if

RUNS, MONTHS = 60, 24
OIL = "china cuts oil to north_korea by 50% from 2024-01 to 2024-12"


@pytest.fixture(scope="module")
def base():
    return sim.Scenario.load("base")


@pytest.fixture(scope="module")
def cut(base):
    return base.what_if(OIL, runs=RUNS, months=MONTHS, progress=False)


def test_words_and_arguments_ask_the_same(base, cut):
    same = sim.what_if(
        "base",
        "china",
        "oil",
        on="north_korea",
        strength=0.5,
        from_="2024-01",
        until="2024-12",
        runs=RUNS,
        months=MONTHS,
        progress=False,
    )
    assert same.to_dict() == cut.to_dict()


def test_the_effect_is_that_of_the_two_scenarios_paired_run_by_run(base, cut):
    data = sim.compare(base, cut.changed, labels=("off", "on"), runs=RUNS, months=MONTHS, record=[], at=[17], progress=False)
    difference = data.outcomes_at.sel(at=17, outcome="oil").diff("scenario").values.ravel()
    (oil,) = [each for each in cut.goods if each.good == "oil" and each.date == "2024-12"]
    expected = mean(difference)
    np.testing.assert_allclose(
        [oil.change.estimate, oil.change.low, oil.change.high], [expected.value, expected.low, expected.high], rtol=1e-9
    )


def test_goods_are_those_of_the_thesis_by_the_end_of_the_act_and_of_the_runs(cut):
    assert {(each.good, each.date) for each in cut.goods} == {
        (good, date) for good in ("munitions", "technology", "troops", "oil", "openness") for date in ("2024-12", "2025-07")
    }
    assert len(cut.table) == 10
    assert {"change", "change_low", "change_high", "relative", "without", "with_act", "unit"} <= set(cut.table.columns)


def test_what_was_held_back_is_accounted_for(cut):
    found = {each.name: each.change.estimate for each in cut.flows}
    assert found["pressed"] < -100
    taken = found["partners"] + found["others"] + found["store"] + found["missing"]
    assert taken == pytest.approx(-found["pressed"], rel=0.05)
    assert found["partners"] > 0


def test_what_leaks_is_told_by_the_rule_that_uses_the_channel_already(cut):
    assert cut.force.like == "china_oil_valve"
    assert cut.force.months == 12
    assert 0 < cut.force.leaked < 0.5
    withheld = -next(each for each in cut.flows if each.name == "pressed").change.estimate
    without = next(each for each in cut.flows if each.name == "pressed").without
    assert withheld / without == pytest.approx(cut.force.effect, abs=0.01)


def test_nothing_differs_before_the_act_and_something_after(cut):
    oil = cut.by_month["oil"].absolute
    assert not oil[:5].any()
    assert oil[-1] > 0


def test_the_answer_is_a_few_lines_with_effect_force_and_substitute(cut):
    lines = cut.summary().splitlines()
    assert 5 <= len(lines) <= 12
    assert "In force in 12 of 24 months: it withheld 47% of the 50% asked" in cut.summary()
    assert re.search(r"Held back: \d+ thousand barrels of oil a month. Made up by Russia in kind \d+%", cut.summary())
    assert repr(cut) == cut.summary()
    assert "<table>" in cut._repr_html_()


def test_an_act_that_is_knocked_out_changes_nothing_and_says_so(base):
    found = base.without("west").what_if("united_states", "payments", on="russia", from_="2024-01", runs=4, months=12)
    assert found.force.share == 0
    assert "never in force: the scenario has west knocked out" in found.summary()
    assert "No good changes by 1% or more that these runs could show: it was never in force." in found.summary()
    assert all(each.change.estimate == 0 for each in found.goods)


def test_an_act_that_changes_no_good_says_what_bound_instead():
    found = what_if("base", "united_states receives north_korea in 2024-01", runs=20, months=8, progress=False)
    assert re.search(r"No good changes .*bound elsewhere, munitions by", found.summary())


def test_a_pipeline_cannot_be_shut(base):
    floor = {"value": 0.3, "unit": "share", "low": 0.3, "high": 0.3, "source": "assumption"}
    piped = base.with_rule("china_oil_valve", minimum_flow=floor)
    found = piped.what_if("china stops oil to north_korea from 2024-01", runs=4, months=8, progress=False)
    assert found.force.kept_open == pytest.approx(0.3)
    assert "30% of the flow is as little as the pipeline can carry" in found.summary()


@pytest.mark.parametrize("name", ["iran_second_supplier", "no_pressure"])
def test_it_is_asked_of_any_scenario(name):
    found = what_if(name, "china halves oil to north_korea from 2024-01", runs=4, months=8, progress=False)
    assert "In force in 3 of 8 months" in found.summary()


def test_a_favour_widens_its_lanes(base):
    found = base.what_if("china opens its market to north_korea by 40% from 2024-01", runs=20, months=8, progress=False)
    assert found.flows[0].change.estimate > 0
    assert "Added:" in found.summary()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"does": OIL, "strength": 0.5}, "but not both"),
        ({"does": "china", "channel": "oil"}, "needs both, channel= and on="),
        ({"does": "china", "channel": "oil", "on": "japan"}, "'oil' cannot be turned on 'japan'"),
        ({"does": "china", "channel": "oil", "on": "north_korea", "from_": "2024-7"}, "'2024-7' is no month"),
        ({"does": "china", "channel": "oil", "on": "north_korea", "strength": 50}, "at most 100%"),
        ({"does": "china", "channel": "oil", "on": "north_korea", "strength": "half"}, "strength: must be a number, not 'half'"),
        ({"does": "china", "channel": "oil", "on": "north_korea", "from_": 202407}, "'202407' is no month"),
        ({"does": 3}, "needs a text, such as 'china cuts oil"),
        ({"does": OIL, "months": 0}, "months: "),
        ({"does": OIL, "runs": 0}, "runs: "),
    ],
)
def test_what_makes_no_sense_is_refused(base, given, said):
    with pytest.raises(sim.UserError, match=re.escape(said)):
        base.what_if(**given)


def test_it_writes_a_folder_that_can_be_verified_and_read(cut, tmp_path):
    import json

    import pandas as pd

    place = cut.write(tmp_path / "answer")
    assert {path.name for path in place.iterdir()} == {"answer.json", "effects.csv", "effects.png", "sums.sha256"}
    assert [sums.kind for sums in sim.verify(place)] == ["what-if"]
    assert json.loads((place / "answer.json").read_text("utf-8")) == json.loads(json.dumps(cut.to_dict()))
    assert list(pd.read_csv(place / "effects.csv").columns) == list(cut.table.columns)
    with pytest.raises(sim.UserError, match="exists already"):
        cut.write(place)
