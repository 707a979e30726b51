"""The report: that it is whole, that it says no more than was found, and that it renders whatever was found."""

import json
import re
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from example import CASES, Page, changed, drawn, example, nothing_at_all

from sim.errors import UserError
from sim.reporting.markdown import markdown
from sim.thesis.judgement import Judgement
from sim.thesis.questions import QUESTIONS
from sim.thesis.report import compose, write
from sim.whole_files import LOCK_FILE, at_work


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    return example()


@pytest.fixture(scope="module")
def written(judgement, tmp_path_factory) -> list[Path]:
    return write(judgement, tmp_path_factory.mktemp("report"))


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
    text, front = written[1].read_text("utf-8"), [section.title for section in compose(example()).front]
    headings = [*front, *re.findall(r"^## \d+\. (.*)$", text, re.MULTILINE)]
    assert re.findall(r"^## (\D.*)$", text, re.MULTILINE) == front
    in_page = re.findall(r"<section[^>]*>\s*<h2>(.*?)</h2>", written[0].read_text("utf-8"))
    assert headings == in_page
    assert len(headings) == len(front) + 3 + sum(each.chapter is not None for each in QUESTIONS)


@pytest.mark.slow
def test_the_same_judgement_gives_the_same_bytes(written, judgement, tmp_path):
    again = write(judgement, tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in written]


def test_every_table_row_is_as_long_as_its_heading(judgement):
    for section in compose(judgement).sections:
        for block in section.blocks:
            if hasattr(block, "columns"):
                assert all(len(row) == len(block.columns) == len(block.align) for row in block.rows), block.caption


def test_what_is_needed_to_do_it_again_is_in_the_report(written, judgement):
    text = written[1].read_text("utf-8")
    about = judgement.about
    for wanted in (about.command, about.scenario_hash, about.declaration_hash, *about.versions.values()):
        assert wanted in text
    for seed in about.seeds.values():
        assert re.search(rf"\b{seed}\b", text)
    for side in about.box:
        assert f"`{side.address}`" in text


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


def test_every_stage_is_explained(judgement):
    simulated = {name for each in QUESTIONS for name in each.simulated}
    assert {name for name in judgement.about.runs if "against" not in name} <= simulated


def test_a_title_with_signs_of_html_is_no_tag():
    made = changed(lambda raw: raw["about"].update(title="<script>alert(1)</script>"))
    assert "<script>" not in markdown(compose(made))


def test_a_folder_is_written_by_one_at_a_time(judgement, tmp_path):
    with at_work(tmp_path), pytest.raises(UserError, match="another process is at work"):
        write(judgement, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK_FILE]


@pytest.mark.slow
@pytest.mark.browser
def test_the_answer_prints_on_two_sheets_and_fits_a_phone(written, browser):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(written[0].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    sheets = re.search(rb"/Type /Pages\s+/Count (\d+)|/Count (\d+)", page.pdf(format="A4"))
    page.close()
    assert sheets
    assert [int(count) for count in sheets.groups() if count] == [2]
