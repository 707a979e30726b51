"""Roots: what halving finds, with far fewer looks."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from sim.mechanisms.roots import PRECISION, bracket

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

    def value(self, x: np.ndarray) -> np.ndarray:
        self.looks.append(x.size)
        away = x - self.root
        match self.form:
            case "smooth":
                return away + self.steep * away**3
            case "kinked":
                return np.where(away > 0.1, away, self.steep * away + (0.1 - 0.1 * self.steep))
            case "jump":
                return np.where(away >= 0.0, 1.0, -self.steep)
            case _:
                return np.maximum(away, 0.0) - (away < 0.0) * np.sqrt(np.abs(away))

    def take(self, runs: np.ndarray) -> "Form":
        return Form(self.form, self.root[runs], self.steep[runs], self.looks)


@pytest.mark.parametrize(("form", "most"), [("smooth", 14), ("kinked", 14), ("jump", 40), ("steep", 26)])
def test_a_root_is_found_to_the_last_digits(form, most):
    sought = Form(form, ROOT, RANDOM.uniform(1.0, 50.0, RUNS))
    low, high = np.zeros(RUNS), np.ones(RUNS)
    found = bracket(sought, low, high, sought.value(low), sought.value(high))
    assert sum(sought.looks) / RUNS <= most
    for run in range(RUNS):
        alone = Form(form, ROOT[[run]], sought.steep[[run]])
        below, above = low[[run]], high[[run]]
        for _ in range(60):
            middle = 0.5 * (below + above)
            below, above = np.where(alone.value(middle) < 0.0, [middle, above], [below, middle])
        assert found[0][run] <= above.item() * (1.0 + PRECISION) + 1e-15
        assert found[1][run] == pytest.approx(above.item(), rel=2.0 * PRECISION, abs=1e-15)


def test_a_root_does_not_depend_on_the_other_runs():
    sought = Form("smooth", ROOT, np.full(RUNS, 10.0))
    low, high = np.zeros(RUNS), np.ones(RUNS)
    whole = bracket(sought, low, high, sought.value(low), sought.value(high))
    for run in range(0, RUNS, 7):
        alone = sought.take(np.array([run]))
        ends = low[[run]], high[[run]]
        part = bracket(alone, *ends, alone.value(ends[0]), alone.value(ends[1]))
        assert [end.item() for end in part] == [end[run] for end in whole]
