"""The chronicle: a dated sentence for every event that the world can tell of."""

import re
from pathlib import Path

import pytest

import sim
from sim.chronicle import SENTENCES, tell
from sim.events import Event
from sim.pressure import CHANNELS

TOY = Path(__file__).parent / "toy" / "toy.toml"


@pytest.fixture(scope="module")
def base() -> sim.Scenario:
    return sim.Scenario.load("base")


CASES = [
    (Event(11, "treaty", ("russia", "north_korea")), "2024-06: Russia and North Korea sign a treaty."),
    (Event(2, "visit", ("russia", "north_korea")), "2023-09: Russia and North Korea hold a summit."),
    (Event(6, "war_ends", ("russia",)), "2024-01: A ceasefire ends the war of Russia."),
    (
        Event(1, "broken", ("north_korea", "russia"), {"thousand_rounds_agreed": 241.4}),
        "2023-08: A deal between North Korea and Russia over 241,000 rounds is broken.",
    ),
    (
        Event(1, "first_munitions", ("north_korea", "russia"), {"thousand_rounds": 98.76}),
        "2023-08: North Korea delivers its first rounds to Russia: 98,800 in the month.",
    ),
    (
        Event(3, "munitions", ("north_korea", "russia"), {"before": 100.0, "thousand_rounds": 150.0}),
        "2023-10: Rounds from North Korea to Russia rise from 100,000 to 150,000 a month.",
    ),
    (
        Event(3, "munitions", ("north_korea", "russia"), {"before": 100.0, "thousand_rounds": 0.0}),
        "2023-10: Rounds from North Korea to Russia cease.",
    ),
    (
        Event(3, "munitions", ("north_korea", "russia"), {"before": 0.0, "thousand_rounds": 2.5}),
        "2023-10: Rounds from North Korea to Russia flow again: 2,500 in the month.",
    ),
    (
        Event(15, "first_troops", ("north_korea", "russia"), {"persons": 1532.0}),
        "2024-10: North Korea sends its first soldiers to Russia: 1,530.",
    ),
    (Event(15, "troops_home", ("north_korea", "russia")), "2024-10: The last soldiers of North Korea leave Russia."),
    (
        Event(15, "rung", ("russia", "north_korea"), {"rung": "air_defence", "points": 20.3}),
        "2024-10: Russia has given North Korea most of its air defence technology (20 of 25 points).",
    ),
    (
        Event(15, "oil_cap", ("russia", "north_korea"), {"thousand_barrels": 51.0}),
        "2024-10: Russia gives North Korea 51,000 barrels of oil, for the first time more than the United Nations allow.",
    ),
    (
        Event(5, "pressure", ("china", "north_korea"), {"rule": "valve", "channel": "oil", "before": 0.0, "after": 0.12}),
        "2023-12: China begins its pressure on North Korea (oil, now 12%).",
    ),
    (
        Event(5, "pressure", ("china", "north_korea"), {"rule": "valve", "channel": "oil", "before": 0.3, "after": 0.15}),
        "2023-12: China lowers its pressure on North Korea (oil, now 15%).",
    ),
    (
        Event(5, "pressure", ("china", "north_korea"), {"rule": "valve", "channel": "oil", "before": 0.3, "after": 0.0}),
        "2023-12: China ends its pressure on North Korea (oil).",
    ),
    (
        Event(5, "pressure", ("china", "north_korea"), {"rule": "gift", "channel": "market_access", "before": 0.1, "after": 0.4}),
        "2023-12: China raises its favour to North Korea (market access, now 40%).",
    ),
    (Event(8, "tests", ("north_korea",), {"tests": 4.0}), "2024-03: North Korea tests 4 missiles."),
]


@pytest.mark.parametrize(("event", "sentence"), CASES, ids=[f"{event.kind}-{place}" for place, (event, _) in enumerate(CASES)])
def test_an_event_is_told_in_plain_words(base, event, sentence):
    assert tell([event], base) == [sentence]


def test_every_kind_of_event_has_its_sentence():
    kinds = re.search(r"One of: (.*?)\.\n", Event.__doc__, re.DOTALL)
    assert {kind.strip() for kind in kinds[1].split(",")} == set(SENTENCES)
    assert {event.kind for event, _ in CASES} == set(SENTENCES)


@pytest.mark.parametrize("channel", CHANNELS)
def test_pressure_is_told_through_every_channel(base, channel):
    event = Event(1, "pressure", ("china", "russia"), {"rule": "any", "channel": channel, "before": 0.0, "after": 0.5})
    assert channel.replace("_", " ") in tell([event], base)[0]


@pytest.mark.parametrize("source", [TOY, "base"])
def test_all_events_of_a_run_are_told_in_order(source):
    scenario = sim.Scenario.load(source)
    world = sim.World(scenario, seed=3)
    events = []
    for _ in range(scenario.months):
        world.step()
        events += world.events()
    told = tell(events, scenario)
    assert len(told) == len(events) > 0
    dates = [sentence[:7] for sentence in told]
    assert dates == sorted(dates)
    assert all(re.fullmatch(r"\d{4}-\d{2}: [A-Z].*\.", sentence) for sentence in told)
    assert not any("_" in sentence for sentence in told)
