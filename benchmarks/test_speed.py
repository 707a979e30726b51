"""How fast it runs. ``uv run --all-groups pytest benchmarks``; docs/performance.md has the figures of one machine."""

import pytest
from commands import command, finish

from sim import Scenario, World, run


@pytest.mark.parametrize("runs", [1, 2_500, 10_000, 100_000])
def test_runs_of_an_ensemble(benchmark, scenario, runs, tmp_path):
    """Runs per second from Python: outcomes alone, written to a run directory."""
    folders = (tmp_path / str(number) for number in range(100))
    benchmark.extra_info["runs"] = runs
    rounds = 1 if runs > 10_000 else 5
    benchmark.pedantic(lambda: run(scenario, runs=runs, seed=7, out=next(folders)), rounds=rounds, iterations=1)
    benchmark.extra_info["runs_per_second"] = round(runs / benchmark.stats.stats.median, 1)


def test_a_step_of_a_single_run(benchmark, scenario):
    """A month of a single run, with all that is recorded."""

    def fresh():
        return (World(scenario, runs=1, seed=7),), {}

    def months(world):
        for _ in range(scenario.months):
            world.step()

    benchmark.pedantic(months, setup=fresh, rounds=5, iterations=1)
    benchmark.extra_info["milliseconds_a_step"] = round(1e3 * benchmark.stats.stats.median / scenario.months, 3)


@pytest.mark.parametrize("bargaining", ["nash", "logit", "heuristic"])
def test_outcomes_on_disk(benchmark, bargaining, tmp_path):
    """100,000 runs of 60 months of the base scenario from the shell, outcomes written, start-up included."""
    folders = (tmp_path / str(number) for number in range(10))
    options = ("--runs", 100_000, "--no-figures", "--set", f"variants.bargaining={bargaining}")
    rounds = 5 if bargaining == "nash" else 1
    benchmark.pedantic(
        lambda: finish(command("run", "scenarios/base.toml", *options, "--out", next(folders))), rounds=rounds, iterations=1
    )


def test_the_first_command_of_the_readme(benchmark, tmp_path):
    """10,000 runs with outcomes, trajectories and all figures."""
    folders = (tmp_path / str(number) for number in range(10))
    benchmark.pedantic(lambda: finish(command("run", "scenarios/base.toml", "--out", next(folders))), rounds=3, iterations=1)


def test_help(benchmark):
    """Start-up of ``--help``."""
    benchmark.pedantic(lambda: finish(command("--help")), rounds=5, warmup_rounds=1, iterations=1)


def test_loading_the_base_scenario(benchmark):
    """Reading and checking a scenario file."""
    benchmark.pedantic(lambda: Scenario.load("base"), rounds=5, iterations=1)
