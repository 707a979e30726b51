"""Roots: what halving finds, with far fewer looks."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from sim.mechanisms.roots import PRECISION, root

RUNS = 300
RANDOM = np.random.default_rng(8)
ROOT = np.concatenate([[1e-9], RANDOM.uniform(0.001, 0.85, RUNS - 1)])


@dataclass
class Form:
    """One of the shapes below, with its root, and how often each run was looked at."""

    form: str
    root: np.ndarray
    steep: np.ndarray
    looks: list[int] = field(default_factory=list)

    def value(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.looks.append(x.size)
        away = x - self.root
        flat = 0.0 * away
        match self.form:
            case "smooth":
                return away + self.steep * away**3, 1.0 + 3.0 * self.steep * away**2
            case "kinked":
                above = away > 0.1
                return np.where(above, away, self.steep * away + (0.1 - 0.1 * self.steep)), np.where(above, 1.0, self.steep)
            case "jump":
                return np.where(away >= 0.0, 1.0, -self.steep), flat
            case "below":
                return away - 1.0, flat + 1.0
            case _:
                under = np.sqrt(np.maximum(-away, 0.0))
                return np.maximum(away, 0.0) - under, np.where(away < 0.0, 0.5 / np.maximum(under, 1e-300), 1.0)

    def take(self, runs: np.ndarray) -> "Form":
        return Form(self.form, self.root[runs], self.steep[runs], self.looks)


@pytest.mark.parametrize(("form", "most"), [("smooth", 14), ("kinked", 14), ("jump", 40), ("steep", 50)])
def test_a_root_is_found_to_the_last_digits(form, most):
    sought = Form(form, ROOT, RANDOM.uniform(1.0, 50.0, RUNS))
    low, high = np.zeros(RUNS), np.ones(RUNS)
    found = root(sought, low, high, 0.5 * high)
    assert sum(sought.looks) / RUNS <= most
    for run in range(RUNS):
        alone = Form(form, ROOT[[run]], sought.steep[[run]])
        below, above = low[[run]], high[[run]]
        for _ in range(60):
            middle = 0.5 * (below + above)
            below, above = np.where(alone.value(middle)[0] < 0.0, [middle, above], [below, middle])
        assert found[run] == pytest.approx(above.item(), rel=2.0 * PRECISION, abs=1e-15)


def test_a_slope_that_is_known_saves_looks_and_no_digits():
    known, unknown = (Form("smooth", ROOT, np.full(RUNS, 10.0)) for _ in range(2))
    low, high = np.zeros(RUNS), np.ones(RUNS)
    quick, slow = root(known, low, high, 0.5 * high, np.ones(RUNS)), root(unknown, low, high, 0.5 * high)
    np.testing.assert_allclose(quick, slow, rtol=2.0 * PRECISION, atol=1e-15)
    assert sum(known.looks) < sum(unknown.looks)


def test_where_all_of_a_bracket_is_below_zero_its_upper_end_counts():
    sought = Form("below", ROOT, np.ones(RUNS))
    high = np.ones(RUNS)
    assert (root(sought, 0.0 * high, high, 0.5 * high) == high).all()
    assert sum(sought.looks) / RUNS <= 3


def test_a_root_does_not_depend_on_the_other_runs():
    sought = Form("smooth", ROOT, np.full(RUNS, 10.0))
    low, high = np.zeros(RUNS), np.ones(RUNS)
    whole = root(sought, low, high, 0.5 * high)
    for run in range(0, RUNS, 7):
        alone = np.array([run])
        assert root(sought.take(alone), low[alone], high[alone], 0.5 * high[alone]).item() == whole[run]
