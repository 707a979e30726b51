"""Worlds at random, within and at the bounds of their numbers and of every form: finite, balanced, and each run itself."""

import os
import subprocess
import sys

import numpy as np
import pytest
from campaign import ROOT
from engine import TOY, anywhere, history, only, same_bits

import sim
from sim.errors import UserError
from sim.mechanisms.bargaining import BARGAINS
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.pressure import RESPONSES
from sim.mechanisms.quantities import CONSERVED
from sim.model.world import World

MONTHS, RUNS = 12, 6
BALANCED = 1e-12  # of all that ever stood in the accounts
QUICK, MANY = 6, 500  # worlds: by default, and in a campaign
NAMES = [name for name in sim.scenario_names() if not sim.Scenario.load(name).worlds]


def some_world(draw: np.random.Generator) -> sim.Scenario:
    """A shipped scenario or the toy, in one of its forms, with some limits out."""

    def pick(options: object) -> str:
        return str(draw.choice(sorted(options)))

    base = TOY if draw.random() < 0.3 else sim.Scenario.load(str(draw.choice(NAMES)))
    changes = {"variants.bargaining": pick(BARGAINS), "variants.learning": pick(LEARNING)}
    changes |= {f"rules.{name}.response": pick(RESPONSES) for name, rule in base.rules.items() if rule.trigger == "visible_tie"}
    return base.set(changes).without(*draw.choice(sorted(KNOCKOUTS), draw.integers(0, 3), replace=False))


def far_numbers(scenario: sim.Scenario, draw: np.random.Generator) -> dict[str, np.ndarray]:
    """Numbers between low and high, at either end, or for a few of them far beyond: up to a hundred times as large, or nil."""
    values = anywhere(scenario, RUNS, int(draw.integers(2**31)), corners=bool(draw.integers(2)), share=float(draw.random()))
    for address in draw.choice(sorted(scenario.parameters), draw.integers(0, 4), replace=False):
        parameter = scenario.parameters[str(address)]
        number = parameter.value * float(draw.choice([0.0, 0.01, 100.0]))
        try:
            scenario.set(str(address), number)
        except UserError:  # beyond what has a meaning
            continue
        values[str(address)] = np.full(RUNS, number)
    return values


def check(number: int) -> None:
    """Make a world at random and see that it holds what is promised of all."""
    draw = np.random.default_rng(number)
    scenario, seed = some_world(draw), int(draw.integers(2**31))
    values = far_numbers(scenario, draw)

    def balanced(world: World) -> None:
        for good in CONSERVED:
            assert (world.ledger.imbalance(good) <= BALANCED).all(), (number, good, world.ledger.imbalance(good).max())

    options = {"seed": seed, "values": values}
    whole = history(scenario, MONTHS, balanced, runs=RUNS, **options)
    for name, numbers in whole.items():
        assert np.isfinite(numbers).all(), (number, name)
    order = draw.permutation(RUNS)
    turned = {name: numbers[order] for name, numbers in values.items()}
    same_bits(history(scenario, MONTHS, runs=RUNS, keys=order, seed=seed, values=turned), only(order, whole))
    run = int(draw.integers(RUNS))
    alone = {name: numbers[[run]] for name, numbers in values.items()}
    same_bits(history(scenario, MONTHS, runs=1, first=run, seed=seed, values=alone), only([run], whole))


@pytest.mark.parametrize(
    "numbers",
    [range(QUICK), pytest.param(range(QUICK, QUICK + MANY), marks=pytest.mark.nightly, id="often")],
    ids=["few", "often"],
)
def test_a_world_at_random_is_finite_and_balanced_and_each_run_itself(numbers):
    for number in numbers:
        check(number)


SCRIPT = """
import sys
import numpy as np
import sim
from sim.mechanisms.quantities import QUANTITIES
data = sim.run("base", runs=200, months=24, seed=5, record=[each.name for each in QUANTITIES], processes=1, progress=False)
np.savez(sys.argv[1], **{name: values.values for name, values in data.data_vars.items()})
"""


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """Give every number of some runs of a process with an environment of its own."""
    folder = tmp_path_factory.mktemp("numbers")

    def give(**environment: str) -> dict[str, np.ndarray]:
        given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        subprocess.run([sys.executable, "-c", SCRIPT, folder / "numbers.npz"], env=given, check=True, timeout=300)
        with np.load(folder / "numbers.npz") as file:
            return {name: file[name] for name in file.files}

    return give


@pytest.mark.slow
def test_threads_the_order_of_sets_and_the_place_change_no_bit(numbers):
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    first = numbers(PYTHONHASHSEED="0", **dict.fromkeys(threads, "1"))
    same_bits(numbers(PYTHONHASHSEED="1", LC_ALL="C", TZ="Asia/Pyongyang", **dict.fromkeys(threads, "4")), first)


@pytest.mark.slow
def test_another_kind_of_processor_changes_last_digits_alone(numbers):
    """NumPy has other code for other processors. To have it do without some of their instructions imitates another."""
    first, other = numbers(), numbers(NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4 AVX512_ICL AVX512_SPR")
    for name, values in first.items():
        np.testing.assert_allclose(other[name], values, rtol=1e-6, atol=1e-9, err_msg=name)
