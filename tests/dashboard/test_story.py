"""A single run that can be stepped on a page: its paths, its sentences, and its pictures as SVG."""

import re
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sim import Scenario, run, scenario_names
from sim.dashboard.story import TRACES, Story
from sim.dashboard.svg import NARROW, chart_svg, legend, network_svg
from sim.plots.network import Flow

BASE = Scenario.load("base")
TOY = Path(__file__).parent.parent / "toy" / "toy.toml"
STEP_LIMIT = 0.1  # seconds


def names(scenario):
    return {name: country.name for name, country in scenario.countries.items()}


def test_a_story_is_the_run_of_its_number():
    told = Story(BASE, chance=3, months=12)
    alone = run(BASE, runs=1, first=3, months=12)
    assert (
        told.paths["Shells delivered"] == alone.munitions_delivered.sel(partnership="russia_north_korea", run=3).values.tolist()
    )
    assert told.month == 12
    assert told.chronicle
    assert all(re.match(r"\d{4}-\d\d: ", line) for line in told.chronicle)


def test_it_stops_at_its_last_month():
    toy = Scenario.load(TOY)
    told = Story(toy, months=10**6)
    assert (told.month, told.running) == (toy.months, False)
    told.step()
    assert told.month == toy.months == len(told.paths[TRACES[0].title])


def test_going_through_months_at_once_or_one_by_one_is_the_same():
    slow = Story(BASE)
    for _ in range(6):
        slow.step()
    fast = Story(BASE, months=6)
    assert (slow.paths, slow.chronicle, slow.flows) == (fast.paths, fast.chronicle, fast.flows)


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_can_be_told_and_drawn(name):
    scenario = Scenario.load(name)
    told = Story(scenario, months=3)
    ElementTree.fromstring(network_svg(told.flows, names(scenario)))
    for trace in TRACES:
        assert min(told.paths[trace.title]) >= 0.0


def test_a_step_with_all_its_pictures_takes_less_than_a_tenth_of_a_second():
    told = Story(BASE, months=40)
    best = 1.0
    for _ in range(10):
        began = time.process_time()
        told.step()
        network_svg(told.flows, names(BASE))
        network_svg(told.flows, names(BASE), NARROW)
        for trace in TRACES:
            chart_svg(trace.title, trace.unit, told.paths[trace.title], 60, BASE.start)
        assert told.chronicle
        best = min(best, time.process_time() - began)
    assert best < STEP_LIMIT


def test_the_map_shows_every_country_and_what_flows():
    flows = [
        Flow("russia", "china", "oil", 100.0),
        Flow("russia", "china", "trade", 5.0),
        Flow("china", "russia", "trade", 7.0),
        Flow("russia", "north_korea", "money", -3.0),
    ]
    drawn = network_svg(flows, names(BASE))
    for country in BASE.countries.values():
        assert f">{country.name}</text>" in drawn
    assert "ordinary trade, both ways: 12 million USD" in drawn
    assert "payment: 3 million USD" in drawn
    assert drawn.count('<path d="M') == 3 + drawn.count("<marker")
    assert [words for _, words in legend(flows)] == ["ordinary trade, both ways", "oil", "payment"]


def test_the_legend_has_a_colour_and_a_word_for_every_good_that_flows():
    told = Story(BASE, months=24)
    seen = {flow.good for flow in told.flows}
    for _ in range(24):
        told.step()
        seen |= {flow.good for flow in told.flows}
    assert "labour" in seen
    told_of = legend(Flow("russia", "china", good, 1.0) for good in seen)
    assert len({colour for colour, _ in told_of}) == len(seen)


def test_names_from_a_file_cannot_write_into_the_page():
    evil = "<script>alert(1)</script>"
    drawn = network_svg([Flow("russia", "china", "oil", 1.0)], {"russia": evil, "china": '"><img src=x>'})
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert "<b>" not in chart_svg("<b>", "<b>", [1.0], 12, "2023-08")


@pytest.mark.parametrize("values", [[], [0.0], [0.0, 3.0], [1e-9] * 60, [1e9] * 60])
def test_a_chart_stays_within_its_frame(values):
    tree = ElementTree.fromstring(chart_svg("Title", "unit", values, 60, "2023-08"))
    line = next(element for element in tree.iter() if element.tag.endswith("polyline"))
    for point in line.get("points").split():
        x, y = (float(part) for part in point.split(","))
        assert 0 <= x <= 300
        assert 0 <= y <= 160
