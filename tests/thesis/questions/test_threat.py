"""By threat or by deed."""

import numpy as np
import pytest
from example import example
from small import problem, quiet

from sim.reporting.intervals import mean
from sim.reporting.markdown import markdown
from sim.thesis.questions import cap, threat
from sim.thesis.questions.threat import leading
from sim.thesis.report import compose
from sim.thesis.statistics.effects import effect


def test_removing_both_threat_and_deed_is_the_cap():
    done = {"effect": cap.simulate(problem(), quiet)}
    verdicts = cap.find(problem(), done, None).verdicts
    for dimension, dates in threat.find(problem(), done, None).channels.items():
        for date, found in dates.items():
            assert found.both.absolute.estimate == pytest.approx(verdicts[dimension][date].absolute.estimate)
            parts = found.threat.absolute.estimate + found.action.absolute.estimate + found.interaction.absolute.estimate
            assert parts == pytest.approx(found.both.absolute.estimate)


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
    found = leading(effects, mean(first - second), ())
    assert found == expected


def test_few_punishments_are_said_to_be_no_sign_of_a_weak_cap():
    words = markdown(compose(example()))
    assert "Few punishments are no sign of a weak cap." in words
    assert "Fearon 2002" in words
    assert "Drezner 2003" in words


def test_through_what_beijing_works_is_told_only_where_there_may_be_a_cap():
    rows = [line for line in markdown(compose(example())).splitlines() if line.startswith(("| Munitions, ", "| Troops, "))]
    assert example().verdicts["munitions"]["2028-07"].word == "fails"
    assert [line.split(" | ")[-1] for line in rows if "(" in line][:2] == ["no cap |", "mainly by threat |"]
