"""How fast sweeps are: beside other tools on the same model, on two processes beside a bare loop, and at a million runs."""

import os
import time
import warnings

import numpy as np
import pandas as pd
import pytest
from commands import command, peak_memory

import sim
from sim.experiments.samplers import factorial
from sim.experiments.scenario_ranges import ranges_of
from sim.runs.processes import pool

ADDRESSES = ["china.goodwill", "china.resolve"]
MANY, FEW = 282, 8  # levels of both, for a sweep, and for tools that do one run at a time
CHECKED = FEW**2  # points whose numbers are compared
MILLION = [word for address in ADDRESSES for word in ("--vary", address)]
MILLION += ["--design", "factorial", "--levels", 100, "--runs", 100]
LIMIT = 1536  # MiB
ROUNDS = 3


def grid(levels):
    """Points in the plane of Beijing's tolerance and resolve: the one design that all tools have."""
    return pd.DataFrame(factorial(ranges_of(sim.Scenario.load("base"), ADDRESSES), levels).columns)


def by_sweep(points, processes):
    found = sim.sweep("base", design=points, processes=processes, progress=False)
    return found.frame(["munitions"])["munitions"].to_numpy()


def by_mesa(points, processes):
    import mesa
    from others import MAIN, VARIED, Single

    given = {name: points[address].unique() for name, address in VARIED.items()}
    rows = mesa.batch_run(Single, given, number_processes=processes, max_steps=60, rng=[0], display_progress=False)
    return pd.DataFrame(rows).sort_values("RunId")[MAIN].to_numpy()


def by_ema(points, processes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that something of no use here is not installed
        import ema_workbench as ema
    from others import MAIN, VARIED, single

    model = ema.Model("base", function=single)
    model.uncertainties = [ema.RealParameter(name, 0.0, 10.0) for name in VARIED]
    model.outcomes = [ema.ScalarOutcome(MAIN)]
    rows = points[list(VARIED.values())].to_numpy()
    samples = [ema.Sample(str(number), **dict(zip(VARIED, row, strict=True))) for number, row in enumerate(rows)]
    one = ema.SequentialEvaluator(model)
    with one if processes == 1 else ema.MultiprocessingEvaluator(model, n_processes=processes) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=samples)
    return outcomes[MAIN][experiments["scenario"].astype(int).argsort()]


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("tool", [by_sweep, by_mesa, by_ema], ids=["sweep", "mesa.batch_run", "ema_workbench"])
def test_runs_a_second_beside_other_tools(benchmark, tool, processes):
    """Runs of 60 months of the base scenario, the start of processes included. Every tool gives the same numbers."""
    points = grid(MANY if tool is by_sweep else FEW)
    found = benchmark.pedantic(
        lambda: tool(points, processes), setup=lambda: pool(2).shutdown(wait=True), rounds=ROUNDS, iterations=1
    )
    benchmark.extra_info["runs_per_second"] = round(len(points) / benchmark.stats.stats.min, 1)
    np.testing.assert_array_equal(found[:CHECKED], by_sweep(points[:CHECKED], 1))


def bare(seed):
    """A loop over arrays of as many runs as a chunk has, with the arithmetic of a model and nothing else."""
    rng = np.random.default_rng(seed)
    arrays = rng.random((100, 10_000))
    for place in range(60 * 140):
        a, b = arrays[place % 100], arrays[(place * 7 + 1) % 100]
        arrays[(place * 13 + 2) % 100] = np.where(a < b, np.exp(-a), np.sqrt(a * b + 0.1))
    return float(arrays.sum())


def test_two_processes_beside_a_bare_loop(benchmark):
    """What a sweep gains from a second process, and what a loop of plain NumPy gains, taken in turn."""
    points = grid(MANY)
    executor = pool(2)

    def bare_here():
        for part in range(8):
            bare(part)

    ways = {
        "sweep on one": lambda: by_sweep(points, 1),
        "sweep on two": lambda: by_sweep(points, 2),
        "loop on one": bare_here,
        "loop on two": lambda: list(executor.map(bare, range(8))),
    }
    times = {name: [] for name in ways}

    def once():
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - began)

    benchmark.pedantic(once, rounds=ROUNDS, warmup_rounds=1, iterations=1)
    best = {name: min(each[1:]) for name, each in times.items()}
    gains = {name: best[f"{name} on one"] / best[f"{name} on two"] for name in ("sweep", "loop")}
    benchmark.extra_info |= {name: round(gain, 2) for name, gain in gains.items()}
    benchmark.extra_info["share"] = round(gains["sweep"] / gains["loop"], 2)
    print({name: [round(t, 2) for t in each] for name, each in times.items()}, gains)


@pytest.fixture(scope="module")
def million(tmp_path_factory):
    """A million runs of 60 months from the shell, outcomes written: what it took, and the folder."""
    folder = tmp_path_factory.mktemp("million") / "out"
    began, before = time.perf_counter(), os.times()
    peak = peak_memory(command("sweep", "base", *MILLION, "--out", folder), every=1.0)
    after = os.times()
    cpu = sum(after[2:4]) - sum(before[2:4])  # of all processes that it waited for
    return {"seconds": round(time.perf_counter() - began, 1), "cpu_seconds": round(cpu, 1), "peak_mib": round(peak)}, folder


def test_a_million_runs(benchmark, million):
    """Time and memory of all processes together."""
    took, folder = million
    benchmark.extra_info |= took
    benchmark.extra_info["bytes_a_run"] = round(sum(path.stat().st_size for path in folder.glob("parts/*")) / 1e6, 1)
    benchmark.pedantic(lambda: sim.open_sweep(folder), rounds=1, iterations=1)
    assert took["peak_mib"] < LIMIT


def test_opening_and_grouping_by_two_parameters(benchmark, million):
    """Means of an outcome over the runs of each of 10,000 pairs of values."""
    found = benchmark.pedantic(
        lambda: sim.open_sweep(million[1]).means("munitions", by=ADDRESSES), rounds=ROUNDS, warmup_rounds=1, iterations=1
    )
    assert len(found) == 10_000
