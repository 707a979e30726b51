"""States on disk: bit for bit, known again, and gone on from after a kill."""

import json

import numpy as np
import pytest
from small_inference import SUMMIT_RECORD, TINY, declaration, table

import sim
from sim.errors import UserError
from sim.inference.bench import plan_of
from sim.inference.sampler import ISLANDS, State, Step, prior_particles
from sim.inference.setting import bring_together
from sim.inference.simulation import Evaluation
from sim.inference.store import Store, opened, read_state, state_bytes
from sim.runs.sums import verify
from sim.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return table(tmp_path_factory.mktemp("record") / "record.csv", SUMMIT_RECORD)


@pytest.fixture(scope="module")
def setting(record):
    return bring_together(Scenario.load("base"), declaration(), TINY, "2023-12", evidence=record)


def state_of(setting, seed=1):
    plan, rng = plan_of(setting), np.random.default_rng(seed)
    found = Evaluation(
        rng.normal(size=(len(setting.parts), 64)),
        rng.normal(size=(len(setting.targets), 64)),
        rng.random((len(setting.happened), setting.months, 64)),
    )
    particles = prior_particles(plan, 64, seed)
    steps = (Step(0.25, 31.5, (-1.5,) * ISLANDS, {"one month": 0.5}, 40, 120),)
    return State(particles, found, (1.0, 2.0, 3.0), rng.random(len(particles.z)), steps)


def test_a_state_comes_back_bit_for_bit(setting):
    state = state_of(setting)
    again = read_state(state_bytes(setting, state))
    assert state_bytes(setting, again) == state_bytes(setting, state)
    assert again.particles.z.tobytes() == state.particles.z.tobytes()
    assert again.found.draws.tobytes() == state.found.draws.tobytes()
    assert again.steps == state.steps
    assert again.sizes == state.sizes


def test_the_last_whole_state_is_loaded(setting, tmp_path):
    plan = plan_of(setting)
    with opened(tmp_path / "out", setting, plan) as store:
        assert store.load() is None
        store.save(state_of(setting))
    with opened(tmp_path / "out", setting, plan) as store:
        loaded = store.load()
        assert loaded is not None
        assert loaded.steps == state_of(setting).steps
    path = next((tmp_path / "out").glob("state-*.parquet"))
    path.write_bytes(path.read_bytes()[:-8] + b"damaged!")
    with opened(tmp_path / "out", setting, plan) as store:
        assert store.load() is None


def test_a_folder_of_something_else_is_kept(setting, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="nothing is overwritten"), opened(tmp_path, setting, plan_of(setting)):
        pass
    with pytest.raises(UserError, match="is a file"), opened(tmp_path / "notes.txt", setting, plan_of(setting)):
        pass


def test_another_inference_is_kept(setting, record, tmp_path):
    with opened(tmp_path / "out", setting, plan_of(setting)):
        pass
    other = bring_together(Scenario.load("base"), declaration(seed=8), TINY, "2023-11", evidence=record)
    with (
        pytest.raises(UserError, match="another declaration, last month"),
        opened(tmp_path / "out", other, plan_of(other)),
    ):
        pass


class Killed(BaseException):
    pass


def test_a_call_that_was_killed_goes_on_to_the_same_end(record, tmp_path, monkeypatch):
    arguments = {"declaration": declaration(), "until": "2023-12", "evidence": record, "budget": TINY, "processes": 1}
    whole = sim.infer("base", out=tmp_path / "whole", **arguments)
    save = Store.save

    def save_and_die(store, state, **options):
        save(store, state, **options)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Store, "save", save_and_die)
        for _ in range(2):  # dies once more after the next temperature
            with pytest.raises(Killed):
                sim.infer("base", out=tmp_path / "cut", **arguments)
    found = sim.infer("base", out=tmp_path / "cut", **arguments)
    assert found.state.particles.z.tobytes() == whole.state.particles.z.tobytes()
    assert found.log_evidence == whole.log_evidence
    for name in ("posterior.toml", "verdict.csv", "numbers.csv"):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    verify(tmp_path / "cut")
    assert json.loads((tmp_path / "cut" / "answer.json").read_text())["about"]["until"] == "2023-12"


def test_what_is_damaged_or_not_listed_does_not_keep_its_own_call_away(setting, tmp_path):
    plan = plan_of(setting)
    with opened(tmp_path / "out", setting, plan) as store:
        store.save(state_of(setting))
    whole = (tmp_path / "out" / "identity.json").read_bytes()
    (tmp_path / "out" / "state-009.parquet").write_bytes(b"never listed")
    (tmp_path / "out" / "identity.json").write_bytes(whole[:-9])
    with opened(tmp_path / "out", setting, plan) as store:
        assert store.load() is not None
    assert (tmp_path / "out" / "identity.json").read_bytes() == whole
    (tmp_path / "out" / "sums.sha256").write_bytes(b"nothing")
    with opened(tmp_path / "out", setting, plan) as store:
        assert store.load() is None
    assert not list((tmp_path / "out").glob("state-*"))
    verify_begun = pytest.raises(UserError, match="is not finished")
    with verify_begun:
        verify(tmp_path / "out")
