"""The memory of the server over many tabs, in a real browser: what a closed tab has held is given back, but for little."""

import re
import time
from pathlib import Path

import pytest
from served import Served, packages

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.browser,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is looked up in /proc"),
]

CULLING = "import solara.server.settings as s, sim.dashboard.server\ns.kernel.cull_timeout = '5s'\n"
WARM, ALL = 10, 50  # tabs: what Python loads and sets aside for good is there after the first ten
MOST_MEGABYTES_A_TAB = 0.4  # that the server may grow by, of some ten that an open one holds


def resident(served) -> float:
    """Memory of the server itself, in megabytes."""
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{served.process.pid}/status").read_text())[1]) / 1024


def use(context, address) -> None:
    """Open a tab, play a run, move a slider, run the ensemble, and close the tab."""
    tab = context.new_page()
    tab.set_default_timeout(180_000)
    tab.goto(address)
    tab.get_by_text("Month 0 of").wait_for()
    tab.get_by_role("button", name="Step").click()
    tab.get_by_text("Month 1 of").wait_for()
    tab.locator("summary", has_text="China: in general").click()
    tab.locator("input[data-address='china.resolve']").press("ArrowRight")
    tab.get_by_role("button", name="Undo all changes").wait_for()
    tab.get_by_role("button", name="Run 2,000").click()
    tab.locator(".cap-figures figure").nth(11).wait_for()
    tab.close(run_before_unload=True)


def settled(context, served) -> float:
    """Wait until no tab is held any more, and give the memory of the server."""
    end = time.monotonic() + 120
    while not re.search(r'"kernels": \{\s*"total": 0\b', context.request.get(f"{served.origin}resourcez").text()):
        assert time.monotonic() < end
        time.sleep(0.2)
    return resident(served)


def test_the_memory_of_closed_tabs_is_given_back(browser, tmp_path):
    packages()
    served, context = Served("--no-browser", cwd=tmp_path, first=CULLING), browser.new_context()
    before = resident(served)
    after = {}
    for tab in range(1, ALL + 1):
        use(context, served.address)
        if tab in (1, WARM, ALL):
            after[tab] = settled(context, served)
    context.close()
    assert "Traceback" not in served.stop()
    print(f"before {before:.0f} MB; after so many tabs:", {tab: f"{size:.0f} MB" for tab, size in after.items()})
    assert after[ALL] - after[WARM] < MOST_MEGABYTES_A_TAB * (ALL - WARM), (before, after)
