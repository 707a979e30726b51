"""Ordinary commerce, in the toy world: lanes move volumes at price, treasuries feel a share, dependence is measured."""

import numpy as np
import pytest
from engine import BASE, TOY, history, look, path, rule

from sim.mechanisms.ledger import REST_OF_WORLD
from sim.model.world import World

CALM = TOY.without_rule(*TOY.rules)
# No pressure, no tie and an oil price that stands still: nothing but commerce.
PLAIN = CALM.set({"world.oil_volatility": 0.0, "marland_ostia.supplier_power": 0.0})


def flows(scenario, months=3, **options):
    """Value of each flow in each month of one run, million USD."""
    seen, world = history(scenario, months, **options), World(scenario)
    return {name: seen["lane_flow"][:, i, 0] for i, name in enumerate(world.commerce.flows)}


def test_an_undisturbed_lane_moves_its_volume_at_its_price():
    for name, flow in flows(PLAIN).items():
        if name in PLAIN.lanes:
            volume, price = (PLAIN.parameters[f"lanes.{name}.{key}"].value for key in ("volume", "price"))
            if PLAIN.lanes[name].good == "oil":
                price *= PLAIN.parameters["world.oil_price"].value / 1e3
            assert flow == pytest.approx([volume * price] * 3), name


def test_the_value_of_oil_moves_with_its_price():
    seen = history(CALM, 6)
    price = seen["oil_price"][:, 0, 0]
    assert np.ptp(price) > 1.0
    oil = path(CALM, seen, "lane_flow", "marland_grandia_oil")[:, 0]
    assert oil == pytest.approx(400.0 * 0.1 * price / 100.0)


def test_the_map_knows_the_ends_of_every_flow():
    ends = {name: (flow.exporter, flow.importer, flow.good) for name, flow in World(BASE).commerce.flows.items()}
    assert ends["china_north_korea_oil"] == ("china", "north_korea", "oil")
    assert ends["russia_north_korea.munitions"] == ("north_korea", "russia", "munitions")
    assert ends["russia_north_korea.technology"] == ("russia", "north_korea", "technology")


def test_who_runs_out_of_oil_sells_less_of_it():
    """Marland makes 100 and has 50: of the 400 barrels that it would sell it sells 150."""
    poor = PLAIN.set(
        {"marland.oil_output": 100.0, "marland.oil_stock": 50.0, "marland.oil_need": 0.0, "marland_ostia.fuel.cap": 0.0}
    )
    assert flows(poor, 1)["marland_grandia_oil"] == pytest.approx([150.0 * 0.1])


def test_a_treasury_feels_its_share_of_what_commerce_lost():
    """Half of 20 million of exports is gone, and of the gain from half of 50 million of imports 0.5 x 0.7; 0.3 reaches it."""
    squeezed = PLAIN.with_rule("it", **rule("grandia", "ostia", "trade", response="scheduled", strength=0.5))
    before, after = (path(s, history(s, 1), "treasury", "ostia").item() for s in (PLAIN, squeezed))
    spent = 1.0 - PLAIN.parameters["ostia.spending"].value
    assert before - after == pytest.approx(spent * 0.3 * (0.5 * 20.0 + 0.5 * 0.7 * 0.5 * 50.0))


def test_a_treasury_that_would_run_below_zero_stands_at_nothing():
    ruined = PLAIN.set({"ostia.treasury": 1.0, "ostia.income": 0.0, "ostia.passthrough": 1.0})
    squeezed = ruined.with_rule("it", **rule("grandia", "ostia", "trade", response="scheduled"))
    world = World(squeezed)
    for _ in range(4):
        world.step()
        assert world.countries["ostia"].treasury.item() >= 0.0


def test_commerce_makes_and_loses_no_money():
    world = World(CALM, runs=3)
    start = world.ledger.stock["money"].sum(axis=0)
    for _ in range(5):
        world.step()
    np.testing.assert_allclose(world.ledger.stock["money"].sum(axis=0), start, rtol=1e-12)


def test_a_presser_buys_oil_for_less_and_buys_less_of_it():
    """Half the volume at a tenth less: a discount of 0.2 at level 0.5."""
    pressed = PLAIN.with_rule("it", **rule("grandia", "marland", "oil_purchases", response="scheduled", strength=0.5))
    before, after = (flows(s, 1)["marland_grandia_oil"][0] for s in (PLAIN, pressed))
    assert after == pytest.approx(before * 0.5 * 0.9)


def test_an_open_market_widens_both_ways():
    opened = PLAIN.with_rule("it", **rule("grandia", "ostia", "market_access", response="scheduled", strength=0.5))
    before, after = flows(PLAIN, 1), flows(opened, 1)
    for lane in ("grandia_ostia_trade", "ostia_grandia_trade"):
        assert after[lane] == pytest.approx(1.5 * before[lane])
    assert after["grandia_ostia_oil"] == pytest.approx(before["grandia_ostia_oil"])


def test_firms_that_comply_hold_back_components_whatever_their_government_wants():
    seen = history(BASE, 18, runs=1)
    compliance = path(BASE, seen, "compliance", "china")[:, 0]
    components = path(BASE, seen, "lane_flow", "china_russia_components")[:, 0]
    squeeze = path(BASE, seen, "pressure", "china_components_squeeze")[:, 0]
    ordinary = BASE.parameters["lanes.china_russia_components.volume"].value
    assert compliance[3] == 0.0 < compliance[-1]
    quiet = squeeze == 0.0
    assert components[quiet] == pytest.approx(ordinary * (1.0 - compliance[quiet]))


def test_dependence_weighs_trade_with_all_the_world():
    """Ostia: half of 20 sold, and 0.7 of 50 and of 8 bought, would be lost, of 88 in all with the 10 bought elsewhere."""
    world = World(PLAIN)
    assert world.commerce.on_patron("ostia").item() == pytest.approx((0.5 * 20.0 + 0.7 * 50.0 + 0.7 * 8.0) / 88.0)
    assert world.commerce.on_partner("ostia").item() == 0.0
    assert world.commerce.with_patron("ostia").item() == pytest.approx(78.0)
    world.step()
    assert world.commerce.on_partner("ostia").item() > 0.0, "the tie itself makes dependent"
    assert world.commerce.on_patron("ostia").item() < (0.5 * 20.0 + 0.7 * 50.0 + 0.7 * 8.0) / 88.0


def test_only_the_rest_of_the_world_may_run_into_debt():
    world = World(BASE, runs=2)
    for _ in range(6):
        world.step()
    accounts = look(world)["stock of money"]
    assert (accounts[:-1] >= 0.0).all()
    assert (world.ledger.account("money", REST_OF_WORLD) < 0.0).any()


def test_the_price_of_oil_is_the_worlds():
    dear = PLAIN.set({"world.oil_price": 2.0 * PLAIN.parameters["world.oil_price"].value})
    before, after = flows(PLAIN, 1), flows(dear, 1)
    assert after["marland_grandia_oil"] == pytest.approx(2.0 * before["marland_grandia_oil"])
    assert after["grandia_ostia_trade"] == pytest.approx(before["grandia_ostia_trade"])


# --- workers abroad -------------------------------------------------------------------------------------------------------

FREE = BASE.without_rule(*BASE.rules)
PAY = 70_000 * 0.00083  # million USD a month of the workers in China


def treasury(scenario):
    """Money of North Korea after one month without pressure but what is given."""
    return path(scenario, history(scenario, 1, seed=4), "treasury", "north_korea").item()


def test_workers_that_are_sent_home_cost_the_treasury_the_kept_share_of_their_pay():
    """Half of the workers in China go; of their pay half was kept."""
    sent = FREE.with_rule("it", **rule("china", "north_korea", "labour", response="scheduled", strength=0.5))
    spent = 1.0 - FREE.parameters["north_korea.spending"].value
    assert treasury(FREE) - treasury(sent) == pytest.approx(spent * 0.5 * 0.5 * PAY)


def test_the_share_that_is_kept_is_the_margin_of_the_exporter():
    sent, more = (
        FREE.set("lanes.north_korea_china_labour.margin_exporter", share).with_rule(
            "it", **rule("china", "north_korea", "labour", response="scheduled", strength=0.5)
        )
        for share in (0.5, 1.0)
    )
    spent = 1.0 - FREE.parameters["north_korea.spending"].value
    assert treasury(sent) - treasury(more) == pytest.approx(spent * 0.5 * 0.5 * PAY)


def test_a_host_of_workers_opens_and_closes_its_own_door_alone():
    for channel, share in (("labour", 0.5), ("labour_visas", 1.5)):
        moved = FREE.with_rule("it", **rule("russia", "north_korea", channel, response="scheduled", strength=0.5))
        seen = history(moved, 1)
        assert path(moved, seen, "foreign_workers", "russia").item() == pytest.approx(share * 10_000)
        assert path(moved, seen, "foreign_workers", "china").item() == pytest.approx(70_000)


def test_trade_with_a_patron_counts_no_labour():
    none = FREE.set({"lanes.north_korea_china_labour.volume": 0.0})
    seen = [path(s, history(s, 2), "trade_with_patron", "north_korea") for s in (FREE, none)]
    assert seen[0].tolist() == seen[1].tolist()
