"""A folder appears whole or not at all, whoever else writes, and whatever was killed before."""

import os
import shutil
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from sim.errors import UserError
from sim.runs.run_directory import claimed, whole_directory
from sim.runs.sums import SUMS_FILE

WRITER = """
import sys
from sim.runs.run_directory import whole_directory

with whole_directory("batch") as folder:
    (folder / "file").write_text("theirs")
    print("begun", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def writer(tmp_path, root):
    """Another process that is in the midst of writing ``batch``, and ends when it is told a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER],
        cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    with process:
        assert process.stdout.readline() == "begun\n"
        yield process
        process.kill()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write(place, text="ours"):
    with whole_directory(place) as folder:
        (folder / "file").write_text(text)


def test_what_another_process_is_writing_is_refused_at_once_and_left_alone(tmp_path, writer):
    with pytest.raises(UserError, match="batch: another process is writing there"):
        write(tmp_path / "batch")
    write(tmp_path / "batch.x")
    writer.communicate("end\n")
    assert names(tmp_path) == ["batch", "batch.x"]
    assert (tmp_path / "batch" / "file").read_text() == "theirs"


def test_the_first_name_that_is_free_is_taken_and_kept(tmp_path, writer):
    (tmp_path / "batch-2").mkdir()
    places = (tmp_path / (f"batch-{number}" if number > 1 else "batch") for number in count(1))
    with claimed(places) as place, whole_directory(place) as folder:
        (folder / "file").write_text("ours")
    assert place == tmp_path / "batch-3"
    writer.communicate("end\n")
    assert names(tmp_path) == ["batch", "batch-2", "batch-3"]


def test_what_a_killed_process_has_left_goes_with_the_next_that_writes_there(tmp_path, writer):
    (tmp_path / ".batch.x.01234567.part").mkdir()  # of another place
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert len(names(tmp_path)) == 3
    write(tmp_path / "batch")
    assert names(tmp_path) == [".batch.x.01234567.part", "batch"]


@pytest.mark.parametrize(("lock", "left"), [("", []), ("of another program", [".batch.lock"])])
def test_a_lock_that_outlived_its_process_goes_with_the_next_call_though_that_is_refused(tmp_path, lock, left):
    (tmp_path / "batch").mkdir()
    (tmp_path / "batch" / SUMS_FILE).touch()
    (tmp_path / ".batch.lock").write_text(lock)
    with pytest.raises(UserError, match="exists already"):
        write(tmp_path / "batch")
    assert names(tmp_path) == [*left, "batch"]


def test_an_error_leaves_nothing_and_what_appears_meanwhile_is_not_touched(tmp_path):
    with pytest.raises(RuntimeError), whole_directory(tmp_path / "deep" / "batch"):
        raise RuntimeError
    assert names(tmp_path) == []
    with pytest.raises(UserError, match="the folder exists by now"), whole_directory(tmp_path / "batch") as folder:
        shutil.copytree(Path(__file__).parent.parent / "toy", folder.with_name("batch"))
    assert names(tmp_path) == ["batch"]
    with pytest.raises(UserError, match="exists already"):
        write(tmp_path / "batch")
    assert (tmp_path / "batch" / "toy.toml").is_file()
