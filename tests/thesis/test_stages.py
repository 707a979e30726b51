"""Stages simulate what they say, are kept when finished, and are made again when anything they depend on has changed."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from small import BUDGET, declared, toy

import sim
from sim import Scenario, UserError, response
from sim.experiments.sweep_arguments import SweepArguments
from sim.mechanisms.pressure import RESPONSES
from sim.runs import software
from sim.thesis import stages, stages_structure, stages_worlds, verdict
from sim.thesis.findings_worlds import classed, in_words, telling
from sim.thesis.kept import STAGES, kept, stage_name
from sim.thesis.problem import Setting, bring_together


def setting(**changes) -> Setting:
    return bring_together(toy(), declared(**changes), "quick")


SETTING = setting()


def quiet(runs: int) -> None:
    pass


# --- The base world -------------------------------------------------------------------------------------------------------------


def test_the_four_arms_meet_the_same_shocks_and_differ_by_what_is_out():
    made = stages.effect(SETTING, quiet)
    full, off, no_threat, no_action = np.moveaxis(made["arms"], 2, 0)
    assert made["arms"].shape == (2, 5, 4, 40)
    assert made["direct"].shape == (2, 5, 40)
    months = 2
    assert (full[:, months] > 0).any()
    assert (off[:, months] == 0).all()
    assert (no_action[:, months] == 0).all()
    assert (no_threat[:, months] >= full[:, months]).mean() > 0.5, "without the threat they provoke more"


def test_sets_of_limits_run_from_none_to_all():
    made = stages.removed(SETTING, quiet)["values"]
    plan = stages.attribution_plan(SETTING, SETTING.declaration.attribution.limits)
    assert made.shape == (len(plan.masks), 2, 2, 12)
    assert plan.sets[0] == ()
    assert len(plan.sets[-1]) == 4


def test_relaxed_limits_start_at_the_tight_end():
    made = stages.relaxed(SETTING, quiet)["values"]
    tight = toy().set({address: value for ends in SETTING.relaxed.values() for address, value in ends[0].items()})
    alone = stages.ensemble(tight, (12,), keys=np.arange(12), **stages.common_of(SETTING, SETTING.outcomes)).outcomes
    assert np.allclose(made[0], alone, rtol=1e-12)


def test_to_cut_a_tie_takes_all_that_passes_between_two_countries():
    cuts = dict(stages.ties(toy()))
    assert set(cuts) == {("marland", "ostia"), ("marland", "grandia"), ("ostia", "grandia")}
    assert cuts["marland", "grandia"] == {"lanes.marland_grandia_oil.volume": 0.0, "lanes.grandia_marland_components.volume": 0.0}
    assert "marland_ostia.shells.cap" in cuts["marland", "ostia"]
    cut = toy().set(cuts["marland", "ostia"])
    found = stages.ensemble(cut, (4,), keys=np.arange(4), at=(24,), outcomes=("munitions", "openness", "oil"), seed=2).outcomes
    assert (found == 0).all()


def test_welfare_is_told_for_each_country_and_tie():
    made = stages.needs(SETTING, quiet)["welfare"]
    assert made.shape == (3, 4, 12)
    russia, no_cut, partner = 0, 0, 1
    assert (made[russia, no_cut] > made[russia, partner]).all(), "who fights loses without shells"


def test_a_scenario_without_the_numbers_of_any_claim_tries_nothing():
    assert stages.claims(SETTING, quiet)["outcomes"].shape[1] == 0
    assert stages.experiments(SETTING) == []


# --- Worlds ---------------------------------------------------------------------------------------------------------------------


def test_worlds_nearest_to_an_edge_get_more_runs():
    made = stages_worlds.sample(SETTING, quiet, measure="declared", seed=1)
    assert made["on"].shape == (2, 2, 32, 2)
    assert made["refined"].size == 8
    assert made["more_on"].shape == (2, 2, 8, 4)
    assert np.array_equal(made["more_on"][..., :2], made["on"][:, :, made["refined"]])


def test_no_world_need_be_refined():
    made = stages_worlds.sample(setting(budgets={"quick": {**BUDGET, "refined": 0.0}}), quiet, measure="declared", seed=1)
    assert made["refined"].size == 0
    assert classed(SETTING, made).shape == (2, 2, 32)


def test_the_reported_sample_is_that_of_the_confirming_seed():
    reported = stages_worlds.worlds(SETTING, quiet)
    plain = stages_worlds.sample(SETTING, quiet, measure="declared", seed=2)
    assert np.array_equal(reported["on"], plain["on"])
    assert np.array_equal(reported["more_off"], plain["more_off"])
    assert reported["events"].shape == (1, 32, 2)
    assert reported["tie_on"].shape == (32,)


def test_the_curve_has_an_arm_for_each_level_and_one_without_beijing():
    made = stages_worlds.tolerance(SETTING, quiet)
    assert made["on"].shape == (2, 2, 9, 16)
    assert made["off"].shape == (2, 2, 16)
    assert made["seen"].shape == (1, 9, 16)
    assert made["tie_on"][-1].mean() > made["tie_on"][0].mean()


def test_histories_show_what_a_patron_does():
    made = stages_worlds.histories(SETTING, quiet)
    assert made["tie"].shape == made["punishment"].shape == (24, 16)
    assert stages_worlds.punishing_rules(SETTING) == ["grandia_oil_valve", "grandia_components"]
    without = bring_together(toy().without_rule(*toy().rules), declared(), "quick")
    assert (stages_worlds.histories(without, quiet)["punishment"] == 0).all()


def test_sides_that_tell_are_found_among_many():
    rng = np.random.default_rng(1)
    worlds = rng.random((400, 60))
    failing = (worlds[:, 17] > 0.6) | (worlds[:, 42] < 0.2)
    assert {17, 42} <= set(telling(worlds, failing, most=4))


def test_a_box_is_told_in_words():
    assert in_words({"a.b": (0.12345, None), "c.d": (None, 2.0), "e.f": (1.0, 2.0)}) == (
        "a.b above 0.123 and c.d below 2 and e.f between 1 and 2"
    )


# --- Ways of writing the model --------------------------------------------------------------------------------------------------


def test_variants_are_tried_one_at_a_time_or_crossed():
    single = stages_structure.forms(SETTING)
    assert [(form.bargaining, form.response) for form in single] == [
        ("nash", "smoothstep"),
        ("heuristic", "smoothstep"),
        ("nash", "threshold"),
    ]
    crossed = stages_structure.forms(setting(budgets={"quick": {**BUDGET, "crossed": True}}))
    assert len(crossed) == 4
    assert crossed[0] == single[0]


def test_only_what_punishes_is_written_otherwise():
    written = stages_structure.written(SETTING, stages_structure.Form("nash", "bayes", "threshold"))
    assert {name: rule.response for name, rule in written.rules.items()} == {
        "grandia_oil_valve": "threshold",
        "grandia_components": "threshold",
        "grandia_snubs_ostia": "smoothstep",
    }
    assert stages_structure.written(SETTING, stages_structure.own_form(SETTING)).hash == toy().hash


def ends(first: Scenario, second: Scenario) -> tuple[stages_structure.Gap, dict[str, np.ndarray]]:
    where = bring_together(first, declared(), "quick")
    found = stages_structure.gap(first, second)
    return found, stages_structure.disagreement(where, quiet, found)


@pytest.mark.parametrize(
    ("second", "names"),
    [
        (toy().set({"grandia.tolerance": 0.2, "marland.belief": 0.9}), {"grandia.tolerance", "marland.belief"}),
        (toy().set("variants.bargaining", "heuristic"), {"variants.bargaining"}),
        (toy().set("rules.grandia_oil_valve.response", "threshold"), {"rules.grandia_oil_valve"}),
        (toy().without_rule("grandia_oil_valve"), {"rules.grandia_oil_valve"}),
        (toy().without("supply").set("grandia.resolve", 0.9), {"grandia.resolve", "knockouts"}),
    ],
)
def test_all_differences_taken_over_give_the_second_scenario_and_none_the_first(second: Scenario, names: set[str]):
    found, made = ends(toy(), second)
    assert set(found.names) == names
    for scenario, place in ((toy(), 0), (second, -1)):
        alone = stages.ensemble(scenario, (8,), keys=np.arange(8), **stages.common_of(SETTING, SETTING.outcomes)).outcomes
        assert np.allclose(made["on"][place], alone, rtol=1e-9)


def test_a_rule_that_only_the_second_has_is_a_difference_too():
    without, made = ends(toy().without_rule("grandia_oil_valve"), toy())
    assert without.names == ("rules.grandia_oil_valve",)
    alone = stages.ensemble(toy(), (8,), keys=np.arange(8), **stages.common_of(SETTING, SETTING.outcomes)).outcomes
    assert np.allclose(made["on"][-1], alone, rtol=1e-9)


def test_another_cast_is_one_difference():
    base, other = Scenario.load("base"), Scenario.load("iran_second_supplier")
    found = stages_structure.gap(base, other)
    assert "cast" in found.names
    assert stages_structure.hybrid(found, ["cast"]).countries.keys() == other.countries.keys()


def test_scenarios_that_cannot_be_compared_are_refused():
    with pytest.raises(UserError, match="do not differ"):
        stages_structure.gap(toy(), toy())
    with pytest.raises(UserError, match="start or end in different months"):
        stages_structure.gap(toy(), Scenario.load("base"))


# --- What is kept ---------------------------------------------------------------------------------------------------------------


def test_a_finished_stage_is_read_and_not_made_again(tmp_path):
    made = kept(tmp_path, SETTING, "one", lambda: {"x": np.arange(3.0)})
    again = kept(tmp_path, SETTING, "one", lambda: pytest.fail("made again"))
    assert np.array_equal(made["x"], again["x"])


def test_a_damaged_stage_is_made_again_wherever_it_is_damaged(tmp_path):
    kept(tmp_path, SETTING, "one", lambda: {"x": np.arange(3.0)})
    (path,) = (tmp_path / STAGES).iterdir()
    content = path.read_bytes()
    flipped = [content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :] for place in range(len(content))]
    for damaged in (b"", content[:-1], content + b"\0", *flipped):
        path.write_bytes(damaged)
        assert kept(tmp_path, SETTING, "one", lambda: {"x": np.ones(1)})["x"].tolist() == [1.0]
        (again,) = (tmp_path / STAGES).iterdir()
        again.unlink()


def test_the_file_of_a_stage_depends_on_its_arrays_alone(tmp_path):
    names = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        kept(folder, SETTING, "one", lambda: {"x": np.arange(3.0)})
        names += [(path.name, path.read_bytes()) for path in (folder / STAGES).iterdir()]
    assert names[0] == names[1]


def test_a_stage_is_made_again_when_what_it_depends_on_has_changed(tmp_path):
    others = [
        setting(seeds={"exploration": 1, "confirmation": 3}),
        bring_together(toy().set("grandia.resolve", 0.9), declared(), "quick"),
        bring_together(toy(), declared(budgets={"quick": BUDGET, "standard": BUDGET}), "standard"),
        dataclasses.replace(SETTING, rivals=(toy().set("grandia.resolve", 0.9),)),
    ]
    assert len({stage_name(each, "one") for each in (SETTING, *others)}) == 5


def test_a_stage_and_a_sweep_are_made_again_when_a_response_or_the_code_of_the_model_has_changed(tmp_path, monkeypatch):
    for name in ("own", "of no use here"):
        monkeypatch.setitem(RESPONSES, name, RESPONSES["linear"])  # so that they are gone afterwards

    def keys():
        plan = SweepArguments(scenario, levers={"grandia.resolve": [0.1, 0.9]}, months=2).plan()
        return stage_name(bring_together(scenario, declared(), "quick"), "one"), str(plan.identity())

    response("own")(lambda x, tolerance, width, memory: 0.5 * (x > tolerance))
    scenario = toy().set("rules.grandia_oil_valve.response", "own")
    first = keys()
    response("own")(lambda x, tolerance, width, memory: 0.6 * (x > tolerance))
    other = keys()
    response("of no use here")(lambda x, tolerance, width, memory: 0.7 * (x > tolerance))
    assert keys() == other

    code = Path(shutil.copytree(software.PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__")))
    monkeypatch.setattr(software, "PACKAGE", code)
    monkeypatch.setattr("sim.experiments.identity.software", software.software.__wrapped__)
    assert keys() == other
    path = code / "mechanisms" / "pressure.py"
    path.write_text(path.read_text().replace("3.0", "3.1", 1) + "\n")
    changed = keys()
    for place in range(2):
        assert len({first[place], other[place], changed[place]}) == 3


def test_an_interrupt_keeps_what_is_done_and_the_next_call_goes_on(tmp_path):
    counted: list[str] = []

    def counting(name):
        def make(setting, tick):
            counted.append(name)
            return {"x": np.zeros(1)}

        return make

    def interrupted(setting, tick):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verdict._simulate(SETTING, {"one": counting("one"), "two": interrupted}, tmp_path / "out", None)
    done, runs = verdict._simulate(SETTING, {"one": counting("one"), "two": counting("two")}, tmp_path / "out", None)
    assert counted == ["one", "two"]
    assert set(done) == {"one", "two"}
    assert runs == {"one": 0, "two": 0}
    assert len(list((tmp_path / "out" / "stages").iterdir())) == 2
    assert len(sim.verify(tmp_path / "out")[0].files) == 2


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(UserError, match="holds something else"):
        verdict._simulate(SETTING, {}, tmp_path, None)
    with pytest.raises(UserError, match="is a file"):
        verdict._simulate(SETTING, {}, tmp_path / "thesis.docx", None)


def test_a_test_of_two_calls_is_the_same():
    first, second = (stages_worlds.worlds(SETTING, quiet) for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)
