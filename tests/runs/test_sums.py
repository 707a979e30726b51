"""No damage to a folder gives another number or a traceback: harm at random places of every kind is named, or mended."""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import UserError
from sim.runs.sums import REMEDIES, SUMS_FILE, add_sums, read_sums

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT / "tests" / name) for name in ("thesis", "experiments", "inference")]

TOY = ROOT / "tests" / "toy" / "toy.toml"
QUICK, MANY, MOST = 8, 120, 340  # harms to each kind of folder: by default, where time does not count, and in a campaign
UNTIL = "2024-06"


@dataclass(frozen=True)
class Kind:
    """A kind of folder: how one is made, how its numbers are read, and whether the call that made it mends it."""

    make: Callable[[Path], object]
    read: Callable[[Path], object]
    again: bool = False


def make_run(out):
    sim.run(TOY, runs=12, months=6, seed=3, out=out, progress=False)


def read_run(folder):
    saved = sim.open_run(folder)
    arrays = [saved.outcomes, *saved.quantiles.data_vars.values(), *saved.paths.data_vars.values()]
    return saved.manifest, [(array.dims, array.values.tobytes()) for array in arrays]


def make_comparison(out):
    from sim.runs.ensemble import make_job
    from sim.runs.on_disk import write_comparison
    from sim.runs.run_directory import whole_directory

    toy = sim.Scenario.load(TOY)
    with whole_directory(out) as folder:
        write_comparison([toy, toy.without("beijing")], make_job(toy, 12, 6, 3), folder, progress=False)


def read_comparison(folder):
    import pandas as pd

    sim.verify(folder)
    runs = [read_run(path.parent) for path in sorted(folder.rglob("manifest.json"))]
    return runs, pd.read_parquet(folder / "differences.parquet").to_dict("list")


def make_sweep(out):
    return sim.sweep(
        TOY,
        {"grandia.tolerance": (0.2, 1.2)},
        {"without": ["", "beijing"], "rules.grandia_oil_valve": [True, False]},
        points=6,
        runs=3,
        seed=5,
        months=6,
        record=["munitions_delivered"],
        out=out,
        progress=False,
    )


def read_sweep(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)
        saved = sim.open_sweep(folder)
    frames = [saved.frame(), saved.design, saved.means("munitions")]
    if saved.manifest["record"]:
        frames += [saved.quantiles, saved.differences("munitions", "without")]
    return saved.manifest, [frame.to_json(double_precision=15) for frame in frames]


def inferred(out=None, schools=()):
    from small_inference import SUMMIT_RECORD, TINY, declaration, table

    record = table(Path(tempfile.gettempdir()) / f"record-{os.getpid()}.csv", SUMMIT_RECORD)  # the result names its path
    tiny = {"quick": {**TINY.model_dump(), "bank": 200, "particles": 40, "moves": 1}}
    few = declaration(budgets=tiny, questions={"schools": list(schools)})
    given = {"until": "2023-12", "evidence": record, "processes": 1, "progress": False}
    return sim.infer("base", few, out=out, parts="schools" if schools else (), **given)


def make_lock(out):
    from sim.inference.locking import lock

    lock([inferred(schools=["school_bystander"])], out, "2024-12", "abc")


def read_every_file(folder):
    sim.verify(folder)
    return {path.name: path.read_bytes() for path in folder.glob("*.*") if path.name != ".lock"}


def make_thesis(out):
    from small import declared, toy

    from sim.thesis.report import write

    return write(sim.judge(toy(), declared(), out=out, progress=False), out)


def read_thesis(folder):
    sim.verify(folder)
    return {path.name: path.read_bytes() for path in folder.glob("report.*")}


def make_what_if(out):
    sim.what_if(TOY, "grandia uses oil on ostia by 50%", runs=4, months=6, progress=False).write(out)


def read_what_if(folder):
    sim.verify(folder)
    return {path.name: path.read_bytes() for path in folder.glob("*.*")}


KINDS = {
    "what-if": Kind(make_what_if, read_what_if),
    "run": Kind(make_run, read_run),
    "comparison": Kind(make_comparison, read_comparison),
    "sweep": Kind(make_sweep, read_sweep, again=True),
    "inference": Kind(inferred, read_every_file, again=True),
    "lock": Kind(make_lock, read_every_file),
    "thesis": Kind(make_thesis, read_thesis, again=True),
}
assert set(KINDS) == set(REMEDIES)


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> Callable[[str], Path]:
    """Give a whole folder of a kind, made once."""
    made: dict[str, Path] = {}

    def give(kind: str) -> Path:
        if kind not in made:
            made[kind] = tmp_path_factory.mktemp(kind) / "out"
            KINDS[kind].make(made[kind])
        return made[kind]

    return give


def listed(folder: Path) -> list[Path]:
    """Every file that the list of a folder, or of one inside it, names, and the lists themselves."""
    found = [sums.folder / name for sums in sim.verify(folder) for name in (*sums.files, SUMS_FILE)]
    return sorted(set(found))


def same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def harm(draw: random.Random, files: list[Path]) -> str:
    """Flip a bit, cut, add, swap, replace by another, or delete, at a random place of a random file."""
    path, other = draw.sample(files, 2)
    content = path.read_bytes()
    place = draw.randrange(len(content))
    how = draw.choice(["flip", "flip", "flip", "digit", "cut", "add", "swap within", "swap files", "other's", "delete"])
    if how == "flip":
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << draw.randrange(8)]) + content[place + 1 :])
    elif how == "digit":
        digits = [found.start() for found in re.finditer(rb"[0-9]", content)] or [place]
        place = draw.choice(digits)
        new = draw.choice([each for each in b"0123456789" if each != content[place]])
        path.write_bytes(content[:place] + bytes([new]) + content[place + 1 :])
    elif how == "cut":
        path.write_bytes(content[:place])
    elif how == "add":
        path.write_bytes(content[:place] + b"\0" * draw.randint(1, 9) + content[place:])
    elif how == "swap within":
        half = len(content) // 2
        path.write_bytes(content[half:] + content[:half])
    elif how == "swap files":
        path.write_bytes(other.read_bytes())
        other.write_bytes(content)
    elif how == "other's":
        path.write_bytes(other.read_bytes())
    else:
        path.unlink()
    return f"{how} {path} at {place}"


def said_in_one_line(error: str) -> bool:
    return "\n" not in error and re.search("again|another folder|from the repository", error) is not None


def tried(read: Callable[[Path], Any], folder: Path) -> tuple[Any, str]:
    """Give what is read, or what is said instead."""
    try:
        return read(folder), ""
    except UserError as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("kind", "count", "seed"),
    [
        *(pytest.param(kind, QUICK, 0, id=kind) for kind in ("run", "comparison", "sweep")),
        *(pytest.param(kind, MANY, 1, id=f"{kind}, often", marks=pytest.mark.slow) for kind in KINDS),
        *(pytest.param(kind, MOST, 2, id=f"{kind}, most often", marks=pytest.mark.nightly) for kind in KINDS),
    ],
)
def test_no_harm_gives_another_number(folders, tmp_path, kind, count, seed):
    whole, draw = folders(kind), random.Random(f"{kind} {seed}")
    files, right, refused = listed(whole), KINDS[kind].read(whole), 0
    for number in range(count):
        folder = Path(shutil.copytree(whole, tmp_path / str(number)))
        what = harm(draw, [folder / path.relative_to(whole) for path in files])
        different = any(not same(path, folder / path.relative_to(whole)) for path in files)
        _, said = tried(sim.verify, folder)
        assert bool(said) is different, what
        found, refusal = tried(KINDS[kind].read, folder)
        assert refusal or found == right, what
        assert all(said_in_one_line(each) for each in (said, refusal) if each), (what, said, refusal)
        refused += bool(refusal)
        shutil.rmtree(folder)
    assert refused > count / 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", [name for name, each in KINDS.items() if each.again])
def test_the_same_call_mends_what_was_harmed(folders, tmp_path, kind):
    draw, whole = random.Random(kind), folders(kind)
    for number in range(12 if kind == "sweep" else 3):
        folder = Path(shutil.copytree(whole, tmp_path / str(number)))
        what = harm(draw, listed(folder))
        KINDS[kind].make(folder)
        assert sim.verify(folder), what
        for path in listed(whole):
            assert (folder / path.relative_to(whole)).read_bytes() == path.read_bytes(), (what, path)


def test_the_list_is_one_that_sha256sum_reads(folders):
    if shutil.which("sha256sum") is None:
        pytest.skip("there is no sha256sum here")
    done = subprocess.run(["sha256sum", "--strict", "-c", SUMS_FILE], cwd=folders("run"), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["manifest.json: OK", "outcomes.parquet: OK", "trajectories.nc: OK"]


def test_the_list_says_what_the_folder_is_and_what_made_it(folders):
    sums = read_sums(folders("sweep"))
    assert (sums.kind, sums.finished) == ("sweep", True)
    assert {"beijing-cap", "python", "numpy", "scipy", "pyarrow", "code"} == sums.made_by.keys()
    assert all((sums.folder / name).stat().st_size == entry.size for name, entry in sums.files.items())


def test_a_file_that_was_right_and_is_untouched_is_not_read_again(folders, tmp_path, monkeypatch):
    folder = Path(shutil.copytree(folders("run"), tmp_path / "copy"))
    sums = read_sums(folder)
    sums.check()
    with monkeypatch.context() as patch:
        patch.setattr("hashlib.file_digest", lambda *_: pytest.fail("read again"))
        sums.check()
    content = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").write_bytes(content[::-1])
    with pytest.raises(UserError, match="is damaged: it is not what was written"):
        sums.check()


def test_what_has_come_to_a_folder_is_added_and_the_rest_still_vouched_for(tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / name).write_text(name)
    add_sums(tmp_path, "thesis", ["one", "two"])
    (tmp_path / "one").write_text("eno")
    (tmp_path / "two").unlink()
    add_sums(tmp_path, "thesis", ["three"])
    assert set(read_sums(tmp_path).files) == {"one", "three"}
    with pytest.raises(UserError, match="one: is damaged"):
        sim.verify(tmp_path)
    with pytest.raises(UserError, match="is the folder of a thesis, not of a sweep"):
        add_sums(tmp_path, "sweep", ["three"])


def test_the_command_says_what_it_checked_or_names_the_file(folders, tmp_path, capsys, monkeypatch):
    from sim.cli.app import main

    folder = Path(shutil.copytree(folders("comparison"), tmp_path / "copy"))
    monkeypatch.setattr("sys.argv", ["run_sim.py", "verify", str(folder)])
    with pytest.raises(SystemExit) as end:
        main()
    said = capsys.readouterr().out.splitlines()
    assert (end.value.code or 0, len(said)) == (0, 3)
    assert f"{folder}: sound. A comparison, 3 files, " in said[0]
    harmed = next(folder.rglob("trajectories.nc"))
    harmed.write_bytes(harmed.read_bytes()[:-1] + b"x")
    with pytest.raises(SystemExit) as end:
        main()
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (2, "")
    assert said.err == f"error: {harmed}: is damaged: it is not what was written; run its scenario again, into another folder\n"
