"""Ordinary trade that moves by itself: growth, season, shocks with memory, borders that close."""

import numpy as np
import pytest
from engine import BASE, history, path

from sim.errors import UserError
from sim.mechanisms.seasons import SEASONS, season
from sim.scenario.scenario import Scenario

FREE = BASE.without_rule(*BASE.rules)  # nobody presses
STILL = FREE.set(
    {
        "world.trade_growth": 0.0,
        "world.closure_hazard": 0.0,
        **{f"lanes.{name}.volatility": 0.0 for name, lane in FREE.lanes.items() if lane.season},
    }
)
THERE, BACK = "china_north_korea_trade", "north_korea_china_trade"


def share(scenario, lane, months=24, runs=1, **options):
    """Flow of a lane over its volume at the start, shape (months, R)."""
    flow = path(scenario, history(scenario, months, runs=runs, **options), "lane_flow", lane)
    return flow / scenario.parameters[f"lanes.{lane}.volume"].value


@pytest.mark.parametrize("name", SEASONS)
def test_a_season_moves_trade_within_the_year_and_not_its_sum(name):
    months = SEASONS[name]
    assert len(months) == 12
    assert np.mean(months) == pytest.approx(1.0, abs=1e-12)
    assert min(months) > 0.0


def test_a_season_follows_the_calendar_and_not_the_month_of_the_run():
    assert season("land_border", "2023-08", 1) == SEASONS["land_border"][7]
    assert season("land_border", "2023-08", 6) == SEASONS["land_border"][0]
    assert season("land_border", "2024-01", 14) == SEASONS["land_border"][1]


def test_without_shocks_and_growth_the_season_is_all_that_moves():
    usual = [season("land_border", STILL.start, month) for month in range(1, 25)]
    assert share(STILL, THERE)[:, 0] == pytest.approx(usual)
    assert share(STILL, "russia_rest_of_world_trade")[:, 0] == pytest.approx([1.0] * 24)


def test_growth_is_a_share_a_year():
    grown = share(STILL.set("world.trade_growth", 0.1), THERE)[:, 0] / share(STILL, THERE)[:, 0]
    assert grown[[0, 12]] == pytest.approx([1.0, 1.1])


def test_the_mean_over_shocks_is_growth_times_season():
    moved = STILL.set({f"lanes.{THERE}.volatility": 0.1, "world.trade_growth": 0.05})
    seen = share(moved, THERE, months=14, runs=20_000)
    usual = share(STILL.set("world.trade_growth", 0.05), THERE, months=14)[:, 0]
    assert seen.mean(axis=1) / usual == pytest.approx(np.ones(14), abs=0.01)
    assert seen[-1].std() > 2.0 * seen[0].std() * usual[-1] / usual[0], "shocks are remembered"


def test_both_ways_between_two_countries_share_their_shocks_and_others_have_their_own():
    there, back, other = (share(FREE, lane, runs=50) for lane in (THERE, BACK, "china_russia_trade"))
    assert there == pytest.approx(back)
    same = np.corrcoef(np.log(there[-1]), np.log(other[-1]))[0, 1]
    assert abs(same) < 0.5


def test_a_lane_that_goes_leaves_the_shocks_of_the_others_alone():
    tree = FREE.to_dict()
    del tree["lanes"]["china_russia_trade"], tree["lanes"]["russia_china_trade"]
    assert share(Scenario.from_dict(tree), THERE, runs=5).tolist() == share(FREE, THERE, runs=5).tolist()


def test_a_border_closes_at_its_hazard_and_stays_closed_for_its_time():
    shut = STILL.set({"world.closure_hazard": 0.1, "world.closure_persistence": 0.75, "world.closure_share": 0.8})
    seen = share(shut, THERE, months=40, runs=500) / share(STILL, THERE, months=40)
    closed = seen < 0.5
    assert seen[closed] == pytest.approx(np.full(closed.sum(), 0.2))
    assert closed[0].mean() == pytest.approx(0.1, abs=0.04)
    assert closed[20:].mean() == pytest.approx(0.1 / (0.1 + 0.25), abs=0.03)
    assert (share(shut, "china_russia_trade") == share(STILL, "china_russia_trade")).all(), "it crosses no border that closes"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"season": "monsoon"}, "lanes.china_north_korea_trade.season: 'monsoon' is no known season"),
        ({"season": ""}, "lanes.china_north_korea_trade.border: needs a season"),
    ],
)
def test_a_season_that_is_unknown_or_lacking_is_told(changes, text):
    tree = FREE.to_dict()
    tree["lanes"][THERE] |= changes
    with pytest.raises(UserError, match=text):
        Scenario.from_dict(tree)


def test_less_trade_than_at_this_time_of_the_year_is_strain_and_a_season_is_none():
    calm = path(STILL, history(STILL, 12), "instability", "north_korea")
    assert calm.max() < 1e-9
    worse = STILL.set({"world.closure_hazard": 1.0, "world.closure_persistence": 1.0})
    assert path(worse, history(worse, 12), "instability", "north_korea")[-1].item() > 0.1
