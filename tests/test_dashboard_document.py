"""docs/dashboard.md says what is true: its commands can be given, its file can be loaded."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from sim import Scenario
from sim.cli.dashboard import NEEDED
from sim.dashboard.files import export
from sim.dashboard.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "dashboard.md").read_text("utf-8")


def test_every_option_of_a_command_is_known():
    asked = [sys.executable, ROOT / "run_sim.py", "dashboard", "--help"]
    known = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    commands = [line for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(command)
        assert words[:6] == ["uv", "run", "--extra", "dashboard", "run_sim.py", "dashboard"]
        for option in (word for word in words[6:] if word.startswith("--")):
            assert option in known
    assert "--port" in known


def test_the_file_shown_is_what_is_saved():
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    changed = Settings.chosen(Scenario.load("base"), shipped=True).move("china.resolve", 0.9).knock("trust", out=True)
    assert shown == export(changed)


def test_the_extra_brings_what_the_command_needs():
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    (extra,) = re.findall(r"^dashboard = (.*)$", project, re.MULTILINE)
    assert all(name in extra for name in ("mesa[viz]", "solara==", "solara-assets=="))
    assert re.search(r"solara==([\d.]+)", extra)[1] == re.search(r"solara-assets==([\d.]+)", extra)[1]
    assert set(NEEDED) == {"solara", "solara_assets", "altair"}
