"""A file or folder from a stranger is read, or refused in plain words: no traceback, no hang, no memory that is eaten up."""

import json
import resource
import shutil
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from campaign import ROOT, TOY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.dashboard.files import imported
from sim.errors import UserError
from sim.evidence import observations
from sim.experiments.design_tables import from_table
from sim.experiments.sweep_files import load_sweep
from sim.inference.declaration import Declaration as Inference
from sim.runs.sums import SUMS_FILE, write_sums
from sim.scenario.files import toml_text
from sim.thesis.declaration import Declaration as Thesis
from sim.thesis.posterior import read as answer

SECONDS, BYTES = 1.0, 512 * 2**20  # of one reading, at most
LINES = 110  # of what is said: one for each problem, of which a hundred are told
QUICK, MANY = 12, 560  # inputs of each kind: by default, and in a campaign

NASTY = [
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\x1b[2J", b"\n\n[a.b.c]\n", b"'''", b'"""'),
    *(b"{", b"[[", b"]", b"=", b"#", b",", b'"', b"true", b"2024-13-40", b"../../../etc/passwd", b"/dev/zero", b"~"),
    *(b"nan", b"inf", b"-inf", b"1e999", b"-1", b"0", b"9" * 400),
    *(b"__class__", b"*", b"%s%n", "朝鮮 🚀".encode(), b"A" * 9_000, b"[" * 3_000, b"a." * 2_000, b"\\u0000"),
]  # fmt: skip
VALUES = st.recursive(
    st.none().map(lambda _: "") | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just("A" * 5_000),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def harmed(draw, content: bytes) -> bytes:
    """Bytes of a file with a few of them taken away, doubled, exchanged or replaced by something nasty."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(len(content) - 1, 0)))
        end = start + draw(st.integers(0, 60))
        new = draw(st.sampled_from(NASTY) | st.binary(max_size=20) | st.just(2 * content[start:end]))
        content = content[:start] + new + content[draw(st.sampled_from([start, end])) :]
    return content


@st.composite
def otherwise(draw, tree: dict) -> bytes:
    """A TOML file with another value, or none, at a place or two of its tables."""
    tree = json.loads(json.dumps(tree, default=str))
    for _ in range(draw(st.integers(1, 2))):
        table = tree
        while True:
            name = draw(st.sampled_from(sorted(table)))
            if isinstance(table[name], dict) and table[name] and draw(st.integers(0, 5)):
                table = table[name]
                continue
            break
        if draw(st.booleans()):
            table[name] = draw(VALUES)
        elif len(table) > 1:
            del table[name]
            table[draw(st.text(max_size=9))] = draw(VALUES)
    return toml_text(tree).encode(errors="replace")


@dataclass(frozen=True)
class Kind:
    """A kind of file: a sound one, and who reads it."""

    sound: bytes
    read: Callable[[Path], object]
    name: str = "file.toml"


def csv_table() -> bytes:
    return b"grandia.resolve,grandia.goodwill\n" + b"".join(b"0.%d,0.%d\n" % (i, 9 - i) for i in range(1, 9))


SWEEP = f'title = "A sweep"\nscenario = "{TOY}"\npoints = 4\nruns = 2\nseed = 3\nmonths = 5\nat = ["2001-03"]\n' + (
    'design = "sobol"\nrecord = ["munitions_delivered"]\n[uncertainties]\n"grandia.resolve" = { low = 0.1, high = 0.9 }\n'
    '[levers]\nwithout = ["", "beijing"]\n"variants.learning" = ["bayes", "adaptive"]\n'
)

FILES = {
    "scenario": Kind(TOY.read_bytes(), sim.Scenario.load),
    "sweep": Kind(SWEEP.encode(), lambda path: load_sweep(path).plan()),
    "thesis": Kind((ROOT / "scenarios" / "thesis.toml").read_bytes(), Thesis.load),
    "inference": Kind((ROOT / "scenarios" / "inference.toml").read_bytes(), Inference.load),
    "evidence": Kind(
        b"\n".join((ROOT / "sim" / "evidence" / "evidence.csv").read_bytes().splitlines()[:12]), observations, "file.csv"
    ),
    "points": Kind(csv_table(), from_table, "file.csv"),
    "points in Parquet": Kind(pd.read_csv(BytesIO(csv_table())).to_parquet(index=False), from_table, "file.parquet"),
    "answer": Kind((ROOT / "scenarios" / "answer.json").read_bytes(), answer, "answer.json"),
    "page": Kind(
        (ROOT / "scenarios" / "beijing_cuts_oil.toml").read_bytes(), lambda path: imported(path.name, path.read_bytes())
    ),
}


def within_limits(read: Callable[[], object], what: object) -> None:
    """Read something, and see that it takes little time and memory, and that what is said is plain."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + BYTES, most))
    began = time.process_time()
    try:
        read()
    except UserError as error:
        said = str(error)
        assert said.count("\n") < LINES, what
        assert "\0" not in said, what
        assert "\x1b" not in said, what
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    assert time.process_time() - began < SECONDS, what


def counts(*names: str):
    """Few inputs of each kind by default, many in a campaign."""
    few = [pytest.param(name, QUICK, id=name) for name in names]
    return pytest.mark.parametrize(
        ("name", "count"), [*few, *(pytest.param(name, MANY, id=f"{name}, often", marks=pytest.mark.nightly) for name in names)]
    )


pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks the system by its own files"),
    pytest.mark.filterwarnings("ignore"),
]


@counts(*FILES)
def test_a_strange_file_is_read_or_refused_in_plain_words(tmp_path, name, count):
    kind, path = FILES[name], tmp_path / FILES[name].name
    path.write_bytes(kind.sound)
    kind.read(path)
    trees = otherwise(tomllib.loads(kind.sound.decode())) if path.suffix == ".toml" else harmed(kind.sound)

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(harmed(kind.sound) | trees)
    def reading(content: bytes) -> None:
        path.write_bytes(content)
        within_limits(lambda: kind.read(path), content)

    reading()


def run_folder(out: Path) -> None:
    sim.run(TOY, runs=5, months=4, seed=3, out=out, progress=False)


def read_run(folder: Path) -> None:
    saved = sim.open_run(folder)
    saved.outcomes, saved.quantiles, saved.paths, saved.scenario  # noqa: B018


def sweep_folder(out: Path) -> None:
    sim.sweep(TOY, {"grandia.tolerance": (0.2, 1.2)}, points=3, months=4, out=out, progress=False)


def read_sweep(folder: Path) -> None:
    saved = sim.open_sweep(folder)
    saved.frame(), saved.design, saved.means("munitions"), saved.scenario(0)


FOLDERS = {"run": (run_folder, read_run), "sweep": (sweep_folder, read_sweep)}


@counts(*FOLDERS)
@pytest.mark.parametrize("signed", [False, True], ids=["as it is", "with a list that agrees"])
def test_a_strange_folder_is_read_or_refused_in_plain_words(tmp_path, name, count, signed):
    """A stranger can also make the list of sums anew, so that a folder agrees with itself."""
    make, read = FOLDERS[name]
    make(tmp_path / "whole")
    listed = sorted(sim.verify(tmp_path / "whole")[0].files)

    @settings(max_examples=count // 2, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def reading(data: st.DataObject) -> None:
        shutil.rmtree(tmp_path / "harmed", ignore_errors=True)
        folder = Path(shutil.copytree(tmp_path / "whole", tmp_path / "harmed"))
        chosen = data.draw(st.sampled_from(listed if signed else [*listed, SUMS_FILE]))
        content = data.draw(harmed((folder / chosen).read_bytes()))
        (folder / chosen).write_bytes(content)
        if signed:
            write_sums(folder, name, listed)
        within_limits(lambda: read(folder), (chosen, content))

    reading()
