"""Names of numbers for people: whose it is, and which."""

import pytest

from sim import Scenario
from sim.reporting.labels import title

BASE = Scenario.load("base")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("china.resolve", "China: resolve"),
        ("russia.manpower_gap", "Russia: soldiers missing at the front"),
        ("world.oil_price", "Price of oil"),
        ("rules.china_oil_valve.rate_up", "China: squeeze on oil to North Korea: speed of rising"),
        ("russia_north_korea.troops.value", "Worth to the receiver (troops)"),
        ("lanes.china_north_korea_trade.volume", "Ordinary flow (China North Korea trade)"),
    ],
)
def test_a_number_is_named_by_whose_it_is(address, said):
    assert title(BASE, address) == said


def test_no_number_of_the_base_scenario_is_named_by_its_address():
    assert [address for address in BASE.parameters if "_" in title(BASE, address)] == []
