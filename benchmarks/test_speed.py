"""How fast it runs. ``uv run --all-groups pytest benchmarks``; docs/performance.md has the figures of one machine."""

import pytest
from commands import command, finish, python

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
    """100,000 runs of 60 months of the base scenario in a fresh process, outcomes written, start-up included."""
    folders = (str(tmp_path / str(number)) for number in range(10))
    script = "import sys; from sim import Scenario, run; "
    script += "run(Scenario.load('base').set('variants.bargaining', sys.argv[1]), runs=100_000, out=sys.argv[2])"

    def outcomes():
        finish(python("-c", script, bargaining, next(folders)))

    benchmark.pedantic(outcomes, rounds=5 if bargaining == "nash" else 1, iterations=1)


def test_the_main_command(benchmark, tmp_path):
    """The README's command: 10,000 runs, outcomes, trajectories and all figures."""
    folders = (tmp_path / str(number) for number in range(10))

    def main_command():
        finish(command("run", "scenarios/base.toml", "--out", next(folders)))

    benchmark.pedantic(main_command, rounds=3, iterations=1)


def test_help(benchmark):
    """Start-up of ``--help``."""
    benchmark.pedantic(lambda: finish(command("--help")), rounds=5, warmup_rounds=1, iterations=1)


def test_loading_the_base_scenario(benchmark):
    """Reading and checking a scenario file."""
    benchmark.pedantic(lambda: Scenario.load("base"), rounds=5, iterations=1)
