"""A red line: partners give points up to where the next costs as much as it brings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.mechanisms.contract_curve import Threat
from sim.mechanisms.package import Coefficients
from sim.mechanisms.pressure import RESPONSES
from sim.mechanisms.red_line import RedLine, red_line

RUNS = 40


def rung(random: np.random.Generator) -> Coefficients:
    benefit, curvature = random.uniform(-20.0, 100.0, RUNS), random.uniform(5.0, 100.0, RUNS)
    nothing = np.zeros(RUNS)
    cap = random.uniform(0.0, 25.0, RUNS)
    return Coefficients(benefit, curvature, 1.0 / curvature, nothing, nothing, 1.0 / curvature, cap, benefit, nothing)


def threat(random: np.random.Generator, response: str) -> Threat:
    weight = np.exp(random.uniform(0.0, 7.0, RUNS))
    width, nothing = random.uniform(0.5, 30.0, RUNS), np.zeros(RUNS)
    return Threat("red_line", RESPONSES[response], random.uniform(0.0, 10.0, RUNS), width, nothing, weight, nothing)


def points(rungs: list[Coefficients], price: np.ndarray) -> np.ndarray:
    return sum(np.clip((row.benefit - price) / row.curvature, 0.0, row.cap) for row in rungs)


def worth(line: RedLine, rungs: list[Coefficients], price: np.ndarray) -> np.ndarray:
    """Joint surplus of the rungs less the loss, written out afresh."""
    amounts = [np.clip((row.benefit - price) / row.curvature, 0.0, row.cap) for row in rungs]
    surplus = sum(row.benefit * q - 0.5 * row.curvature * q * q for row, q in zip(rungs, amounts, strict=True))
    return surplus - line.loss(points(rungs, price))[0]


@pytest.mark.parametrize("response", ["smoothstep", "linear", "threshold", "logistic"])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=8)
def test_no_other_price_of_a_point_is_worth_more(response, seed):
    random = np.random.default_rng(seed)
    rungs, seen = [rung(random) for _ in range(3)], random.uniform(0.0, 15.0, RUNS)
    line = red_line([threat(random, response)], seen, rungs, [np.zeros(RUNS)] * 3)
    dearest = np.max([row.benefit for row in rungs], axis=0)
    best = np.max([worth(line, rungs, share * dearest) for share in np.linspace(0.0, 1.0, 1_500)], axis=0)
    lost = best - worth(line, rungs, line.price)
    assert (lost <= 1e-6 * np.maximum(np.abs(best), 1.0)).all()


def test_a_line_far_off_costs_nothing_and_one_that_is_passed_for_good_neither():
    random = np.random.default_rng(1)
    rungs = [rung(random)]
    for seen in (np.zeros(RUNS), np.full(RUNS, 60.0)):
        far = threat(random, "smoothstep")
        far.tolerance, far.width = np.full(RUNS, 40.0), np.full(RUNS, 10.0)
        line = red_line([far], seen, rungs, [np.zeros(RUNS)])
        assert not line.price.any()
        assert not line.loss(points(rungs, line.price))[0].any()


def test_points_that_the_visible_tie_makes_dear_come_less_close_to_the_line():
    random = np.random.default_rng(2)
    rungs, line = [rung(random)], threat(random, "smoothstep")
    cheap, dear = (red_line([line], np.zeros(RUNS), rungs, [np.full(RUNS, cost)]).price for cost in (0.0, 20.0))
    assert (dear <= cheap + 1e-9).all()
    assert dear.sum() < cheap.sum()
