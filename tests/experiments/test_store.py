"""What is on disk: parts that are whole or not there, held by one process, and never mixed."""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet
from sweeping import ENVIRONMENT, FEW, ROOT, contents, sweep

import sim
from sim.errors import UserError
from sim.runs.sums import read_sums, write_sums

SCRIPT = Path(__file__).with_name("sweeping.py")
KILLS = 10


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return sweep(tmp_path_factory.mktemp("whole") / "out", FEW).directory


@pytest.fixture
def begun(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "begun"))


def parts(folder, kind="parts"):
    return sorted((folder / kind).iterdir())


def unfinish(folder):
    """Give a sweep the list that it has until it is finished."""
    sums = read_sums(folder)
    begun = {name: entry for name, entry in sums.files.items() if "/" not in name}
    dataclasses.replace(sums, files=begun, finished=False).write()
    return folder


class TestResume:
    @pytest.mark.parametrize("kind", ["parts", "quantiles"])
    @pytest.mark.parametrize("harm", ["missing", "torn", "empty", "flipped", "foreign", "left over"])
    def test_a_part_that_is_not_whole_is_made_again(self, whole, begun, kind, harm):
        path = parts(begun, kind)[1]
        content = bytearray(path.read_bytes())
        if harm == "missing":
            path.unlink()
        elif harm == "torn":
            path.write_bytes(content[: len(content) // 2])
        elif harm == "empty":
            path.write_bytes(b"")
        elif harm == "flipped":
            content[len(content) // 2] ^= 1
            path.write_bytes(content)
        elif harm == "foreign":
            path.write_bytes(parts(begun, kind)[2].read_bytes())
        else:
            path.rename(path.with_name(f".{path.name}.0123abcd.part"))
        sweep(begun, FEW)
        assert contents(begun) == contents(whole)

    def test_what_is_whole_is_not_done_again(self, begun):
        parts(begun)[3].unlink()
        before = {path: path.stat().st_mtime_ns for path in parts(begun)}
        sweep(begun, FEW)
        assert {path: path.stat().st_mtime_ns for path in parts(begun) if path in before} == before

    def test_parts_of_another_sweep_under_the_right_name_are_not_taken(self, whole, begun, tmp_path):
        other = sim.sweep("base", levers={"world.oil_price": [60, 90]}, months=3, out=tmp_path / "other").directory
        stray = parts(other)[0]
        shutil.copy(stray, begun / "parts" / stray.name.replace("000000", "000002"))
        parts(begun)[3].unlink()
        sweep(begun, FEW)
        assert contents(begun) == contents(whole)

    @pytest.mark.parametrize(
        ("change", "what"), [({"seed": 6}, r"seed \(5, now 6\)"), ({"runs": 4}, r"runs \(3, now 4\)"), ({"at": [5]}, "at")]
    )
    def test_another_sweep_is_not_mixed_in(self, begun, change, what):
        before = contents(begun)
        arguments = {"points": 20, "runs": 3, "seed": 5, "months": 10, "at": [4], "record": ["munitions_delivered"], **change}
        with pytest.raises(UserError, match=f"holds another sweep.*{what}"):
            sim.sweep("base", {"china.goodwill": (0.2, 1.2)}, out=begun, **arguments)
        assert contents(begun) == before

    def test_a_changed_scenario_and_another_version_are_not_mixed_in(self, tmp_path, monkeypatch):
        base = sim.Scenario.load("base")
        sim.sweep(base, levers={"world.oil_price": [60, 90]}, months=2, out=tmp_path / "out")
        with pytest.raises(UserError, match="scenarios"):
            sim.sweep(base.set("china.resolve", 0.9), levers={"world.oil_price": [60, 90]}, months=2, out=tmp_path / "out")
        monkeypatch.setattr("sim.experiments.identity.software", lambda: {"beijing-cap": "99"})
        with pytest.raises(UserError, match="versions"):
            sim.sweep(base, levers={"world.oil_price": [60, 90]}, months=2, out=tmp_path / "out")

    def test_a_folder_that_holds_something_else_is_left_alone(self, tmp_path):
        (tmp_path / "letter.txt").write_text("dear")
        with pytest.raises(UserError, match="exists already and is no sweep"):
            sweep(tmp_path, FEW)
        assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]

    def test_a_missing_or_damaged_table_of_points_is_made_again(self, whole, begun):
        for harm in (lambda path: path.unlink(), lambda path: path.write_bytes(b"PAR1")):
            harm(begun / "design.parquet")
            sweep(begun, FEW)
            assert contents(begun) == contents(whole)

    def test_what_a_user_has_put_there_stays(self, begun):
        (begun / "parts" / ".ipynb_checkpoints").mkdir()
        (begun / "parts" / "notes.txt").write_text("mine")
        sweep(begun, FEW)
        assert (begun / "parts" / "notes.txt").read_text() == "mine"

    def test_an_unfinished_sweep_can_be_read_with_a_warning(self, begun):
        parts(unfinish(begun))[0].unlink()
        with pytest.warns(UserWarning, match="not complete"):
            assert sim.open_sweep(begun).table.count_rows() == 3 * 60
        with pytest.raises(UserError, match="is not finished; run the command that made the sweep again"):
            sim.verify(begun)

    def test_a_sweep_copied_without_its_hidden_files_goes_on(self, whole, begun):
        (unfinish(begun) / ".lock").unlink(missing_ok=True)
        parts(begun)[0].unlink()
        sweep(begun, FEW)
        assert contents(begun) == contents(whole)

    @pytest.mark.parametrize("lost", ["sums.sha256", "manifest.json"])
    @pytest.mark.parametrize("content", [None, b"", b"{}"])
    def test_a_lost_or_damaged_list_or_manifest_is_made_again(self, whole, begun, lost, content):
        (begun / lost).unlink()
        if content is not None:
            (begun / lost).write_bytes(content)
        sweep(begun, FEW)
        assert contents(begun) == contents(whole)

    def test_a_damaged_manifest_does_not_let_another_sweep_in(self, begun):
        (begun / "manifest.json").write_bytes(b"{}")
        before = contents(begun)
        with pytest.raises(UserError, match="holds parts of another sweep, and its manifest is damaged"):
            sim.sweep("base", levers={"world.oil_price": [60, 90]}, months=3, out=begun)
        assert contents(begun) == before

    def test_levers_in_another_order_are_another_sweep(self, tmp_path):
        levers = {"world.oil_price": [60.0, 90.0], "china.resolve": [0.4, 0.8]}
        sim.sweep("base", levers=levers, months=1, out=tmp_path / "out", progress=False)
        with pytest.raises(UserError, match="holds another sweep"):
            sim.sweep("base", levers=dict(reversed(levers.items())), months=1, out=tmp_path / "out", progress=False)


class TestOpening:
    def test_what_is_no_sweep_is_refused(self, tmp_path):
        with pytest.raises(UserError, match=r"is no finished sweep: it has no sums\.sha256"):
            sim.open_sweep(tmp_path / "nothing")
        (tmp_path / "manifest.json").write_text('{"format": 0}')
        write_sums(tmp_path, "sweep", ["manifest.json"])
        with pytest.raises(UserError, match="another version"):
            sim.open_sweep(tmp_path)
        write_sums(tmp_path, "run", ["manifest.json"])
        with pytest.raises(UserError, match="is the folder of a run, not of a sweep"):
            sim.open_sweep(tmp_path)

    def test_a_damaged_part_is_named(self, begun):
        path = parts(begun)[2]
        path.write_bytes(b"nonsense")
        with pytest.raises(UserError, match=f"{path.name}: is damaged: 8 bytes, .*; run the command that made the sweep again"):
            sim.open_sweep(begun)

    def test_a_damaged_page_is_named_however_it_is_read_and_the_same_call_mends_it(self, whole, begun):
        saved, path = sim.open_sweep(begun), parts(begun)[2]
        column = parquet.ParquetFile(path).metadata.row_group(0).column(saved.table.schema.get_field_index("munitions"))
        content = bytearray(path.read_bytes())
        content[column.data_page_offset + column.total_compressed_size // 2] ^= 1
        path.write_bytes(content)
        for read in (
            lambda: saved.frame(["munitions"]),
            lambda: saved.means("munitions"),
            lambda: saved.array("munitions"),
            lambda: saved.dataset(["munitions"]),
            lambda: saved.differences("munitions", "without"),
            lambda: saved.sensitivity("munitions"),
            lambda: saved.discover("munitions", at_least=100),
        ):
            with pytest.raises(UserError, match=f"{path.name}: is damaged: .*; run the command that made the sweep again"):
                read()
        sweep(begun, FEW)
        assert contents(begun) == contents(whole)

    def test_missing_files_are_told_of(self, begun):
        saved = sim.open_sweep(begun)
        shutil.rmtree(begun / "quantiles")
        with pytest.raises(UserError, match=r"quantiles.*parquet: is missing; run the command that made the sweep again"):
            _ = saved.quantiles
        with pytest.raises(UserError, match="needs a list of points, not 5"):
            saved.quantiles_of(5)

    def test_pandas_reads_the_parts_at_once(self, whole):
        import pandas as pd

        assert len(pd.read_parquet(whole / "parts")) == 240

    @pytest.mark.slow
    def test_polars_and_duckdb_read_the_parts_at_once(self, whole):
        import duckdb
        import polars

        assert polars.scan_parquet(whole / "parts").select(polars.len()).collect().item() == 240
        query = f"select without, avg(munitions) from '{whole}/parts/*.parquet' group by without order by without"
        found = dict(duckdb.sql(query).fetchall())
        means = sim.open_sweep(whole).means("munitions", by="without").set_index("without")["mean"]
        assert found == pytest.approx(means.to_dict())


def start(folder, processes=1):
    return subprocess.Popen([sys.executable, str(SCRIPT), str(folder), str(processes)], env=ENVIRONMENT)


def start_long(folder, processes=1):
    """Start a sweep that takes minutes, so that it is at work whatever else the machine does; it is to be ended."""
    command = [
        sys.executable, "run_sim.py", "sweep", "base", "--vary", "china.goodwill", "--points", "400", "--runs", "500",
        "--out", str(folder), "--processes", str(processes),
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)


def count_parts(folder):
    return len(list(folder.glob("parts/part-*")))


def wait_for_parts(folder, count, seconds=120.0):
    end = time.monotonic() + seconds
    while count_parts(folder) < count:
        assert time.monotonic() < end, f"no {count} parts within {seconds} s"
        time.sleep(0.005)


@pytest.mark.slow
class TestProcesses:
    def test_killed_at_any_moment_it_goes_on_to_the_same_bytes(self, tmp_path):
        """kill -9 at least ten times: at random moments of the start, and at random moments after random parts."""
        whole = sweep(tmp_path / "whole").directory
        rng = np.random.default_rng(3)
        folders = [tmp_path / f"out-{number}" for number in range(4)]
        kills, midway = 0, 0
        while kills < KILLS:
            folder = folders[kills % len(folders)]
            there = count_parts(folder)
            process = start(folder, processes=1 + kills % 2)
            wanted = there + rng.integers(0, 5)
            while process.poll() is None and count_parts(folder) < wanted:
                time.sleep(0.005)
            time.sleep(rng.uniform(0.0, 0.2) if wanted > there else rng.uniform(0.0, 2.0))
            process.kill()
            if process.wait() == 0:
                shutil.rmtree(folder)  # it was faster: begin anew
                continue
            kills += 1
            midway += 0 < count_parts(folder) < 16
        assert midway >= 3
        for folder in folders:
            assert start(folder).wait() == 0
            assert contents(folder) == contents(whole)

    def test_a_killed_process_leaves_no_worker_behind(self, tmp_path):
        with start_long(tmp_path / "out", processes=2) as process:
            wait_for_parts(tmp_path / "out", 1)
            workers = [int(each) for each in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
            assert workers
            process.kill()
        end = time.monotonic() + 20
        while any(Path(f"/proc/{worker}/exe").exists() for worker in workers):
            assert time.monotonic() < end, workers
            time.sleep(0.1)

    def test_a_second_process_on_the_same_folder_is_refused(self, tmp_path):
        with start_long(tmp_path / "out") as first:
            wait_for_parts(tmp_path / "out", 1)
            with pytest.raises(UserError, match="another process is at work"):
                sweep(tmp_path / "out")
            assert first.poll() is None
            first.kill()
        with pytest.raises(UserError, match="holds another sweep"):
            sweep(tmp_path / "out")  # the folder is free

    @pytest.mark.parametrize("processes", [1, 2])
    def test_an_interrupt_ends_it_soon_and_what_was_done_is_kept(self, tmp_path, processes):
        folder = tmp_path / "out"
        process = start_long(folder, processes)
        wait_for_parts(folder, 2)
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert time.monotonic() - began < 5.0  # a second or so on an idle machine
        assert process.returncode == 130
        assert "the same call goes on from them" in said
        assert "Traceback" not in said
        assert len(list((folder / "parts").glob("part-*"))) >= 2

    def test_a_full_disk_keeps_what_was_written(self, tmp_path):
        disk = tmp_path / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True).returncode:
            pytest.skip("a file system cannot be mounted here")
        try:
            with pytest.raises(UserError, match=r"the disk is full.*what was written is kept"):
                sim.sweep("base", {"china.goodwill": (0.2, 1.2)}, points=3_000, runs=10, months=2, out=disk / "out")
            kept = parts(disk / "out")
            assert kept
            assert all(path.name.startswith("part-") for path in kept)
            subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
            found = sim.sweep("base", {"china.goodwill": (0.2, 1.2)}, points=3_000, runs=10, months=2, out=disk / "out")
            assert found.complete
            assert set(kept) <= set(parts(disk / "out"))
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)

    def test_a_folder_that_cannot_be_written_is_refused(self, tmp_path):
        disk = tmp_path / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(disk)], capture_output=True).returncode:
            pytest.skip("a file system cannot be mounted here")
        try:
            with pytest.raises(UserError, match="read-only"):
                sweep(disk / "out")
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)
