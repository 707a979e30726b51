"""What partners foresee of the rules that answer to their tie, in the toy world."""

import numpy as np
import pytest
from engine import TOY, history, path, rule

from sim.model.foresight import red_lines
from sim.model.world import World
from sim.scenario.scenario import Scenario

PAIR = "marland_ostia"
CALM = TOY.without_rule(*TOY.rules)


def tie(scenario: Scenario, quantity: str, months: int) -> np.ndarray:
    """Path of a quantity of the one partnership, shape (months, R)."""
    return path(scenario, history(scenario, months), quantity, PAIR)


def feared(scenario: Scenario, **changes) -> float:
    """Caution in the first month under one full rule."""
    return tie(scenario.with_rule("it", **rule("grandia", "ostia", "trade", **changes)), "caution", 1).item()


def test_only_what_answers_to_the_tie_and_punishes_is_foreseen():
    assert feared(TOY, tolerance=0.1) > 0.0
    for changes in ({"response": "scheduled"}, {"trigger": "tests"}, {"channel": "aid"}):
        fields = {"channel": "trade", "trigger": "visible_tie", "response": "smoothstep"} | changes
        scenario = CALM.with_rule("it", **rule("grandia", "ostia", fields.pop("channel"), tolerance=0.1, **fields))
        assert tie(scenario, "caution", 1).item() == 0.0, changes


@pytest.mark.parametrize(
    ("address", "factor"),
    [
        ("ostia.belief", 1.9),
        ("ostia.horizon", 4.0),
        ("ostia.stake_scale", 4.0),
        (f"{PAIR}.misperception", 0.3),
        ("grandia.cover_doubt", 0.0),
    ],
)
def test_what_makes_a_threat_weigh_more_makes_partners_more_careful(address, factor):
    scenario = CALM.with_rule("it", **rule("grandia", "ostia", "trade", tolerance=0.3, width=1.0))
    start = scenario.parameters[address].value
    calm, tense = (tie(scenario.set(address, value), "visible_tie", 2)[-1].item() for value in (start, start * factor))
    assert tense < calm


def test_a_red_line_is_foreseen_point_by_point():
    """The nearer the technology that was seen to the line, the more another point is feared; and never below it."""
    lined = CALM.with_rule("line", **rule("grandia", "marland", "arms_to_enemy", "visible_technology", tolerance=3.0, width=5.0))
    world = World(lined)
    world.step()
    pair, rules = world.partnerships[PAIR], list(world.rules.values())
    losses = []
    for points in (0.0, 1.9, 3.0, 4.5):
        pair.visible_technology = np.array([points])
        losses.append(sum(loss.item() for loss in red_lines(pair, rules, 1).values()))
    assert losses[:2] == [0.0, 0.0]
    assert 0.0 < losses[2] < losses[3]
