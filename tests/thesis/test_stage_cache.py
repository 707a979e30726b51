"""Finished stages, and what they depend on."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
from small import BUDGET, declared, problem, toy

from sim import response
from sim.experiments.sweep_arguments import SweepArguments
from sim.mechanisms.pressure import RESPONSES
from sim.runs import software
from sim.thesis.problem import bring_together
from sim.thesis.stage_cache import STAGES, keep, kept, stage_name

PROBLEM = problem()


def test_a_finished_stage_is_kept_by_its_name(tmp_path):
    assert kept(tmp_path, PROBLEM, "one") is None
    keep(tmp_path, PROBLEM, "one", {"x": np.arange(3.0)})
    assert kept(tmp_path, PROBLEM, "one")["x"].tolist() == [0.0, 1.0, 2.0]
    assert kept(tmp_path, PROBLEM, "two") is None
    assert kept(None, PROBLEM, "one") is None


def test_a_damaged_stage_is_not_taken_wherever_it_is_damaged(tmp_path):
    keep(tmp_path, PROBLEM, "one", {"x": np.arange(3.0)})
    (path,) = (tmp_path / STAGES).iterdir()
    content = path.read_bytes()
    flipped = [content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :] for place in range(len(content))]
    for damaged in (b"", content[:-1], content + b"\0", *flipped):
        path.write_bytes(damaged)
        assert kept(tmp_path, PROBLEM, "one") is None
        assert list((tmp_path / STAGES).iterdir()) == []


def test_the_file_of_a_stage_depends_on_its_arrays_alone(tmp_path):
    names = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        keep(folder, PROBLEM, "one", {"x": np.arange(3.0)})
        names += [(path.name, path.read_bytes()) for path in (folder / STAGES).iterdir()]
    assert names[0] == names[1]


def test_a_stage_is_made_again_when_what_it_depends_on_has_changed():
    others = [
        problem(seeds={"exploration": 1, "confirmation": 3}),
        bring_together(toy().set("grandia.resolve", 0.9), declared(), "quick"),
        bring_together(toy(), declared(budgets={"quick": BUDGET, "standard": BUDGET}), "standard"),
        dataclasses.replace(PROBLEM, rivals=(toy().set("grandia.resolve", 0.9),)),
    ]
    assert len({stage_name(each, "one") for each in (PROBLEM, *others)}) == 5


def test_a_stage_and_a_sweep_are_made_again_when_a_response_or_the_code_of_the_model_has_changed(tmp_path, monkeypatch):
    for name in ("own", "of no use here"):
        monkeypatch.setitem(RESPONSES, name, RESPONSES["linear"])  # so that they are gone afterwards

    def keys():
        plan = SweepArguments(scenario, levers={"grandia.resolve": [0.1, 0.9]}, months=2).plan()
        return stage_name(bring_together(scenario, declared(), "quick"), "one"), str(plan.identity())

    response("own")(lambda x, tolerance, width, memory: 0.5 * (x > tolerance))
    scenario = toy().set("rules.grandia_oil_valve.response", "own")
    first = keys()
    response("own")(lambda x, tolerance, width, memory: 0.6 * (x > tolerance))
    other = keys()
    response("of no use here")(lambda x, tolerance, width, memory: 0.7 * (x > tolerance))
    assert keys() == other

    code = Path(shutil.copytree(software.PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__")))
    monkeypatch.setattr(software, "PACKAGE", code)
    monkeypatch.setattr("sim.experiments.identity.software", software.software.__wrapped__)
    assert keys() == other
    path = code / "mechanisms" / "pressure.py"
    path.write_text(path.read_text().replace("3.0", "3.1", 1) + "\n")
    changed = keys()
    for place in range(2):
        assert len({first[place], other[place], changed[place]}) == 3
