"""One contract for everything registered: responses, channels, bargains, ways of learning, kinds of goods, knock-outs."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from engine import BASE, TOY, History, anywhere, history, path, rule
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.mechanisms.bargaining import BARGAINS
from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.package import KINDS, Good, Stance
from sim.mechanisms.pressure import RESPONSES, Response
from sim.mechanisms.quantities import CONSERVED, LIMITS
from sim.model.world import World
from sim.scenario.scenario import Scenario

MONTHS = 10
RUNS = 6  # as many as there are countries: a trap for what mistakes one for the other
CALM = BASE.without_rule(*BASE.rules)
PAIR = "russia_north_korea"
CHINESE = tuple(name for name, rule in BASE.rules.items() if rule.presser == "china")
seeds = st.integers(0, 10**6)
responses = pytest.mark.parametrize("form", RESPONSES.values(), ids=list(RESPONSES))


def sound(scenario: Scenario, months: int = MONTHS, **options: object) -> History:
    """Run a world, see that its books balance and that nothing runs below zero or out of bounds, and give its history."""

    def balanced(world: World) -> None:
        for good in CONSERVED:
            assert (world.ledger.imbalance(good) < 1e-9).all(), good
            assert (world.ledger.stock[good][:-1] >= 0.0).all(), good

    seen = history(scenario, months, check=balanced, runs=RUNS, seed=3, **options)
    assert all(np.isfinite(values).all() for values in seen.values())
    for share in ("openness", "concealment", "trust", "pressure", "belief", "alignment", "compliance", "oil_shortage"):
        assert ((seen[share] >= 0.0) & (seen[share] <= 1.0 + 1e-12)).all(), share
    return seen


# --- responses ------------------------------------------------------------------------------------------------------------


def stage(seed: int, size: int = 400) -> tuple[np.ndarray, ...]:
    """Rising triggers, and one tolerance, width and memory."""
    random = np.random.default_rng(seed)
    tolerance, width = random.uniform(0.0, 2.0), random.uniform(0.05, 2.0)
    x = np.linspace(0.0, tolerance + 3.0 * width, size)
    return x, np.full(size, tolerance), np.full(size, width), np.full(size, random.uniform(0.0, 1.0) * random.integers(0, 2))


@responses
@given(seeds)
def test_a_response_is_a_share_that_never_falls_as_its_trigger_rises(form: Response, seed: int):
    value = form.value(*stage(seed))
    assert ((value >= 0.0) & (value <= 1.0)).all()
    assert (np.diff(value) >= -1e-12).all()


@responses
@given(seeds)
def test_a_response_is_exactly_nil_up_to_tolerance_and_full_far_beyond(form: Response, seed: int):
    x, tolerance, width, memory = stage(seed)
    value = form.value(x, tolerance, width, 0.0 * memory)
    if form.contingent:
        assert not value[x <= tolerance].any()
    assert form.value(tolerance + 10.0 * width, tolerance, width, 0.0 * memory)[0] == pytest.approx(1.0)


@responses
@given(seeds)
def test_the_slope_of_a_response_is_that_of_its_value(form: Response, seed: int):
    x, tolerance, width, memory = stage(seed)
    slope, bend, beyond = form.marginal(x, tolerance, width, memory)
    step = 1e-5 * width
    ahead, behind = (form.value(x + d, tolerance, width, memory) for d in (step, -step))
    far_from_corners = np.ones_like(x, dtype=bool)
    for corner in (tolerance, tolerance + width, np.maximum(tolerance, memory), np.maximum(tolerance, memory) + width):
        far_from_corners &= np.abs(x - corner) > 1e-3 * width
    far_from_corners &= np.abs(form.value(x, tolerance, width, 0.0 * x) - memory) > 1e-3  # where a ratchet takes hold
    found = (ahead - behind) / (2.0 * step)
    np.testing.assert_allclose((slope * width)[far_from_corners], (found * width)[far_from_corners], atol=1e-3)
    assert (slope >= 0.0).all()
    assert (slope * width <= form.steepest + 1e-9).all()
    above, under = (form.marginal(x + d, tolerance, width, memory)[0] for d in (step, -step))
    bent = width * width * (above - under) / (2.0 * step)
    np.testing.assert_allclose((bend * width * width)[far_from_corners], bent[far_from_corners], atol=1e-2)
    rise, fall = form.bends
    assert (bent[~beyond] <= rise + 1e-2).all()
    assert (-bent[beyond] <= fall + 1e-2).all()


@responses
@given(seeds)
def test_a_response_steepens_until_it_says_that_it_no_longer_does(form: Response, seed: int):
    x, tolerance, width, memory = stage(seed)
    slope, _, beyond = form.marginal(x, tolerance, width, memory)
    assert beyond.dtype == bool
    assert not beyond[x <= tolerance].any()
    assert (np.diff(beyond.astype(int)) >= 0).all()
    assert (np.diff(slope[~beyond]) >= -1e-9).all()
    if form.contingent:
        assert form.marginal(tolerance + 10.0 * width, tolerance, width, 0.0 * memory)[2].all()


@responses
def test_a_world_runs_under_every_response(form: Response):
    fixed = {"tolerance": 0.05, "width": 0.3}
    rules = {
        name: rule("china", "north_korea", channel, response=form.name, **fixed)
        for name, channel in (("a", "trade"), ("b", "payments"))
    }
    scenario = CALM
    for name, fields in rules.items():
        scenario = scenario.with_rule(name, **fields)
    seen = sound(scenario)
    assert seen["pressure"].max() > 0.0
    if form.contingent:
        assert seen["foreseen_punishment"].max() > 0.0
        assert seen["visible_tie"].mean() <= history(CALM, MONTHS, runs=RUNS, seed=3)["visible_tie"].mean()
    else:
        assert not seen["foreseen_punishment"].any()


# --- channels -------------------------------------------------------------------------------------------------------------

FALLS, RISES = -1.0, 1.0
# Presser, target, and what full pressure by the channel does to whom.
EFFECTS = {
    "oil": ("china", "north_korea", [("lane_flow", "china_north_korea_oil", FALLS), ("oil_shortage", "north_korea", RISES)]),
    "trade": (
        "china",
        "north_korea",
        [
            ("lane_flow", "china_north_korea_trade", FALLS),
            ("lane_flow", "north_korea_china_trade", FALLS),
            ("instability", "north_korea", RISES),
        ],
    ),
    "components": ("china", "russia", [("components_from_patrons", "russia", FALLS), ("munitions_output", "russia", FALLS)]),
    "oil_purchases": ("china", "russia", [("lane_flow", "russia_china_oil", FALLS), ("welfare", "russia", FALLS)]),
    "labour": ("china", "north_korea", [("foreign_workers", "china", FALLS), ("treasury", "north_korea", FALLS)]),
    "labour_visas": ("china", "north_korea", [("foreign_workers", "china", RISES), ("treasury", "north_korea", RISES)]),
    "payments": ("united_states", "russia", [("payment", PAIR, FALLS)]),
    "secondary_sanctions": (
        "united_states",
        "china",
        [("compliance", "china", RISES), ("components_from_patrons", "russia", FALLS)],
    ),
    "interdiction": (
        "united_states",
        "north_korea",
        [("munitions_interdicted", PAIR, RISES), ("munitions_delivered", PAIR, FALLS)],
    ),
    "arms_to_enemy": ("south_korea", "russia", [("welfare", "russia", FALLS)]),
    "diplomatic": ("china", "north_korea", [("visit", PAIR, FALLS), ("welfare", "north_korea", FALLS)]),
    "security_guarantee": ("china", "north_korea", [("welfare", "north_korea", RISES), ("payment", PAIR, RISES)]),
    "market_access": ("china", "north_korea", [("lane_flow", "china_north_korea_trade", RISES), ("payment", PAIR, RISES)]),
    "oil_aid": ("china", "north_korea", [("lane_flow", "china_north_korea_oil", RISES)]),
    "meetings": ("china", "north_korea", [("meeting", "north_korea", RISES), ("welfare", "north_korea", RISES)]),
    "aid": ("china", "north_korea", [("treasury", "north_korea", RISES), ("treasury", "china", FALLS)]),
}


@cache
def calm() -> History:
    """What is seen without any pressure."""
    return history(CALM, 20, runs=40, seed=3)


def test_every_channel_has_its_effect_written_down():
    assert EFFECTS.keys() == CHANNELS.keys()


@pytest.mark.parametrize("channel", EFFECTS)
def test_a_channel_at_full_level_really_does_what_it_says(channel: str):
    presser, target, effects = EFFECTS[channel]
    pressed = CALM.with_rule("hard", **rule(presser, target, channel, response="scheduled"))
    before, after = calm(), history(pressed, 20, runs=40, seed=3)
    assert (after["pressure"] == 1.0).all()
    for quantity, holder, sign in effects:
        change = path(pressed, after, quantity, holder).mean() - path(CALM, before, quantity, holder).mean()
        assert sign * change > 0.0, (quantity, holder, change)
    world = World(pressed)
    world.step()
    assert world.countries[presser].pressing_cost.item() == 1.0
    sound(pressed)


@pytest.mark.parametrize("channel", EFFECTS)
def test_a_rule_acts_only_in_its_months(channel: str):
    presser, target, _ = EFFECTS[channel]
    late = CALM.with_rule("late", **rule(presser, target, channel, response="scheduled", from_="2023-12", until="2024-01"))
    pressure = history(late, 8, runs=2)["pressure"][:, 0]
    assert pressure[:, 0].tolist() == [0.0] * 4 + [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("channel", [name for name, (presser, *_) in EFFECTS.items() if presser == "china"] + ["interdiction"])
def test_an_indifferent_patron_does_nothing_whatever_the_channel(channel: str):
    _, target, _ = EFFECTS[channel]
    pressed = CALM.with_rule("soft", **rule("china", target, channel))
    assert history(pressed, MONTHS, runs=2)["pressure"].any()
    assert not history(pressed.without("beijing"), MONTHS, runs=2)["pressure"].any()


# --- variants -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bargaining", "learning"), list(product(BARGAINS, LEARNING)))
def test_a_world_runs_under_every_pair_of_variants(bargaining: str, learning: str):
    scenario = BASE.set({"variants.bargaining": bargaining, "variants.learning": learning})
    seen = sound(scenario)
    assert path(scenario, seen, "munitions_delivered", PAIR).mean() > 10.0
    belief = path(scenario, seen, "belief", "north_korea")
    assert (belief != belief[0]).any() == (learning != "none")


@pytest.mark.parametrize("name", LEARNING)
@given(st.floats(0.01, 0.99), st.floats(0.1, 50.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_learning_moves_a_belief_toward_the_act_and_not_past_it(name, belief, weight, occasion, act, rate):
    learn = LEARNING[name]
    after, heavier = (array.item() for array in learn(*(np.array([number]) for number in (belief, weight, occasion, act, rate))))
    assert min(belief, act) - 1e-12 <= after <= max(belief, act) + 1e-12
    assert heavier >= weight
    still, same = (array.item() for array in learn(*(np.array([number]) for number in (belief, weight, 0.0, act, rate))))
    assert still == pytest.approx(belief, rel=1e-14)
    assert same == weight


def stance(random: np.random.Generator, size: int) -> Stance:
    share = lambda: random.random(size)  # noqa: E731
    return Stance(
        reliability=share(),
        gap=500.0 * share() * random.integers(0, 2, size),
        quality=0.1 + 0.9 * share(),
        available=300.0 * share(),
        ready=5_000.0 * share(),
        overdraw=random.integers(0, 2, size) * 1.0,
        reluctance=share(),
        standing=share(),
        manpower=2e4 * share() * random.integers(0, 2, size),
        abroad=1e4 * share(),
        at_home=1e4 * share(),
        unprotected=0.1 * share(),
        oil_price=0.5 + share(),
        scarcity=1.0 + share(),
        oil_ready=100.0 * share(),
        hedge=0.1 * share(),
    )


@pytest.mark.parametrize("kind", KINDS)
@given(seeds)
def test_every_kind_of_good_gives_a_row_that_can_be_bargained_over(kind: str, seed: int):
    random, size = np.random.default_rng(seed), 50
    good = Good(
        *(random.random(size) * scale for scale in (3.0, 1.0, 0.5, 1_000.0, 1.0)),
        reference=np.ones(size),
        contingent=np.zeros(size),
        opens=random.random(size),
    )
    good.curvature = good.curvature + 1e-3
    row = KINDS[kind](good, stance(random, size), held=25.0 * random.random(size))
    for name in ("benefit", "curvature", "easing", "overdraw", "available", "strained", "cap", "gain", "fade"):
        assert np.isfinite(getattr(row, name)).all(), name
    assert (row.cap >= 0.0).all()
    assert ((row.easing >= 0.0) & (row.strained >= 0.0) & (row.strained <= row.easing * (1.0 + 1e-12))).all()
    wanted = row.easing > 0.0
    np.testing.assert_allclose((row.easing * row.curvature)[wanted], 1.0)
    np.testing.assert_allclose((row.strained * (row.curvature + row.overdraw))[wanted], 1.0)
    assert (row.benefit[~wanted] <= 0.0).all()


# --- knock-outs -----------------------------------------------------------------------------------------------------------

# What must be seen of a knock-out in the base scenario, and what in it stands for the limit.
SIGNS = {
    "west": ("compliance", "china", FALLS),
    "backlash": ("openness", PAIR, RISES),
    "supply": ("munitions_agreed", PAIR, RISES),
    "quality": ("munitions_effective", PAIR, RISES),
    "trust": ("broken", PAIR, FALLS),
    "reluctance": ("technology", PAIR, RISES),
    "red_line": ("technology", PAIR, RISES),
    "interdiction": ("munitions_interdicted", PAIR, FALLS),
    "payment": ("munitions_agreed", PAIR, RISES),
    "beijing": ("openness", PAIR, RISES),
    "beijing_threat": ("openness", PAIR, RISES),
    "beijing_action": ("welfare", "north_korea", RISES),
}
# The base scenario, but that each limit is felt: a poor and pressed buyer, a red line within reach, a store that runs low.
TIGHT = BASE.set(
    {
        "russia.spending_limit": 60.0,
        "russia_north_korea.credit_limit": 0.0,
        "rules.seoul_red_line.tolerance": 15.0,
        "north_korea.munitions": 6_000.0,
        "china.goodwill": 0.2,
        "china.concern": 2.0,
        "china.resolve": 0.9,
        "north_korea.belief": 0.7,
        "north_korea.stake_scale": 1.0,
    }
)


@cache
def tight(months: int) -> History:
    """What is seen where each limit is felt."""
    return history(TIGHT, months, runs=100, seed=3)


def test_every_knockout_has_its_sign_written_down_and_every_limit_its_knockout():
    assert SIGNS.keys() == KNOCKOUTS.keys()
    assert set(LIMITS) - {"none", "demand"} == set(KNOCKOUTS) - {"beijing_threat", "beijing_action"}


@pytest.mark.parametrize("name", KNOCKOUTS)
def test_a_knockout_removes_its_limit_and_leaves_the_shocks_alone(name: str):
    quantity, holder, sign = SIGNS[name]
    months = 30 if name == "red_line" else MONTHS
    before, after = tight(months), history(TIGHT.without(name), months, runs=100, seed=3)
    change = path(TIGHT, after, quantity, holder).mean() - path(TIGHT, before, quantity, holder).mean()
    assert sign * change > 0.0, change
    for shock in ("war_intensity", "oil_price"):
        assert before[shock].tobytes() == after[shock].tobytes()
    sound(TIGHT.without(name))


@pytest.mark.parametrize("name", KNOCKOUTS)
@given(seed=seeds)
@settings(max_examples=2)
def test_a_knockout_is_sound_in_any_world(name: str, seed: int):
    sound(TOY.without(name), values=anywhere(TOY, RUNS, seed))


def test_without_a_threat_the_patron_still_acts_and_is_still_learned_from():
    seen = history(TIGHT.without("beijing_threat"), MONTHS, runs=4)
    assert seen["pressure"].any()
    belief = path(TIGHT, seen, "belief", "north_korea")
    assert (belief[-1] != belief[0]).all()


def test_without_action_the_patron_is_still_feared():
    minding = TIGHT.set({"china.welcome": 0.0, "china.rivalry": 0.0})
    before, after = (history(world, MONTHS, runs=4) for world in (minding, minding.without("beijing_action")))
    for name in (name for name in CHINESE if BASE.rules[name].trigger == "displeasure"):
        assert (path(minding, after, "pressure", name) <= path(minding, before, "pressure", name)).all()
    assert after["foreseen_punishment"].any()


def test_an_indifferent_stance_moves_with_all_but_the_tie():
    """What Beijing minds in the tie changes nothing that it does; what it minds in the allies still does."""
    indifferent = TIGHT.without("beijing")
    plain = history(indifferent, MONTHS, runs=4)
    for address, same in {"china.concern": True, "china.welcome": True, "china.concern_alignment": False}.items():
        number = TIGHT.parameters[address]
        other = history(indifferent.set(address, number.high), MONTHS, runs=4)
        assert (other["stance"].tobytes() == plain["stance"].tobytes()) is same, address


def test_the_union_is_both_of_its_parts():
    both = history(TIGHT.without("beijing_threat", "beijing_action"), MONTHS, runs=3)
    union = history(TIGHT.without("beijing"), MONTHS, runs=3)
    assert all(both[name].tobytes() == union[name].tobytes() for name in both)


@pytest.mark.parametrize(("name", "quantity"), [("trust", "broken"), ("interdiction", "munitions_interdicted")])
def test_what_is_knocked_out_is_gone(name: str, quantity: str):
    assert not history(TIGHT.without(name), MONTHS, runs=20)[quantity].any()


def test_every_round_works_without_a_limit_of_quality():
    seen = history(TIGHT.without("quality"), MONTHS, runs=20)
    np.testing.assert_array_equal(seen["munitions_effective"], seen["munitions_delivered"])
