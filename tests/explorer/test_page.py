"""The page as a reader meets it: opened from the disk in a real browser, wide and narrow, light and dark."""

import re

import numpy as np
import pytest

import sim
from sim import Scenario
from sim.numerals import number
from sim.thesis.statistics.words import WORDS

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NUMBERS = ("china.concern", "north_korea.stake_scale")
RUNS, SEED, MONTHS = 16, 5, 24


@pytest.fixture(scope="module")
def found():
    return sim.explore("base", NUMBERS, runs=RUNS, months=MONTHS, seed=SEED, progress=False)


@pytest.fixture(params=[(1400, "light"), (1400, "dark"), (390, "light"), (390, "dark")], ids=lambda each: f"{each[0]}-{each[1]}")
def page(request, browser, found, tmp_path):
    """A fresh page from a file, which must not ask for anything or report an error."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened, wrong = context.new_page(), []
    address = found.write(tmp_path / "page.html").as_uri()
    opened.on("request", lambda asked: None if asked.url.split("#")[0] == address else wrong.append(asked.url))
    opened.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.goto(address)
    opened.locator(".fan svg").first.wait_for()
    yield opened
    context.close()
    assert not wrong


def move(page, address: str, place: int) -> None:
    slider = page.locator(f"input[data-address='{address}']")
    slider.focus()
    slider.press("Home")
    for _ in range(place):
        slider.press("ArrowRight")


def told(page, good: str) -> str:
    """What a fan says at its last month."""
    page.locator(f".fan[data-good='{good}'] svg").focus()
    page.keyboard.press("ArrowRight")
    return page.locator("#tip").inner_text()


def test_moved_sliders_show_what_the_same_runs_give(page, found):
    places = (4, 3)
    for address, place in zip(NUMBERS, places, strict=True):
        move(page, address, place)
    values = {slider.address: slider.values[place] for slider, place in zip(found.sliders, places, strict=True)}
    there = Scenario.load("base").set(values)
    arms = sim.compare(there, there.without("beijing"), runs=RUNS, months=MONTHS, seed=SEED, record=[], progress=False)
    for good, outcome in found.declaration.dimensions.items():
        runs = arms["outcomes"].sel(outcome=outcome.outcome).values
        tip = told(page, good)
        assert "2025-07" in tip
        for name, arm in zip(("with Beijing", "Beijing indifferent"), runs, strict=True):
            shown = float(re.search(rf"{name}: ([\d,.]+)", tip)[1].replace(",", ""))
            assert shown == pytest.approx(np.median(arm), rel=0.006, abs=1e-4 * max(runs.max(), 1e-9))
        row = page.locator(f"tr[data-good='{good}']").inner_text()
        relative = (runs[1] - runs[0]).mean() / runs[1].mean()
        if "%" in row.split("\t")[2]:
            assert row.split("\t")[2].startswith(number(100 * abs(relative), figures=2))


def test_the_verdict_follows_the_sliders_and_the_date(page, found):
    weak, strong = [page.locator("#rows td.word").all_inner_texts() for place in (0, 4) if not move(page, NUMBERS[0], place)]
    assert weak != strong
    point = 4 * len(found.sliders[1].values) + found.sliders[1].own
    said = [WORDS[word] for word in found.grid.words[point, -1]]
    assert [word.split()[1] for word in strong] == said
    page.get_by_label("2024-12").check()
    earlier = [WORDS[word] for word in found.grid.words[point, 0]]
    assert [text.split()[1] for text in page.locator("#rows td.word").all_inner_texts()] == earlier
    assert "by 2024-12" in page.locator("#answer").inner_text()


def test_the_address_holds_the_settings(page):
    move(page, NUMBERS[1], 1)
    page.get_by_label("2024-12").check()
    page.get_by_role("button", name="Oil").click()
    answer, address = page.locator("#answer").inner_text(), page.url
    page.get_by_role("button", name="Back to the scenario").click()
    page.goto("about:blank")
    page.goto(address)
    assert page.locator("#answer").inner_text() == answer
    assert page.locator(f"input[data-address='{NUMBERS[1]}']").input_value() == "1"
    assert page.locator("tr.chosen").get_attribute("data-good") == "oil"
    page.goto(address.split("#")[0] + "#at=9,-1&by=never&good=<b>")
    assert page.locator("#answer").inner_text().startswith("At these settings")


def test_nothing_is_cut_off_and_letters_stand_out_from_the_paper(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for _ in range(2):
        light = page.evaluate(
            "() => ['backgroundColor', 'color'].map(name => getComputedStyle(document.body)[name].match(/\\d+/g).slice(0, 3)"
            ".reduce((sum, part) => sum + Number(part), 0) / 765)"
        )
        assert abs(light[0] - light[1]) > 0.6
        page.get_by_role("button", name="Dark or light").click()
    dark = "dark" in page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert dark == (light[0] > 0.5), "the last click has turned it round once more"
