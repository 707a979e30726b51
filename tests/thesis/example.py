"""A judgement made by hand, changes of it down to nothing at all, and what a browser makes of its page."""

import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sim.reporting.document import Document
from sim.reporting.html import page
from sim.thesis.judgement import Judgement

EXAMPLE = Path(__file__).with_name("example_judgement.json")
NOTHING = {"estimate": None, "low": None, "high": None}


@cache
def example() -> Judgement:
    """A judgement made by hand."""
    return Judgement.model_validate_json(EXAMPLE.read_text("utf-8"))


def drawn(document: Document) -> str:
    """The page with its figures."""
    return page(document, {figure.name: figure.draw().to_bytes("svg") for figure in document.figures})


def changed(change: Callable[[dict[str, Any]], None]) -> Judgement:
    """The example with something changed in its JSON."""
    raw = json.loads(EXAMPLE.read_text("utf-8"))
    change(raw)
    return Judgement.model_validate(raw)


def everywhere(node: Any, key: str, put: Callable[[Any], Any]) -> None:
    """Replace what stands under a key, however deep."""
    for name, value in list(node.items()) if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if name == key:
            node[name] = put(value)
        else:
            everywhere(value, key, put)


class Page(HTMLParser):
    """What a browser would make of a page: ids, links within it, text, and whether all tags close."""

    VOID = ("meta", "br", "link", "hr", "img", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name == "href":
                self.links.append(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def no_relative(raw):
    parts = ("verdicts", "channels", "variants", "rivals")
    everywhere({key: raw[key] for key in parts}, "relative", lambda _: None)
    everywhere(raw["tolerance"], "relative", lambda found: [None for _ in found])


def nothing_known(raw):
    for part in (
        "verdicts", "channels", "punishment", "delay", "needs", "worlds", "naive", "variants", "rivals", "diagnosis",
    ):  # fmt: skip
        for key in (
            "absolute", "relative", "months", "share_punished", "snubs", "delay", "on", "off", "loss", "holds", "fails",
            "undecided", "reversed", "slope", "cap", "truth", "error", "punished", "presence", "absence", "months_punished",
        ):  # fmt: skip
            everywhere(raw[part], key, lambda found: NOTHING if isinstance(found, dict) and "estimate" in found else found)


def open_ended(raw):
    for part in ("verdicts", "channels", "worlds", "naive", "ceiling", "attribution"):
        everywhere(raw[part], "low", lambda found: None if not isinstance(found, list) else found)
        everywhere(raw[part], "high", lambda found: None if not isinstance(found, list) else found)


def without_oil(raw):
    raw["about"]["dimensions"] = [each for each in raw["about"]["dimensions"] if each["name"] != "oil"]


def oil_not_computed(raw):
    for part in ("verdicts", "channels", "fails", "diagnosis"):
        raw[part].pop("oil")
    raw["tolerance"]["curves"].pop("oil")
    raw["ceiling"]["monotone"].pop("oil")
    for sample in raw["worlds"]:
        sample["shares"].pop("oil")
    for kind in raw["attribution"].values():
        kind.pop("oil")
    for row in raw["variants"]["rows"]:
        row["cells"].pop("oil")
    for rival in raw["rivals"]:
        rival["verdicts"].pop("oil")
    raw["naive"]["cases"].pop("oil")
    raw["naive"]["scatter"].pop("oil")
    raw["variants"]["worst"].pop("oil")


def no_world_fails(raw):
    for found in raw["fails"].values():
        found.update(boxes=[], note="No world fails.", share={"estimate": 0.0, "low": 0.0, "high": 0.01})
    for found in raw["diagnosis"].values():
        found.update(other_worlds=0)


def all_worlds_fail(raw):
    for found in raw["fails"].values():
        found.update(boxes=[], note="All worlds fail.", share={"estimate": 1.0, "low": 0.99, "high": 1.0})
    for found in raw["diagnosis"].values():
        found.update(binding_worlds=0, events=[])


def nothing_at_all(raw):
    raw.update(answer=[], record=None, no_record="The record was left out, as asked.")
    for part in ("needs", "worlds", "rivals", "disagreements", "claims", "hypotheses"):
        raw[part] = []
    for part in ("verdicts", "channels", "punishment", "delay", "attribution", "fails", "diagnosis"):
        raw[part] = {}
    raw["tolerance"].update(curves={}, levels=[], remaining=None)
    raw["ceiling"].update(levels=[], q95=[], crowding=[], monotone={})
    raw["variants"].update(rows=[], worst={})
    raw["naive"].update(cases={}, scatter={})


def nothing_to_share_out(raw):
    everywhere(raw["attribution"], "share", lambda _: None)


def all_nil(raw):
    nil = {"estimate": 0.0, "low": 0.0, "high": 0.0}
    for part in (
        "verdicts",
        "channels",
        "tolerance",
        "attribution",
        "needs",
        "worlds",
        "naive",
        "variants",
        "disagreements",
        "ceiling",
    ):
        everywhere(raw[part], "scatter", lambda _: {})
        for key in (
            "absolute",
            "relative",
            "value",
            "last_in",
            "first_in",
            "shortfall",
            "loss",
            "slope",
            "cap",
            "truth",
            "excess",
            "holds",
        ):
            everywhere(raw[part], key, lambda found: nil if isinstance(found, dict) and "estimate" in found else found)


def one_limit_alone(raw):
    for kind in raw["attribution"].values():
        for dates in kind.values():
            for found in dates.values():
                found.update(limits=found["limits"][:1], unions={}, rival=None, ahead=None)


def openness_rules_all_out(raw):
    raw["tolerance"]["remaining"].update(low=None, high=None)


def no_punishment_varies(raw):
    for case in raw["naive"]["cases"].values():
        case.update(slope=NOTHING, cap=NOTHING, error=NOTHING)


def beyond_bounds(raw):
    for found in raw["diagnosis"].values():
        for event in found["events"]:
            event.update(
                presence={"estimate": None, "low": 12.0, "high": None}, absence={"estimate": 0.0, "low": 0.0, "high": 0.3}
            )


CASES = [
    no_relative, nothing_known, open_ended, without_oil, oil_not_computed, no_world_fails, all_worlds_fail, nothing_at_all,
    nothing_to_share_out,
    one_limit_alone, all_nil, openness_rules_all_out, no_punishment_varies, beyond_bounds,
]  # fmt: skip
