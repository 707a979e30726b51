"""Photograph the dashboard for its page, in Chromium: ``uv run --all-groups --extra dashboard docs/make_screenshots.py``."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "docs" / "figures"
COMMAND = [sys.executable, str(ROOT / "run_sim.py"), "dashboard", "--no-browser", "--port", "0"]
MONTHS = 17  # to December 2024
VIEW = {"width": 1280, "height": 820}
PLACE = """node => {
    const place = node.getBoundingClientRect();
    return {left: place.left, top: place.top, bottom: place.bottom};
}"""  # where a thing is


def one_run(page: Page) -> None:
    """Play the base scenario to December 2024, with the first rules of Beijing open."""
    page.locator("summary", has_text="China: in general").click()
    for month in range(1, MONTHS + 1):
        page.get_by_role("button", name="Step").click()
        page.get_by_text(f"Month {month} of").wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(1000)
    page.screenshot(path=FIGURES / "dashboard_run.png")


def two_thousand(page: Page) -> None:
    """Run the ensemble, and show what it found."""
    page.get_by_role("button", name="Run 2,000").click()
    page.wait_for_function("() => document.querySelectorAll('.cap-figures figure').length === 12", timeout=300_000)
    page.mouse.move(0, 0)
    page.set_viewport_size(VIEW | {"height": 3000})
    page.wait_for_timeout(1000)  # until nothing moves any more
    place = page.get_by_role("heading", name="2,000 possible courses of events").evaluate(PLACE)
    height = page.locator(".cap-figures figure").last.evaluate(PLACE)["bottom"] - place["top"]
    clip = {"x": place["left"] - 20, "y": place["top"] - 20, "width": VIEW["width"] - place["left"], "height": height + 40}
    page.screenshot(path=FIGURES / "dashboard_ensemble.png", clip=clip)


def main() -> None:
    """Serve the dashboard and photograph it."""
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as served, sync_playwright() as playwright:
        try:
            address = next(found[0] for line in served.stdout or () if (found := re.search(r"http://127\.0\.0\.1:\S+", line)))
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport=VIEW)
            page.set_default_timeout(300_000)
            page.goto(address)
            page.get_by_text("Month 0 of").wait_for()
            one_run(page)
            two_thousand(page)
        finally:
            served.terminate()


if __name__ == "__main__":
    main()
