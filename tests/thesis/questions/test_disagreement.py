"""Which assumptions explain that two scenarios disagree."""

import numpy as np
import pytest
from example import example
from small import alone, declared, problem, quiet, toy

from sim import Scenario, UserError, disagree
from sim.thesis.problem import bring_together
from sim.thesis.questions import disagreement


def ends(first: Scenario, second: Scenario) -> tuple[disagreement.Gap, dict[str, np.ndarray]]:
    where = bring_together(first, declared(), "quick")
    found = disagreement.gap(first, second)
    return found, disagreement.simulate(where, quiet, found)


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
        by_itself = alone(scenario, 8)
        assert np.allclose(made["on"][place], by_itself, rtol=1e-9)


def test_a_rule_that_only_the_second_has_is_a_difference_too():
    without, made = ends(toy().without_rule("grandia_oil_valve"), toy())
    assert without.names == ("rules.grandia_oil_valve",)
    by_itself = alone(toy(), 8)
    assert np.allclose(made["on"][-1], by_itself, rtol=1e-9)


def test_another_cast_is_one_difference():
    base, other = Scenario.load("base"), Scenario.load("iran_second_supplier")
    found = disagreement.gap(base, other)
    assert "cast" in found.names
    assert disagreement.hybrid(found, ["cast"]).countries.keys() == other.countries.keys()


def test_scenarios_that_cannot_be_compared_are_refused():
    with pytest.raises(UserError, match="do not differ"):
        disagreement.gap(toy(), toy())
    with pytest.raises(UserError, match="start or end in different months"):
        disagreement.gap(toy(), Scenario.load("base"))


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


def explained(answer) -> disagreement.Disagreement:
    """What explains the gap where the cap on munitions is known for each set of differences, that on openness being nil."""
    second = toy().set({"grandia.tolerance": 0.2, "marland.belief": 0.9, "grandia.resolve": 0.8})
    differences = disagreement.gap(toy(), second)
    sets = disagreement.disagreement_plan(problem(), differences).sets
    on = np.zeros((len(sets), len(problem().dates), len(problem().dimensions), 8))
    off = on.copy()
    off[:, :, 0] = np.array([answer(set(each)) for each in sets])[:, None, None]
    return disagreement.explain(problem(), toy(), second, differences, {"on": on, "off": off})


def values(found: disagreement.Disagreement, part: str) -> dict[str, float]:
    return {each.name: getattr(each, part)["munitions"].estimate for each in found.differences}


def test_by_hand():
    """The cap is 10, less 4 with the second tolerance, and less 2 more if the belief is the second's as well."""
    both = {"grandia.tolerance", "marland.belief"}
    found = explained(lambda taken: 10 - 4 * ("grandia.tolerance" in taken) - 2 * (both <= taken))
    assert values(found, "value") == pytest.approx({"grandia.tolerance": -5, "marland.belief": -1, "grandia.resolve": 0})
    assert values(found, "alone") == pytest.approx({"grandia.tolerance": -4, "marland.belief": 0, "grandia.resolve": 0})
    assert found.gap["munitions"].estimate == -6
    assert [each.name for each in found.differences] == ["grandia.tolerance", "marland.belief", "grandia.resolve"]
    assert found.exact


def test_scenarios_that_answer_alike_may_still_differ_in_why():
    found = explained(lambda taken: 1 + ("grandia.tolerance" in taken) - ("marland.belief" in taken))
    assert found.gap["munitions"].estimate == 0
    assert values(found, "value") == pytest.approx({"grandia.tolerance": 1, "marland.belief": -1, "grandia.resolve": 0})


def test_without_differences_there_is_no_figure():
    agreed = example().disagreements[0].model_copy(update={"differences": []})
    assert list(agreed.figures) == []
    assert "do not differ" in repr(agreed)
