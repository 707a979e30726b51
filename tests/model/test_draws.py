"""From a scenario's parameters to arrays over runs."""

import numpy as np
import pytest
from engine import BASE, TOY
from scipy import stats

from sim.errors import UserError
from sim.mechanisms.noise import Noise
from sim.model.draws import expand_numbers

RUNS = 4_000


def expand(scenario, runs=RUNS, values=None, seed=1):
    return expand_numbers(scenario, Noise(seed, np.arange(runs)), runs, values or {})


def drawn(*addresses):
    return BASE.set({address: {"drawn": True} for address in addresses})


def test_a_fixed_number_is_the_same_in_all_runs_and_takes_no_memory():
    numbers = expand(TOY)
    assert numbers.keys() == TOY.parameters.keys()
    assert all((array == TOY.parameters[address].value).all() for address, array in numbers.items())
    assert numbers["grandia.resolve"].strides == (0,)


def test_a_drawn_number_is_spread_evenly_by_its_measure():
    numbers = expand(drawn("china.goodwill", "russia.stake_scale"))
    goodwill, stake = BASE.parameters["china.goodwill"], BASE.parameters["russia.stake_scale"]
    assert stake.measure == "log"
    even = (numbers["china.goodwill"] - goodwill.low) / (goodwill.high - goodwill.low)
    even_in_log = np.log(numbers["russia.stake_scale"] / stake.low) / np.log(stake.high / stake.low)
    for shares in (even, even_in_log):
        assert stats.kstest(shares, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(even, even_in_log)[0, 1]) < 0.05


def test_every_drawn_number_has_a_stream_of_its_own():
    ranges = [address for address, p in BASE.parameters.items() if p.high > p.low]
    numbers = expand(drawn(*ranges), runs=20)
    shares = {address: tuple(np.argsort(numbers[address])) for address in ranges}
    assert len(set(shares.values())) == len(ranges)


def test_one_more_drawn_number_leaves_the_others_as_they_were():
    few, more = expand(drawn("china.goodwill"), 5), expand(drawn("china.goodwill", "china.resolve"), 5)
    assert few["china.goodwill"].tolist() == more["china.goodwill"].tolist()


def test_a_given_value_takes_the_place_of_a_draw():
    numbers = expand(drawn("china.goodwill"), 3, {"china.goodwill": np.array([1.0, 2.0, 3.0]), "china.resolve": 0.25})
    assert numbers["china.goodwill"].tolist() == [1.0, 2.0, 3.0]
    assert numbers["china.resolve"].tolist() == [0.25] * 3


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("china.resolv", 0.5),
        ("china.resolve", np.zeros(2)),
        ("china.resolve", np.zeros((3, 1))),
        ("china.resolve", np.nan),
        ("china.resolve", np.array([0.1, np.inf, 0.2])),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_its_address(address, value):
    with pytest.raises(UserError) as refused:
        expand(BASE, 3, {address: value})
    assert refused.value.place == address


def test_a_wrong_address_is_answered_with_the_nearest():
    with pytest.raises(UserError, match=r"china\.resolve"):
        expand(BASE, 3, {"china.resolv": 0.5})
