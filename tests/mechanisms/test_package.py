"""Rows of the package: how the worth of each kind of good moves with where the partners stand. Numbers: tests/examples."""

from dataclasses import replace

import numpy as np
import pytest

from sim.mechanisms.package import RUNG, UNLIMITED, Good, Stance, cover, munitions, oil, technology, troops

ONE = np.ones(1)
GOOD = Good(
    value=2.0 * ONE,
    cost=0.5 * ONE,
    curvature=0.02 * ONE,
    cap=1e6 * ONE,
    weight=ONE,
    reference=ONE,
    contingent=0.0 * ONE,
    opens=0.0 * ONE,
)
STANCE = Stance(
    reliability=0.9 * ONE,
    gap=200.0 * ONE,
    quality=0.7 * ONE,
    available=50.0 * ONE,
    ready=5_000.0 * ONE,
    overdraw=ONE,
    reluctance=0.8 * ONE,
    standing=0.4 * ONE,
    manpower=1_000.0 * ONE,
    abroad=10.0 * ONE,
    at_home=100.0 * ONE,
    unprotected=0.1 * ONE,
    oil_price=ONE,
    scarcity=ONE,
    oil_ready=80.0 * ONE,
    hedge=0.1 * ONE,
)
MADE = {"munitions": munitions, "technology": technology, "troops": troops, "oil": oil, "cover": cover}

# Which way the joint benefit of the first unit goes when one thing about the partners rises.
UP, DOWN, FLAT = 1, -1, 0
MOVES = [
    *((kind, "reliability", UP) for kind in MADE),
    ("munitions", "quality", UP),
    ("munitions", "gap", FLAT),
    ("technology", "reluctance", DOWN),
    ("troops", "manpower", UP),
    ("troops", "abroad", DOWN),
    ("troops", "unprotected", DOWN),
    ("oil", "hedge", UP),
    ("oil", "scarcity", UP),
    ("oil", "oil_price", UP),
]


@pytest.mark.parametrize(("kind", "what", "way"), MOVES)
def test_benefit_moves_as_it_should(kind, what, way):
    higher = replace(STANCE, **{what: 1.05 * getattr(STANCE, what)})
    before, after = (MADE[kind](GOOD, stance, 0.0 * ONE).benefit.item() for stance in (STANCE, higher))
    assert np.sign(round(after - before, 12)) == way


def test_a_wider_gap_makes_the_worth_of_rounds_fall_more_slowly():
    narrow, wide = (munitions(GOOD, replace(STANCE, gap=gap * ONE), ONE).curvature for gap in (100.0, 400.0))
    assert narrow == 4.0 * wide


def test_rounds_are_worth_nothing_more_once_the_gap_is_filled():
    """Worth of a round at q is value · quality · (1 − quality · q / gap)."""
    row = munitions(replace(GOOD, cost=0.0 * ONE), STANCE, ONE)
    assert (row.benefit / row.curvature).item() == pytest.approx((STANCE.gap / STANCE.quality).item())


@pytest.mark.parametrize("gap", [0.0, 1e-12])
def test_without_a_gap_a_row_divides_by_nothing(gap):
    row = munitions(GOOD, replace(STANCE, gap=gap * ONE), ONE)
    assert row.benefit == row.easing == row.strained == 0.0
    assert np.isfinite(row.curvature)


def test_technology_of_a_full_rung_cannot_move():
    row = technology(GOOD, STANCE, RUNG * ONE)
    assert row.cap == 0.0
    assert row.gain == 0.0


def test_caps_are_what_can_move_at_all():
    assert munitions(GOOD, STANCE, ONE).cap == STANCE.ready
    assert troops(GOOD, STANCE, ONE).cap == STANCE.at_home
    assert oil(GOOD, STANCE, ONE).cap == STANCE.oil_ready
    assert oil(GOOD, replace(STANCE, oil_ready=UNLIMITED * ONE), ONE).cap == GOOD.cap
    assert technology(GOOD, STANCE, 24.0 * ONE).cap == 1.0
    assert cover(replace(GOOD, cap=ONE), STANCE, ONE).cap == 1.0


@pytest.mark.parametrize("kind", MADE)
def test_what_the_supplier_gains_is_its_part_of_the_benefit(kind):
    """Receiver's gain less giver's cost is the benefit; the supplier receives technology, oil and cover, and gives the rest."""
    row = MADE[kind](GOOD, STANCE, 0.0 * ONE)
    if kind in ("munitions", "troops"):
        assert row.gain < 0.0
        assert row.benefit - row.gain > 0.0
    else:
        assert row.gain > 0.0
        assert row.gain - row.benefit >= 0.0
