"""Processes for chunks of runs: they do what they are given, and end with the process that started them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.runs.processes import cores, standing_pool

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
