"""Where it runs, how it ends and what memory it takes: a cluster's workers, a kill, the standard budget."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_inference import SUMMIT_RECORD, TINY, declaration, table

import sim
from sim.scenario.files import toml_text

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
GIB = 2**20  # in the KiB of getrusage
STANDARD = """
import numpy as np
from sim.inference.bench import Inquiry, declared_with, plan_of
from sim.inference.questions import posterior_arms
from sim.inference.sampler import ISLANDS, State, Step, prior_particles
from sim.inference.simulation import Shared, Simulator
from sim.inference.watching import watch_targets
from sim.scenario.scenario import Scenario
declared = declared_with("inference", None)
setting = Inquiry(Scenario.load("base"), declared, declared.budgets["standard"], "2024-12", None, None).setting()
plan, simulator = plan_of(setting), Simulator(Shared.of(setting))
simulator.evaluate(prior_particles(plan, plan.bank, 0))
particles = prior_particles(plan, plan.particles, 1)
step = Step(1.0, 1.0, (0.0,) * ISLANDS, {}, 1, 1)
state = State(particles, simulator.evaluate(particles), (), np.ones(1), (step,))
posterior_arms(setting, simulator, state, targets=watch_targets(setting))
"""


def test_workers_of_a_cluster_give_the_same_bits(tmp_path):
    distributed = pytest.importorskip("distributed")
    record = table(tmp_path / "record.csv", SUMMIT_RECORD)
    arguments = {"declaration": declaration(), "until": "2023-12", "evidence": record, "budget": TINY}
    here = sim.infer("base", processes=1, **arguments)
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster, set_as_default=False) as client:
        there = sim.infer("base", executor=client.get_executor(), **arguments)
    assert there.state.particles.z.tobytes() == here.state.particles.z.tobytes()
    assert there.log_evidence == here.log_evidence
    assert there.verdict.equals(here.verdict)


def test_a_process_that_was_killed_outright_goes_on_to_the_same_end(tmp_path):
    record = table(tmp_path / "record.csv", SUMMIT_RECORD)
    budget = {"quick": {"bank": 400, "particles": 200, "moves": 6, "last": 6}}
    path = tmp_path / "small.toml"
    path.write_text(toml_text(declaration(budgets=budget).model_dump(mode="json", exclude_none=True)), encoding="utf-8")

    def call(out):
        words = ["infer", "base", "--declaration", path, "--until", "2023-12", "--evidence", record, "--processes", "1"]
        return [sys.executable, str(ROOT / "run_sim.py"), *map(str, words), "--out", str(tmp_path / out)]

    begun = subprocess.Popen(call("cut"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list((tmp_path / "cut").glob("state-*.parquet")) and begun.poll() is None:
        time.sleep(0.02)
    os.kill(begun.pid, signal.SIGKILL)
    assert begun.wait() == -signal.SIGKILL
    assert not (tmp_path / "cut" / "answer.json").exists()
    for out in ("cut", "whole"):
        subprocess.run(call(out), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for name in ("posterior.toml", "verdict.csv", "numbers.csv", "steps.csv"):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_the_standard_budget_takes_less_than_two_gibibytes():
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    subprocess.run([sys.executable, "-c", STANDARD], check=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"{after / GIB:.2f} GiB")
    assert max(before, after) < 2 * GIB
