"""What every test module shares."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings
from served import needed

ROOT = Path(__file__).resolve().parent.parent

os.environ["MPLBACKEND"] = "Agg"  # figures without a screen, in worker processes too

# The machine is shared and slow at times, so no example has a time limit. In CI the same examples are tried every time.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the project's folder."""
    return ROOT


@pytest.fixture(scope="module")
def browser():
    """Start a Chromium; where there is none the test skips, and fails in CI."""
    needed(find_spec("playwright"), "playwright")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    needed(program, "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()
