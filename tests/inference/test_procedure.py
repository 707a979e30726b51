"""Inference from end to end: what it gives back, and what it refuses."""

import numpy as np
import pytest
from small_inference import LIKELY_ROWS, SUMMIT_RECORD, TINY, declaration, row, table

import sim
from sim.errors import UserError
from sim.inference.declaration import Budget
from sim.inference.questions import OWN, probability, weighted_quantiles
from sim.mechanisms.quantities import OUTCOMES


def likely_rows():
    return [dict(each) for each in LIKELY_ROWS]


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return table(tmp_path_factory.mktemp("record") / "record.csv", SUMMIT_RECORD)


def small(record, **options):
    return sim.infer("base", declaration(), **{"until": "2023-12", "evidence": record, "budget": TINY, "processes": 1, **options})


@pytest.fixture(scope="module")
def posterior(record):
    return small(record)


def test_the_posterior_has_a_row_for_each_particle_and_a_column_for_each_number(posterior):
    assert posterior.draws.shape == (64, 6)
    assert posterior.weights.sum() == pytest.approx(1.0)
    assert np.isfinite(posterior.log_evidence)
    assert set(posterior.numbers["address"]) == set(posterior.setting.addresses)
    assert {"munitions", "oil", "tests", "trade_north_korea", "events"} == set(posterior.parts["part"])


def test_a_probability_is_never_told_without_its_error_and_its_range(posterior):
    found = posterior.headline
    assert set(found["outcome"]) == set(posterior.setting.declaration.questions.outcomes)
    assert set(found["date"]) == {"2024-01", "2024-05"}
    assert (found["low"] <= found["posterior"]).all()
    assert (found["posterior"] <= found["high"]).all()
    assert (found["error"] > 0).all()
    assert "under other beliefs" in posterior.summary()
    beliefs = set(posterior.verdict["belief"])
    assert {OWN, "half_likelihood", "motives_narrow", "halved: china.concern", "doubled: russia.fire"} <= beliefs


def test_runs_of_its_scenario_go_on_from_the_history_that_was(posterior):
    scenario = posterior.scenario(20)
    found = sim.run(scenario, 200, months=7, record=["visit", "treaty"], progress=False)
    assert (found["visit"].values[:5, 0] == np.array([0, 1, 0, 0, 0])[:, None]).all()
    assert not found["treaty"].values[:5].any()
    compared = sim.compare(scenario, scenario.without("beijing"), runs=50, months=7, progress=False)
    assert np.isfinite(compared["difference"]).all()
    assert scenario.origin.until == "2023-12"


def test_its_file_is_that_scenario(posterior, tmp_path):
    path = tmp_path / "posterior.toml"
    path.write_text(posterior.scenario_text(20), encoding="utf-8")
    loaded = sim.Scenario.load(path)
    assert loaded.worlds == posterior.scenario(20).worlds
    assert loaded.history == posterior.scenario(20).history


def test_a_scenario_draws_from_particles_that_there_are(posterior):
    with pytest.raises(UserError, match="from 1 to 64"):
        posterior.scenario(65)


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_it_is_exported_for_arviz(posterior):
    pytest.importorskip("arviz")
    found = posterior.to_arviz()
    assert found.posterior["china.concern"].shape == (1, 64)
    assert {"posterior", "prior", "log_likelihood"} <= set(found.groups())


def test_forecasts_have_bands_of_the_model_and_of_reports(posterior):
    found = posterior.forecasts("2024-06")
    assert set(found["to"]) == {"2024-03", "2024-06"}
    assert (found["q05"] <= found["q50"]).all()
    spread = found["reported_q95"] - found["reported_q05"]
    assert (spread >= 0).all()


def test_forecasts_are_of_months_quarters_or_years(posterior):
    by_month, by_quarter, by_year = (posterior.forecasts("2024-12", period) for period in ("month", "quarter", "year"))
    assert len(by_month) == 3 * len(by_quarter)
    assert set(by_year["to"]) == {"2024-12"}
    total = "PRK_RUS_shells_cum"
    ends, quarters = (table[table["series"] == total].set_index("to")["q50"] for table in (by_month, by_quarter))
    assert ends.loc[quarters.index].tolist() == quarters.tolist()  # totals are those by the end of either
    with pytest.raises(UserError, match="there is no period 'week'"):
        posterior.forecasts("2024-12", "week")


def test_later_figures_are_scored_and_what_is_unknown_is_left_out(posterior, tmp_path):
    later = [
        row("L1", "PRK_RUS_shells_cum", "2023-08-01", "2024-02-29", "shells", 2_000_000),
        row("L2", "RUS_PRK_refined_oil", "2024-02-01", "2024-02-29", "barrels/month", 30_000, low=20_000, high=60_000),
        row("L3", "PRK_RUS_shels_cum", "2023-08-01", "2024-02-29", "shells", 5),
        row("L4", "RUS_PRK_refined_oil", "2024-02-01", "2024-02-29", "gallons", 5),
        row("L5", "PRK_RUS_shells_cum", "2023-08-01", "2023-10-31", "shells", 5),
    ]
    path = table(tmp_path / "later.csv", later)
    found = posterior.scores(path)
    assert list(found["id"]) == ["L1", "L2"]
    assert list(found["single"]) == [True, False]
    scored = ["crps posterior", "crps prior", "crps random walk", "crps last value", "log posterior"]
    assert np.isfinite(found.loc[0, scored].astype(float)).all()
    summary = posterior.score_summary(path)
    assert list(summary["what"]) == ["numbers", "ranges", "numbers", "ranges"]
    with pytest.warns(UserWarning, match="nothing to score"):
        assert posterior.scores(table(tmp_path / "none.csv", later[2:])).empty


def test_a_record_without_rows_leaves_what_was_believed(tmp_path):
    budget = Budget(bank=400, particles=400, moves=1, last=1)
    found = small(table(tmp_path / "empty.csv", []), budget=budget)
    assert found.log_evidence == 0.0
    assert [step.temperature for step in found.state.steps] == [0.5, 1.0]
    z = found.state.particles.z[: len(found.setting.priors)]
    assert np.abs(z.mean(axis=1)).max() < 4 / np.sqrt(400)
    own = found.verdict[found.verdict["belief"] == OWN]
    apart = np.abs(own["posterior"] - own["prior"])
    assert (apart <= 4 * np.hypot(own["posterior_error"], own["prior_error"]) + 1e-9).all()


def test_one_row_is_a_record(tmp_path):
    found = small(table(tmp_path / "one.csv", likely_rows()[:1]))
    assert len(found.setting.targets) == 1


def test_a_hundred_rows_are_a_record(tmp_path):
    rows = [each | {"id": f"{each['id']} {place}"} for place in range(15) for each in likely_rows()]
    assert len(small(table(tmp_path / "many.csv", rows)).setting.targets) == 105


def test_a_row_that_no_run_comes_near_is_named(tmp_path):
    rows = likely_rows()
    rows[0] |= {"central": 4e12}
    with pytest.warns(UserWarning, match=r"comes near S1;"):
        small(table(tmp_path / "far.csv", rows))


def test_another_seed_gives_other_particles_and_the_same_gives_the_same(record, posterior):
    again, other = small(record), small(record, seed=8)
    assert again.state.particles.z.tobytes() == posterior.state.particles.z.tobytes()
    assert (other.state.particles.z != posterior.state.particles.z).any()


def test_pinned_numbers_hold_in_every_particle(record):
    found = small(record, pinned={"china.concern": 2.0})
    assert "china.concern" not in found.draws
    assert found.scenario(5).parameters["china.concern"].value == 2.0


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"budget": "quik"}, "quick"),
        ({"until": "2023-13"}, "until"),
        ({"vintage": "yesterday"}, "vintage"),
        ({"processes": 0}, "processes"),
        ({"evidence": "nowhere.csv"}, "nowhere"),
        ({"pinned": {"china.concer": 1.0}}, "did you mean 'concern'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(record, options, named):
    with pytest.raises(UserError, match=named):
        small(record, **options)


def test_a_weighted_share_has_an_error_of_its_effective_size_at_least():
    happens = np.arange(80) % 10 < 3  # as often on each island
    even = probability(happens, np.ones(80), 40.0)
    assert even.value == pytest.approx(0.3)
    assert even.effective == pytest.approx(40.0)
    assert even.error == pytest.approx(np.sqrt(0.21 / 40))
    uneven = probability(happens, np.where(happens, 3.0, 1.0), 40.0)
    assert uneven.value == pytest.approx(0.9 / 1.6)
    assert uneven.effective < 40.0


def test_islands_that_disagree_make_the_error_larger():
    happens = np.arange(80) < 40  # on four islands always, on four never
    assert probability(happens, np.ones(80), 80.0).error == pytest.approx(0.5 / np.sqrt(7))


def test_quantiles_heed_weights():
    assert weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.8, 0.1, 0.1]), (0.05, 0.5)) == [1.0, 3.0]


def test_every_outcome_asked_about_is_one_of_the_model(posterior):
    names = {outcome.name for outcome in OUTCOMES}
    assert set(posterior.setting.declaration.questions.outcomes.values()) <= names
