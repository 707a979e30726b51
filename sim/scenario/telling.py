"""A scenario in words: what it holds, its rules as sentences, what differs between two. It takes what ``to_dict`` gives."""

import html
from collections.abc import Iterator
from typing import Any

from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.parameters import STANCE_TRIGGERS
from sim.mechanisms.pressure import RESPONSES
from sim.numerals import number, share
from sim.scenario.files import Key, Tree, is_parameter
from sim.scenario.tables import later

NOTHING = "—"
WITHIN = ("countries", "partnerships", "package")  # tables whose names an address leaves out
MOST_LETTERS = 60


def describe(tree: Tree) -> list[str]:
    """Title, question, who there is, each rule, and how many numbers there are, a paragraph or rule each."""
    people = ", ".join(f"{country['name']} ({country['role']})" for country in tree["countries"].values())
    last = later(tree["start"], tree["months"] - 1)
    variants = ", ".join(f"{kind} {name}" for kind, name in tree["variants"].items())
    out = f"; without {', '.join(tree['knockouts'])}" if tree["knockouts"] else ""
    return [
        tree["title"],
        " ".join(tree["question"].split()),
        f"{len(tree['countries'])} countries: {people}.",
        f"{tree['months']} months, {tree['start']} to {last}; {variants}{out}.",
        "; ".join(f"{section}: {len(tree[section])}" for section in ("lanes", "partnerships", "rules")).capitalize() + ".",
        *(f"- {sentence(rule, tree)}" for rule in tree["rules"].values()),
        f"{_counted(tree)}.",
    ]


def as_html(tree: Tree, hash: str) -> str:
    """The same for a notebook, the rules folded away."""
    title, question, *about = describe(tree)
    rules = "".join(f"<li>{html.escape(line[2:])}</li>" for line in about if line.startswith("- "))
    plain = "".join(f"<li>{html.escape(line)}</li>" for line in about if not line.startswith("- "))
    return (
        f"<p><strong>{html.escape(title)}</strong> <code>{html.escape(tree['name'])}</code> <code>{hash[:8]}</code></p>"
        f"<p>{html.escape(question)}</p><ul>{plain}</ul>"
        f"<details><summary>Rules</summary><ul>{rules}</ul></details>"
    )


def sentence(rule: Tree, tree: Tree) -> str:
    """A rule as a sentence: who may do what to whom, how hard, and when."""
    names = {key: country["name"] for key, country in tree["countries"].items()}
    presser, target = (str(names.get(rule[end], rule[end])) for end in ("presser", "target"))
    channel, form = CHANNELS[rule["channel"]], RESPONSES[rule["response"]]
    about = "the target" in channel.meaning
    done = channel.meaning.replace("the target", target) if about else f"{channel.meaning}, toward {target}"
    much = share(rule["strength"]["value"])
    since = f" from {rule['from']}" if "from" in rule else ""
    until = f" to {rule['until']}" if "until" in rule else ""
    if not form.contingent:
        return f"{presser} is to {done}, at {much}{since}{until}, whatever the others do."
    if rule["trigger"] in STANCE_TRIGGERS:
        when = f"as its {rule['trigger']} grows"
    else:
        beyond = f" beyond {number(rule['tolerance']['value'])} {rule['tolerance']['unit']}" if "tolerance" in rule else ""
        when = f"in answer to {rule['trigger'].replace('_', ' ')}{beyond}"
    return f"{presser} may {done}, up to {much}{since}{until}, {when}."


def differences(first: Tree, second: Tree) -> list[tuple[str, str, str, str]]:
    """Rows of what differs: its address, what it is in the first and in the second, and its unit."""
    return list(_differing(first, second, (), (first, second)))


def changes(first: Tree, second: Tree) -> str:
    """What makes the second another, in a few words: "china.resolve 0.8, rules.us_interdiction gone"."""
    rows = [row for row in differences(first, second) if row[0] not in ("name", "title", "question")]
    told = [
        f"{address} {'gone' if after == NOTHING else 'new' if before == NOTHING else after}" for address, before, after, _ in rows
    ]
    return ", ".join(told[:2]) + (f" and {len(told) - 2} more" if len(told) > 2 else "")


def _differing(one: Tree, two: Tree, at: Key, whole: tuple[Tree, Tree]) -> Iterator[tuple[str, str, str, str]]:
    for name in dict.fromkeys([*one, *two]):
        before, after, key = one.get(name), two.get(name), (*at, name)
        turned = isinstance(before, dict) and isinstance(after, dict) and list(before) != list(after)
        if before == after and not turned:
            continue
        if at == () and name in ("worlds", "paths", "origin"):
            yield name, _shown(before, key, whole[0]), _shown(after, key, whole[1]), ""
        elif is_parameter(before) and is_parameter(after):
            yield _address(key), *_told_apart(before, after), after["unit"]
        elif isinstance(before, dict) and isinstance(after, dict):
            yield from _differing(before, after, key, whole)
        else:
            unit = next((each["unit"] for each in (after, before) if is_parameter(each)), "")
            yield _address(key), _shown(before, key, whole[0]), _shown(after, key, whole[1]), unit
    if at in (("countries",), ("partnerships",), ("lanes",), ("rules",)) and _order(one, two) != _order(two, one):
        yield f"order of {at[0]}", ", ".join(_order(one, two)), ", ".join(_order(two, one)), ""


def _order(one: Tree, two: Tree) -> list[str]:
    return [name for name in one if name in two]


def _address(key: Key) -> str:
    return ".".join(name for place, name in enumerate(key) if not (name in WITHIN and place in (0, 2)))


def _told_apart(before: Tree, after: Tree) -> tuple[str, str]:
    """Two parameters by their values; where these agree, by their ranges, or by the other fields that differ."""
    fields = [name for name in before if before[name] != after[name]]

    def told(each: Tree) -> str:
        if "value" in fields:
            return number(each["value"], figures=6)
        if {"low", "high"} & {*fields}:
            return f"{number(each['low'])} to {number(each['high'])}"
        return ", ".join(f"{name}: {_short(each[name])}" for name in fields)

    return told(before), told(after)


def _shown(content: Any, key: Key, tree: Tree) -> str:
    if content is None:
        return NOTHING
    if is_parameter(content):
        return number(content["value"], figures=6)
    if key[0] == "worlds":
        return f"{max(map(len, content.values()), default=0)} worlds of {len(content)} numbers"
    if key[0] in ("paths", "origin"):
        return ", ".join(content) if key[0] == "paths" else str(content.get("hash", ""))[:8]
    if key[0] == "rules" and len(key) == 2:
        return sentence(content, tree)
    if isinstance(content, dict):
        return ", ".join(str(each) for each in content.values() if isinstance(each, str)) or "there"
    return ", ".join(map(str, content)) or "none" if isinstance(content, list) else _short(content)


def _short(content: Any) -> str:
    text = " ".join(str(content).split())
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _counted(tree: Tree) -> str:
    """How many numbers there are, and what is known of them."""
    found = list(_parameters(tree))
    ranged = sum(each["low"] < each["high"] for each in found)
    drawn = sum(bool(each["drawn"]) for each in found)
    said = f"{len(found)} numbers, {ranged} with a plausible range, {drawn} drawn anew in each run"
    worlds = tree.get("worlds", {})
    return said + (f"; {len(worlds)} drawn jointly, from {max(map(len, worlds.values()))} worlds" if worlds else "")


def _parameters(tree: Tree) -> Iterator[Tree]:
    for content in tree.values():
        if is_parameter(content):
            yield content
        elif isinstance(content, dict):
            yield from _parameters(content)
