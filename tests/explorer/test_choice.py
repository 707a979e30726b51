"""Which numbers get a slider: those that are asked for, or those to which the effect of Beijing answers; and where it stops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import Scenario, UserError
from sim.experiments.ranges import Range
from sim.explorer import choice
from sim.explorer.choice import STOPS, sliders, stops
from sim.thesis.declaration import Declaration

BASE, THESIS = Scenario.load("base"), Declaration.load("thesis")


def asked(*numbers):
    return sliders(BASE, THESIS, numbers, 0, lambda runs: None)


def test_those_asked_for_stop_at_both_ends_and_at_the_scenarios_own_value():
    for slider, count in zip(asked("china.goodwill", "russia.stake_scale", "china.resolve", "russia.fire"), STOPS, strict=False):
        number = BASE.parameters[slider.address]
        assert len(slider.values) == len(slider.texts) == count
        assert (slider.values[0], slider.values[-1]) == (number.low, number.high)
        assert slider.values[slider.own] == number.value
        assert slider.weight is None


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        (("china.goodwil",), "did you mean 'china.goodwill'"),
        (("china.goodwill", "china.goodwill"), "each once"),
        (("china.*",), "no pattern"),
        (("china.oil_need",), "has no range of its own"),
        (tuple(f"china.{name}" for name in ("goodwill", "concern", "resolve", "rivalry", "welcome", "exposure")), "up to 5"),
    ],
)
def test_what_cannot_have_a_slider_is_said_plainly(numbers, message):
    with pytest.raises(UserError, match=message.replace("*", ".")):
        asked(*numbers)


@given(st.floats(0.01, 10), st.floats(1.1, 1000), st.floats(0, 1), st.sampled_from([3, 5]), st.sampled_from(["linear", "log"]))
def test_stops_rise_from_end_to_end_and_hold_the_own_value(low, ratio, share, count, measure):
    high = low * ratio
    own = low + share * (high - low)
    found = np.array(stops(Range("x", low, high, measure), own, count))
    assert len(found) == count
    assert (found[0], found[-1]) == (low, high)
    assert np.isclose(found, own).any()


@pytest.mark.slow
def test_the_search_finds_what_the_effect_of_beijing_hangs_on():
    weights = choice.weigh(BASE, THESIS, THESIS_BOX, 0, lambda runs: None)
    assert weights["china.concern"] > 0.02 > weights["world.oil_price"]
    assert all(0 <= weight <= 1 for weight in weights.values())


THESIS_BOX = [
    Range(address, number.low, number.high, number.measure)
    for address, number in BASE.parameters.items()
    if number.low < number.high
]
