"""The program does its work wherever and however it is called: a row for each kind of surroundings."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from campaign import ROOT, START, TOY

import sim

RUN = ("run", "半島 x.toml", "--runs", "5", "--months", "4", "--out", "o u t")


@dataclass(frozen=True)
class Place:
    """Where and how a run is called: folder, environment, options of Python, and what else the call says."""

    folder: str = "."
    environment: dict[str, str] = field(default_factory=dict)
    python: tuple[str, ...] = ()
    more: tuple[str, ...] = ("--no-figures",)


PLACES = {
    "spaces and other scripts": Place("朝鮮 a  b/🚀"),
    "a name that begins with a hyphen": Place("-x"),
    "a terminal of ASCII": Place(environment={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}),
    "a terminal of GBK": Place(environment={"PYTHONIOENCODING": "gbk"}),
    "a home that cannot be written": Place(environment={"HOME": "/proc"}, more=()),
    "no home": Place(environment={"HOME": ""}, more=()),
    "no folder for temporary files": Place(environment={"TMPDIR": "/nowhere"}),
    "warnings as errors": Place(python=("-W", "error")),  # without figures, which warn where a font lacks the signs of the title
    "every check of Python": Place(python=("-X", "dev", "-W", "error", "-bb")),
    "without assertions": Place(python=("-OO",)),
}


def called(place: Path, *arguments: str, python: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    line = [START[0], *python, *(arguments if arguments[0] == "-c" or arguments[0].endswith(".py") else (START[1], *arguments))]
    return subprocess.run(
        line, cwd=place, env=given, capture_output=True, timeout=300, stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace"
    )


@pytest.fixture(scope="module")
def right(tmp_path_factory) -> dict[str, bytes]:
    """Bytes of the run, made here."""
    folder = tmp_path_factory.mktemp("right")
    shutil.copy(TOY, folder / "半島 x.toml")
    sim.run(folder / "半島 x.toml", runs=5, months=4, out=folder / "o", progress=False)
    return {path.name: path.read_bytes() for path in (folder / "o").iterdir() if path.name != "log.jsonl"}


@pytest.mark.parametrize(
    "name", [name if name == "spaces and other scripts" else pytest.param(name, marks=pytest.mark.slow) for name in PLACES]
)
def test_a_run_has_the_same_bytes_anywhere(tmp_path, right, name):
    where = PLACES[name]
    folder = tmp_path / where.folder
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(TOY, folder / "半島 x.toml")
    done = called(folder, *RUN, *where.more, python=where.python, **where.environment)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    made = {path.name: path.read_bytes() for path in (folder / "o u t").iterdir() if path.is_file()}
    assert {name: made[name] for name in right} == right


@pytest.mark.slow
def test_a_sweep_file_and_its_result_are_found_from_other_folders(tmp_path):
    for name in ("files/deep", "elsewhere", "third"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copy(TOY, tmp_path / "files" / "deep" / "mine.toml")
    (tmp_path / "files" / "points.csv").write_text("grandia.resolve\n0.2\n0.4\n0.8\n")
    text = 'title = "Mine"\nscenario = "deep/mine.toml"\ndesign = "table"\ntable = "points.csv"\nmonths = 4\nseed = 1\n'
    (tmp_path / "files" / "swept.toml").write_text(text)
    done = called(tmp_path / "elsewhere", "sweep", "../files/swept.toml", "--out", "../result")
    assert done.returncode == 0, done.stderr
    for folder, path in (("third", "../result"), (".", "result"), ("result", ".")):
        for command in (("plot", path), ("replay", path, "0", "--point", "2"), ("verify", path)):
            assert called(tmp_path / folder, *command).returncode == 0, (folder, command)


WITHOUT_GUARD = """
import sim
from sim.runs import in_memory
in_memory.CHUNK = 3
data = sim.run(TOY, runs=7, months=2, processes=2, progress=False)
print(sim.sweep(TOY, {"grandia.resolve": (0.1, 0.9)}, points=4, months=2, processes=2, progress=False).means("munitions").shape)
print((data["outcomes"] == sim.run(TOY, runs=7, months=2, processes=1, progress=False)["outcomes"]).all().item())
"""


@pytest.mark.slow
@pytest.mark.parametrize("python", [(), ("-W", "error")], ids=["as it is", "warnings as errors"])
def test_a_script_without_a_guard_has_its_processes(tmp_path, python):
    (tmp_path / "mine.py").write_text(WITHOUT_GUARD.replace("TOY", repr(str(TOY))))
    done = called(tmp_path, "mine.py", python=python)
    assert (done.returncode, done.stdout.splitlines()) == (0, ["(4, 7)", "True"]) or done.stdout.splitlines()[-1] == "True", done
    assert "Traceback" not in done.stderr
