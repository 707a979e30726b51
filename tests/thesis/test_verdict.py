"""The whole test, end to end, and what it makes of odd questions: a plain message or a correct report, never a crash."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from small import BUDGET, TOY, declared, tables, toy

from sim import UserError, diagnose, disagree, judge, naive_observer
from sim.experiments.arms import arms, ensemble
from sim.reporting.intervals import mean
from sim.reporting.records import Interval
from sim.thesis import findings, findings_structure, findings_worlds, hypotheses, stages_structure
from sim.thesis.declaration import Declaration
from sim.thesis.judgement import Judgement
from sim.thesis.problem import bring_together
from sim.thesis.report import write
from sim.thesis.stages import common_of
from sim.thesis.statistics.effects import effect
from sim.thesis.terms import in_bounds

EXAMPLE = Path(__file__).with_name("example_judgement.json")
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "thesis.schema.json"


@cache
def small() -> Judgement:
    """The toy world judged."""
    return judge(toy(), declared())


def judged(world=None, **changes) -> Judgement:
    return judge(world or toy(), declared(**changes))


def limits(**changes):
    return {"attribution": {**tables()["attribution"], **changes}}


# --- The whole ------------------------------------------------------------------------------------------------------------------


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


def test_the_published_schema_is_that_of_the_code():
    assert json.loads(SCHEMA.read_text("utf-8")) == Judgement.model_json_schema(), "run docs/make_schema.py"


def test_the_example_is_a_judgement():
    assert Judgement.model_validate_json(EXAMPLE.read_text("utf-8")).about.scenario == "base"


def test_values_of_limits_sum_to_the_shortfall():
    for dates in small().attribution["complete"].values():
        for found in dates.values():
            assert sum(limit.value.estimate for limit in found.limits) == pytest.approx(found.shortfall.estimate, abs=1e-9)
            assert found.residual < 1e-9
            assert found.exact


def test_shares_of_worlds_sum_to_one():
    for sample in small().worlds:
        for dates in sample.shares.values():
            for found in dates.values():
                words = (found.holds, found.fails, found.undecided, found.reversed)
                assert sum(word.estimate for word in words) == pytest.approx(1.0)


def test_the_verdict_of_a_variant_is_that_of_the_scenario_itself_where_nothing_is_changed():
    rows = small().variants.rows
    assert [row.base for row in rows] == [True, False, False]
    assert rows[0].bargaining == "nash"


def test_removing_both_threat_and_deed_is_the_cap():
    for dimension, dates in small().channels.items():
        for date, found in dates.items():
            assert found.both.absolute.estimate == pytest.approx(small().verdicts[dimension][date].absolute.estimate)
            parts = found.threat.absolute.estimate + found.action.absolute.estimate + found.interaction.absolute.estimate
            assert parts == pytest.approx(found.both.absolute.estimate)


def test_needs_are_ranked_for_each_country():
    ranks = {country: sorted(need.rank for need in small().needs if need.country == country) for country in toy().countries}
    assert ranks == {"marland": [1, 2], "ostia": [1, 2], "grandia": [1, 2]}


# --- Odd questions --------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_without_beijing_every_effect_is_nil_and_fails_and_the_report_can_still_be_written(tmp_path):
    found = judged(toy().without("beijing"), **limits(limits=["supply"], relaxation={}))
    for dates in found.verdicts.values():
        for verdict in dates.values():
            assert (verdict.word, verdict.absolute.estimate) == ("fails", 0.0)
    for failing in found.fails.values():
        assert failing.boxes == []
        assert "every world" in failing.note
    assert all(diagnosis.events[0].test == "not comparable" for diagnosis in found.diagnosis.values())
    assert {path.name for path in write(found, tmp_path)} >= {"report.html", "report.md", "report.json"}


def test_where_no_world_fails_there_is_nothing_to_search_for():
    none = findings_worlds._why_no_box(np.zeros(4, dtype=bool))
    assert none == "In no world of the sample does it fail, so there is nothing to search for."


@pytest.mark.slow
def test_one_limit_alone_has_no_rival_and_more_than_twelve_are_sampled():
    many = {f"limit_{place}": {"up": [address]} for place, address in enumerate(list(toy().parameters)[:13])}
    budget = {**BUDGET, "attribution_runs": 2}
    found = judged(**limits(limits=["beijing"], unions=[], relaxation=many), budgets={"quick": budget})
    for dates in found.attribution["complete"].values():
        for each in dates.values():
            assert (each.rival, each.ahead) == (None, None)
            assert each.limits[0].value.estimate == pytest.approx(each.shortfall.estimate)
    for dates in found.attribution["relaxed"].values():
        for each in dates.values():
            assert len(each.limits) == 13
            assert not each.exact
            assert each.residual < 1e-9


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


def test_rival_schools_and_disagreements_come_from_their_scenarios(tmp_path):
    text = TOY.read_text("utf-8")
    (tmp_path / "patient.toml").write_text(text.replace('title = "Toy"', 'title = "A patient one"'))
    (tmp_path / "heuristic.toml").write_text(text.replace('bargaining = "nash"', 'bargaining = "heuristic"'))
    schools = [str(tmp_path / name) for name in ("patient.toml", "heuristic.toml")]
    setting = bring_together(toy(), declared(rivals=schools, disagreements=[[str(TOY), schools[1]]]), "quick")
    found = findings_structure.rivals(setting, stages_structure.rivals(setting, lambda runs: None))
    assert [rival.title for rival in found] == ["A patient one", "Toy"]
    assert found[0].verdicts == judged_alone(setting)
    assert [second.name for _, second in setting.disagreements] == ["heuristic"]


def judged_alone(setting):
    """Verdicts of the toy world from as many runs as a school gets."""
    both = ensemble(
        toy(),
        (2, BUDGET["rival_runs"]),
        keys=np.arange(12),
        knockouts=arms((), ("beijing",), axes=1),
        **common_of(setting, setting.outcomes),
    ).outcomes[setting.last]
    make = findings.judged(setting, both[:, 0], both[:, 1])
    return {name: make((place,)) for place, name in enumerate(setting.dimensions)}


# --- Single questions -----------------------------------------------------------------------------------------------------------


def test_a_question_asked_alone_is_answered_as_in_the_whole():
    assert diagnose(toy(), declared()) == small().diagnosis
    assert naive_observer(toy(), declared()) == small().naive


def test_what_explains_a_disagreement_sums_to_the_gap():
    second = toy().set({"grandia.tolerance": 0.1, "grandia.resolve": 1.0, "marland.belief": 0.9})
    found = disagree(toy(), second, declared())
    assert {each.name for each in found.differences} == {"grandia.tolerance", "grandia.resolve", "marland.belief"}
    for dimension, gap in found.gap.items():
        assert sum(each.value[dimension].estimate for each in found.differences) == pytest.approx(gap.estimate, abs=1e-9)
        before, after = found.effects[dimension]
        assert after.estimate - before.estimate == pytest.approx(gap.estimate)
    assert found.exact


def test_two_equal_scenarios_do_not_disagree():
    with pytest.raises(UserError, match="do not differ"):
        disagree(toy(), toy(), declared())


# --- Words ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.6, 0.7, "holds"), (0.4, 0.6, "undecided"), (0.3, 0.5, "fails"), (None, None, "undecided"), (0.6, None, "holds")],
)
def test_a_share_is_above_half_where_its_whole_interval_is(low, high, word: str):
    assert in_bounds(Interval(estimate=0.5, low=low, high=high), 0.5) == word


ALL = ("cap", "most_worlds", "threat", "main_limit", "ceiling", "delay", "need")


@cache
def asked() -> Judgement:
    """The toy world judged by the hypotheses that are shipped, with so high a smallest effect on munitions that the cap fails."""
    dimensions = tables()["dimensions"]
    high = {**dimensions["munitions"], "delta_abs": 1e6}
    declaration = declared(hypotheses=dict(shipped().hypotheses), dimensions={**dimensions, "munitions": high})
    return judge(toy(), declaration)


def shipped() -> Declaration:
    return Declaration.load("thesis")


def words(found: Judgement) -> dict[str, dict[str, str]]:
    return {each.name: each.words for each in found.hypotheses}


def test_no_part_of_a_claim_holds_where_the_claim_fails():
    found = words(asked())
    assert set(found) == set(ALL)
    assert found["cap"]["munitions"] == "fails"
    assert found["threat"]["munitions"] == "not applicable"
    assert asked().channels["munitions"]["2002-12"].leading == "threat", "else there would be nothing to contradict"
    told = asked().claims[6 - 1]
    assert "not applicable for munitions" in told.found


def test_the_claim_of_a_delay_has_the_word_of_its_hypothesis():
    found = asked()
    assert found.claims[9 - 1].word == words(found)["delay"]["first visit"]
    assert judged().claims[9 - 1].word is None, "no hypothesis of a delay, no word"


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_the_cut_of_the_ceiling_is_that_of_the_declaration(slope: float):
    setting = bring_together(toy(), declared(ceiling={**tables()["ceiling"], "slope": slope}), "quick")
    evidence = hypotheses.Evidence(
        "2002-12", setting.declaration.ceiling.slope, {}, {}, {}, asked().worlds[0], crowded(slope=0.5), {}, {}
    )
    assert hypotheses.ceiling(evidence) == {"visible tie": "holds" if slope < 0.5 else "fails"}


def crowded(slope: float):
    sure = Interval(estimate=slope, low=slope - 0.1, high=slope + 0.1)
    crowd = [each.model_copy(update={"excess": sure}) for each in asked().ceiling.crowding]
    return asked().ceiling.model_copy(update={"slope": sure, "crowding": crowd})


@pytest.mark.parametrize(
    ("threat", "deed", "both", "expected"),
    [
        (3.0, 1.0, 4.0, "threat"),
        (1.0, 3.0, 4.0, "deed"),
        (2.0, 2.0, 4.0, "tied"),
        (0.0, 0.0, 0.0, "neither"),
        (-1.0, 0.0, -1.0, "neither"),
        (-2.0, 0.5, -1.5, "neither"),
    ],
)
def test_the_leading_channel_is_told_only_where_it_can_be(threat: float, deed: float, both: float, expected: str):
    noise = np.random.default_rng(3).normal(0.0, 0.5, (2, 400))
    noise -= noise.mean(axis=1, keepdims=True)
    first, second = threat + noise[0], deed + noise[1]
    effects = {"threat": effect(first, np.ones(400)), "action": effect(second, np.ones(400))}
    effects["both"] = effect(both + noise[0], np.ones(400))
    found = findings.leading(effects, mean(first - second), ())
    assert found == expected


# --- Where it fails -------------------------------------------------------------------------------------------------------------


def test_a_box_is_told_only_where_it_stands_out_on_fresh_seeds():
    setting = bring_together(toy(), declared(ranges={"include": ["grandia.*", "*.belief"]}), "quick")
    place = [side.address for side in setting.box].index("grandia.tolerance")
    rng = np.random.default_rng(5)
    old, new = rng.random((2, 2000, len(setting.box)))
    found = findings_worlds._failing(setting, old, old[:, place] > 0.3, new, new[:, place] > 0.3)
    assert [list(box.edges) for box in found.boxes] == [["grandia.tolerance"]]
    assert found.boxes[0].words.startswith("grandia.tolerance above 0.2")
    assert found.boxes[0].density.low > 0.85
    chance = rng.random((2, 2000)) < 0.5
    nothing = findings_worlds._failing(setting, old, chance[0], new, chance[1])
    assert nothing.boxes == []
    assert nothing.note == "No part of the box is clearly denser in failing worlds than the whole."
