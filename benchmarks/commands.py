"""The program's commands in processes of their own, and what such a process and its workers hold in memory."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def command(*words: object) -> subprocess.Popen[bytes]:
    """Start a command of the program in a process of its own, as a user would."""
    line = [sys.executable, str(ROOT / "run_sim.py"), *map(str, words)]
    return subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL)


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait for a command, which has to succeed."""
    assert process.wait() == 0


def peak_memory(process: subprocess.Popen[bytes], every: float = 0.02) -> float:
    """Wait for a command and give its peak memory in MiB: what it and its workers held together, pages shared once.

    `resource.getrusage` would give the largest single process only, so the proportional set sizes are added up (Linux),
    ``every`` so many seconds: often costs time, which matters where time is taken as well.
    """
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_proportional_kib, _family(process.pid))))
        time.sleep(every)
    finish(process)
    return peak / 1024


def _family(pid: int) -> list[int]:
    try:
        children = [int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()]
    except OSError:
        return []
    return [pid, *(member for child in children for member in _family(child))]


def _proportional_kib(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it ended in between
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
