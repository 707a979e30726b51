"""A pressure rule at work, in the toy world. Its arithmetic: tests/examples/pressure.toml."""

import numpy as np
import pytest
from engine import TOY, history, path, rule

from sim.mechanisms.parameters import RULE
from sim.model.world import World

CALM = TOY.without_rule(*TOY.rules)
# What it looks at stands still: a war of even intensity.
STEADY = CALM.set({"world.war_volatility": 0.0, "world.war_intensity": 1.0})


def levels(months: int = 6, base=STEADY, **changes) -> list[float]:
    fields = {"trigger": "war_intensity", "width": 2.0} | changes
    scenario = base.with_rule("it", **rule("grandia", "ostia", fields.pop("channel", "diplomatic"), **fields))
    return history(scenario, months)["pressure"][:, 0, 0].tolist()


def test_level_goes_to_resolve_times_strength_times_response():
    """Intensity 1 is half a width beyond nothing: 0.8 x 0.5 x 0.5."""
    assert levels(resolve=0.8, strength=0.5) == pytest.approx([0.2] * 6)


def test_rates_carry_the_level_part_of_the_way():
    """Half of the distance to 0.5 a month: 0.25, 0.375, 0.4375."""
    assert levels(3, rate_up=0.5) == pytest.approx([0.25, 0.375, 0.4375])


def test_a_rule_eases_at_its_own_rate_when_its_months_are_over():
    after = levels(5, rate_down=0.5, response="scheduled", until="2001-02")
    assert after == pytest.approx([1.0, 1.0, 0.5, 0.25, 0.125])


def test_harm_is_that_of_the_month_and_nothing_is_carried_over():
    ends = STEADY.with_rule("it", **rule("grandia", "ostia", "diplomatic", "war_intensity", "scheduled", until="2001-02"))
    harm = path(ends, history(ends, 4), "harm_from_patron", "ostia")[:, 0]
    assert harm[0] == harm[1] > 0.0
    assert harm[2:].tolist() == [0.0, 0.0]


def test_a_rule_out_of_force_is_learned_from_as_long_as_its_level_falls():
    def believed(rate_down: float) -> np.ndarray:
        fields = rule("grandia", "ostia", "diplomatic", "war_intensity", "linear", until="2001-02", rate_down=rate_down)
        ended = STEADY.with_rule("it", **fields)
        return path(ended, history(ended, 5), "belief", "ostia")[:, 0]

    at_once, slowly = believed(1.0), believed(0.5)
    assert at_once[1] == slowly[1] == at_once[-1]
    assert (np.diff(slowly) > 0.0).all()


def test_lag_smooths_what_is_seen():
    """A ceasefire in month 3, seen with a lag of two months: what was 1 is seen as 1/2, 1/4, …; linear over a width of 2."""
    seen = levels(6, base=STEADY.set("world.ceasefire_month", 3.0), response="linear", lag=2.0)
    assert seen == pytest.approx([0.5, 0.5, 0.25, 0.125, 0.0625, 0.03125])


def test_a_rule_without_numbers_of_its_own_takes_those_of_its_presser():
    fields = rule("grandia", "ostia", "diplomatic", "visible_tie")
    own = {name: fields.pop(name) for name in ("tolerance", "width", "resolve")}
    world = World(CALM.with_rule("borrowed", **fields).with_rule("own", **fields, **own))
    grandia, borrowed, its_own = world.countries["grandia"], world.rules["borrowed"], world.rules["own"]
    for name, number in own.items():
        assert getattr(borrowed, name) == getattr(grandia, name)
        assert getattr(its_own, name) == number["value"]


def test_a_ratchet_holds_what_it_has_reached():
    fallen = levels(6, base=STEADY.set("world.ceasefire_month", 3.0), response="ratchet")
    assert fallen == pytest.approx([0.5] * 6)


def test_tit_for_tat_answers_a_rise_and_then_lets_go():
    first, *later = levels(4, response="tit_for_tat")
    assert first > 0.0
    assert not any(later)


def test_a_snub_that_bluffs_nothing_answers_a_rise_as_other_rules_do():
    angry = STEADY.set({"grandia.goodwill": 0.0, "grandia.concern": 9.0, "grandia.stance_rate": 0.2, "grandia.stance_noise": 0.0})
    for name, channel in (("snub", "diplomatic"), ("squeeze", "trade")):
        fields = rule("grandia", "ostia", channel, "displeasure", "tit_for_tat")
        angry = angry.with_rule(name, **{key: value for key, value in fields.items() if key not in ("tolerance", "width")})
    snub, squeeze = history(angry, 4)["pressure"][:, :, 0].T
    np.testing.assert_array_equal(snub, squeeze)
    assert snub.max() > 0.0


def test_a_patron_that_weighs_its_motives_gives_the_more_the_warmer_it_is():
    warm, cold = (
        levels(4, base=STEADY.set({"grandia.goodwill": goodwill}), response="best_response", channel="aid")[-1]
        for goodwill in (9.0, 0.0)
    )
    assert warm > cold


@pytest.mark.parametrize("reluctant", [False, True])
def test_a_patron_that_weighs_cost_acts_where_concern_outweighs_restraint(reluctant):
    motives = {"grandia.goodwill": 99.0 if reluctant else 0.0, "grandia.concern": 9.0, "grandia.stance_noise": 0.0}
    weighed = levels(3, base=STEADY.set(motives), response="best_response", cost=0.0)[-1]
    plain = levels(3, base=STEADY.set(motives), response="smoothstep")[-1]
    assert (weighed < 1e-3) if reluctant else (0.0 < weighed <= plain)


def test_withheld_is_level_times_volume_less_what_leaks():
    """Full pressure, of which a quarter leaks: a quarter of the ordinary 80 thousand barrels still comes, at 0.1."""
    scenario = STEADY.with_rule("it", **rule("grandia", "ostia", "oil", response="scheduled", leakage=0.25, leakage_max=0.25))
    flow = path(scenario, history(scenario.set("world.oil_volatility", 0.0), 3), "lane_flow", "grandia_ostia_oil")
    assert flow[:, 0] == pytest.approx([0.25 * 80.0 * 0.1] * 3)


def test_two_rules_on_one_lane_each_leave_their_part():
    halves = {name: rule("grandia", "ostia", "trade", response="scheduled", strength=0.5) for name in ("one", "two")}
    scenario = STEADY
    for name, fields in halves.items():
        scenario = scenario.with_rule(name, **fields)
    flow = path(scenario, history(scenario, 2), "lane_flow", "grandia_ostia_trade")
    assert flow[:, 0] == pytest.approx([0.25 * 50.0] * 2)


def test_leakage_grows_only_under_pressure():
    kwargs = {"response": "scheduled", "leakage_max": 0.5, "leakage_growth": 0.2}
    world = World(STEADY.with_rule("it", **rule("grandia", "ostia", "trade", from_="2001-03", **kwargs)))
    leaks = []
    for _ in range(4):
        world.step()
        leaks.append(world.rules["it"].leakage.item())
    assert leaks == pytest.approx([0.0, 0.0, 0.1, 0.18])


def test_what_pressing_costs_leaves_the_treasury():
    scenario = STEADY.with_rule("it", **rule("grandia", "ostia", "diplomatic", response="scheduled", cost=7.0))
    spent = [path(s, history(s, 1), "treasury", "grandia").item() for s in (STEADY, scenario)]
    assert spent[0] - spent[1] == pytest.approx(7.0)


def test_a_rule_sees_only_its_own_trigger():
    """Where no missile is tested the rule on tests stays quiet, while the one on rounds does not."""
    untested = STEADY.set("ostia.test_rate", 0.0)
    on = {trigger: levels(4, base=untested, trigger=trigger, width=0.5) for trigger in ("tests", "visible_munitions")}
    assert not any(on["tests"])
    assert np.max(on["visible_munitions"]) > 0.9


def test_a_rule_has_every_number_of_the_table_of_rules():
    """A channel may ask for any of them by name, also where the rule goes without."""
    bare = next(iter(World(CALM.with_rule("it", **rule("grandia", "ostia", "diplomatic")), runs=2).rules.values()))
    assert [spec.name for spec in RULE if getattr(bare, spec.name).shape != (2,)] == []
    assert bare.minimum_flow.tolist() == [0.0, 0.0]
