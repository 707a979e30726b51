"""What it costs to set a sweep of some 100 MB against its list of sums, beside reading it."""

import time

import pytest

import sim
from sim.runs.sums import read_sums

ROUNDS = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A sweep of 1,260,000 runs of a month: what is on disk does not depend on the months."""
    out = tmp_path_factory.mktemp("sums") / "out"
    sim.sweep("base", ["china.*"], points=9_000, runs=140, months=1, out=out, progress=False)
    return out


def shortest(task):
    """Seconds on the clock and of the processors that the quickest of some rounds takes."""
    found = []
    for _ in range(ROUNDS):
        clock, work = time.perf_counter(), time.process_time()
        task()
        found.append((time.perf_counter() - clock, time.process_time() - work))
    return tuple(min(each) for each in zip(*found, strict=True))


def test_the_check_of_a_sweep_takes_a_tenth_of_reading_it(folder, capsys):
    size = sum(path.stat().st_size for path in (folder / "parts").iterdir()) / 1e6
    saved = sim.open_sweep(folder)
    saved.sums.check()
    found = {
        "opening": shortest(lambda: sim.open_sweep(folder)),
        "checking all": shortest(lambda: read_sums(folder).check()),
        "checking what was checked": shortest(lambda: saved.sums.check()),
        "reading all, checked before": shortest(saved.frame),
        "reading all as Arrow, checked before": shortest(lambda: saved.table.to_table()),
    }
    with capsys.disabled():
        print(f"\n{size:.0f} MB in {len(list((folder / 'parts').iterdir()))} parts")
        for name, (clock, work) in found.items():
            print(f"{name:40} {1000 * clock:8.1f} ms on the clock {1000 * work:8.1f} ms of the processors")
    assert found["checking all"][0] < 0.1 * found["reading all, checked before"][0]
