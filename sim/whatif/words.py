"""The answer to a what-if in a few plain lines: how large, how long in force, what made up for it, and why nothing changes."""

from collections.abc import Iterator, Mapping, Sequence

from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.quantities import OUTCOMES
from sim.numerals import number, share
from sim.reporting.records import Interval
from sim.reporting.words import interval, listed, name, percent
from sim.scenario.scenario import Scenario
from sim.thesis.estimates import country, title
from sim.whatif.act import Act
from sim.whatif.found import Bound, Change, Findings, Force, GoodChange

MEANINGS = {outcome.name: outcome.meaning for outcome in OUTCOMES}
SMALL = 0.01  # a change of a good under this share is told as next to nothing
LEAST = 0.005  # a change of a level of pressure that is worth a word
MOST_RULES = 2


def rows(answer: Findings) -> list[dict[str, str]]:
    """A row for each good: the effect by each date, and what bound it while the act was in force."""
    by_good: dict[str, dict[str, str]] = {}
    for each in answer.goods:
        by_good.setdefault(each.good, {"good": title(each.good)})[f"by {each.date}"] = effect(each)
    for limits in answer.bound:
        by_good[limits.good]["bound by, while in force"] = bound(limits)
    return list(by_good.values())


def effect(found: GoodChange) -> str:
    """An effect with its sign and interval: a share of what would have been, or in the unit where that was as good as nil."""
    if found.change.low == found.change.high == 0.0:
        return "the same in every run"
    if small(found):
        return f"under {share(SMALL)} either way"
    known = found.relative is not None and found.relative.low is not None
    text = percent(found.relative) if known else interval(found.change, unit=found.unit)
    return signed(text, found.change) if found.seen else f"no change seen: {text}"


def small(found: Change) -> bool:
    """Whether the whole interval of a change lies within a hundredth of what is without the act."""
    ends = (found.relative.low, found.relative.high) if found.relative else (None, None)
    return all(end is not None and abs(end) < SMALL for end in ends)


def signed(text: str, change: Interval) -> str:
    """A change with a plus where it is one."""
    return f"+{text}" if (change.estimate or 0.0) > 0.0 else text


def bound(found: Bound) -> str:
    """The limit that bound most often with the act, and without it where that was another or as often no more."""
    now, before = (next(iter(side.items()), ("none", 0.0)) for side in (found.with_act, found.without))
    if now[0] != before[0]:
        return f"{_limit(now[0])} {share(now[1])}, without it {_limit(before[0])} {share(before[1])}"
    as_before = share(now[1]) == share(before[1])
    return f"{_limit(now[0])} {share(now[1])}, {'as without it' if as_before else f'without it {share(before[1])}'}"


def sentences(answer: Findings) -> list[str]:
    """What there is to say besides the table."""
    told = [in_force(answer.act, answer.force, answer.scenario)]
    if answer.flows and answer.force.share:
        told.append(made_up(answer.act, {each.name: each for each in answer.flows}, answer.scenario))
    moved = [each for each in answer.rules if each.seen and abs(each.change.estimate or 0.0) >= LEAST]
    if moved:
        told.append(f"Others answered: {listed([_rule(each, answer.scenario) for each in moved[:MOST_RULES]])}.")
    seen = [each for each in answer.beside if each.seen]
    if seen:
        told.append(f"Besides: {listed([_beside(each) for each in seen])}.")
    if not any(each.seen and not small(each) for each in answer.goods):
        told.append(f"No good changes by {share(SMALL)} or more that these runs could show: {listed(list(why_not(answer)))}.")
    return told


def in_force(act: Act, force: Force, scenario: Scenario) -> str:
    """How often and how far the act was in force, and what leaked."""
    if not force.share:
        out = listed([f"`{each}`" for each in scenario.knockouts])
        why = f"the scenario has {out} knocked out, and with it this act" if out else "its level is nil"
        return f"It was never in force: {why}."
    channel = CHANNELS[act.channel]
    often = f"In force in {force.months} of {force.of_months} months"
    often += "" if force.share == 1.0 else f", and there in {share(force.share)} of runs and months"
    does = "gave" if channel.carrot else "withheld"
    said = f"{often}: it {does} {share(force.effect)}"
    if share(force.effect) != share(act.strength):
        said += f" of the {share(act.strength)} asked"
    if force.kept_open:
        said += f"; {share(force.kept_open)} of the flow is as little as the pipeline can carry"
    if force.leaked:
        said += f"; in its last month {share(force.leaked)} of what it withheld found another way"
    return f"{said}{f', as of the rule `{force.like}`' if force.like and (force.leaked or force.kept_open) else ''}."


def made_up(act: Act, found: Mapping[str, Change], scenario: Scenario) -> str:
    """What the act moved on its lanes, and what took its place."""
    lost = -(found["pressed"].change.estimate or 0.0)
    good, unit = CHANNELS[act.channel].good.replace("_", " "), found["pressed"].unit.removesuffix("/month")
    if not abs(lost) > 1e-6 * max(found["pressed"].without, 1e-9):
        return f"No {good} moved on these lanes that it could hold back."
    withheld = lost > 0
    said = f"{'Held back' if withheld else 'Added'}: {number(abs(lost))} {unit} of {good} a month"
    theirs = [pair.belligerent for pair in scenario.partnerships.values() if pair.supplier == act.target]
    names = {
        "partners": f"{listed([country(each) for each in theirs])} in kind",
        "others": "other lanes",
        "store": f"the store of {country(act.target)}",
    }
    parts = {key: (found[key].change.estimate or 0.0) / lost for key in (*names, "missing") if key in found}
    told = [f"{names[key]} {share(part)}" for key, part in parts.items() if key in names and abs(part) >= LEAST]
    taken = f"{'Made up by' if withheld else 'In place of'} {listed(told)}" if told else "Nothing took its place"
    missing = f"; {share(parts['missing'])} {'was missing' if withheld else 'met a need'}" if "missing" in parts else ""
    return f"{said}. {taken if withheld or told else 'It took the place of nothing'}{missing}."


def why_not(answer: Findings) -> Iterator[str]:
    """Reasons for which nothing changes."""
    force, flows = answer.force, {each.name: each for each in answer.flows}
    if not force.share:
        yield "it was never in force"
        return
    if "pressed" in flows and not flows["pressed"].seen:
        yield "on the lanes that it works on nothing moved otherwise"
        return
    if "missing" in flows and not flows["missing"].seen:
        yield "what it held back was made up, so that no need went unmet"
    if force.leaked > 0.5:
        yield "most of it leaked"
    tops = [(each.good, *next(iter(each.with_act.items()), ("none", 1.0))) for each in answer.bound]
    yield "what is agreed was bound elsewhere, " + listed(
        [f"{good} by {_limit(limit)} ({share(part)})" for good, limit, part in tops]
    )


def text(answer: Findings, table: str) -> str:
    """The whole answer for a terminal, around its table."""
    pairs = f"{answer.runs:,} pairs of runs of {answer.months} months on the same shocks, seed {answer.seed}"
    return "\n".join([f"{answer.act}, in '{answer.scenario.label}': {pairs}", table, *_plain(sentences(answer))])


def _plain(told: Sequence[str]) -> list[str]:
    return [each.replace("`", "") for each in told]


def _limit(limit: str) -> str:
    return "no limit" if limit == "none" else name(limit)


def _rule(found: Change, scenario: Scenario) -> str:
    rule = scenario.rules[found.name]
    act = CHANNELS[rule.channel].told(country(rule.target))
    return f"{country(rule.presser)} with {act}, {share(found.with_act)} for {share(found.without)}"


def _beside(found: Change) -> str:
    unit = found.unit.removesuffix(" number") + "s" if found.unit == "month number" else found.unit
    return f"{MEANINGS[found.name]} {signed(interval(found.change, unit=unit), found.change)}"
