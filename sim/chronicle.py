"""One run told as dated sentences, from its events. It takes plain data, and never runs anything."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from sim.pressure import CHANNELS

if TYPE_CHECKING:
    from sim.events import Event
    from sim.scenario import Scenario


def tell(events: "Iterable[Event]", scenario: "Scenario") -> list[str]:
    """Tell events in sentences such as "2024-06: Russia and North Korea sign a treaty.".

    Parameters
    ----------
    events : iterable of Event
        In the order in which they are to be told.
    scenario : Scenario
        Gives the first month and the names of the countries.

    Returns
    -------
    list of str
        A sentence for each event.
    """
    names = {name: country.name for name, country in scenario.countries.items()}
    start = np.datetime64(scenario.start, "M")
    return [
        f"{start + np.timedelta64(event.month - 1, 'M')}: {SENTENCES[event.kind](event, [names[name] for name in event.who])}"
        for event in events
    ]


def _number(event: "Event", key: str, scale: float = 1.0) -> str:
    """Write a number of an event as people do: three figures are enough for a story."""
    value = float(event.data[key]) * scale
    return f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 10 else f"{value:.2g}"


def _war_ends(event: "Event", who: list[str]) -> str:
    return f"A ceasefire ends the war of {_listed(who)}."


def _treaty(event: "Event", who: list[str]) -> str:
    return f"{_listed(who)} sign a treaty."


def _visit(event: "Event", who: list[str]) -> str:
    return f"{_listed(who)} hold a summit."


def _broken(event: "Event", who: list[str]) -> str:
    return f"A deal between {_listed(who)} over {_number(event, 'thousand_rounds_agreed', 1e3)} rounds is broken."


def _first_munitions(event: "Event", who: list[str]) -> str:
    return f"{who[0]} delivers its first rounds to {who[1]}: {_number(event, 'thousand_rounds', 1e3)} in the month."


def _munitions(event: "Event", who: list[str]) -> str:
    before, now = float(event.data["before"]), float(event.data["thousand_rounds"])
    if now == 0:
        return f"Rounds from {who[0]} to {who[1]} cease."
    if before == 0:
        return f"Rounds from {who[0]} to {who[1]} flow again: {_number(event, 'thousand_rounds', 1e3)} in the month."
    change = f"from {_number(event, 'before', 1e3)} to {_number(event, 'thousand_rounds', 1e3)}"
    return f"Rounds from {who[0]} to {who[1]} {'rise' if now > before else 'fall'} {change} a month."


def _first_troops(event: "Event", who: list[str]) -> str:
    return f"{who[0]} sends its first soldiers to {who[1]}: {_number(event, 'persons')}."


def _troops_home(event: "Event", who: list[str]) -> str:
    return f"The last soldiers of {who[0]} leave {who[1]}."


def _rung(event: "Event", who: list[str]) -> str:
    points = _number(event, "points")
    return f"{who[0]} has given {who[1]} most of its {_words(event.data['rung'])} technology ({points} of 25 points)."


def _oil_cap(event: "Event", who: list[str]) -> str:
    barrels = _number(event, "thousand_barrels", 1e3)
    return f"{who[0]} gives {who[1]} {barrels} barrels of oil, for the first time more than the United Nations allow."


def _pressure(event: "Event", who: list[str]) -> str:
    before, now = float(event.data["before"]), float(event.data["after"])
    channel = CHANNELS[str(event.data["channel"])]
    what, on = ("favour", "to") if channel.carrot else ("pressure", "on")
    if now < 0.01:
        change = "ends its"
    elif before < 0.01:
        change = "begins its"
    else:
        change = "raises its" if now > before else "lowers its"
    level = "" if now < 0.01 else f", now {now:.0%}"
    return f"{who[0]} {change} {what} {on} {who[1]} ({_words(channel.name)}{level})."


def _tests(event: "Event", who: list[str]) -> str:
    return f"{who[0]} tests {_number(event, 'tests')} missiles."


SENTENCES: dict[str, Callable[["Event", list[str]], str]] = {
    "war_ends": _war_ends,
    "treaty": _treaty,
    "visit": _visit,
    "broken": _broken,
    "first_munitions": _first_munitions,
    "munitions": _munitions,
    "first_troops": _first_troops,
    "troops_home": _troops_home,
    "rung": _rung,
    "oil_cap": _oil_cap,
    "pressure": _pressure,
    "tests": _tests,
}


def _listed(who: list[str]) -> str:
    return " and ".join([", ".join(who[:-1]), who[-1]]) if len(who) > 1 else who[0]


def _words(name: object) -> str:
    return str(name).replace("_", " ")
