"""What is removed is dead: what somebody holds, is young, or is a result, stays."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import sim
from sim.runs import leftovers
from sim.runs.leftovers import clean
from sim.whole_files import held, temporary_folder

WRITER = """
import sys
from pathlib import Path
from sim.runs.run_directory import whole_directory
from sim.whole_files import temporary_folder

with whole_directory(sys.argv[1]) as folder, temporary_folder("test") as temporary:
    (folder / "file").write_text("four")
    (temporary / "file").write_text("four")
    print(temporary, flush=True)
    sys.stdin.readline()
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere nothing can be proved")


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """A folder of temporary files of its own, and no wait until what is there is old."""
    monkeypatch.setattr(leftovers, "YOUNG_SECONDS", -1.0)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", None)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_a_living_process_holds_stays_and_what_it_leaves_when_it_is_killed_goes(tmp_path, root):
    place = tmp_path / "out" / "batch"
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as writer:
        assert tmp_path.as_posix() in writer.stdout.readline()
        assert clean(tmp_path, remove=True) == []
        writer.send_signal(signal.SIGKILL)
    assert len(names(tmp_path / "out")) == 2
    assert sorted(each.size for each in clean(tmp_path)) == [4, 4]
    assert len(names(tmp_path / "out")) == 2
    assert len(clean(tmp_path, remove=True)) == 2
    assert names(tmp_path / "out") == names(tmp_path / "temporary") == []


def test_a_file_that_is_being_written_stays(tmp_path):
    part = tmp_path / ".file.01234567.part"
    part.write_text("half")
    with held(part) as own:
        assert own
        assert clean(tmp_path) == []
    assert [each.path for each in clean(tmp_path)] == [part]


def test_the_lock_beside_a_finished_folder_or_page_goes_and_others_stay(tmp_path):
    for name in ("whole", "other", "page.html", "other.html", "nothing"):
        (tmp_path / f".{name}.lock").touch()
    for name in ("whole", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "whole" / "sums.sha256").touch()
    (tmp_path / "page.html").write_bytes((Path(sim.__file__).parent / "explorer" / "page.html").read_bytes())
    (tmp_path / "other.html").write_text("<!DOCTYPE html>")
    assert [each.path.name for each in clean(tmp_path, remove=True)] == [".page.html.lock", ".whole.lock"]
    assert (tmp_path / ".other.lock").exists()


def test_what_is_young_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "YOUNG_SECONDS", 60.0)
    (tmp_path / ".file.01234567.part").write_text("half")
    assert clean(tmp_path, remove=True) == []


def test_what_only_looks_like_it_and_links_stay(tmp_path):
    (tmp_path / "other").mkdir()
    for name in (".file.0123456.part", "file.01234567.part", ".file.part", ".lock", ".file.lock"):
        (tmp_path / name).write_text("mine")
    (tmp_path / ".link.01234567.part").symlink_to(tmp_path / "other")
    before = sorted(tmp_path.rglob("*"))
    assert clean(tmp_path, remove=True) == []
    assert sorted(tmp_path.rglob("*")) == before


def test_a_result_in_memory_and_a_sweep_that_has_begun_stay(tmp_path, root):
    toy = root / "tests" / "toy" / "toy.toml"
    held_one = sim.sweep(toy, {"grandia.resolve": (0.1, 0.9)}, points=2, months=2, progress=False)
    sim.sweep(toy, {"grandia.resolve": (0.1, 0.9)}, points=2, months=2, progress=False, out=tmp_path / "swept")
    (tmp_path / "swept" / "sums.sha256").unlink()
    assert clean(tmp_path, remove=True) == []
    assert len(held_one.means("munitions")) == 2
    folder = held_one.directory
    del held_one
    assert not folder.exists()


def test_a_temporary_folder_goes_with_its_context(tmp_path):
    with temporary_folder("test") as folder:
        (folder / "file").write_text("one")
    assert names(tmp_path / "temporary") == []
