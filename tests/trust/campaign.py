"""What the campaigns share: small calls of every command that writes, each in a process of its own, and what they leave."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import sim
from sim.errors import UserError
from sim.runs import leftovers
from sim.scenario.files import toml_text

ROOT = Path(__file__).resolve().parents[2]
TOY = ROOT / "tests" / "toy" / "toy.toml"
DATED = {"log.jsonl", ".lock"}  # what is no part of a result
START = (sys.executable, str(ROOT / "run_sim.py"))

sys.path += [str(ROOT / "tests" / name) for name in ("thesis", "inference")]


@dataclass(frozen=True)
class Call:
    """A command that writes ``out``, and what the reader has to be able to do with it."""

    name: str
    arguments: tuple[str, ...]


def calls(folder: Path, cluster: str = "") -> dict[str, Call]:
    """Give a small call of each kind, by its name, some on a Dask cluster; the files that they need are written into a folder."""
    from small import tables
    from small_inference import SUMMIT_RECORD, table, tree

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "thesis.toml").write_text(toml_text(tables()), "utf-8")
    tiny = {"quick": {"bank": 200, "particles": 40, "moves": 1, "last": 1}}
    (folder / "inference.toml").write_text(toml_text(tree(budgets=tiny)), "utf-8")
    table(folder / "record.csv", SUMMIT_RECORD)
    swept = ("sweep", str(TOY), "--vary", "grandia.tolerance=0.2:1.2", "--lever", "without=none,beijing", "--points", "6")
    swept += ("--lever", "variants.learning=bayes,adaptive", "--runs", "3", "--months", "8", "--record", "munitions_delivered")
    asked = ("infer", "base", "--declaration", str(folder / "inference.toml"), "--until", "2023-12")
    asked += ("--evidence", str(folder / "record.csv"))
    made = {
        "run": ("run", str(TOY), "--runs", "300", "--months", "12", "--format", "csv", "--no-figures"),
        "run, two processes": ("run", str(TOY), "--runs", "20001", "--months", "2", "--no-figures", "--processes", "2"),
        "sweep": swept,
        "sweep, two processes": (*swept, "--processes", "2"),
        "sweep on Dask": (*swept, "--dask", cluster),
        "infer": asked,
        "infer, two processes": (*asked, "--processes", "2"),
        "infer on Dask": (*asked, "--dask", cluster),
        "thesis": ("thesis", str(TOY), str(folder / "thesis.toml")),
        "explore": ("explore", "base", "--number", "china.resolve", "--runs", "2", "--months", "6"),
    }
    return {name: Call(name, (*arguments, "--out", "out")) for name, arguments in made.items()}


class Desk:
    """A working folder with temporary files of its own, in which a command is called until it has done its work."""

    def __init__(self, folder: Path) -> None:
        self.work, self.temporary = folder / "work", folder / "temporary"
        for each in (self.work, self.temporary):
            each.mkdir(parents=True)
        compiled = os.environ.get("PYTHONPYCACHEPREFIX") or str(folder.parent / "compiled")  # once for all calls
        own = {"TMPDIR": str(self.temporary), "MPLBACKEND": "Agg", "PYTHONPYCACHEPREFIX": compiled}
        self.environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | own

    @property
    def out(self) -> Path:
        return self.work / "out"

    def start(self, call: Call, program: tuple[str, ...] = START) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*program, *call.arguments],
            cwd=self.work, env=self.environment, start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def finish(self, call: Call) -> None:
        """Call it without a disturbance; what is there already is refused by commands that overwrite nothing."""
        done = self.start(call)
        said = done.communicate(timeout=600)[1]
        assert done.returncode == 0 or (done.returncode == 2 and "exists already" in said), said

    def contents(self) -> dict[str, bytes]:
        """Bytes of all that is promised to be the same."""
        there = (self.out, *sorted(self.out.rglob("*")))  # a page is one file
        files = (path for path in there if path.is_file() and path.name not in DATED)
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in files}

    def check(self, right: dict[str, bytes]) -> None:
        """See that what calls itself whole is what it should be, and that all else is refused in one line."""
        if not self.out.is_file():
            try:
                sim.verify(self.out)
            except UserError:
                return
        found = self.contents()
        assert {name: found.get(name) for name in right} == right or self.out.joinpath("stages").is_dir()

    def strays(self) -> list[str]:
        """What lies about besides the result: what `clean` shows, and what it does not know."""
        old, leftovers.YOUNG_SECONDS = leftovers.YOUNG_SECONDS, -1.0
        before, tempfile.tempdir = tempfile.tempdir, str(self.temporary)
        try:
            dead = [each.path for each in leftovers.clean(self.work)]
        finally:
            leftovers.YOUNG_SECONDS, tempfile.tempdir = old, before
        there = [path for path in (*self.work.iterdir(), *self.temporary.iterdir()) if path != self.out]
        inside = [path for path in self.out.rglob("*") if path.name.endswith(".part")]
        return sorted({path.name for path in (*dead, *there, *inside) if not path.name.startswith(("pymp-", "dask-"))})

    def drop(self) -> None:
        shutil.rmtree(self.work.parent)


def ended(group: int, seconds: float = 30.0) -> bool:
    """Whether no process of a group is left, after a moment to end."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)
    return False
