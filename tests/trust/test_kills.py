"""A call that is killed at any moment, and called again, gives the bytes of one that was not, and nothing else stays."""

import random
import signal
import subprocess
import sys
import time

import pytest
from campaign import Call, Desk, calls, ended

SIGNALS = ("SIGKILL", "SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
KILLS = 4  # of one call, before it may finish
TARGETS = {
    "infer": 12,
    "infer, two processes": 8,
    "infer on Dask": 8,
    "thesis": 12,
    "explore": 12,
    "sweep on Dask": 8,
    "run": 24,
    "run, two processes": 12,
    "sweep": 24,
    "sweep, two processes": 12,
}
assert sum(TARGETS.values()) >= 100

CLUSTER = """
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Give the address of a Dask cluster of two processes, which outlives those that are killed."""
    script = tmp_path_factory.mktemp("cluster") / "cluster.py"
    script.write_text(CLUSTER)
    with subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.communicate("\n")


def killed(desk: Desk, call: Call, draw: random.Random, span: float, right: dict[str, bytes]) -> str | None:
    """Start a call, kill it at a random moment, and look at what it has left; say how, if it was not done before."""
    process, name = desk.start(call), draw.choice(SIGNALS)
    try:
        said = process.communicate(timeout=draw.uniform(0.02, 1.0) * span)[1]
    except subprocess.TimeoutExpired:
        process.send_signal(getattr(signal, name))
        said = process.communicate(timeout=120)[1]
    assert ended(process.pid), f"{name} left a process"
    where = f"{call.name}, {name}, {process.returncode}: {said}"
    desk.check(right)
    if process.returncode == 0 or (process.returncode == 2 and "exists already" in said):
        return None
    unready = name != "SIGKILL" and process.returncode in (-getattr(signal, name), 1) and "app.py" not in said
    if not unready:  # before the program itself has begun, Python has its own way
        assert process.returncode == (-9 if name == "SIGKILL" else 130), where
        assert "Traceback" not in said, where
    return name


def campaign(folder, call: Call, kills: int, seed: int = 1) -> dict[str, int]:
    """Kill a call so many times, a few times on the way to each result."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it starts in the background ignore it
    draw, counts = random.Random(f"{call.name} {seed}"), dict.fromkeys(SIGNALS, 0)
    whole = Desk(folder / "whole")
    whole.finish(call)
    right = whole.contents()
    assert right
    begun = time.monotonic()
    again = Desk(folder / "again")  # when all is compiled
    again.finish(call)
    span = time.monotonic() - begun
    assert again.contents() == right
    number = 0
    while sum(counts.values()) < kills:
        desk = Desk(folder / f"{number}")
        for at in range(KILLS):
            begun = time.monotonic()
            name = killed(desk, call, draw, span, right)
            if name is None:
                span = span if at else time.monotonic() - begun  # a whole call, on a machine that may be busier or quieter by now
                break
            counts[name] += 1
        desk.finish(call)
        assert desk.contents() == right
        assert desk.strays() == []
        desk.drop()
        print(f"{call.name}: {sum(counts.values())} kills, all with the same bytes and nothing left", flush=True)
        number += 1
    return counts


@pytest.mark.nightly
@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals")
@pytest.mark.parametrize("name", TARGETS)
def test_the_same_call_gives_the_same_bytes_after_kills(tmp_path, request, name):
    address = request.getfixturevalue("cluster") if name.endswith("Dask") else ""
    counts = campaign(tmp_path, calls(tmp_path / "given", address)[name], TARGETS[name])
    print(f"{name}: {counts}")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals")
def test_a_sweep_survives_a_few(tmp_path):
    campaign(tmp_path, calls(tmp_path / "given")["sweep"], 2)
