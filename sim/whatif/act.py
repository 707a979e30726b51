"""A dated act, and the small grammar in which people ask for one: ``china cuts oil to north_korea by 50% from 2024-07``.

A sentence is a presser, a verb with what it is done to, a target, and then in any order how much and when. Each channel says
in its row (`sim.mechanisms.channels`) how people ask for it, and goes by its name, too: ``china uses oil on north_korea``.
"""

import re
from dataclasses import dataclass
from typing import Any

from sim.errors import UserError, suggest
from sim.mechanisms.channels import CHANNELS, Channel
from sim.mechanisms.parameters import MUSD_MONTH, RULE
from sim.numerals import number as written
from sim.numerals import share
from sim.plots.style import country_name
from sim.scenario.files import is_number
from sim.scenario.scenario import Rule, Scenario
from sim.scenario.tables import MONTH, count_months, later

PLACE = "act"
EXAMPLE = "china cuts oil to north_korea by 50% from 2024-07 to 2025-06"
# Verbs that narrow and that widen, each with its share where it says one.
LESS = {"cut": None, "reduce": None, "lower": None, "squeeze": None, "withhold": None, "halve": 0.5, "stop": 1.0, "ban": 1.0}
MORE = {"raise": None, "increase": None, "expand": None, "double": 1.0}
SHOWN = {"less": "cut", "more": "raise"}  # the verb that stands for all of its kind

WHEN = re.compile(r"\b(from|since|to|until|in) (\d\S*)")
HOW_MUCH = re.compile(r"\bby (\S+?)( ?%| percent| per cent)?(?= |$)")
WORTH = re.compile(r"\b(?:with|worth) (\d\S*)( million)?(?: usd| dollars)?(?: (?:a|per) month)?(?= |$)")
ARTICLES = re.compile(r"\b(?:the|its|all|a) (?!month)")

# How a channel works is taken from a rule that the scenario has; who answers to what, and how hard, is the act's own.
OWN = ("strength", "resolve", "tolerance", "width", "lag", "rate_up", "rate_down")
WORKINGS = tuple(spec.name for spec in RULE if spec.name not in OWN)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a government does from one month to another, whatever the others do.

    Attributes
    ----------
    presser, target : str
        Names of countries in the scenario.
    channel : str
        By what means: a name of `sim.mechanisms.channels`.
    strength : float
        Share of the channel that is closed, or of the favour that is given, above 0 and up to 1.
    first, last : str
        First and last month in force, "YYYY-MM".
    size : float or None
        Worth of a favour that opens no lane, million USD a month.
    """

    presser: str
    channel: str
    target: str
    strength: float
    first: str
    last: str
    size: float | None = None

    def __str__(self) -> str:
        what = f"{country_name(self.presser)} {phrases(CHANNELS[self.channel])[0]} {country_name(self.target)}"
        much = f" by {share(self.strength)}" if self.strength < 1 or CHANNELS[self.channel].good else ""
        worth = "" if self.size is None else f" with {written(self.size)} million USD a month"
        return f"{what}{much}{worth} from {self.first} to {self.last}"

    def months(self, start: str) -> range:
        """Months in force, counted from 1 at the start."""
        return range(count_months(self.first) - count_months(start) + 1, count_months(self.last) - count_months(start) + 2)

    def rule_in(self, scenario: Scenario) -> str:
        """Name of the act's rule where it is added to a scenario."""
        name = f"{self.presser}_{self.channel}_{self.target}"[:60]
        return next(each for each in (name, *(f"{name}_{more}" for more in range(2, 99))) if each not in scenario.rules)

    def added_to(self, scenario: Scenario) -> Scenario:
        """The scenario with the act as a further rule, which is carried out in full.

        What leaks, what it costs, and how far a pipeline can be throttled are those of a rule that uses the channel already.
        """
        fields: dict[str, Any] = {
            "presser": self.presser,
            "target": self.target,
            "channel": self.channel,
            "trigger": "war_intensity",
            "response": "scheduled",
            "from": self.first,
            "until": self.last,
            "strength": _number(self.strength, "share"),
            "resolve": _number(1.0, "share"),
        }
        if self.size is not None:
            fields["size"] = _number(self.size, MUSD_MONTH)
        like = self.like(scenario)
        for name in WORKINGS if like else ():
            known = scenario.parameters.get(f"rules.{like}.{name}")
            if known is not None and name not in fields:
                fields[name] = _number(known.value, known.unit, f"as in the rule {like}")
        return scenario.with_rule(self.rule_in(scenario), **fields)

    def like(self, scenario: Scenario) -> str:
        """The rule whose workings it has: of the same channel, best of the same two countries; empty where there is none."""
        users = {name: rule for name, rule in scenario.rules.items() if rule.channel == self.channel}

        def near(rule: Rule) -> tuple[bool, bool]:
            return rule.presser == self.presser, rule.target == self.target

        return max(users, key=lambda name: near(users[name]), default="")


def act(
    scenario: Scenario,
    presser: str,
    channel: str,
    target: str,
    strength: float = 1.0,
    first: str | None = None,
    last: str | None = None,
    size: float | None = None,
    months: int | None = None,
) -> Act:
    """Check an act against the scenario in which it is to be done, over so many months.

    Raises
    ------
    UserError
        In one line: an unknown country or channel, no share or no month, an act outside the months that are run.
    """
    _check_ends(scenario, presser, channel, target)
    for name, given in (("strength", strength), ("size", 1.0 if size is None else size)):
        if not is_number(given):
            raise UserError(f"must be a number, not {given!r}", name)
    if not 0.0 < strength <= 1.0:
        raise UserError(f"the share is {written(strength * 100)}%; it must be above 0% and at most 100%", PLACE)
    start, end = scenario.start, later(scenario.start, (scenario.months if months is None else months) - 1)
    first, last = first or start, last or end
    for month in (first, last):
        if not re.fullmatch(MONTH, str(month)):
            raise UserError(f"'{month}' is no month; write it as 2024-07", PLACE)
        if not start <= month <= end:
            raise UserError(f"{month} is not among the months that are run, {start} to {end}; choose one of these", PLACE)
    if first > last:
        raise UserError(f"it ends in {last}, before it begins in {first}; turn the two round", PLACE)
    made = Act(presser, channel, target, float(strength), first, last, None if size is None else float(size))
    favour = CHANNELS[channel].carrot and not CHANNELS[channel].good
    if favour and made.size is None and f"rules.{made.like(scenario)}.size" not in scenario.parameters:
        raise UserError(f"'{channel}' is a favour: say what it is worth, such as with 20 million USD a month", PLACE)
    if made.size is not None and not (favour and made.size > 0.0):
        raise UserError(f"'{channel}' {'must be worth more than nothing' if favour else 'has no worth of its own'}", PLACE)
    return made


def _check_ends(scenario: Scenario, presser: str, channel: str, target: str) -> None:
    """See that the one can turn the channel on the other."""
    for name in (presser, target):
        _country(name, scenario)
    if channel not in CHANNELS:
        raise UserError(f"'{channel}' is no known channel; {suggest(channel, CHANNELS)}", PLACE)
    if presser == target:
        raise UserError(f"'{target}' cannot press itself; name another country", PLACE)
    means = CHANNELS[channel]
    role = scenario.countries[target].role
    if role not in means.targets:
        able = [name for name, country in scenario.countries.items() if country.role in means.targets and name != presser]
        raise UserError(f"'{channel}' cannot be turned on '{target}' in the role of {role}; known: {', '.join(able)}", PLACE)
    ends = means.ends(presser, target)
    lanes = [(lane.exporter, lane.importer) for lane in scenario.lanes.values() if lane.good == means.good]
    if means.good and not set(ends) & set(lanes):
        moves = " or ".join(f"from {exporter} to {importer}" for exporter, importer in ends)
        known = ", ".join(
            f"{exporter} to {importer}" for exporter, importer in lanes if "rest_of_world" not in (exporter, importer)
        )
        raise UserError(f"no {means.good} moves {moves} in this scenario; it moves from {known or 'nowhere'}", PLACE)


def read(text: str, scenario: Scenario, months: int | None = None) -> Act:
    """Read an act in plain words, such as "China halves oil to North Korea from 2024-07 to 2025-06".

    Raises
    ------
    UserError
        As `act`; also where a word is not understood.
    """
    rest, when = _taken(WHEN, _plain(text, scenario))
    rest, much = _taken(HOW_MUCH, rest)
    rest, worth = _taken(WORTH, rest)
    presser, _, done = rest.partition(" ")
    _country(presser, scenario)
    if not done:
        raise UserError(f"does not say what is done; write an act as: {EXAMPLE}", PLACE)
    kind, verb_share, what = _verb(done)
    channel, target = _channel(what, done, scenario)
    dates: dict[str, str] = {}
    for word, month in when:
        for end in ("first", "last") if word == "in" else ("first",) if word in ("from", "since") else ("last",):
            if end in dates:
                raise UserError(f"says twice when it {'begins' if end == 'first' else 'ends'}; say it once", PLACE)
            dates[end] = month
    return act(
        scenario,
        presser,
        channel,
        target,
        _strength(much, verb_share, CHANNELS[channel], kind),
        size=_size(worth),
        months=months,
        **dates,
    )


def phrases(channel: Channel) -> list[str]:
    """How people ask for a channel, before the name of the target, as in a sentence: "cuts oil to"."""
    asked = [phrase.split(" ", 1) for phrase in channel.asked] or [["use", f"{channel.name} on"]]
    return [" ".join([f"{SHOWN.get(verb, verb)}s", *rest]) for verb, *rest in asked]


def _plain(text: str, scenario: Scenario) -> str:
    """Small letters, no articles, and each country by its name in the scenario."""
    words = " ".join(text.lower().replace(",", " ").rstrip(" .").split())
    names: dict[str, str] = {}
    for key, country in scenario.countries.items():
        parts = country.name.lower().split()
        short = ["".join(part[0] for part in parts)] if len(parts) > 1 else []  # the US, the EU
        names |= dict.fromkeys([key.replace("_", " "), country.name.lower(), *short], key)
    for name in sorted(names, key=len, reverse=True):
        words = re.sub(rf"\b{re.escape(name)}\b", names[name], words)
    return ARTICLES.sub("", words)


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str, list[tuple[str, ...]]]:
    """Take what fits a pattern out of a text."""
    return " ".join(pattern.sub(" ", text).split()), pattern.findall(text)


def _verb(done: str) -> tuple[str, float | None, str]:
    """The kind of a verb (less, more or itself), the share that it says, and the phrase with the kind in its place."""
    verb, _, rest = done.partition(" ")
    if (second := rest.partition(" "))[0] in SHOWN:  # buys less oil from, sells more oil to
        return second[0], None, rest
    verb = verb if verb in (*LESS, *MORE) else verb.removesuffix("s")
    for kind, verbs in (("less", LESS), ("more", MORE)):
        if verb in verbs:
            return kind, verbs[verb], f"{kind} {rest}"
    return verb, None, f"{verb} {rest}"


def _channel(what: str, done: str, scenario: Scenario) -> tuple[str, str]:
    """Channel and target of a phrase. Where two channels go by it, the one that can be turned on the target."""
    named = re.match(r"use (\S+) on (\S+)(.*)", what)
    if named and named[1] not in CHANNELS:
        raise UserError(f"'{named[1]}' is no known channel; {suggest(named[1], CHANNELS)}", PLACE)
    asked = {_bare(phrase) for channel in CHANNELS.values() for phrase in channel.asked}
    fits = [phrase for phrase in asked if f"{what} ".startswith(f"{phrase} ")]
    if not fits and not named:
        said = " ".join(word for word in done.split() if word not in scenario.countries)
        known = [phrase for channel in CHANNELS.values() for phrase in phrases(channel)]
        raise UserError(f"'{said}' is nothing that a government can do here; {suggest(said, known)}", PLACE)
    phrase = f"use {named[1]} on" if named else max(fits, key=len)
    target, _, left = what.removeprefix(phrase).strip().partition(" ")
    _country(target, scenario)
    if left:
        raise UserError(f"'{left}' is not understood; write an act as: {EXAMPLE}", PLACE)
    if named:
        return named[1], target
    able = [each for each in CHANNELS.values() if phrase in map(_bare, each.asked)]
    return next((each for each in able if scenario.countries[target].role in each.targets), able[0]).name, target


def _bare(phrase: str) -> str:
    return ARTICLES.sub("", phrase)


def _strength(much: list[tuple[str, ...]], of_verb: float | None, channel: Channel, kind: str) -> float:
    if len(much) + (of_verb is not None) > 1:
        raise UserError("says twice by how much; say it once", PLACE)
    if of_verb is not None:
        return of_verb
    if not much:
        if channel.good or kind in SHOWN:
            raise UserError("does not say by how much; add a share, such as by 50%", PLACE)
        return 1.0
    (said, sign), *_ = much
    if said == "half":
        return 0.5
    if not sign or not re.fullmatch(r"\d+(\.\d+)?", said):
        raise UserError(f"'by {said}' is no share; write it in percent, such as by 50%", PLACE)
    return float(said) / 100.0


def _size(worth: list[tuple[str, ...]]) -> float | None:
    for said, million in worth:
        if not million or not re.fullmatch(r"\d+(\.\d+)?", said):
            raise UserError(f"'with {said}' is no amount; write it as with 20 million USD a month", PLACE)
        return float(said)
    return None


def _country(name: str, scenario: Scenario) -> None:
    if name not in scenario.countries:
        raise UserError(f"'{name}' is no country of this scenario; {suggest(name, scenario.countries)}", PLACE)


def _number(value: float, unit: str, source: str = "what is asked") -> dict[str, Any]:
    return {"value": value, "unit": unit, "low": value, "high": value, "source": source}
