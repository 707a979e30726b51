"""A partnership in the toy world: what is shown, agreed, delivered, paid, and what becomes of trust."""

import numpy as np
import pytest
from engine import TOY, history, path, rule

from sim.model.partnership import SHIPPED
from sim.model.world import World
from sim.scenario.scenario import Scenario

PAIR = "marland_ostia"
CALM = TOY.without_rule(*TOY.rules)
KEPT = {f"{PAIR}.break_risk": 0.0}  # no deal is broken
MANY = {"runs": 400, "seed": 2}


def tie(scenario: Scenario, quantity: str, months: int = 12, **options) -> np.ndarray:
    """Path of a quantity of the one partnership, shape (months, R)."""
    return path(scenario, history(scenario, months, **options), quantity, PAIR)


def stepped(scenario: Scenario, months: int = 1, **options) -> World:
    world = World(scenario, **options)
    for _ in range(months):
        world.step()
    return world


# --- what is seen ---------------------------------------------------------------------------------------------------------


def test_nothing_is_seen_before_something_was_done():
    assert tie(TOY, "visible_tie", 2)[0, 0] == 0.0
    assert tie(TOY, "visible_tie", 2)[1, 0] > 0.0


@pytest.mark.parametrize("leak", [0.0, 1.0])
def test_what_is_hidden_shows_only_where_it_leaks(leak):
    pair = stepped(TOY).partnerships[PAIR]
    pair.concealment, pair.leak = np.array([0.6]), np.array([leak])
    pair.show(np.array([0.5]), np.ones(1))
    share = 1.0 if leak else 0.4
    assert pair.seen["visible_munitions"] == pytest.approx(share * pair.munitions_delivered)
    assert pair.seen["visible_technology"] == pytest.approx(pair.technology_transferred)  # tests and parades show it
    assert pair.seen["openness"] == pair.openness
    shares = np.array([share if kind in SHIPPED else 1.0 for kind in pair.kinds])[:, np.newaxis]
    goods = float(np.sum(shares * pair.a_goods * pair.delivered))
    assert pair.visible_tie == pytest.approx(goods + pair.a_openness * pair.openness)


def test_a_patron_sees_only_what_shows():
    pair = stepped(TOY.set(f"{PAIR}.no_treaty_cost", 0.0)).partnerships[PAIR]
    pair.concealment, pair.leak = np.array([0.5]), np.zeros(1)
    pair.show(np.array([0.5]), np.ones(1))
    half = dict(pair.seen)
    pair.concealment = np.zeros(1)
    pair.show(np.array([0.5]), np.ones(1))
    full = dict(pair.seen)
    for good in SHIPPED:
        assert half[f"visible_{good}"] == pytest.approx(0.5 * full[f"visible_{good}"]), good
    assert half["openness"] == full["openness"]


def test_an_error_of_intelligence_scales_what_is_seen_and_not_what_is():
    pair = stepped(TOY).partnerships[PAIR]
    delivered = pair.munitions_delivered.copy()
    pair.show(np.array([0.0]), np.array([1.3]))
    assert pair.seen["visible_munitions"] == pytest.approx(1.3 * delivered)
    assert pair.munitions_delivered == delivered


def test_the_weights_of_the_tie_make_one():
    pair = World(TOY).partnerships[PAIR]
    references = np.array([good.reference for good in pair.goods])
    assert float(np.sum(pair.a_goods * references) + pair.a_openness[0]) == pytest.approx(1.0)


# --- what is delivered ----------------------------------------------------------------------------------------------------


def test_what_is_agreed_is_delivered_less_what_is_stopped():
    pressed = CALM.with_rule("stop", **rule("grandia", "ostia", "interdiction", response="scheduled"))
    scenario = pressed.set(KEPT | {f"{PAIR}.reach": 0.2})
    agreed, stopped, arrived = (tie(scenario, f"munitions_{what}", **MANY) for what in ("agreed", "interdicted", "delivered"))
    np.testing.assert_allclose(agreed, stopped + arrived)
    assert np.mean(stopped / agreed) == pytest.approx(0.2, abs=0.01)


def test_duds_are_delivered_and_do_not_work():
    scenario = CALM.set({"ostia.quality_new": 0.6, "ostia.quality_old": 0.6, "ostia.quality_fade": 0.0})
    np.testing.assert_allclose(tie(scenario, "munitions_effective"), 0.6 * tie(scenario, "munitions_delivered"))


def test_a_rung_is_never_filled_beyond_its_points():
    generous = CALM.set({f"{PAIR}.rockets.value": 150.0, f"{PAIR}.rockets.cost": 0.0, f"{PAIR}.rockets.curvature": 30.0} | KEPT)
    held = tie(generous, "technology", 60)[:, 0]
    assert (np.diff(held) >= 0.0).all()
    assert 24.0 < held[-1] <= 25.0 + 1e-9


def test_soldiers_are_sent_lost_and_brought_home():
    war_ends = CALM.set(KEPT | {"world.ceasefire_month": 7.0, f"{PAIR}.no_treaty_cost": 0.0})
    world = World(war_ends)
    start = world.countries["ostia"].troops.item()
    for _ in range(8):
        world.step()
        pair, ostia = world.partnerships[PAIR], world.countries["ostia"]
        lost = world.ledger.lost["troops"].item()
        assert start == pytest.approx(ostia.troops.item() + pair.troops_abroad.item() + lost)
    assert pair.troops_abroad.item() == 0.0
    assert 0.0 < lost < start


def test_the_cap_on_oil_holds_until_its_date():
    thirsty = CALM.set(KEPT | {f"{PAIR}.oil_cap": 5.0, f"{PAIR}.oil_cap_until": 3.0})
    oil = tie(thirsty, "oil_delivered", 5)[:, 0]
    assert oil[:3] == pytest.approx([5.0] * 3)
    assert (oil[3:] > 5.0).all()


def test_a_broken_deal_delivers_and_pays_nothing_and_costs_trust():
    faithless = CALM.set({f"{PAIR}.break_risk": 1.0, f"{PAIR}.trust": 0.4, f"{PAIR}.troop_pay": 0.0})
    seen = {q: tie(faithless, q, 4, **MANY) for q in ("broken", "munitions_delivered", "oil_delivered", "payment", "trust")}
    broken = seen["broken"] > 0.0
    assert np.mean(broken[0]) == pytest.approx(1.0 * (1.0 - 0.4), abs=0.08)
    for quantity in ("munitions_delivered", "oil_delivered", "payment"):
        assert not seen[quantity][broken].any(), quantity
    assert seen["trust"][0][broken[0]] == pytest.approx(0.4 * (1.0 - 0.3))


# --- what is paid ---------------------------------------------------------------------------------------------------------


def test_an_empty_purse_means_fewer_rounds_or_credit():
    broke = {"marland.spending_limit": 0.0, f"{PAIR}.credit_limit": 0.0, f"{PAIR}.prestige": 0.0, f"{PAIR}.affinity": 0.0}
    no_gifts = {f"{PAIR}.{good}.value": 0.0 for good in ("rockets", "fuel", "votes")}
    rounds = [tie(CALM.set(changes), "munitions_agreed", 1).item() for changes in (KEPT, KEPT | no_gifts | broke)]
    assert rounds[0] > 50.0
    assert rounds[1] == pytest.approx(0.0, abs=1e-9)
    credit = {f"{PAIR}.credit_limit": 1e4, f"{PAIR}.trust": 1.0}
    assert tie(CALM.set(KEPT | no_gifts | broke | credit), "debt", 3)[-1, 0] > 0.0


def test_debt_is_paid_back_a_share_a_month():
    pair = stepped(CALM.set(KEPT | {f"{PAIR}.trust": 1.0})).partnerships[PAIR]
    pair.debt, settled = np.array([100.0]), pair.settlement
    settled.account = np.zeros(1)
    pair._pay(np.ones(1))
    assert pair.debt == pytest.approx(90.0)


def test_who_gives_beyond_its_share_is_never_paid_for_it_in_money():
    """Its debt is cleared, then it gives ahead up to the limit of the account, and then it gives less."""
    open_handed = KEPT | {f"{PAIR}.shells.value": 0.0, f"{PAIR}.soldiers.value": 0.0, f"{PAIR}.trust": 1.0}
    for limit in (0.0, 100.0):
        given = CALM.set(open_handed | {f"{PAIR}.credit_limit": limit})
        debt, paid, oil = (tie(given, quantity, 40)[:, 0] for quantity in ("debt", "payment", "oil_delivered"))
        assert debt.min() == pytest.approx(-limit)
        assert (debt[:1] < 0.0).all() == (limit > 0.0)
        assert oil[-1] < tie(given.without("payment"), "oil_delivered", 40)[-1, 0]
        assert (stepped(given, 3).partnerships[PAIR].cash_paid >= 0.0).all()
        assert paid.max() <= 1e-9


def test_what_was_given_ahead_is_drawn_on_before_cash():
    world = stepped(CALM.set(KEPT))
    pair = world.partnerships[PAIR]
    assert pair.settlement.cash.item() > 0.0
    pair.debt = np.array([-50.0])
    world.step()
    assert pair.debt.item() > -50.0
    in_full = pair.debt.item() >= -1e-9
    assert in_full or pair.settlement.cash.item() == 0.0


def test_what_the_supplier_is_offered_elsewhere_raises_the_price():
    courted = CALM.with_rule("it", **rule("grandia", "ostia", "security_guarantee", response="scheduled", size=30.0))
    plain, dear = (tie(scenario.set(KEPT), "price", 3)[-1, 0] for scenario in (CALM, courted))
    assert dear > plain > 0.0


def test_there_is_no_deal_where_the_offer_is_better_than_the_tie():
    bought = CALM.with_rule("it", **rule("grandia", "ostia", "security_guarantee", response="scheduled", size=1e6))
    for quantity in ("munitions_agreed", "technology_transferred", "openness", "payment"):
        assert not tie(bought, quantity, 3).any(), quantity


# --- summits, treaty, trust -------------------------------------------------------------------------------------------------


def test_summits_come_as_often_as_openness_says_and_snubs_put_them_off():
    snubbed = CALM.with_rule("snub", **rule("grandia", "ostia", "diplomatic", response="scheduled"))
    changes = KEPT | {f"{PAIR}.visit_rate": 0.5, f"{PAIR}.put_off": 0.8}
    openness, visits = (tie(CALM.set(changes), q, **MANY).mean() for q in ("openness", "visit"))
    assert visits == pytest.approx(0.5 * openness, rel=0.05)
    assert tie(snubbed.set(changes), "visit", **MANY).mean() == pytest.approx(0.2 * visits, rel=0.15)


def test_there_is_one_treaty_at_most_and_it_makes_trust():
    eager = CALM.set(KEPT | {f"{PAIR}.treaty_rate": 1.0, f"{PAIR}.trust_growth": 0.0, f"{PAIR}.trust_treaty": 0.5})
    treaty, trust = tie(eager, "treaty", 36, **MANY), tie(eager, "trust", 36, **MANY)
    signed = treaty.sum(axis=0)
    assert set(np.unique(signed)) <= {0.0, 1.0}
    assert signed.mean() > 0.9
    np.testing.assert_allclose(trust[-1], np.where(signed > 0.0, 0.4 + 0.5 * 0.6, 0.4))


def test_nobody_signs_a_treaty_in_a_month_in_which_a_deal_is_broken():
    eager = CALM.set({f"{PAIR}.break_risk": 0.8, f"{PAIR}.treaty_rate": 1.0})
    treaty, broken = tie(eager, "treaty", 24, **MANY), tie(eager, "broken", 24, **MANY)
    assert treaty.sum() > 100 < broken.sum()
    assert not (treaty * broken).any()


def test_without_a_treaty_soldiers_are_dearer():
    cheap, dear = (
        tie(CALM.set({f"{PAIR}.no_treaty_cost": cost, f"{PAIR}.treaty_rate": 0.0}), "troops_sent", 1).item()
        for cost in (0.0, 0.1)
    )
    assert dear < cheap


def test_trust_grows_with_kept_deals():
    """0.4, then a fiftieth of what is missing each month."""
    grown = tie(CALM.set(KEPT | {f"{PAIR}.treaty_rate": 0.0}), "trust", 3)[:, 0]
    assert grown == pytest.approx([1.0 - 0.6 * 0.98**n for n in (1, 2, 3)])
