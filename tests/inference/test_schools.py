"""Weights of schools by the record."""

import numpy as np
import pytest
from small_inference import SUMMIT_RECORD, TINY, declaration, table

import sim
from sim.inference.schools import weights
from sim.scenario.scenario import Scenario


def test_weights_are_those_of_marginal_likelihoods():
    found = weights(np.array([-10.0, -11.0]), np.array([0.0, 0.0]))
    assert found["weight"] == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))])
    assert found["low"] == pytest.approx(found["weight"])
    unsure = weights(np.array([-10.0, -11.0]), np.array([1.0, 1.0]))
    assert (unsure["low"] < found["weight"]).all()
    assert (unsure["high"] > found["weight"]).all()


def test_each_school_is_sampled_over_what_it_leaves_open(tmp_path):
    record = table(tmp_path / "record.csv", SUMMIT_RECORD)
    declared = declaration(questions={"schools": ["school_bystander", "school_reluctant_patron"]})
    found = sim.infer(
        "base", declared, until="2023-12", evidence=record, budget=TINY, parts="schools", processes=1, out=tmp_path / "out"
    ).schools
    assert set(found["school"]) == set(declared.questions.schools)
    assert found["weight"].sum() == pytest.approx(1.0)
    assert (found["low"] <= found["high"]).all()
    assert found["weight"].is_monotonic_decreasing
    numbers = dict(zip(found["school"], found["numbers"], strict=True))
    base, bystander = Scenario.load("base").parameters, Scenario.load("school_bystander").parameters
    assert all(base[name].value != bystander[name].value for name in ("china.concern", "china.goodwill"))  # the other two
    assert numbers == {"school_bystander": 4, "school_reluctant_patron": 6}
    assert (tmp_path / "out" / "schools" / "school_bystander" / "sums.sha256").exists()
