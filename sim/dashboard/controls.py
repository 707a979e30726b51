"""What can be moved on the page: sliders in groups, made from a scenario. Plain data, without Solara."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.parameters import RULE, SCOPES, TRIGGERS, Spec
from sim.mechanisms.pressure import RESPONSES
from sim.plots.style import readable
from sim.reporting.labels import amount, label, meaning, rule_note, rule_title
from sim.scenario.scenario import Parameter, Rule, Scenario

STOPS = 101
# The numbers of each kind of thing that a reader may want to move: few, and those that the argument turns on.
SHOWN = {
    "world": ("war_intensity", "ceasefire_hazard", "oil_price", "intelligence_noise"),
    "patron": (
        "goodwill",
        "concern",
        "welcome",
        "concern_alignment",
        "concern_western",
        "fear_defeat",
        "fear_collapse",
        "trade_forgone",
        "rivalry",
        "stance_rate",
        "resolve",
        "tolerance",
        "width",
        "cover",
        "shield",
    ),
    "leader": ("resolve", "offer"),
    "ally": ("resolve", "alignment"),
    "belligerent": ("belief", "horizon", "stake_scale", "spending_limit", "fire", "munitions_output_max"),
    "supplier": ("belief", "horizon", "stake_scale", "munitions", "reserve", "munitions_output_max", "quality_old", "troops"),
    "partnership": (
        "trust",
        "break_risk",
        "supplier_power",
        "prestige",
        "affinity",
        "concealment_cost",
        "leak",
        "misperception",
        "put_off",
    ),
    "package": ("value", "cost"),
}
GROUPS = (  # their titles, and notes with words that the page explains
    ("Rules of Beijing", "How [patient](tolerance) China is, how [firm](resolve), and by what [means](channel) it could press."),
    ("Rules of the West", "What the United States, Japan, South Korea and their like do, [rule](rule) by rule."),
    (
        "The partners",
        "What Russia and North Korea have, want, believe of Beijing, and [could do instead](outside option).",
    ),
    ("The world", "The war, the oil market, and what can be seen."),
)
OWN_OR_PRESSERS = ("resolve", "tolerance", "width")  # a rule without its own goes by its presser's
ANSWERING = ("tolerance", "width")  # of no use to a rule that answers to nothing


@dataclass(frozen=True)
class Control:
    """One slider: a parameter, and the values at which it stops.

    Attributes
    ----------
    address : str
        The parameter in the scenario.
    label, help : str
        What it is called, and what it means.
    unit : str
    values : tuple of float
        Rising, from the low to the high end of its plausible range, of a fixed strength from nil to all; the scenario's own
        value is one of them.
    start : float
        The scenario's own value.
    """

    address: str
    label: str
    help: str
    unit: str
    values: tuple[float, ...]
    start: float

    @property
    def texts(self) -> list[str]:
        """What to show at each stop."""
        return [amount(value, self.unit) for value in self.values]

    def stop(self, value: float) -> int:
        """Find the stop nearest to a value."""
        return int(np.argmin(np.abs(np.array(self.values) - value)))


@dataclass(frozen=True)
class Part:
    """Some sliders under one heading: those of a rule, a country or a partnership."""

    title: str
    note: str
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class Group:
    """Parts that belong together on the page."""

    title: str
    note: str
    parts: tuple[Part, ...]


def groups_of(scenario: Scenario) -> tuple[Group, ...]:
    """Give all sliders of a scenario in groups: Beijing's rules, those of others, the partners, the world."""
    patrons = tuple(_parts_of_rules(scenario, beijing=True))
    others = tuple(_parts_of_rules(scenario, beijing=False))
    parts = (patrons, others, tuple(_partners(scenario)), tuple(_part(scenario, "The world", "world", "world")))
    return tuple(Group(*words, made) for words, made in zip(GROUPS, parts, strict=True) if made)


def lender(scenario: Scenario, address: str) -> str | None:
    """Give the address of the presser's number that stands in for one that a rule could have and has not, or None."""
    section, _, rest = address.partition(".")
    name, _, number = rest.partition(".")
    if section != "rules" or number not in OWN_OR_PRESSERS or address in scenario.parameters or name not in scenario.rules:
        return None
    rule = scenario.rules[name]
    source = f"{rule.presser}.{number}"
    unit = next(spec.unit for spec in RULE if spec.name == number).replace("{trigger}", TRIGGERS.get(rule.trigger, ""))
    return source if source in scenario.parameters and scenario.parameters[source].unit == unit else None


def parameter_at(scenario: Scenario, address: str) -> Parameter | None:
    """Give a parameter, or for a rule without its own that of its presser; None if there is neither."""
    return scenario.parameters.get(lender(scenario, address) or address)


@cache
def stops(low: float, high: float, measure: str, start: float) -> tuple[float, ...]:
    """Give the values of a slider: even steps, or even ratios where the measure is log, in three figures."""
    even = np.geomspace(low, high, STOPS) if measure == "log" else np.linspace(low, high, STOPS)
    figures = 3 if measure == "log" else 3 - int(np.floor(np.log10((high - low) or 1.0)))
    rounded = (float(f"{x:.3g}") if measure == "log" else round(float(x), max(figures, 0)) for x in even)
    return tuple(sorted({low, high, start, *(min(max(x, low), high) for x in rounded)}))


def _parts_of_rules(scenario: Scenario, *, beijing: bool) -> Iterator[Part]:
    roles = ("patron",) if beijing else ("leader", "ally")
    for name, country in scenario.countries.items():
        if country.role in roles:
            yield from _part(scenario, f"{country.name}: in general", name, country.role)
    for name, rule in scenario.rules.items():
        role = scenario.countries[rule.presser].role
        if (CHANNELS[rule.channel].limit_for(role) == "beijing") == beijing:
            yield from _part_of_rule(scenario, name, rule)


def _partners(scenario: Scenario) -> Iterator[Part]:
    for name, country in scenario.countries.items():
        if country.role in ("belligerent", "supplier"):
            yield from _part(scenario, country.name, name, country.role)
    for name, pair in scenario.partnerships.items():
        ends = " and ".join(scenario.countries[end].name for end in (pair.belligerent, pair.supplier))
        yield from _part(scenario, f"Between {ends}", name, "partnership")
        for row in pair.package:
            yield from _part(scenario, f"{readable(row)}: worth and cost", f"{name}.{row}", "package")


def _part(scenario: Scenario, title: str, owner: str, scope: str) -> Iterator[Part]:
    specs = {spec.name: spec for spec in SCOPES[scope]}
    sliders = [
        _control(f"{owner}.{name}", specs[name], parameter, parameter.low, parameter.high)
        for name in SHOWN[scope]
        if (parameter := scenario.parameters.get(f"{owner}.{name}")) is not None and parameter.low < parameter.high
    ]
    if sliders:
        yield Part(title, "", tuple(sliders))


def _part_of_rule(scenario: Scenario, name: str, rule: Rule) -> Iterator[Part]:
    sliders = []
    for spec in RULE:
        if spec.name in ANSWERING and not RESPONSES[rule.response].contingent:
            continue
        address = f"rules.{name}.{spec.name}"
        parameter = parameter_at(scenario, address)
        if parameter is None:
            continue
        # What a rule closes at full pressure is for the reader to choose, also where the scenario leaves no doubt about it.
        ends = (0.0, 1.0) if spec.name == "strength" and parameter.low == parameter.high else (parameter.low, parameter.high)
        if ends[0] < ends[1]:
            sliders.append(_control(address, spec, parameter, *ends))
    if sliders:
        yield Part(rule_title(rule, scenario), rule_note(rule), tuple(sliders))


def _control(address: str, spec: Spec, parameter: Parameter, low: float, high: float) -> Control:
    values = stops(low, high, parameter.measure, parameter.value)
    drawn = " In this scenario each run draws its own, until you move it." if parameter.drawn else ""
    return Control(address, label(spec.name), meaning(spec) + drawn, parameter.unit, values, parameter.value)
