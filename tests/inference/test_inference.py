"""Twins: records that the model made itself, so that the truth is known."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from small_inference import WATCHED, as_reported, dated, declaration, row, table

import sim
from sim.evidence import last_day
from sim.inference.answer import Answer
from sim.inference.bench import plan_of
from sim.inference.declaration import Budget
from sim.inference.forecasts import reported
from sim.inference.questions import OWN, PLACE
from sim.inference.sampler import prior_particles
from sim.inference.setting import bring_together
from sim.inference.simulation import Ahead, Shared, Simulator
from sim.paths import scenario_folder
from sim.runs.datasets import date_of
from sim.scenario.scenario import Scenario

BASE = Scenario.load("base")
MONTHS = 9
UNTIL = "2024-04"
AHEAD = 12  # months to a figure that is forecast
NUMBERS = (
    "russia.fire",
    "russia_north_korea.munitions.value",
    "russia_north_korea.oil.value",
    "north_korea.test_rate",
    "north_korea.stake_scale",
    "china.goodwill",
    "china.concern",
    "china.resolve",
    "lanes.china_north_korea_trade.volume",
    "lanes.china_north_korea_trade.volatility",
)


def record_rows(months: int) -> list[dict[str, object]]:
    """Rows of a diligent reporter over some months, without their numbers: totals, flows, trade and counts."""
    rows = []
    for month in range(2, months + 1, 2):
        first = f"{date_of(month, BASE.start)}-01"
        end = str(last_day(date_of(month, BASE.start)))
        rows.append(row(f"S{month}", "PRK_RUS_shells_cum", "2023-08-01", end, "shells", 1.0))
        rows.append(row(f"O{month}", "RUS_PRK_refined_oil", first, end, "barrels/month", 1.0))
        rows.append(row(f"T{month}", "PRK_CHN_trade_month", first, end, "USD million/month, two-way", 1.0))
    for quarter, (first, end) in enumerate((("2023-10-01", "2023-12-31"), ("2024-01-01", "2024-03-31"))):
        rows.append(row(f"C{quarter}", "PRK_missile_events_quarter", first, end, "missile-category events", 1.0))
    return rows


def twin(folder: Path, declared, truth, seed: int, until: str = UNTIL, months: int = MONTHS):
    """Run the model once with some numbers, and report of it with the declared errors.

    Returns
    -------
    Path
        The table.
    Course
        What the run says of the rows, and of the munitions some months later.
    """
    blank = table(folder / f"blank-{seed}.csv", [*record_rows(months), *WATCHED])
    setting = bring_together(BASE, declared, declared.budgets["quick"], until, evidence=blank)
    shared = Shared.of(setting)
    ahead = Ahead((*range(1, months + 1), max(AHEAD, months + 1)), setting.targets)
    course = Simulator(shared).go_on(ahead, truth, np.zeros((0, months, 1)))
    empty = bring_together(BASE, declared, declared.budgets["quick"], until, evidence=table(folder / "none.csv", []))
    seen = reported(empty, np.zeros((0, 1)), setting.targets, course.predicted, seed)[:, 0]
    visits = np.diff(course.outcomes[:-1, PLACE["visits"], 0], prepend=0.0) > 0
    treaty = np.arange(1, months + 1) == course.outcomes[-2, PLACE["treaty"], 0]
    path = table(folder / f"twin-{seed}.csv", [*as_reported(setting.targets, seen), *WATCHED, *dated(visits, treaty)])
    return path, course


def small(**changes):
    return declaration(
        **{"ranges": {"include": list(NUMBERS), "exclude": []}, "questions": {"dates": [AHEAD]}, "firsts": {}, **changes}
    )


def truth_with(declared, numbers, months, seed):
    """One particle with some numbers given and all else drawn."""
    setting = bring_together(BASE, declared, declared.budgets["quick"], date_of(months, BASE.start))
    drawn = prior_particles(plan_of(setting), 1, seed)
    for place, prior in enumerate(setting.priors):
        if prior.address in numbers:
            drawn.z[place] = prior.coordinate(np.array([numbers[prior.address]]))
    return drawn


STRICT = {"china.resolve": 0.98, "china.concern": 3.5, "china.goodwill": 0.05, "north_korea.stake_scale": 2.0}
LAX = {"china.resolve": 0.03, "china.concern": 0.25, "china.goodwill": 0.95, "north_korea.stake_scale": 0.02}


def probability_of(declared, numbers, tmp_path, months=17):
    """Probabilities that a record of one such world leaves, by outcome at the last date, and those before it."""
    until = date_of(months, BASE.start)
    truth = truth_with(declared, numbers, months, 3)
    path, _ = twin(tmp_path, declared, truth, 5, until, months)
    budget = Budget(bank=2000, particles=300, moves=8, last=8)
    found = sim.infer("base", declared, until=until, evidence=path, budget=budget, processes=1)
    own = found.verdict[(found.verdict["belief"] == OWN) & (found.verdict["date"] == found.verdict["date"].iloc[-1])]
    return dict(zip(own["outcome"], own["posterior"], strict=True)), dict(zip(own["outcome"], own["prior"], strict=True))


@pytest.mark.slow
def test_a_record_of_a_strict_beijing_and_one_of_a_lax_beijing_move_the_probability_the_right_way(tmp_path):
    declared = small(questions={"dates": [24]})
    strict, before = probability_of(declared, STRICT, tmp_path)
    lax, _ = probability_of(declared, LAX, tmp_path)
    assert strict["openness"] > before["openness"] > lax["openness"]
    assert strict["munitions"] > lax["munitions"]


@pytest.mark.nightly
def test_ranks_of_the_truth_are_even_and_intervals_hold_what_they_say(tmp_path):
    """Simulation-based calibration of the whole procedure (Talts and others 2018)."""
    ranks = np.array([rank_of_truth(tmp_path, seed) for seed in range(TWINS)])
    check_calibration(ranks)


TWINS, BINS = 100, 10


def rank_of_truth(tmp_path, seed, budget=None):
    """Shares of particles below the truth: of each number, of what was delivered by the end, and of what will be."""
    declared = small(seed=1000 + seed)
    setting = bring_together(BASE, declared, declared.budgets["quick"], UNTIL)
    truth = prior_particles(plan_of(setting), 1, 77)
    path, course = twin(tmp_path, declared, truth, seed)
    budget = budget or Budget(bank=4000, particles=1000, moves=6, last=10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sim.infer("base", declared, until=UNTIL, evidence=path, budget=budget, processes=1)
    state, numbers = found.state, len(found.setting.priors)
    below = [(state.particles.z[:numbers] < truth.z[:numbers]).mean(axis=1)]
    for name in ("munitions", "oil"):
        below.append([(found.arms.on.outcomes[0, PLACE[name]] < course.outcomes[-1, PLACE[name], 0]).mean()])
    return np.concatenate(below)


def check_calibration(ranks):
    """Ranks are even over ten bins, and central intervals of 90 percent hold nine in ten of the truths."""
    for column in ranks.T:
        counts = np.histogram(column, BINS, (0.0, 1.0))[0]
        assert stats.chisquare(counts).pvalue > 0.01 / ranks.shape[1]
    inside = ((ranks > 0.05) & (ranks < 0.95)).mean()
    assert 0.85 <= inside <= 0.95


@pytest.mark.nightly
def test_another_seed_agrees_with_the_shipped_answer_within_their_errors():
    """The shipped record by the quick budget: probabilities within three joint errors, evidence within 0.3 or these."""
    shipped = Answer.model_validate_json((scenario_folder() / "answer.json").read_text("utf-8"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = sim.infer("base", seed=8)
    first, second = {(row.outcome, row.date): row for row in shipped.headline}, other.answer().headline
    assert len(first) == len(second)
    for each in second:
        one = first[each.outcome, each.date]
        assert abs(one.posterior - each.posterior) <= 3 * np.hypot(one.error, each.error), (each.outcome, each.date)
    joint = np.hypot(shipped.about.log_evidence_error, other.log_evidence_error)
    assert abs(shipped.about.log_evidence - other.log_evidence) <= max(0.3, 3 * joint)
    assert shipped.about.effective_size >= 1000
    assert other.effective_size >= 100
