"""What holds in every world, whatever its numbers and whoever is in it."""

import numpy as np
import pytest
from engine import BASE, TOY, anywhere, history, only, path, rule, same_bits, same_numbers
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.mechanisms.bargaining import BARGAINS
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.pressure import RESPONSES
from sim.mechanisms.quantities import CONSERVED
from sim.model.world import World
from sim.scenario.scenario import Scenario

MONTHS = 8
FEW = settings(max_examples=4)
seeds = st.integers(0, 10**6)
NO_PRESSURE = TOY.without_rule(*TOY.rules)


def another(base: Scenario, seed: int) -> Scenario:
    """The toy world or the base scenario with another structure: variants, responses, a rule more or less, knock-outs."""
    random = np.random.default_rng(seed)

    def pick(options: object) -> str:
        return str(random.choice(sorted(options)))

    patron, partners = ("grandia", ("marland", "ostia")) if base is TOY else ("china", ("russia", "north_korea"))
    changes = {"variants.bargaining": pick(BARGAINS), "variants.learning": pick(LEARNING)}
    changes |= {f"rules.{name}.response": pick(RESPONSES) for name, r in base.rules.items() if r.trigger == "visible_tie"}
    scenario = base.set(changes)
    if random.random() < 0.5:
        scenario = scenario.without_rule(pick(scenario.rules))
    if random.random() < 0.5:
        channel = pick(["payments", "diplomatic", "interdiction", "aid", "security_guarantee"])
        trigger = pick(["visible_tie", "visible_munitions", "visible_technology", "openness", "tests"])
        numbers = {"strength": 0.6, "tolerance": 0.3, "width": 1.0}
        scenario = scenario.with_rule("new", **rule(patron, pick(partners), channel, trigger, pick(RESPONSES), **numbers))
    return scenario.without(*random.choice(sorted(KNOCKOUTS), random.integers(0, 3), replace=False))


def apart(scenario: Scenario, months: int = MONTHS, **options: object) -> dict[str, np.ndarray]:
    return history(scenario, months, seed=11, **options)


# --- 1. Stocks and balances -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [TOY, BASE], ids=["toy", "base"])
@given(seed=seeds, corners=st.booleans())
@settings(max_examples=8)
def test_no_stock_runs_below_zero_and_every_good_balances(base, seed, corners):
    scenario = another(base, seed)
    world = World(scenario, runs=20, seed=seed, values=anywhere(scenario, 20, seed, corners=corners))
    for _ in range(12):
        world.step()
        for good in CONSERVED:
            assert (world.ledger.stock[good][:-1] >= 0.0).all(), good
            assert (world.ledger.imbalance(good) <= 1e-9).all(), good
    for pair in world.partnerships.values():
        assert (pair.held <= 25.0 + 1e-9).all()
        if "payment" not in scenario.knockouts:
            assert (np.abs(pair.debt) <= pair.credit_limit + 1e-6).all()  # either way
        assert (pair.cash_received >= 0.0).all()


# --- 2 and 3. A run is itself, in whatever company ------------------------------------------------------------------------


@given(seeds)
@FEW
def test_a_run_alone_is_that_run_among_others(seed):
    scenario = another(TOY, seed)
    values = anywhere(scenario, 6, seed, share=0.5)
    whole = apart(scenario, runs=6, values=values)
    for run in (0, 3, 5):
        alone = apart(scenario, runs=1, first=run, values={name: numbers[[run]] for name, numbers in values.items()})
        same_bits(alone, only([run], whole))


@given(seeds, st.permutations(range(6)))
@FEW
def test_to_permute_the_runs_with_their_keys_permutes_the_results(seed, order):
    scenario = another(TOY, seed)
    values = anywhere(scenario, 6, seed, share=0.5)
    whole = apart(scenario, runs=6, values=values)
    shuffled = apart(scenario, runs=6, keys=np.array(order), values={name: numbers[order] for name, numbers in values.items()})
    same_bits(shuffled, only(order, whole))


@pytest.mark.parametrize("bargaining", BARGAINS)
def test_the_size_of_a_chunk_changes_no_bit(bargaining):
    """Two thousand and five hundred runs of the base scenario, whose lanes and rules are many, against 1, 2 and 6 of them."""
    scenario = BASE.set("variants.bargaining", bargaining).set("north_korea.stake_scale", {"drawn": True})
    months = 3
    whole = apart(scenario, months, runs=2_500)
    for first, runs in ((0, 1), (1_233, 2), (2_494, 6)):
        same_bits(apart(scenario, months, runs=runs, first=first), only(np.arange(first, first + runs), whole))
    scattered = np.array([2_000, 7, 7, 1_999, 0])
    same_bits(apart(scenario, months, runs=5, keys=scattered), only(scattered, whole))


def test_six_countries_and_exactly_six_runs_are_not_mistaken_for_each_other():
    assert len(BASE.countries) == 6
    six, seven = apart(BASE, runs=6), apart(BASE, runs=7)
    same_bits(six, only(np.arange(6), seven))
    world = World(BASE, runs=6)
    world.step()
    for country in world.countries.values():
        assert country.treasury.shape == country.welfare.shape == country.resolve.shape == (6,)


@given(seed=seeds)
@FEW
def test_a_number_given_once_or_for_each_run_gives_the_same_bits(seed):
    once = {name: float(numbers[0]) for name, numbers in anywhere(TOY, 1, seed).items()}
    each = {name: np.full(3, number) for name, number in once.items()}
    same_bits(apart(TOY, runs=3, values=once), apart(TOY, runs=3, values=each))
    same_bits(apart(TOY.set(once), runs=3), apart(TOY, runs=3, values=each))


# --- 4. What does nothing changes nothing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("knockout", ["beijing", "beijing_threat", "beijing_action"])
@given(seed=seeds, bargaining=st.sampled_from(sorted(BARGAINS)))
@FEW
def test_without_rules_of_the_patron_its_knockouts_change_nothing(knockout, seed, bargaining):
    world = NO_PRESSURE if seed % 2 else BASE.without_rule(*(name for name, r in BASE.rules.items() if r.presser == "china"))
    scenario = world.set("variants.bargaining", bargaining)
    values = anywhere(scenario, 3, seed)
    before, after = (apart(world, runs=3, values=values) for world in (scenario, scenario.without(knockout)))
    for felt in ("stance", "welfare"):  # what a patron feels moves nobody where it has no rule
        before.pop(felt), after.pop(felt)
    same_bits(before, after)


@pytest.mark.parametrize("response", RESPONSES)
@pytest.mark.parametrize(
    "channel", ["trade", "oil", "payments", "diplomatic", "interdiction", "market_access", "security_guarantee"]
)
def test_a_rule_of_no_strength_is_no_rule(channel, response):
    """Up to rounding: a lane that a rule watches is added up in another place."""
    nothing = TOY.with_rule("idle", **rule("grandia", "ostia", channel, response=response, strength=0.0))
    before, after = apart(TOY, runs=4), apart(nothing, runs=4)
    assert not after["pressure"][:, -1].any()
    after["pressure"] = after["pressure"][:, :-1]
    same_numbers(before, after, 1e-12)


def test_an_only_rule_of_no_strength_is_no_rule():
    nothing = NO_PRESSURE.with_rule("idle", **rule("grandia", "ostia", "diplomatic", strength=0.0))
    before, after = apart(NO_PRESSURE, runs=4), apart(nothing, runs=4)
    same_numbers(before, after, 1e-12, leave=("pressure",))


# Worlds in which a limit is slack in every month: to knock it out must change nothing at all.
SLACK = {
    "supply": {"ostia.munitions": 1e6, "ostia.planning_horizon": 10.0},
    "payment": {"marland.treasury": 1e6, "marland.spending_limit": 1e6},
    "quality": {"ostia.quality_new": 1.0, "ostia.quality_old": 1.0, "ostia.quality_fade": 0.0},
    "trust": {"marland_ostia.break_risk": 0.0, "marland_ostia.default_risk": 0.0},
    "reluctance": {"marland_ostia.rockets.cost": 0.0},
    "backlash": {"marland_ostia.backlash": 0.0},
    "west": {},
    "red_line": {},
    "interdiction": {},
}


@pytest.mark.parametrize("limit", SLACK)
def test_to_knock_out_a_limit_that_was_slack_changes_nothing(limit):
    scenario = TOY.set(SLACK[limit])
    same_bits(apart(scenario, 24, runs=5), apart(scenario.without(limit), 24, runs=5))


def test_every_limit_has_its_slack_world():
    assert SLACK.keys() | {"beijing", "beijing_threat", "beijing_action"} == KNOCKOUTS.keys()


# --- 6 and 7. Thresholds --------------------------------------------------------------------------------------------------


@given(
    seed=seeds,
    bargaining=st.sampled_from(sorted(BARGAINS)),
    response=st.sampled_from(sorted(n for n, r in RESPONSES.items() if r.contingent)),
)
@FEW
def test_below_tolerance_resolve_changes_nothing(seed, bargaining, response):
    changes = {"variants.bargaining": bargaining} | {f"rules.{name}.response": response for name in TOY.rules}
    changes |= {"grandia.tolerance": 50.0, "rules.grandia_snubs_ostia.tolerance": 50.0}
    scenario = TOY.set(changes)
    values = anywhere(TOY, 3, seed)
    values = {name: v for name, v in values.items() if not name.endswith(("tolerance", "misperception"))}
    soft, hard = (apart(scenario, runs=3, values=values | {"grandia.resolve": resolve}) for resolve in (0.0, 1.0))
    assert soft["visible_tie"].max() < 25.0
    same_bits(soft, hard)


@given(seed=seeds, bargaining=st.sampled_from(sorted(BARGAINS)))
@FEW
def test_after_a_ceasefire_without_rebuilding_no_round_is_bought(seed, bargaining):
    values = anywhere(TOY, 4, seed) | {"world.ceasefire_month": 4.0, "marland.rebuilding": 0.0}
    seen = apart(TOY.set("variants.bargaining", bargaining), runs=4, values=values)
    for quantity in ("munitions_agreed", "munitions_delivered", "munitions_effective", "munitions_interdicted"):
        assert not seen[quantity][3:].any(), quantity
    assert not seen["fire"][3:].any()


# --- 8. Labels ------------------------------------------------------------------------------------------------------------


def relabelled(scenario: Scenario, one: str, other: str) -> Scenario:
    """The same scenario with two names exchanged wherever they stand."""

    def swap(value: object) -> object:
        if isinstance(value, dict):
            return {swap(key): swap(content) for key, content in value.items()}
        if isinstance(value, str):
            return value.replace(one, "\0").replace(other, one).replace("\0", other)
        return value

    return Scenario.from_dict(swap(scenario.to_dict()))


def reordered(scenario: Scenario, section: str, one: str, other: str) -> Scenario:
    """The same scenario with two entries of a table in each other's place."""
    tree = scenario.to_dict()
    names = list(tree[section])
    i, j = names.index(one), names.index(other)
    names[i], names[j] = names[j], names[i]
    return Scenario.from_dict(tree | {section: {name: tree[section][name] for name in names}})


def twin_allies() -> Scenario:
    equal = {name: p.value for name, p in BASE.parameters.items() if name.startswith("japan.")}
    return BASE.set({name.replace("japan", "south_korea"): value for name, value in equal.items()})


def twin_suppliers() -> Scenario:
    """A toy world with a second supplier, equal to the first."""
    tree = TOY.to_dict()
    tree["countries"]["istria"] = tree["countries"]["ostia"] | {"name": "Istria"}
    tree["partnerships"]["marland_istria"] = tree["partnerships"]["marland_ostia"] | {"supplier": "istria"}
    for section in ("lanes", "rules"):
        for name, entry in list(tree[section].items()):
            if "ostia" in entry.values():
                twin = {key: "istria" if value == "ostia" else value for key, value in entry.items()}
                tree[section][f"{name}_of_istria"] = twin
    return Scenario.from_dict(tree)


TWINS = {"allies": (twin_allies(), "japan", "south_korea"), "suppliers": (twin_suppliers(), "ostia", "istria")}


@pytest.mark.parametrize("drawn", [False, True], ids=["fixed", "drawn"])
@pytest.mark.parametrize("twins", TWINS)
def test_to_exchange_equal_countries_changes_labels_only(twins, drawn):
    scenario, one, other = TWINS[twins]
    if drawn:
        theirs = [name for name, p in scenario.parameters.items() if p.high > p.low and (one in name or other in name)]
        scenario = scenario.set({name: {"drawn": True} for name in theirs})
    exchanged = relabelled(scenario, one, other)
    before, after = apart(scenario, runs=6), apart(exchanged, runs=6)
    for name in before:
        np.testing.assert_allclose(after[name], before[name], rtol=1e-12, atol=1e-12, err_msg=name)
    # What one country met, the other now meets.
    tests = "tests" if twins == "suppliers" else "alignment"
    assert path(exchanged, after, tests, other).tolist() == path(scenario, before, tests, one).tolist()


def test_a_place_in_the_file_and_not_a_name_decides_the_draws():
    scenario, one, other = TWINS["suppliers"]
    exchanged = reordered(reordered(scenario, "countries", one, other), "partnerships", f"marland_{one}", f"marland_{other}")
    before, after = apart(scenario, runs=6), apart(exchanged, runs=6)
    for quantity in ("tests", "tension", "munitions"):
        expected, found = path(scenario, before, quantity, one), path(exchanged, after, quantity, other)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_equal_countries_meet_shocks_of_their_own():
    scenario, one, other = TWINS["suppliers"]
    seen = apart(scenario, runs=50)
    assert (path(scenario, seen, "tests", one) != path(scenario, seen, "tests", other)).any()
