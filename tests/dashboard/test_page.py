"""The dashboard as a user meets it: the real command in a process of its own, and its page in a real browser.

Where the packages or the browser are missing these tests skip; in CI that is a failure.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import matplotlib.image as mpimg
import numpy as np
import pytest
from served import ROOT, Served, environment, packages

from sim import Scenario

pytestmark = [pytest.mark.slow, pytest.mark.browser]

COMMAND = [sys.executable, str(ROOT / "run_sim.py"), "dashboard"]
STRENGTH = "rules.china_oil_valve.strength"


@pytest.fixture(scope="module", autouse=True)
def extra():
    packages()


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    running = Served("--no-browser", cwd=tmp_path_factory.mktemp("work"))
    yield running
    assert not re.search("Traceback|Error|Exception|Warning", running.stop())


@pytest.fixture
def page(browser, served):
    """A fresh page, which must not fail a request, ask another machine for anything, or report an error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened, wrong = context.new_page(), []
    opened.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    opened.on("response", lambda answer: wrong.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None)
    opened.on("request", lambda request: None if _own(request.url, served.origin) else wrong.append(f"asked: {request.url}"))
    opened.on("console", lambda message: wrong.append(f"console: {message.text}") if message.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    opened.goto(served.address)
    opened.get_by_role("button", name="Step").wait_for()
    opened.get_by_text("Month 0 of").wait_for()
    yield opened
    context.close()
    assert not wrong


def _own(url: str, origin: str) -> bool:
    return url.startswith((origin, origin.replace("http", "ws"), "data:", "blob:"))


def month(page) -> int:
    return int(re.search(r"Month (\d+) of", page.locator(".cap-month").inner_text())[1])


def until(page, script: str, argument: object = None) -> None:
    page.wait_for_function(script, arg=argument, timeout=180_000)


def step(page, months: int = 1) -> None:
    for _ in range(months):
        at = month(page)
        page.get_by_role("button", name="Step").click()
        until(page, "at => document.querySelector('.cap-month').innerText.startsWith(`Month ${at + 1} of`)", at)


def slide(page, address: str, stops: int) -> None:
    """Move a slider by the keyboard, as those do who use no mouse."""
    slider = page.locator(f"input[data-address='{address}']")
    fold = page.locator("details.cap-group > details", has=slider)
    if not slider.is_visible():
        fold.locator("summary").click()
    slider.focus()
    for _ in range(abs(stops)):
        slider.press("ArrowRight" if stops > 0 else "ArrowLeft")
    page.get_by_role("button", name="Undo all changes").wait_for()


def import_file(page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)


def export_file(page, folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save these settings").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def run_ensemble(page) -> None:
    """Run it, and wait for pictures that are new: those of before stay until then."""
    before = figures(page)
    page.get_by_role("button", name="Run 2,000").click()
    until(
        page,
        """before => {
            const now = [...document.querySelectorAll('.cap-fans')].map(each => each.outerHTML);
            return document.querySelectorAll('.cap-figures figure').length === 12
                && JSON.stringify(now) !== JSON.stringify(before)
                && !document.querySelector('.cap-running, .cap-note');
        }""",
        before,
    )


def figures(page) -> list[str]:
    return page.locator(".cap-fans").evaluate_all("pictures => pictures.map(each => each.outerHTML)")


def test_it_opens_with_the_question_and_the_base_scenario(page):
    page.get_by_role("heading", name="Is Beijing the limit of the partnership").wait_for()
    assert page.locator("#cap-scenario").input_value() == "base"
    assert page.locator("#cap-scenario option").count() >= 20
    assert month(page) == 0
    for name in ("Russia", "North Korea", "China"):
        assert page.locator(".cap-map:visible text.country", has_text=name).count() >= 1


def test_a_run_is_stepped_and_told(page):
    step(page, 8)
    first = page.locator(".cap-chronicle li").first.inner_text()
    assert re.match(r"2024-0\d ?[A-Z]", first), first
    assert page.locator(".cap-chart").count() == 6
    page.get_by_role("button", name="Reset").click()
    until(page, "() => document.querySelector('.cap-month').innerText.startsWith('Month 0 of')")
    assert "Nothing yet" in page.locator(".cap-chronicle").inner_text()


def test_a_run_plays_and_pauses(page):
    page.get_by_role("button", name="▶").click()
    until(page, "() => Number(document.querySelector('.cap-month').innerText.match(/Month (\\d+)/)[1]) >= 3")
    page.get_by_role("button", name="❚❚").click()
    page.get_by_role("button", name="▶").wait_for()
    page.wait_for_timeout(800)
    at = month(page)
    page.wait_for_timeout(1500)
    assert month(page) == at
    step(page)


def test_a_moved_slider_changes_the_run_up_to_the_same_month(page):
    step(page, 12)
    before = page.locator(".cap-charts").inner_html()
    slide(page, "china.resolve", 40)
    page.wait_for_function("before => document.querySelector('.cap-charts').innerHTML !== before", arg=before)
    assert month(page) == 12
    assert page.locator(".cap-slider", has_text="Resolve").first.locator("output").inner_text() == "90%"
    page.get_by_role("button", name="put back").click()
    page.wait_for_function("before => document.querySelector('.cap-charts').innerHTML === before", arg=before)


def test_a_run_starts_again_under_what_is_set(page):
    slide(page, "china.goodwill", -30)
    step(page, 9)
    moved = page.locator(".cap-charts").inner_html()
    page.get_by_role("button", name="Reset").click()
    until(page, "() => document.querySelector('.cap-month').innerText.startsWith('Month 0 of')")
    step(page, 9)
    assert page.locator(".cap-charts").inner_html() == moved


def test_other_chance_events_make_another_run(page):
    step(page, 6)
    before = page.locator(".cap-chronicle").inner_text()
    page.get_by_role("button", name="Other chance events").click()
    page.get_by_text("chance events no. 2").wait_for()
    page.wait_for_function("before => document.querySelector('.cap-chronicle').innerText !== before", arg=before)
    assert month(page) == 6


def test_a_knocked_out_limit_counts(page):
    step(page, 3)
    before = page.locator(".cap-chronicle").inner_text()
    page.locator("summary", has_text="Limits taken out").click()
    page.locator("input[data-limit='west']").check()
    page.get_by_text("1 out").wait_for()
    assert "sanctions" in before
    page.wait_for_function("before => document.querySelector('.cap-chronicle').innerText !== before", arg=before)
    assert "sanctions" not in page.locator(".cap-chronicle").inner_text()


def test_another_scenario_can_be_chosen(page):
    page.locator("#cap-scenario").select_option("beijing_cracks_down")
    page.get_by_text("Does Beijing stop the partnership").wait_for()
    page.locator("summary", has_text="China: in general").click()
    page.locator(".cap-slider", has_text="Resolve").first.locator("output", has_text="95%").wait_for()


def test_the_ensemble_shows_both_worlds_and_changes_with_the_settings(page):
    run_ensemble(page)
    first = figures(page)
    assert page.locator(".cap-table tbody tr").count() == 6
    assert "less with Beijing" in page.locator(".cap-table").inner_text()
    slide(page, "china.goodwill", -20)
    page.get_by_text("The settings have changed since").wait_for()
    assert figures(page) == first
    run_ensemble(page)
    until(page, "first => document.querySelector('.cap-fans').outerHTML !== first", first[0])


def test_settings_are_saved_and_opened_again(page, tmp_path):
    slide(page, STRENGTH, 10)
    said = page.locator(f"input[data-address='{STRENGTH}']").get_attribute("aria-valuetext")
    page.locator("summary", has_text="Limits taken out").click()
    page.locator("input[data-limit='trust']").check()
    page.get_by_text("1 out").wait_for()
    path = export_file(page, tmp_path)
    saved = Scenario.load(path)
    assert path.read_text("utf-8").startswith('extends = "base"')
    assert f"{100 * saved.parameters[STRENGTH].value:.3g}%" == said
    assert saved.knockouts == ("trust",)

    page.get_by_role("button", name="Undo all changes").click()
    page.get_by_role("button", name="Undo all changes").wait_for(state="detached")
    import_file(page, path)
    page.get_by_role("button", name="Undo all changes").wait_for()
    until(page, "name => document.querySelector(`input[data-limit='${name}']`).checked", "trust")
    assert page.locator(f"input[data-address='{STRENGTH}']").get_attribute("aria-valuetext") == said
    assert Scenario.load(export_file(page, tmp_path)).hash == saved.hash


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'extends = "base"\n[countries.chin]\nresolve = 0.5\n', "countries.chin"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"no toml at all", "not TOML"),
        (b'extends = "/etc/hostname"\n', "can extend shipped scenarios only"),
        (b"#" * 5_000_000, "larger than"),
        (b'extends = "base"\n[countries.china]\nresolve = 7\n<script>alert(1)</script>', "not TOML"),
    ],
    ids=["unknown", "binary", "words", "path", "large", "script"],
)
def test_a_malformed_file_is_answered_on_the_page_and_nothing_is_lost(page, tmp_path, content, message):
    slide(page, "china.resolve", 10)
    step(page, 2)
    (tmp_path / "broken.toml").write_bytes(content)
    import_file(page, tmp_path / "broken.toml")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert message in alert.inner_text()
    assert "broken.toml" in alert.inner_text()
    assert "Traceback" not in page.locator("body").inner_text()
    assert page.locator(".cap-slider", has_text="Resolve").first.locator("output").inner_text() == "60%"
    assert month(page) == 2
    slide(page, "china.resolve", 1)
    alert.wait_for(state="detached")


def test_names_from_a_file_cannot_write_into_the_page(page, tmp_path):
    evil = "<img src=x onerror=alert(1)>"
    text = f'extends = "base"\ntitle = "{evil}"\nquestion = "{evil}"\n[countries.china]\nname = "{evil}"\n'
    (tmp_path / "evil.toml").write_text(text, "utf-8")
    import_file(page, tmp_path / "evil.toml")
    page.locator(".cap-controls p", has_text=evil).wait_for()
    step(page, 3)
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("width", [390, 1280, 1600])
def test_nothing_is_cut_off_at_any_width(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    step(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        "() => [...document.querySelectorAll('.cap h1, .cap h2, .cap p, .cap button, .cap svg, .cap li')]"
        ".filter(e => e.offsetParent !== null || e instanceof SVGElement).filter(e => { const box = e.getBoundingClientRect();"
        " return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1); }).map(e => e.outerHTML.slice(0, 120))"
    )
    assert not cut


def test_two_pages_do_not_disturb_each_other(page, browser, served):
    other = browser.new_page()
    other.goto(served.address)
    other.get_by_role("button", name="Step").wait_for()
    step(page, 3)
    slide(page, "china.resolve", 5)
    assert month(other) == 0
    assert other.get_by_role("button", name="Undo all changes").count() == 0
    other.close()


def runs_done(page) -> int:
    return int(page.locator(".cap-running").inner_text().split(" of ")[0].replace(",", ""))


def helpers(served) -> set[int]:
    """Give the processes that the server has started by Python's way of starting processes, those that are dead left out."""
    found = set()
    for task in Path(f"/proc/{served.process.pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread or a process may end between two looks
            for child in map(int, (task / "children").read_text().split()):
                if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.add(child)
    return found


def work_of(process: int) -> int:
    """Time that a process has computed so far, in hundredths of a second."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def is_still(processes: set[int]) -> bool:
    before = [work_of(each) for each in processes]
    time.sleep(1)
    return sum(work_of(each) for each in processes) - sum(before) <= 5


def wait_until(true) -> None:
    end = time.monotonic() + 180
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


in_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc")


@pytest.fixture
def long_one(browser, tmp_path):
    """A page with an ensemble that takes some twelve times as long as that of the base scenario, and its server."""
    (tmp_path / "long.toml").write_text('extends = "base"\nmonths = 720\n', "utf-8")
    served = Served("long.toml", "--no-browser", cwd=tmp_path)
    page = browser.new_page()
    page.set_default_timeout(180_000)
    page.goto(served.address)
    page.get_by_text("Month 0 of 720").wait_for()
    yield served, page
    page.close()
    assert not re.search("Traceback|Error|Exception|Warning", served.stop())


@in_proc
def test_an_ensemble_shows_how_far_it_is_and_can_be_cancelled(long_one, tmp_path):
    served, page = long_one
    page.get_by_role("button", name="Run 2,000").click()
    page.locator(".cap-running").wait_for()
    assert page.locator("progress").get_attribute("max") == "4000"
    until(page, "() => document.querySelector('.cap-running')?.innerText.match(/^[1-9].* of 4,000 runs/)")
    first = runs_done(page)
    assert first < 4_000
    until(page, "first => document.querySelector('progress').value > first", first)
    page.get_by_role("button", name="Cancel").click()
    page.locator(".cap-running").wait_for(state="detached")
    crew = helpers(served)
    assert crew
    wait_until(lambda: is_still(crew))
    assert page.locator(".cap-figures figure").count() == 0
    step(page)

    import_file(page, ROOT / "scenarios" / "base.toml")  # which is done soon, by the same helpers
    page.get_by_text("Month 1 of 60").wait_for()
    run_ensemble(page)
    shown = figures(page)
    assert helpers(served) == crew

    import_file(page, tmp_path / "long.toml")
    page.get_by_text("Month 1 of 720").wait_for()
    page.get_by_role("button", name="Run 2,000").click()
    page.locator(".cap-running").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.locator(".cap-running").wait_for(state="detached")
    assert figures(page) == shown, "what was there before stays"
    page.get_by_text("The settings have changed since").wait_for()


@in_proc
def test_an_ensemble_ends_with_its_tab(long_one):
    served, page = long_one
    page.get_by_role("button", name="Run 2,000").click()
    until(page, "() => document.querySelector('.cap-running')?.innerText.match(/^[1-9].* of 4,000 runs/)")
    crew = helpers(served)
    assert not is_still(crew)
    page.close(run_before_unload=True)
    wait_until(lambda: is_still(crew))
    assert helpers(served) == crew


@in_proc
def test_helpers_that_are_killed_are_replaced(browser, tmp_path):
    served, page = Served("--no-browser", cwd=tmp_path), browser.new_page()
    page.set_default_timeout(180_000)
    page.goto(served.address)
    page.get_by_text("Month 0 of").wait_for()
    run_ensemble(page)
    before = helpers(served)
    assert before
    for each in before:
        os.kill(each, signal.SIGKILL)
    # A dead process is there until its parent has asked after it. Before that, the parent takes it for alive.
    wait_until(lambda: not any(Path(f"/proc/{each}").exists() for each in before))
    shown = figures(page)
    slide(page, "china.goodwill", -20)
    page.get_by_text("The settings have changed since").wait_for()
    run_ensemble(page)
    assert figures(page) != shown
    wait_until(lambda: len(helpers(served)) == len(before))
    assert not helpers(served) & before
    assert "Traceback" not in served.stop()
    page.close()


def test_words_are_explained_on_the_page(page):
    page.get_by_role("button", name="course of events").click()
    meaning = page.locator(".cap-meaning:visible")
    meaning.wait_for()
    assert meaning.inner_text() == "history\nThe course of events: what happened in which month."
    page.keyboard.press("Escape")
    meaning.wait_for(state="hidden")


def test_a_closed_tab_is_given_up_at_once(browser, served):
    context = browser.new_context()

    def kernels() -> int:
        return int(re.search(r'"kernels": \{\s*"total": (\d+)', context.request.get(f"{served.origin}resourcez").text())[1])

    tab = context.new_page()
    tab.goto(served.address)
    tab.get_by_text("Month 0 of").wait_for()
    open_tabs = kernels()
    tab.close(run_before_unload=True)
    end = time.monotonic() + 60
    while kernels() >= open_tabs:
        assert time.monotonic() < end
        time.sleep(0.2)
    context.close()


def test_a_script_that_gets_into_the_page_does_not_run(browser, served):
    tab = browser.new_page()
    tab.goto(served.address)
    tab.get_by_text("Month 0 of").wait_for()
    with tab.expect_console_message(lambda message: "Content Security Policy" in message.text):
        tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=data:, onerror=window.ran=true>')")
    assert tab.evaluate("window.ran") is None
    tab.close()


def test_a_file_named_on_the_command_line_is_what_the_page_opens_with(browser, tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "base"\ntitle = "Mine alone"\nremove = ["rules.china_oil_valve"]\n', "utf-8")
    running = Served("mine.toml", cwd=tmp_path)
    try:
        opened = browser.new_page()
        opened.goto(running.address)
        opened.locator("#cap-scenario option", has_text="Mine alone").wait_for(state="attached")
        assert opened.locator("#cap-scenario").input_value() == "an opened file"
        opened.close()
    finally:
        printed = running.stop()
    assert "no display" in printed
    assert "Traceback" not in printed


def refused(*arguments: str, cwd: Path) -> str:
    done = subprocess.run([*COMMAND, *arguments], cwd=cwd, env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_port_in_use_is_said_plainly(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} is in use" in refused("--port", str(port), cwd=tmp_path)


def test_a_scenario_that_cannot_be_used_is_said_plainly(tmp_path):
    (tmp_path / "broken.toml").write_text("x = ", "utf-8")
    assert "not TOML" in refused("broken.toml", cwd=tmp_path)
    assert "no such file" in refused("nowhere", cwd=tmp_path)
    assert "65535" in refused("--port", "70000", cwd=tmp_path)


@pytest.mark.parametrize("wait", [0.0, 1.0, 2.5])
def test_an_interrupt_ends_it_whatever_it_is_doing(tmp_path, wait):
    running = Served("--no-browser", cwd=tmp_path)
    time.sleep(wait)  # it is loading what an ensemble needs
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(timeout=30) == 130
    assert "Traceback" not in running.printed


@pytest.mark.parametrize("missing", ["solara", "solara_assets", "altair"])
def test_a_missing_extra_is_said_plainly(missing, tmp_path):
    hidden = (
        "import sys, importlib.machinery as m\n"
        f"find = m.PathFinder.find_spec.__func__\n"
        "def find_spec(cls, name, *rest):\n"
        f"    return None if name.split('.')[0] == {missing!r} else find(cls, name, *rest)\n"
        "m.PathFinder.find_spec = classmethod(find_spec)\n"
        "sys.argv[1:] = ['dashboard', '--no-browser']\n"
        "from sim.cli.start import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", hidden], cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "pip install '.[dashboard]'" in done.stderr
    assert "uv run --extra dashboard" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_link_holds_the_settings(page, served):
    slide(page, STRENGTH, 10)
    said = page.locator(f"input[data-address='{STRENGTH}']").get_attribute("aria-valuetext")
    page.locator("summary", has_text="Limits taken out").click()
    page.locator("input[data-limit='trust']").check()
    page.get_by_text("1 out").wait_for()
    address = page.get_by_role("link", name="Link to these settings").get_attribute("href")
    tab = page.context.new_page()
    tab.goto(served.origin + address.removeprefix("/"))
    tab.get_by_text("Month 0 of").wait_for()
    tab.get_by_text("1 out").wait_for()
    assert tab.locator(f"input[data-address='{STRENGTH}']").get_attribute("aria-valuetext") == said
    other = page.context.new_page()
    other.goto(f"{served.origin}?scenario=base&set=china.resolve=9")
    alert = other.get_by_role("alert")
    alert.wait_for()
    assert "china.resolve" in alert.inner_text()


def test_a_what_if_is_asked_and_answered_on_the_page(page):
    page.get_by_role("button", name="Ask what if").click()
    answer = page.locator(".cap-answer")
    answer.wait_for(timeout=180_000)
    assert "in force" in answer.inner_text().lower()
    page.get_by_label("An act in plain words").fill("china cuts oil to nroth_korea")
    page.get_by_role("button", name="Ask what if").click()
    page.locator(".cap-message").wait_for(timeout=60_000)
    assert "did you mean 'north_korea'" in page.locator(".cap-message").inner_text()


def test_a_month_can_be_gone_to_at_once(page):
    slider = page.get_by_label("Month of the run")
    slider.focus()
    slider.press("PageUp")
    until(page, "() => !document.querySelector('.cap-month').innerText.startsWith('Month 0 of')")
    assert month(page) == int(slider.input_value()) > 1
    step(page)
    until(page, "at => Number(document.querySelector('.cap-months input').value) === at", month(page))


def test_another_scenario_is_set_beside_and_pictures_and_numbers_are_saved(page, tmp_path):
    page.get_by_label("Set your settings beside").select_option("no_pressure")
    run_ensemble(page)
    assert "under your settings" in page.locator(".cap-table").inner_text()
    assert page.locator(".cap-fans .told title").first.evaluate("node => node.textContent").startswith("Your settings, 2023-08: ")
    for link, begins in (("Save these numbers", b"picture,unit,world,month"), ("Save this picture", b"<svg")):
        with page.expect_download() as download:
            page.get_by_role("link", name=link).first.click()
        download.value.save_as(tmp_path / "saved")
        assert (tmp_path / "saved").read_bytes().startswith(begins)


def test_on_a_phone_the_run_comes_before_the_sliders_and_dark_is_dark(browser, served):
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme="dark")
    tab = context.new_page()
    tab.goto(served.address)
    tab.get_by_text("Month 0 of").wait_for()
    tops = [tab.locator(f".cap-{part}").bounding_box()["y"] for part in ("run", "controls")]
    assert tops[0] < tops[1]
    ink = tab.evaluate("getComputedStyle(document.querySelector('.cap')).color.match(/\\d+/g).map(Number)")
    paper = tab.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert min(ink[:3]) > 150 > 60 > max(paper[:3])
    text = tab.locator("h1, h2, h3, label, summary, .cap p").all()
    inks = [each.evaluate("node => getComputedStyle(node).color.match(/\\d+/g).map(Number)") for each in text]
    assert min(min(ink[:3]) for ink in inks) > 120
    seen = mpimg.imread(BytesIO(tab.screenshot()))[..., :3]
    assert np.median(seen) < 0.25, "what is seen, whatever lies over the page's own paper"
    context.close()
