"""Responses, and how a level of pressure and its leakage move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.pressure import RESPONSES, advance, differences, leak, response

shares = st.floats(0.0, 1.0)


def arrays(*numbers: float) -> tuple[np.ndarray, ...]:
    return tuple(np.array([number]) for number in numbers)


@given(shares, shares, shares, shares)
def test_a_level_moves_toward_its_target_and_never_past_it(level, target, up, down):
    moved = advance(*arrays(level, target, up, down)).item()
    assert min(level, target) - 1e-15 <= moved <= max(level, target) + 1e-15
    rate = up if target > level else down
    assert moved == pytest.approx(level + rate * (target - level))


@given(shares, shares, shares, shares)
def test_leakage_grows_with_pressure_and_stops_at_its_end(leakage, level, highest, growth):
    after = leak(*arrays(leakage, level, highest, growth)).item()
    assert leakage <= after <= max(leakage, highest) + 1e-15
    assert leak(*arrays(leakage, 0.0, highest, growth)).item() == leakage


def test_sustained_pressure_leaks_to_its_end():
    leakage = np.array([0.1])
    for _ in range(500):
        leakage = leak(leakage, *arrays(1.0, 0.5, 0.05))
    assert leakage.item() == pytest.approx(0.5)


def test_differences_come_near_a_slope_that_is_known():
    smooth = RESPONSES["smoothstep"]
    x = np.linspace(0.0, 1.5, 200)
    fixed = [np.full_like(x, number) for number in (0.3, 0.6, 0.0)]
    known, bend, known_beyond = smooth.marginal(x, *fixed)
    found, found_bend, found_beyond = differences(smooth.value)(x, *fixed)
    np.testing.assert_allclose(found, known, atol=0.05)
    near = np.abs((x - 0.3) / 0.6 - np.round((x - 0.3) / 0.6 * 2.0) / 2.0) < 0.02  # both ends and the inflection
    assert (found_beyond == known_beyond)[~near].all()
    np.testing.assert_allclose(found_bend[~near], bend[~near], atol=0.4)


def test_a_new_response_is_one_small_function():
    try:

        @response("half")
        def half(x, tolerance, width, memory):
            return 0.5 * (x > tolerance)

        assert RESPONSES["half"].value(*arrays(1.0, 0.5, 1.0, 0.0)).item() == 0.5
        assert RESPONSES["half"].contingent
    finally:
        RESPONSES.pop("half", None)


def test_a_ratchet_never_eases():
    ratchet, memory = RESPONSES["ratchet"].value, np.zeros(1)
    seen = [0.2, 0.9, 0.4, 0.1, 0.7]
    levels = []
    for x in seen:
        memory = ratchet(np.array([x]), *arrays(0.1, 1.0), memory)
        levels.append(memory.item())
    assert levels == sorted(levels)
    assert levels[1] == levels[-1] > levels[0]


def test_tit_for_tat_answers_a_rise_and_forgives_when_it_stops():
    answer = RESPONSES["tit_for_tat"].value
    last, levels = np.zeros(1), []
    for x in [0.1, 0.6, 0.6, 0.3, 0.5]:
        levels.append(answer(np.array([x]), *arrays(0.2, 1.0), last).item())
        last = np.array([x])
    assert levels == pytest.approx([0.0, 0.4, 0.0, 0.0, 0.2])
