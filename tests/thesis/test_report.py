"""The report: what it says, that it says no more than was found, and that it renders whatever was found."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from math import inf, nan
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.quantities import OUTCOMES
from sim.reporting.document import Document, Section, Text, plain
from sim.reporting.html import page
from sim.reporting.markdown import markdown
from sim.reporting.records import Interval
from sim.reporting.words import interval, listed, lower, number, percent, ratio, share
from sim.scenario.scenario import Scenario
from sim.thesis.chapters.answer import paragraph
from sim.thesis.claims import judged, register
from sim.thesis.judgement import Experiment, Judgement
from sim.thesis.report import CHAPTERS, compose, write

EXAMPLE = Path(__file__).with_name("example_judgement.json")
NOTHING = {"estimate": None, "low": None, "high": None}


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    return Judgement.model_validate_json(EXAMPLE.read_text("utf-8"))


@pytest.fixture(scope="module")
def written(judgement, tmp_path_factory) -> list[Path]:
    return write(judgement, tmp_path_factory.mktemp("report"))


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


def test_the_report_is_a_page_markdown_json_and_figures(written):
    assert [path.name for path in written[:3]] == ["report.html", "report.md", "report.json"]
    assert all(path.parent.name == "figures" and path.suffix == ".svg" for path in written[3:])
    assert all(path.stat().st_size for path in written)


def test_the_page_needs_nothing_from_elsewhere_and_no_script(written):
    text = written[0].read_text("utf-8")
    assert "http" not in text
    assert "url(" not in text.replace("url(#", "")
    assert "@import" not in text
    assert not Page(text).tags["script"]
    assert not Page(text).tags["img"]


def test_the_page_is_well_formed_with_ids_of_their_own_and_links_that_lead_somewhere(written):
    found = Page(written[0].read_text("utf-8"))
    assert found.open == []
    assert [name for name, count in Counter(found.ids).items() if count > 1] == []
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert found.tags["svg"] == len(written) - 3


def test_the_json_is_the_judgement_and_fits_the_published_schema(written, judgement, root):
    raw = json.loads(written[2].read_text("utf-8"))
    assert Judgement.model_validate(raw) == judgement
    jsonschema.validate(raw, json.loads((root / "docs/thesis.schema.json").read_text("utf-8")))


def test_the_markdown_shows_the_figures_that_lie_beside_it(written):
    shown = re.findall(r"\]\((figures/[\w.]+)\)", written[1].read_text("utf-8"))
    assert sorted(shown) == sorted(f"figures/{path.name}" for path in written[3:])


def test_page_and_markdown_have_the_same_sections_in_the_same_order(written):
    headings = re.findall(r"^## \d+\. (.*)$", written[1].read_text("utf-8"), re.MULTILINE)
    in_page = re.findall(r"<section[^>]*>\s*<h2>(.*?)</h2>", written[0].read_text("utf-8"))
    assert headings == in_page
    assert len(headings) == len(CHAPTERS)


@pytest.mark.slow
def test_the_same_judgement_gives_the_same_bytes(written, judgement, tmp_path):
    again = write(judgement, tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in written]


def test_every_table_row_is_as_long_as_its_heading(judgement):
    for section in compose(judgement).sections:
        for block in section.blocks:
            if hasattr(block, "columns"):
                assert all(len(row) == len(block.columns) == len(block.align) for row in block.rows), block.caption


def test_the_answer_names_each_dimension_under_its_word(judgement):
    told = paragraph(judgement)
    holds, fails = told.split("does not hold down")
    for dimension, dates in judgement.verdicts.items():
        where = holds if dates[judgement.about.headline].word == "holds" else fails
        assert dimension in where


@pytest.mark.parametrize(
    ("word", "said", "unsaid"),
    [
        ("holds", "Beijing holds down munitions, technology, troops, oil and openness.", "does not hold down"),
        ("fails", "Beijing does not hold down munitions, technology, troops, oil or openness", "Beijing holds down"),
        ("undecided", "the runs leave it undecided", "holds down"),
        ("reversed", "it is the reverse", "holds down"),
    ],
)
def test_the_answer_says_no_more_than_the_verdicts(word, said, unsaid):
    told = paragraph(changed(lambda raw: everywhere(raw["verdicts"], "word", lambda _: word)))
    assert said in told
    assert unsaid not in told


def test_shares_are_said_to_be_of_the_declared_box_and_never_called_probabilities(written):
    words = Page(written[0].read_text("utf-8")).words
    assert "shares of that box under its declared measure, not probabilities" in words
    for sentence in re.split(r"(?<=[.:])\s", words):
        if "probabilit" in sentence:
            assert re.search(r"\bnot\b", sentence), sentence
    assert "plausible worlds" not in words
    assert "prove" not in words.replace("proves nothing", "")


def test_few_punishments_are_said_to_be_no_sign_of_a_weak_cap(written):
    words = Page(written[0].read_text("utf-8")).words
    assert "Few punishments are no sign of a weak cap." in words
    assert "Fearon 2002" in words
    assert "Drezner 2003" in words


def test_what_is_needed_to_do_it_again_is_in_the_report(written, judgement):
    text = written[1].read_text("utf-8")
    about = judgement.about
    for wanted in (about.command, about.scenario_hash, about.declaration_hash, *about.versions.values()):
        assert wanted in text
    for seed in about.seeds.values():
        assert re.search(rf"\b{seed}\b", text)
    for side in about.box:
        assert f"`{side.address}`" in text


def test_a_title_with_signs_of_html_and_markdown_stays_what_it_is():
    evil = '<script>alert(1)</script> a|b *c* `d` \\ & "e"'
    made = changed(lambda raw: raw["about"].update(title=evil))
    document = Document("t", f"“{plain(evil)}”", (Section("s", "s", (Text(plain(evil)),)),))
    found = Page(drawn(document))
    assert not found.tags["script"]
    assert found.words.count(evil) == 2
    assert "<script>" not in markdown(compose(made))


def no_relative(raw):
    parts = ("verdicts", "channels", "variants", "rivals", "matched")
    everywhere({key: raw[key] for key in parts}, "relative", lambda _: None)
    everywhere(raw["tolerance"], "relative", lambda found: [None for _ in found])


def nothing_known(raw):
    for part in (
        "verdicts", "channels", "punishment", "delay", "needs", "worlds", "naive", "variants", "rivals", "diagnosis", "matched",
    ):  # fmt: skip
        for key in (
            "absolute", "relative", "months", "share_punished", "snubs", "delay", "on", "off", "loss", "holds", "fails",
            "undecided", "reversed", "slope", "cap", "truth", "error", "punished", "presence", "absence", "months_punished",
        ):  # fmt: skip
            everywhere(raw[part], key, lambda found: NOTHING if isinstance(found, dict) and "estimate" in found else found)


def open_ended(raw):
    for part in ("verdicts", "channels", "worlds", "naive", "ceiling", "attribution", "matched"):
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
    raw["matched"]["beside"].pop("oil")
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
    for part in ("needs", "worlds", "rivals", "disagreements", "claims", "hypotheses"):
        raw[part] = []
    for part in ("verdicts", "channels", "punishment", "delay", "attribution", "fails", "diagnosis"):
        raw[part] = {}
    raw["tolerance"].update(curves={}, levels=[], remaining=None)
    raw["ceiling"].update(levels=[], q95=[], crowding=[], monotone={})
    raw["variants"].update(rows=[], worst={})
    raw["matched"]["beside"] = {}
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


def no_matched(raw):
    raw["matched"] = None


def unfit(raw):
    raw["matched"].update(beside={}, unfit="its worlds say nothing of china.tolerance, which vary in the declared box")


def stale_and_of_unknown_origin(raw):
    raw["matched"].update(
        stale="'mine' does not say what its worlds were matched to.",
        **dict.fromkeys(("matched_to", "matched_to_hash", "until", "vintage", "command")),
    )


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
    no_matched, unfit, stale_and_of_unknown_origin,
]  # fmt: skip


@pytest.mark.parametrize("change", CASES)
def test_the_report_can_be_told_whatever_was_found(change):
    text = markdown(compose(changed(change)))
    assert not re.search(r"\b(nan|None|inf)\b", text)


@pytest.mark.slow
@pytest.mark.parametrize("change", CASES)
def test_the_report_can_be_drawn_whatever_was_found(change):
    found = Page(drawn(compose(changed(change))))
    assert found.open == []
    assert not re.search(r"\b(nan|None|inf)\b", found.words)


def test_a_part_that_was_not_computed_says_so():
    told = markdown(compose(changed(nothing_at_all)))
    assert told.count("This part was not computed.") >= 10


def of_history(judgement: Judgement) -> str:
    """What the section on history says."""
    return markdown(compose(judgement)).split("Does history change it?")[1].split("\n## ")[0].replace("\u00a0", " ")


def same_in_history(raw):
    """Nothing told apart, neither by shares nor by mean effects."""
    small = {"estimate": 0.01, "low": -0.05, "high": 0.06}
    everywhere(raw["matched"], "differ", lambda _: [])
    everywhere(raw["matched"], "difference", lambda found: dict.fromkeys(found, small))
    nothing = {"estimate": 0.001, "low": -0.01, "high": 0.01}
    everywhere(raw["matched"], "effect_difference", lambda _: {"absolute": nothing, "relative": nothing})


def test_history_is_told_by_where_shares_and_effects_differ():
    told = of_history(changed(lambda raw: None))
    assert "**Among worlds that the record does not rule out the claim holds less often for oil**" in told
    assert "For munitions, technology, troops or openness no difference shows in that share." in told
    assert "The mean effect is smaller for munitions" in told
    assert re.search(r"\*\*Oil\*\*: holds in .*: they are −6 \(−10 to −2\) points apart, so history changes it", told)
    assert "**Openness**" in told
    assert "no difference shows (it lies between −6 and 7 points)" in told
    assert "Of 15 comparisons, 3 can be told apart by the share that holds and 3 by the mean effect." in told


def test_where_history_changes_nothing_that_is_said_plainly_with_what_could_go_unseen():
    told = of_history(changed(same_in_history))
    assert "**In the share of worlds no difference shows, on any dimension.**" in told
    assert "A difference of up to 6 points could go unseen." in told
    assert "Nor does the mean effect differ by more than chance." in told
    assert "Of 15 comparisons, none can be told apart by the share that holds and none by the mean effect." in told
    assert "history changes it" not in told
    assert "They are few beside the" in told
    assert "They are few" not in of_history(changed(lambda raw: raw["matched"].update(worlds=10**6)))


def test_what_history_says_stands_behind_the_answer_too():
    lead = markdown(compose(changed(same_in_history))).split("Verdicts by dimension")[0]
    assert "- **History.** In the share of worlds no difference shows" in lead
    assert "**History.**" not in markdown(compose(changed(no_matched)))


def test_worlds_that_do_not_belong_are_said_to_and_how_to_find_others():
    told = of_history(changed(unfit))
    assert "> Nothing is compared: its worlds say nothing of china.tolerance" in told
    assert "run_sim.py match base --budget standard --out out/matching-base" in told
    assert "--matched out/matching-base/worlds.parquet" in told
    told = of_history(changed(lambda raw: raw["matched"].update(stale="'base' has changed since.")))
    assert "> **Read this with care.** 'base' has changed since." in told
    assert "holds less often for oil" in told
    assert "No matched scenario was declared or given" in of_history(changed(no_matched))


def test_no_world_to_compare_is_said():
    assert "nothing can be compared" in markdown(compose(changed(all_worlds_fail)))


# --- words ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (1234.5, "1,230"), (0.012345, "0.0123"), (-3.0, "−3"), (1e6, "1,000,000"), (nan, "not known"), (inf, "infinite")],
)
def test_numbers_have_three_figures(value, said):
    assert number(value) == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((12.34, 12.1, 12.6), "12.34 (12.10 to 12.60)"),
        ((1234.0, 834.0, 1634.0), "1,200 (800 to 1,600)"),
        ((0.0, 0.0, 0.0), "0 (0 to 0)"),
        ((1.0, None, 2.0), "1.0 (no lower bound to 2.0)"),
        ((1.0, None, None), "1 (no bounds)"),
        ((None, None, None), "not known"),
    ],
)
def test_an_interval_is_rounded_to_what_it_leaves_sure(found, said):
    assert interval(Interval(estimate=found[0], low=found[1], high=found[2])).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("found", "said"),
    [((112.0, 24.0, 490.0), "110 (24 to 490)"), ((None, 12.3, None), "over 12"), ((0.0, 0.0, 0.3), "0 (0 to 0.30)")],
)
def test_a_ratio_keeps_two_figures_of_each_end(found, said):
    assert ratio(Interval(estimate=found[0], low=found[1], high=found[2])).replace("\u00a0", " ") == said


def test_an_effect_below_zero_is_called_higher_and_its_interval_turned():
    found = Interval(estimate=-0.2, low=-0.3, high=-0.1)
    assert lower(found).replace("\u00a0", " ") == "20% (10 to 30%) higher"


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.floats(0, 1e6), st.floats(0, 1e6))
def test_any_interval_can_be_said(value, below, above):
    found = Interval(estimate=value, low=value - below, high=value + above)
    assert "nan" not in interval(found) + percent(found) + lower(found) + share(value)


@given(st.lists(st.sampled_from("abc"), max_size=4))
def test_a_list_reads_as_in_a_sentence(parts):
    said = listed(parts)
    assert said.count(" and ") == (len(parts) > 1)
    assert all(part in said for part in parts)


# --- the register of claims ----------------------------------------------------------------------------------------------------


def test_the_register_is_that_of_the_documents(root):
    own = csv.DictReader((root / "sim/thesis/claims.csv").read_text("utf-8").splitlines())
    documented = list(csv.DictReader((root / "docs/claims.csv").read_text("utf-8").splitlines()))
    assert [{key: row[key] for key in documented[0]} for row in own] == documented


def test_the_register_moves_the_numbers_and_shows_the_outcomes_that_the_documents_name(root):
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", (root / "docs/claims.md").read_text("utf-8"), re.MULTILINE)
    documented = {int(number): [re.findall("`([^`]+)`", cell) for cell in cells.split("|")[-2:]] for number, cells in rows}
    outcomes = {outcome.name for outcome in OUTCOMES}
    base = Scenario.load("base")
    for entry in register():
        numbers, shows = documented[entry.number]
        assert list(entry.numbers) == numbers
        assert set(entry.numbers) <= set(base.parameters)
        assert list(entry.outcomes) == [name for name in shows if name in outcomes]


def test_every_claim_says_something_and_no_premise_is_scored(judgement):
    found = judged(judgement, {})
    assert [claim.number for claim in found] == list(range(1, 40))
    assert all(claim.found for claim in found)
    assert all(claim.word is None for claim in found if claim.kind in ("premise", "not modelled"))


def test_claims_can_be_told_of_a_judgement_without_anything():
    assert len(judged(changed(nothing_at_all), {})) == 39


def test_a_claim_tells_what_its_numbers_move_and_which_move_nothing(judgement):
    def moved(address, change):
        low, high, estimate = change
        known = Interval(estimate=estimate, low=low, high=high)
        return Experiment(address=address, outcome="tests", unit="tests", low=40.0, high=40.0 + estimate, change=known)

    experiments = {18: [moved("north_korea.test_rate", (3.0, 5.0, 4.0)), moved("china.harm_alignment", (-1.0, 1.0, 0.0))]}
    told = judgement.model_copy(update={"claims": judged(judgement, experiments)})
    text = markdown(compose(told))
    assert "`north_korea.test_rate` takes tests from 40.0 to 44.0 tests" in text
    assert "No change beyond chance comes of `china.harm_alignment`" in text
