"""The chronicle: a dated line for every month in which something happened, a clause for each event."""

import re
from pathlib import Path

import pytest

import sim
from sim.mechanisms.channels import CHANNELS, Channel
from sim.model.events import Event
from sim.reporting.chronicle import SENTENCES, tell

TOY = Path(__file__).parents[1] / "toy" / "toy.toml"


@pytest.fixture(scope="module")
def base() -> sim.Scenario:
    return sim.Scenario.load("base")


PRESSURE = {"rule": "any", "channel": "oil"}
CASES = [
    (Event(11, "treaty", ("russia", "north_korea")), "2024-06: Russia and North Korea sign a treaty."),
    (Event(2, "visit", ("russia", "north_korea")), "2023-09: Russia and North Korea hold a summit."),
    (
        Event(2, "put_off", ("china", "russia", "north_korea")),
        "2023-09: China has a summit of Russia and North Korea put off.",
    ),
    (
        Event(2, "put_off", ("china", "united_states", "russia", "north_korea")),
        "2023-09: China and the United States have a summit of Russia and North Korea put off.",
    ),
    (Event(6, "war_ends", ("russia",)), "2024-01: A ceasefire ends Russia's war."),
    (
        Event(1, "broken", ("north_korea", "russia"), {"thousand_rounds_agreed": 241.4}),
        "2023-08: A deal between North Korea and Russia for 241,000 rounds is broken.",
    ),
    (
        Event(1, "first_munitions", ("north_korea", "russia"), {"thousand_rounds": 98.76}),
        "2023-08: North Korea delivers its first rounds to Russia: 98,800 in the month.",
    ),
    (
        Event(3, "munitions", ("north_korea", "russia"), {"before": 100.0, "thousand_rounds": 150.0}),
        "2023-10: Deliveries of rounds from North Korea to Russia rise from 100,000 to 150,000 a month.",
    ),
    (
        Event(3, "munitions", ("north_korea", "russia"), {"before": 100.0, "thousand_rounds": 0.0}),
        "2023-10: Deliveries of rounds from North Korea to Russia cease.",
    ),
    (
        Event(3, "munitions", ("north_korea", "russia"), {"before": 0.0, "thousand_rounds": 2.5}),
        "2023-10: Rounds from North Korea reach Russia again: 2,500 in the month.",
    ),
    (
        Event(15, "first_troops", ("north_korea", "russia"), {"persons": 1532.0}),
        "2024-10: North Korea sends its first soldiers to Russia: 1,530.",
    ),
    (
        Event(17, "troops", ("north_korea", "russia"), {"persons": 11532.0}),
        "2024-12: North Korea has now sent 11,500 soldiers to Russia in all.",
    ),
    (Event(15, "troops_home", ("north_korea", "russia")), "2024-10: The last soldiers of North Korea leave Russia."),
    (
        Event(3, "rung_begun", ("russia", "north_korea"), {"rung": "air_defence", "points": 1.2}),
        "2023-10: Russia begins to give North Korea air defence technology.",
    ),
    (
        Event(15, "rung", ("russia", "north_korea"), {"rung": "air_defence", "points": 20.3}),
        "2024-10: Russia has given North Korea most of its air defence technology (20 of 25 points).",
    ),
    (
        Event(15, "oil_cap", ("russia", "north_korea"), {"thousand_barrels": 51.0}),
        "2024-10: Russia gives North Korea 51,000 barrels of oil, for the first time above the pace of the UN's cap.",
    ),
    (Event(3, "meeting", ("china", "north_korea")), "2023-10: China receives the leader of North Korea."),
    (
        Event(3, "meeting", ("china", "united_states", "north_korea")),
        "2023-10: China and the United States receive the leader of North Korea.",
    ),
    (
        Event(1, "pressure", ("china", "north_korea"), {**PRESSURE, "before": 0.0, "after": 0.12}),
        "2023-08: China has its squeeze on oil to North Korea in force, at 12% of full force.",
    ),
    (
        Event(5, "pressure", ("china", "north_korea"), {**PRESSURE, "before": 0.0, "after": 0.12}),
        "2023-12: China begins its squeeze on oil to North Korea, at 12% of full force.",
    ),
    (
        Event(5, "pressure", ("china", "north_korea"), {**PRESSURE, "before": 0.15, "after": 0.3}),
        "2023-12: China steps up its squeeze on oil to North Korea, from 15% to 30%.",
    ),
    (
        Event(5, "pressure", ("china", "north_korea"), {**PRESSURE, "before": 0.3, "after": 0.15}),
        "2023-12: China eases its squeeze on oil to North Korea, from 30% to 15%.",
    ),
    (
        Event(5, "pressure", ("united_states", "china"), {"channel": "secondary_sanctions", "before": 0.3, "after": 0.0}),
        "2023-12: The United States ends its secondary sanctions on China.",
    ),
    (
        Event(11, "lane", ("china", "north_korea"), {"good": "oil", "before": 1.0, "share_of_ordinary": 0.96}),
        "2024-06: Oil deliveries from China to North Korea fall by 4%, to 96% of the ordinary flow.",
    ),
    (
        Event(11, "lane", ("china", "north_korea"), {"good": "trade", "before": 0.5, "share_of_ordinary": 0.6}),
        "2024-06: Trade between China and North Korea rises by 20%, to 60% of the ordinary flow.",
    ),
    (
        Event(11, "lane", ("china", "north_korea"), {"good": "components", "before": 0.5, "share_of_ordinary": 0.0}),
        "2024-06: Deliveries of dual-use goods from China to North Korea cease.",
    ),
    (
        Event(11, "lane", ("china", "north_korea"), {"good": "trade", "before": 0.0, "share_of_ordinary": 0.1}),
        "2024-06: Trade between China and North Korea resumes at 10% of the ordinary flow.",
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


def test_what_happens_in_one_month_makes_one_line(base):
    oil = {"good": "oil", "before": 1.0, "share_of_ordinary": 0.96}
    events = [
        Event(11, "treaty", ("russia", "north_korea")),
        Event(11, "put_off", ("china", "russia", "north_korea")),
        Event(11, "lane", ("china", "north_korea"), oil),
        Event(12, "tests", ("north_korea",), {"tests": 4.0}),
    ]
    assert tell(events, base) == [
        "2024-06: Russia and North Korea sign a treaty; China has a summit of Russia and North Korea put off; "
        "oil deliveries from China to North Korea fall by 4%, to 96% of the ordinary flow.",
        "2024-07: North Korea tests 4 missiles.",
    ]


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_has_words_of_its_own(base, channel):
    event = Event(2, "pressure", ("china", "russia"), {"rule": "any", "channel": channel, "before": 0.0, "after": 0.5})
    (told,) = tell([event], base)
    assert told.startswith("2023-09: China begins its ")
    assert told.endswith("Russia, at 50% of full force.")
    assert CHANNELS[channel].act


def test_a_channel_without_words_is_told_by_its_name(base, monkeypatch):
    monkeypatch.setitem(CHANNELS, "visa_ban", Channel("visa_ban", "let nobody in"))
    event = Event(2, "pressure", ("china", "russia"), {"rule": "any", "channel": "visa_ban", "before": 0.0, "after": 0.5})
    assert tell([event], base) == ["2023-09: China begins its pressure on Russia by visa ban, at 50% of full force."]


@pytest.mark.parametrize("source", [TOY, "base"])
def test_all_events_of_a_run_are_told_in_order(source):
    scenario = sim.Scenario.load(source)
    world = sim.World(scenario, seed=3)
    events = []
    for _ in range(scenario.months):
        world.step()
        events += world.events()
    told = tell(events, scenario)
    assert len(told) == len({event.month for event in events}) > 0
    dates = [sentence[:7] for sentence in told]
    assert dates == sorted(set(dates))
    assert all(re.fullmatch(r"\d{4}-\d{2}: [A-Z].*[^.]\.", sentence) for sentence in told)
    assert sum(sentence.count("; ") + 1 for sentence in told) == len(events)
    assert not any("_" in sentence for sentence in told)
