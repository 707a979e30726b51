"""Processes for chunks of runs: they do what they are given, and end with the process that started them."""

import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import sim
from sim.runs import processes
from sim.runs.chunks import chunks_of, parts
from sim.runs.ensemble import make_job
from sim.runs.processes import allowed, cores, pool, standing_pool

PARENT = """
import os
from sim.runs.processes import standing_pool
if __name__ == "__main__":
    print(standing_pool(1).submit(os.getpid).result(), flush=True)
    os.kill(os.getpid(), 9)
"""


def is_alive(process):
    """Whether a process still does something; one that nobody has taken notice of since its end does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_there_is_a_core_at_least():
    assert cores() >= 1


def test_a_standing_pool_works_in_processes_of_its_own():
    with standing_pool(1) as helpers:
        assert helpers.submit(os.getpid).result() != os.getpid()


CHILD = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
import sim
from sim.runs import in_memory

in_memory.CHUNK = 3

def outcomes(world):
    return sim.run(world, runs=7, months=2, processes=2, progress=False)["outcomes"].values.tobytes()

if __name__ == "__main__":
    world = sim.Scenario.load({world!r})
    whole = outcomes(world)
    with multiprocessing.get_context("fork").Pool(1) as daemons:  # forked off beside a pool, and a daemon
        assert daemons.apply_async(outcomes, (world,)).get(60) == whole
    with multiprocessing.get_context("spawn").Pool(1) as daemons:
        assert daemons.apply_async(outcomes, (world,)).get(60) == whole
    for way in ("spawn", "forkserver", "fork"):
        with ProcessPoolExecutor(2, multiprocessing.get_context(way)) as workers:
            assert set(workers.map(outcomes, [world] * 3)) == {whole}
    child = multiprocessing.get_context("fork").Process(target=outcomes, args=(world,))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    print("the same")
"""


def told(child):
    """What a process that is forked off here may have."""
    child.start()
    child.join(60)
    return child.exitcode


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_worker_and_a_fork_of_a_process_with_a_pool_have_no_processes(monkeypatch):
    monkeypatch.setattr(processes, "_owner", os.getpid())
    assert (allowed(7), allowed(1)) == (7, 1)
    if (child := os.fork()) == 0:
        os._exit(allowed(7))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    monkeypatch.setattr(processes, "_owner", None)
    for daemon in (True, False):
        assert told(multiprocessing.get_context("fork").Process(target=lambda: os._exit(allowed(7)), daemon=daemon)) == 1


def test_one_thread_at_a_time_has_the_pool_and_others_do_without():
    toy = sim.Scenario.load(Path(__file__).parents[1] / "toy" / "toy.toml")
    job = make_job(toy, 6, 2, 3, record=())

    def outcomes(count: int) -> bytes:
        chunks = chunks_of(6, 2)
        return b"".join(part.outcomes.tobytes() for part in parts(toy, job, chunks, count, lambda runs: None))

    alone = outcomes(1)
    with pool(2) as own, pool(3) as other:
        assert (own is None, other is None) == (False, True)
        assert outcomes(3) == alone
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(outcomes, [2, 3, 2, 3])) == {alone}


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_runs_within_a_daemon_or_a_fork_are_done_in_one_process_with_the_same_bits(tmp_path, root):
    script = tmp_path / "child.py"
    script.write_text(CHILD.replace("{world!r}", repr(str(root / "tests/toy/toy.toml"))))
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment, timeout=240, check=False)
    assert (done.stdout, done.returncode) == ("the same\n", 0), done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system by its own files")
def test_a_process_ends_soon_after_its_parent_was_killed(tmp_path, root):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    killed = subprocess.run([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment, timeout=60)
    assert killed.returncode == -9
    deadline = time.monotonic() + 30
    while is_alive(int(killed.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
