"""The hooks of pre-commit, run as a commit runs them, on a copy of what is checked in."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A repository with the files of this one, as they are now."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def hooks(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run all hooks on all files, with the packages that this test has."""
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv, "uv is not to be found; install it with: pip install uv"
    path = os.pathsep.join((str(Path(uv).parent), os.environ["PATH"]))
    here = {"UV_PROJECT_ENVIRONMENT": sys.prefix, "UV_NO_SYNC": "1", "PRE_COMMIT_HOME": str(checkout / ".git" / "hooks-cache")}
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose"]
    return subprocess.run(command, cwd=checkout, env={**os.environ, **here, "PATH": path}, capture_output=True, text=True)


def test_all_hooks_pass(checkout):
    done = hooks(checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Skipped" not in done.stdout  # each finds files to look at
    changed = subprocess.run(["git", "diff", "--name-only"], cwd=checkout, capture_output=True, text=True, check=True)
    assert changed.stdout == ""


def test_each_hook_finds_what_it_is_for(checkout):
    (checkout / "sim" / "errors.py").write_text('"""Errors."""\n\nimport os\nfrom sim.cli.app import app\n\nx = [1,2]\n', "utf-8")
    (checkout / "scenarios" / "ceasefire.toml").write_text('extends = "bse"\n', "utf-8")
    notebook = checkout / "notebooks" / "01_first_run.ipynb"
    notebook.write_text(notebook.read_text("utf-8").replace('"execution_count": null', '"execution_count": 7', 1), "utf-8")
    told = hooks(checkout).stdout
    names = re.findall(r"name: (.*)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert len(names) == 5
    for name in names:
        (line,) = [line for line in told.splitlines() if line.startswith(f"{name}.")]
        assert line.endswith("Failed"), line
