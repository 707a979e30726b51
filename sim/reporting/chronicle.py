"""One run told as dated sentences, from its events. It takes plain data, and never runs anything."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from sim.mechanisms.channels import CHANNELS
from sim.numerals import number, share
from sim.reporting.words import capital

if TYPE_CHECKING:
    from sim.model.events import Event
    from sim.scenario.scenario import Scenario

FLOWS = {
    "oil": "oil deliveries from {first} to {second}",
    "components": "deliveries of dual-use goods from {first} to {second}",
    "trade": "trade between {first} and {second}",
    "labour": "numbers of workers from {first} in {second}",
}
WITH_ARTICLE = ("United", "European")


def tell(events: "Iterable[Event]", scenario: "Scenario") -> list[str]:
    """Tell events month by month, such as "2024-06: Russia and North Korea sign a treaty; North Korea tests 4 missiles.".

    Parameters
    ----------
    events : iterable of Event
        In the order in which they are to be told.
    scenario : Scenario
        Gives the first month and the names of the countries.

    Returns
    -------
    list of str
        A sentence for each month in which something happened.
    """
    names = {name: _with_article(country.name) for name, country in scenario.countries.items()}
    start = np.datetime64(scenario.start, "M")
    told = []
    for month, news in groupby(events, key=lambda event: event.month):
        clauses = [SENTENCES[event.kind](event, [names[name] for name in event.who]) for event in news]
        first, *others = clauses
        text = "; ".join([capital(first), *others])
        told.append(f"{start + np.timedelta64(month - 1, 'M')}: {text}.")
    return told


def _with_article(name: str) -> str:
    return f"the {name}" if name.startswith(WITH_ARTICLE) else name


def _number(event: "Event", key: str, scale: float = 1.0) -> str:
    """Write a number of an event as people do: three figures are enough for a story."""
    value = float(event.data[key]) * scale
    return number(round(value)) if abs(value) >= 10 else number(value, figures=2)


def _war_ends(event: "Event", who: list[str]) -> str:
    return f"a ceasefire ends {_listed(who)}'s war"


def _treaty(event: "Event", who: list[str]) -> str:
    return f"{_listed(who)} sign a treaty"


def _visit(event: "Event", who: list[str]) -> str:
    return f"{_listed(who)} hold a summit"


def _put_off(event: "Event", who: list[str]) -> str:
    *snubbing, buyer, seller = who
    return f"{_listed(snubbing)} {'have' if len(snubbing) > 1 else 'has'} a summit of {buyer} and {seller} put off"


def _broken(event: "Event", who: list[str]) -> str:
    rounds = f" for {_number(event, 'thousand_rounds_agreed', 1e3)} rounds" if event.data["thousand_rounds_agreed"] else ""
    return f"a deal between {_listed(who)}{rounds} is broken"


def _first_munitions(event: "Event", who: list[str]) -> str:
    return f"{who[0]} delivers its first rounds to {who[1]}: {_number(event, 'thousand_rounds', 1e3)} in the month"


def _munitions(event: "Event", who: list[str]) -> str:
    before, now = float(event.data["before"]), float(event.data["thousand_rounds"])
    if now == 0:
        return f"deliveries of rounds from {who[0]} to {who[1]} cease"
    if before == 0:
        return f"rounds from {who[0]} reach {who[1]} again: {_number(event, 'thousand_rounds', 1e3)} in the month"
    change = f"from {_number(event, 'before', 1e3)} to {_number(event, 'thousand_rounds', 1e3)}"
    return f"deliveries of rounds from {who[0]} to {who[1]} {'rise' if now > before else 'fall'} {change} a month"


def _first_troops(event: "Event", who: list[str]) -> str:
    return f"{who[0]} sends its first soldiers to {who[1]}: {_number(event, 'persons')}"


def _troops(event: "Event", who: list[str]) -> str:
    return f"{who[0]} has now sent {_number(event, 'persons')} soldiers to {who[1]} in all"


def _troops_home(event: "Event", who: list[str]) -> str:
    return f"the last soldiers of {who[0]} leave {who[1]}"


def _rung_begun(event: "Event", who: list[str]) -> str:
    return f"{who[0]} begins to give {who[1]} {_words(event.data['rung'])} technology"


def _rung(event: "Event", who: list[str]) -> str:
    points = _number(event, "points")
    return f"{who[0]} has given {who[1]} most of its {_words(event.data['rung'])} technology ({points} of 25 points)"


def _oil_cap(event: "Event", who: list[str]) -> str:
    barrels = _number(event, "thousand_barrels", 1e3)
    return f"{who[0]} gives {who[1]} {barrels} barrels of oil, for the first time above the pace of the UN's cap"


def _meeting(event: "Event", who: list[str]) -> str:
    *receiving, guest = who
    return f"{_listed(receiving)} {'receive' if len(receiving) > 1 else 'receives'} the leader of {guest}"


def _pressure(event: "Event", who: list[str]) -> str:
    before, now = float(event.data["before"]), float(event.data["after"])
    act = CHANNELS[str(event.data["channel"])].told(who[1])
    if now < 0.01:
        return f"{who[0]} ends {act}"
    if event.month == 1:  # nobody knows since when
        return f"{who[0]} has {act} in force, at {share(now)} of full force"
    if before < 0.01:
        return f"{who[0]} begins {act}, at {share(now)} of full force"
    return f"{who[0]} {'steps up' if now > before else 'eases'} {act}, from {share(before)} to {share(now)}"


def _lane(event: "Event", who: list[str]) -> str:
    before, now = float(event.data["before"]), float(event.data["share_of_ordinary"])
    good = str(event.data["good"])
    what = FLOWS.get(good, f"deliveries of {_words(good)} from {{first}} to {{second}}").format(first=who[0], second=who[1])
    one = "s" if good == "trade" else ""  # trade falls, deliveries fall
    if now == 0:
        return f"{what} cease{one}"
    if before == 0:
        return f"{what} resume{one} at {share(now)} of the ordinary flow"
    change = f"{'rise' if now > before else 'fall'}{one} by {share(abs(now / before - 1.0))}"
    return f"{what} {change}, to {share(now)} of the ordinary flow"


def _tests(event: "Event", who: list[str]) -> str:
    return f"{who[0]} tests {_number(event, 'tests')} missiles"


SENTENCES: dict[str, Callable[["Event", list[str]], str]] = {
    "war_ends": _war_ends,
    "treaty": _treaty,
    "visit": _visit,
    "put_off": _put_off,
    "broken": _broken,
    "first_munitions": _first_munitions,
    "munitions": _munitions,
    "first_troops": _first_troops,
    "troops": _troops,
    "troops_home": _troops_home,
    "rung_begun": _rung_begun,
    "rung": _rung,
    "oil_cap": _oil_cap,
    "meeting": _meeting,
    "pressure": _pressure,
    "lane": _lane,
    "tests": _tests,
}


def _listed(who: list[str]) -> str:
    return " and ".join([", ".join(who[:-1]), who[-1]]) if len(who) > 1 else who[0]


def _words(name: object) -> str:
    return str(name).replace("_", " ")
