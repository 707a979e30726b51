"""What partners foresee of the rules that answer to their tie, in the toy world."""

import numpy as np
import pytest
from engine import TOY, history, path, rule

from sim.mechanisms.contract_curve import Threat
from sim.mechanisms.ledger import total
from sim.mechanisms.pressure import RESPONSES
from sim.model.foresight import red_lines, threats
from sim.model.world import World
from sim.scenario.scenario import Scenario

PAIR = "marland_ostia"
CALM = TOY.without_rule(*TOY.rules)
NUMBERS = ("tolerance", "width")  # its presser's where a rule has none


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
    ],
)
def test_what_makes_a_threat_weigh_more_makes_partners_more_careful(address, factor):
    scenario = CALM.with_rule("it", **rule("grandia", "ostia", "trade", tolerance=0.3, width=1.0))
    start = scenario.parameters[address].value
    calm, tense = (tie(scenario.set(address, value), "visible_tie", 2)[-1].item() for value in (start, start * factor))
    assert tense < calm


@pytest.mark.parametrize(
    ("changes", "count"), [({}, 1), ({"tolerance": 0.5}, 2), ({"response": "linear"}, 2), ({"response": "ratchet"}, 2)]
)
def test_rules_make_one_threat_where_they_share_their_presser_s_tolerance_and_have_no_memory(changes, count):
    def shared(channel: str, **own) -> dict:
        return {
            name: value for name, value in rule("grandia", "ostia", channel, **own).items() if name in own or name not in NUMBERS
        }

    world = World(CALM.with_rule("one", **shared("trade")).with_rule("two", **shared("diplomatic", **changes)))
    world.step()
    pair = world.partnerships[PAIR]
    found = threats(pair, world.rules.values(), 2)
    assert len(found) == count
    assert total([threat.weight for threat in found]) == pytest.approx(total([r.weight() for r in world.rules.values()]))


def test_what_a_ratchet_has_locked_is_feared_no_more():
    half, whole = np.full(1, 0.5), np.ones(1)
    threat = Threat("beijing", RESPONSES["ratchet"], 0.0 * whole, whole, half, 100.0 * whole, 0.0 * whole)
    assert [threat.value(x).item() for x in (0.3 * whole, half, whole)] == [0.0, 0.0, 50.0]


def test_a_red_line_is_foreseen_over_the_points_that_are_reached():
    """The nearer the technology that was seen to the line, the dearer a point; and never where the line is not reached."""
    lined = CALM.with_rule("line", **rule("grandia", "marland", "arms_to_enemy", "visible_technology", tolerance=3.0, width=5.0))
    world = World(lined)
    world.step()
    pair, rules = world.partnerships[PAIR], list(world.rules.values())
    prices = []
    for points in (0.0, 2.0, 2.9, 3.5):
        pair.visible_technology = np.array([points])
        prices.append(red_lines(pair, rules, pair.table_now, 1).price.item())
    assert prices[:2] == [0.0, 0.0]
    assert 0.0 < prices[2] < prices[3]


OF_STANCE = {"trigger": "displeasure", "response": "smoothstep", "cost": 0.0}


def of_stance(channel: str, **changes) -> Scenario:
    """The toy world with one rule of the patron's stance."""
    fields = rule("grandia", "ostia", channel, **OF_STANCE | changes)
    believing = CALM.set({"ostia.belief": 0.95, "ostia.stake_scale": 3.0, "ostia.horizon": 12.0})
    return believing.with_rule("it", **{name: value for name, value in fields.items() if name not in ("tolerance", "width")})


@pytest.mark.parametrize(("trigger", "channel"), [("displeasure", "trade"), ("favour", "market_access")])
def test_partners_hold_back_before_a_patron_whose_stance_their_tie_would_cool(trigger, channel):
    """A punishment that would come, and a favour that would be forgone, both make the visible tie dearer."""
    feared = of_stance(channel, trigger=trigger).set({"grandia.concern": 4.0, "grandia.goodwill": 1.2})
    careless = feared.set("grandia.concern", 0.0)
    assert tie(feared, "caution", 1).item() > 0.0
    assert tie(careless, "caution", 1).item() == 0.0
    assert tie(feared.without("beijing_threat"), "caution", 1).item() == 0.0


def test_the_more_goodwill_the_more_tie_is_borne():
    feared = of_stance("trade").set("grandia.concern", 4.0)
    shown = [tie(feared.set("grandia.goodwill", goodwill), "visible_tie", 2)[-1].item() for goodwill in (0.4, 0.8, 1.6)]
    assert shown == sorted(shown)
    assert shown[0] < shown[-1]
