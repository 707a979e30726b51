"""The shipped scenarios beside the base, on the same shocks: each changes the tie, and two acts change it as docs/odd.md says."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.mechanisms.quantities import OUTCOMES, QUANTITY
from sim.scenario.scenario import Scenario

NO_SCENARIOS = ("thesis", "inference")
SHIPPED = sorted(path.stem for path in (Path(__file__).parents[1] / "scenarios").glob("*.toml") if path.stem not in NO_SCENARIOS)
# What becomes of the tie. Welfare, or the pressure that a scenario is made of, would say nothing.
OF_THE_TIE = [outcome.name for outcome in OUTCOMES if QUANTITY[outcome.quantity].holder == "partnership"]
RUNS, MONTHS = 40, 30


@cache
def outcomes(name: str, out: str, **numbers: float) -> np.ndarray:
    """Outcomes of the tie, shape (outcomes, R), with a knock-out or with some numbers of North Korea set."""
    scenario = Scenario.load(name).set({f"north_korea.{number}": value for number, value in numbers.items()})
    scenario = scenario.without(out) if out else scenario
    return sim.run(scenario, runs=RUNS, months=MONTHS, seed=3, record=())["outcomes"].sel(outcome=OF_THE_TIE).values


def changes(name: str, out: str = "", **numbers: float) -> tuple[dict[str, float], dict[str, float]]:
    """Relative mean change of each outcome against the base, and that change in standard errors of the pairs."""
    plain, acted = (outcomes(each, out, **numbers) for each in ("base", name))
    change, mean = acted - plain, np.abs(plain).mean(axis=1)
    error = change.std(axis=1, ddof=1) / np.sqrt(RUNS)
    relative = np.divide(change.mean(axis=1), mean, out=np.zeros_like(mean), where=mean > 0.0)
    errors = np.divide(change.mean(axis=1), error, out=np.zeros_like(error), where=error > 0.0)
    return dict(zip(OF_THE_TIE, relative, strict=True)), dict(zip(OF_THE_TIE, errors, strict=True))


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "base"])
def test_each_scenario_changes_the_tie_by_more_than_noise(name: str):
    relative, errors = changes(name)
    assert any(abs(errors[each]) > 4.0 and abs(relative[each]) > 0.002 for each in OF_THE_TIE)


# Least change and most, each a share of what it is in the base.
DIRECTIONS = {
    "seoul_arms_ukraine": {
        "munitions": (0.05, 0.3),
        "troops": (0.05, 0.5),
        "technology": (0.01, 0.2),
        "payment": (0.05, 0.5),
        "oil": (-0.2, -0.005),
        "openness": (-0.2, -0.005),
    },
    "beijing_cuts_oil": {"oil": (0.1, 0.5), "payment": (-0.1, -0.01), "munitions": (-0.002, 0.002)},
}


@pytest.mark.parametrize(("name", "outcome"), [(name, outcome) for name in DIRECTIONS for outcome in DIRECTIONS[name]])
def test_an_act_moves_goods_as_the_document_says(name: str, outcome: str):
    relative, errors = changes(name)
    least, most = DIRECTIONS[name][outcome]
    assert least < relative[outcome] < most
    assert least < 0.0 < most or abs(errors[outcome]) > 3.0


def test_what_is_crowded_out_when_seoul_arms_ukraine_is_crowded_out_by_what_beijing_bears():
    heeded, unheeded = (changes("seoul_arms_ukraine", out)[0] for out in ("", "beijing_threat"))
    for outcome in ("oil", "openness"):
        assert abs(unheeded[outcome]) < 0.4 * abs(heeded[outcome])


def test_moscow_fills_what_beijing_withholds_because_the_shortage_makes_oil_dear():
    assert changes("beijing_cuts_oil", oil_scarcity=0.0)[0]["oil"] < 0.02
