"""The goods of the base partnership as a student of the war would check them: what runs down, what comes late, what answers."""

import numpy as np
import pytest
from engine import BASE, TOY, history, path

PAIR = "russia_north_korea"
KEPT = {f"{PAIR}.break_risk": 0.0}


# --- shells -----------------------------------------------------------------------------------------------------------------


def test_a_store_runs_down_to_the_reserve_and_its_rounds_get_worse():
    hungry = BASE.set(KEPT | {"north_korea.munitions": 8_000.0, "russia.fire": 930.0, "world.ceasefire_hazard": 0.0})
    seen = history(hungry, 48)
    store, made = (path(hungry, seen, q, "north_korea")[:, 0] for q in ("munitions", "munitions_output"))
    sent, work = (path(hungry, seen, q, PAIR)[:, 0] for q in ("munitions_delivered", "munitions_effective"))
    reserve = 5_000.0 * 1.3
    assert store[0] > reserve > store[-1] > 4_000.0
    assert sent[-12:] == pytest.approx(made[-12:], rel=0.5)  # what is made is all that is left to sell
    share = work / sent
    fresh = np.minimum(made / sent, 1.0)
    assert share[2] < 0.85 * fresh[2] + 0.6 * (1.0 - fresh[2])  # old rounds, the best of them gone
    assert share[-1] > share[2]  # mostly new ones


def test_no_more_moves_than_ships_and_trains_can_carry():
    wide = BASE.set(KEPT | {"russia.fire": 3_000.0, f"{PAIR}.munitions.value": 20.0, "north_korea.munitions": 25_000.0})
    assert path(wide, history(wide, 6), "munitions_delivered", PAIR).max() <= 500.0


def test_in_peace_own_output_fills_the_store_first():
    at_peace = TOY.set({"world.ceasefire_month": 2.0, "marland.munitions": 300.0})
    wanted = [
        path(s, history(s, 6), "munitions_agreed", "marland_ostia").sum()
        for s in (at_peace, at_peace.set("marland.rebuilding", 500.0))
    ]
    assert wanted[0] < 0.5 * wanted[1]  # the toy makes over 50 a month and wants 20


# --- soldiers ---------------------------------------------------------------------------------------------------------------

SIGNED = TOY.without_rule(*TOY.rules).set(
    {"ostia.troops": 1e5, "marland_ostia.no_treaty_cost": 0.0, "marland_ostia.break_risk": 0.0, "marland.incursion_hazard": 0.0}
)


def soldiers(scenario, months: int = 24, quantity: str = "troops_sent", **options) -> np.ndarray:
    return path(scenario, history(scenario, months, **options), quantity, "marland_ostia")


def test_soldiers_go_in_contingents():
    sent = soldiers(SIGNED.set("marland_ostia.soldiers.contingent", 1_000.0))
    assert set(sent[sent > 0.0] >= 1_000.0) == {True}
    assert (sent == 0.0).sum() > 12


def test_preparation_takes_its_time():
    first = [np.argmax(soldiers(SIGNED.set("marland_ostia.preparation", months)) > 0.0) for months in (1.0, 6.0)]
    assert first[1] > first[0]


def test_an_incursion_brings_more_of_them():
    calm, invaded = (soldiers(SIGNED.set("marland.incursion", size)) for size in (0.0, 8_000.0))
    known = int(TOY.parameters["marland.incursion_month"].value) - 1
    np.testing.assert_array_equal(calm[:known], invaded[:known])
    assert invaded.sum() > 1.2 * calm.sum()


def test_the_fallen_are_replaced():
    bloody = SIGNED.set({"marland_ostia.troop_loss": 0.2, "marland.incursion": 0.0})
    assert soldiers(bloody)[12:].sum() > soldiers(SIGNED.set("marland.incursion", 0.0))[12:].sum()


def test_who_lacks_nobody_asks_for_nobody():
    full = SIGNED.set({"marland.manpower_gap": 0.0, "marland.incursion": 0.0})
    assert not soldiers(full).any()


# --- oil --------------------------------------------------------------------------------------------------------------------


def test_more_oil_can_be_delivered_month_by_month():
    thirsty = TOY.without_rule(*TOY.rules).set(
        {
            "marland_ostia.oil_cap_until": 0.0,
            "marland_ostia.oil_cap": 10.0,
            "marland_ostia.fuel.value": 1.0,
            "marland_ostia.break_risk": 0.0,
        }
    )
    oil = soldiers(thirsty, 8, "oil_delivered")[:, 0]
    assert (np.diff(oil) > 0.0).all()
    assert oil[0] == pytest.approx(10.0)


def test_a_deal_without_rounds_can_break():
    no_rounds = TOY.set({"marland.fire": 0.0, "marland.rebuilding": 0.0, "marland_ostia.break_risk": 0.5})
    seen = history(no_rounds, 12, runs=50)
    assert not path(no_rounds, seen, "munitions_agreed", "marland_ostia").any()
    broken = path(no_rounds, seen, "broken", "marland_ostia") > 0.0
    assert broken.any()
    assert not path(no_rounds, seen, "oil_delivered", "marland_ostia")[broken].any()
