"""Sweeps end to end: what is run, what is written, how it is read."""

import gc
import json

import numpy as np
import pandas as pd
import pytest
from sweeping import contents, sweep

import sim
from sim.errors import UserError
from sim.mechanisms.quantities import OUTCOMES

BOX = {"china.goodwill": (0.2, 1.2), "north_korea.munitions": (3_000, 20_000)}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return sweep(tmp_path_factory.mktemp("sweep") / "out")


def test_the_folder_of_a_sweep_in_memory_goes_with_it_without_a_word(recwarn):
    saved = sim.sweep("base", {"china.goodwill": (0.2, 1.2)}, points=2, runs=1, months=2, progress=False)
    folder = saved.directory
    assert folder.is_dir()
    del saved
    gc.collect()
    assert not folder.exists()
    assert [warning for warning in recwarn if warning.category is ResourceWarning] == []


class TestRows:
    def test_there_is_a_row_for_each_run_of_each_point_under_each_lever(self, saved):
        rows = saved.frame(["without", "china.goodwill"])
        assert len(rows) == 16 * 20 * 3
        assert rows.groupby(["point", "run"]).size().eq(1).all()
        assert set(rows["without"]) == {"", "beijing"}
        assert rows.groupby("point")["china.goodwill"].nunique().eq(1).all()

    def test_a_row_is_what_run_gives_with_the_same_values_and_key(self, saved):
        row = saved.frame()[lambda t: (t["without"] == "beijing") & t["rules.china_oil_valve"]].iloc[7]
        scenario = sim.Scenario.load("base").without("beijing").set("variants.learning", row["variants.learning"])
        if not row["rules.china_snubs_russia"]:
            scenario = scenario.without_rule("china_snubs_russia")
        alone = sim.run(
            scenario,
            1,
            months=10,
            seed=5,
            keys=[row["run"]],
            values={name: row[name] for name in BOX},
            at=[4],
            record=[],
        )
        for place, outcome in enumerate(OUTCOMES):
            assert row[outcome.name] == alone["outcomes"].values[place, 0]
            assert row[f"{outcome.name}@4"] == alone["outcomes_at"].values[0, place, 0]

    def test_run_r_meets_the_same_shocks_at_every_point(self):
        twice = sim.sweep("base", design=pd.DataFrame({"china.goodwill": [0.5, 0.5, 0.7]}), runs=5, months=6)
        values = twice.array("munitions")
        assert (values[0] == values[1]).all()
        assert len(np.unique(values[0])) == 5
        assert twice.dataset(["munitions"]).attrs["paired"] == "run r meets the same shocks at every point"

    def test_a_point_may_meet_shocks_of_its_own(self, monkeypatch):
        given = {"design": pd.DataFrame({"china.goodwill": [0.5] * 4}), "runs": 5, "months": 6, "own_shocks": True}
        found = sim.sweep("base", **given)
        assert len(np.unique(found.array("munitions"))) == 20
        keys = sim.run(sim.Scenario.load("base"), 20, months=6, values={"china.goodwill": 0.5}, record=[], progress=False)
        assert (found.array("munitions").ravel() == keys["outcomes"].sel(outcome="munitions").values).all()
        assert found.replay(3, 2).same_outcomes
        assert found.dataset(["munitions"]).attrs["paired"] == "each point of the design meets shocks of its own"
        monkeypatch.setattr("sim.experiments.plan.CHUNK", 3)
        assert (sim.sweep("base", **given).array("munitions") == found.array("munitions")).all()

    def test_options_of_a_lever_meet_the_same_shocks_where_points_have_their_own(self):
        levers = {"without": ["", "beijing"], "china.resolve": [0.5, 0.5 + 1e-12]}
        found = sim.sweep("base", {"china.goodwill": (0.2, 1.2)}, levers, points=3, runs=2, months=6, own_shocks=True)
        values = found.array("munitions")
        assert (values[0] != values[1]).any()
        assert len(np.unique(values)) > 6
        assert np.abs(values[:, 0] - values[:, 1]).max() < 1e-6 * values.max()
        assert found.replay(10, 1).same_outcomes

    def test_runs_of_a_point_may_fill_several_parts(self, monkeypatch):
        whole = sim.sweep("base", {"china.goodwill": (0.2, 1.2)}, points=2, runs=50, months=2, record=["munitions_delivered"])
        monkeypatch.setattr("sim.experiments.plan.CHUNK", 20)
        pieces = sim.sweep("base", {"china.goodwill": (0.2, 1.2)}, points=2, runs=50, months=2, record=["munitions_delivered"])
        assert len(list((pieces.directory / "parts").iterdir())) == 6
        pd.testing.assert_frame_equal(whole.frame(), pieces.frame())
        assert set(pieces.quantiles["runs"]) == {20}
        assert set(whole.quantiles["runs"]) == {50}

    @pytest.mark.parametrize("processes", [1, 2])
    @pytest.mark.slow
    def test_files_are_the_same_bytes_on_any_number_of_processes(self, saved, tmp_path, processes):
        assert contents(sweep(tmp_path / "again", processes=processes).directory) == contents(saved.directory)

    def test_levers_may_be_all_that_varies(self):
        found = sim.sweep("base", levers={"scenario": ["base", "ceasefire"], "world.oil_price": [60, 90]}, months=3, runs=2)
        assert found.dims == ("scenario", "world.oil_price", "sample", "run")
        assert found.array("munitions").shape == (2, 2, 1, 2)

    def test_dates_count_from_the_start_of_the_scenarios_that_are_run(self):
        late = sim.Scenario.from_dict({**sim.Scenario.load("base").to_dict(), "name": "late", "start": "2023-11"})
        found = sim.sweep("base", levers={"scenario": [late]}, months=4, at=["2024-01"])
        assert found.manifest["at"] == [3]
        longer = sim.Scenario.from_dict({**late.to_dict(), "name": "longer", "months": 12})
        with pytest.raises(UserError, match="different lengths; say how many months"):
            sim.sweep("base", levers={"scenario": [late, longer]})

    def test_a_worker_that_is_used_again_learns_responses_anew(self):
        from sim.mechanisms.pressure import RESPONSES, response

        scenario = sim.Scenario.load("base").set("rules.china_oil_valve.response", "linear")

        def swept(factor):
            @response("linear")
            def mine(trigger, tolerance, width, memory):
                return np.minimum(factor * trigger, 1.0)

            return sim.sweep(scenario, levers={"world.oil_price": [60, 90]}, months=8, processes=2).frame()["oil"].tolist()

        shipped = RESPONSES["linear"]
        try:
            first, second, again = swept(0.1), swept(1.0), swept(0.1)
        finally:
            RESPONSES["linear"] = shipped
        assert first != second
        assert first == again


class TestReading:
    def test_means_by_point_and_by_input_carry_their_error(self, saved):
        by_point = saved.means("munitions@4")
        assert len(by_point) == 320
        assert (by_point["runs"] == 3).all()
        rows = saved.frame(["munitions@4"]).groupby("point")["munitions@4"]
        np.testing.assert_allclose(by_point["mean"], rows.mean())
        np.testing.assert_allclose(by_point["error"], rows.std() / np.sqrt(3))
        by_lever = saved.means("munitions@4", by="without")
        assert by_lever["runs"].tolist() == [480, 480]

    def test_differences_are_paired(self, saved):
        found = saved.differences("munitions", "without")
        assert len(found) == 160
        values = saved.dataset(["munitions"])["munitions"]
        gap = (values.sel(without="beijing") - values.sel(without="")).values.reshape(-1, 3)
        np.testing.assert_allclose(found["mean"], gap.mean(axis=1))
        np.testing.assert_allclose(found["error"], gap.std(axis=1, ddof=1) / np.sqrt(3))

    def test_a_factorial_has_an_axis_for_each_factor(self):
        found = sim.sweep("base", BOX, design="factorial", levels={"china.goodwill": 2, "north_korea.munitions": 3}, months=2)
        data = found.dataset(["munitions"])
        assert dict(data.sizes) == {"china.goodwill": 2, "north_korea.munitions": 3, "run": 1}
        cell = data["munitions"].sel({"china.goodwill": 1.2, "north_korea.munitions": 3_000.0}).item()
        rows = found.frame()
        assert rows.query("`china.goodwill` == 1.2 and `north_korea.munitions` == 3000")["munitions"].item() == cell
        assert data["munitions"].attrs["units"] == "thousand rounds"

    def test_quantiles_are_those_of_the_paths_of_the_point(self, saved):
        found = saved.quantiles.query("point == 3")
        point = saved.design.iloc[3]
        values = {name: point[name] for name in BOX}
        runs = sim.run(saved.scenario(3), 3, months=10, seed=5, keys=[0, 1, 2], values=values)
        paths = runs["munitions_delivered"].values[:, 0]
        np.testing.assert_allclose(found[["q05", "q50", "q95"]].to_numpy().T, np.quantile(paths, [0.05, 0.5, 0.95], axis=1))
        assert found["error"].iloc[0] == pytest.approx(np.sqrt(0.25 / 3))

    def test_one_run_is_done_again_to_the_bit(self, saved):
        done = saved.replay(77, 2)
        assert done.same_outcomes
        assert done.outcomes[0] == saved.frame(["munitions"]).query("point == 77 and run == 2")["munitions"].item()
        with pytest.raises(UserError, match="there is no run 3 of point 0"):
            saved.replay(0, 3)

    def test_boxes_and_sensitivity_come_from_the_table(self, saved):
        boxes = saved.discover("munitions", at_least=float(np.quantile(saved.points("munitions"), 0.7)))
        assert {"box", "parameter", "coverage", "density", "base"} <= set(boxes.columns)
        with pytest.raises(UserError, match="give one of at_least and at_most"):
            saved.discover("munitions")
        found = saved.sensitivity("munitions")
        assert set(found["parameter"]) == set(BOX)
        assert set(found["without"]) == {"", "beijing"}

    def test_what_a_lever_changes_has_its_own_sensitivity_and_boxes(self, saved):
        found = saved.sensitivity("openness", against="without")
        assert set(found["without"]) == {"beijing"}
        assert len(found) == 2 * 8
        change = saved.differences("openness", "without")["mean"]
        boxes = saved.discover("openness", at_least=float(change.quantile(0.7)), against="without")
        assert boxes["base"].iloc[0] == pytest.approx(0.3, abs=0.02)
        note = sim.sweep("base", BOX, {"without": ["", "beijing"]}, points=30, months=4).sensitivity("openness").attrs["note"]
        assert note.count("of the variance of ranks") == 2  # of two that differ
        assert note.index("(without none); ") < note.index("(without beijing)")
        with pytest.raises(UserError, match="did you mean 'without'"):
            saved.sensitivity("openness", against="witout")

    def test_a_lever_with_one_option_changes_nothing_that_could_be_looked_at(self):
        found = sim.sweep("base", BOX, {"without": ["beijing"]}, points=4, months=2)
        assert not len(found.differences("openness", "without"))
        for look in (found.sensitivity, lambda outcome, against: found.discover(outcome, at_least=0.0, against=against)):
            with pytest.raises(UserError, match="against: the lever 'without' has one option"):
                look("openness", against="without")

    def test_an_unknown_column_is_refused_with_the_nearest(self, saved):
        with pytest.raises(UserError, match="did you mean 'munitions'"):
            saved.means("munition")

    @pytest.mark.parametrize(
        ("read", "message"),
        [
            (lambda saved: saved.replay(1.5, 0), "point: must be a whole number from 0 on, not 1.5"),
            (lambda saved: saved.replay(0, "1"), "run: must be a whole number from 0 on, not '1'"),
            (lambda saved: saved.replay(10**6, 0), "there is no run 0 of point 1000000; there are 320 points, from 0, of 3 runs"),
            (lambda saved: saved.scenario(-1), "point: must be a whole number from 0 on, not -1"),
            (lambda saved: saved.means(5), "there is no column '5'"),
            (lambda saved: saved.means("munitions", by=5), "by: needs a list of inputs, not 5"),
            (lambda saved: saved.frame("munitions"), "columns: needs a list of columns, not 'munitions'"),
            (lambda saved: saved.dataset(5), "outcomes: needs a list of outcomes, not 5"),
            (lambda saved: saved.quantiles_of([1.5]), "point: must be a whole number"),
            (lambda saved: saved.sensitivity("munitions", against=5), "there is no column '5'; known: rules"),
            (lambda saved: saved.discover("munitions", at_least="high"), "at_least: must be a finite number, not 'high'"),
            (lambda saved: saved.discover("munitions", at_most=[1, 2]), r"at_most: must be a finite number, not \[1, 2\]"),
            (lambda saved: sim.open_sweep(5), "directory: must be the path of a folder, not 5"),
        ],
    )
    def test_what_is_of_a_wrong_kind_is_refused_in_one_line(self, saved, read, message):
        with pytest.raises(UserError, match=message) as refused:
            read(saved)
        assert "\n" not in str(refused.value)

    def test_an_input_that_is_named_twice_counts_once(self, saved):
        once = saved.means("munitions", by=["without"])
        pd.testing.assert_frame_equal(saved.means("munitions", by=["without", "without"]), once)

    def test_it_says_in_a_word_what_it_is(self, saved):
        assert repr(saved).endswith("320 points × 3 runs of 10 months, latin_hypercube)")
        levers = sim.sweep("base", levers={"without": ["", "beijing"]}, months=2)
        assert repr(levers).endswith("2 points × 1 runs of 2 months, no design, only levers)")

    def test_the_manifest_says_all_that_is_needed(self, saved):
        manifest = json.loads((saved.directory / "manifest.json").read_text())
        assert manifest["units"]["china.goodwill"] == "displeasure"
        assert manifest["levers"]["rules.china_oil_valve"] == [True, False]
        assert len(manifest["scenarios"]) == 16
        assert "beijing-cap" in manifest["versions"]


class TestMeasures:
    class FirstMonth:
        """Rounds delivered in the first month."""

        columns = {"first_rounds": "thousand rounds"}  # noqa: RUF012
        needs = ("munitions_delivered",)
        about = {"name": "first month"}  # noqa: RUF012

        def __call__(self, runs):
            return runs["munitions_delivered"].isel(month=0, partnership=0).values[None]

    def test_further_columns_are_made_from_paths(self):
        found = sim.sweep("base", {"china.goodwill": (0.2, 1.2)}, points=3, runs=2, months=4, measures=self.FirstMonth())
        rows = found.frame()
        paths = sim.run(sim.Scenario.load("base"), 2, months=4, values={"china.goodwill": rows["china.goodwill"][0]})
        assert rows["first_rounds"][:2].tolist() == paths["munitions_delivered"].values[0, 0].tolist()
        assert found.manifest["units"]["first_rounds"] == "thousand rounds"

    def test_a_wrong_shape_is_refused(self):
        class Flat(self.FirstMonth):
            def __call__(self, runs):
                return super().__call__(runs)[0]

        with pytest.raises(UserError, match=r"must give an array of shape \(1 columns, 2 runs\)"):
            sim.sweep("base", {"china.goodwill": (0.2, 1.2)}, points=1, runs=2, months=2, measures=Flat())


class TestFailures:
    @pytest.fixture
    def explosive(self, monkeypatch):
        from sim.mechanisms.pressure import RESPONSES, response

        monkeypatch.setattr("sim.mechanisms.pressure.RESPONSES", RESPONSES)

        @response("explosive")
        def explosive(trigger, tolerance, width, memory):
            if (tolerance > 1.0).any():
                raise ValueError("boom")
            return 0.5 * (trigger > tolerance)

        own = {"value": 0.5, "unit": "dimensionless", "low": 0.2, "high": 1.2, "source": "assumption"}
        fields = {"trigger": "visible_tie", "response": "explosive", "tolerance": own, "width": own}
        yield sim.Scenario.load("base").with_rule("china_oil_valve", **fields)
        del RESPONSES["explosive"]

    def test_a_run_that_fails_is_a_row_and_the_others_are_what_they_would_be(self, explosive):
        design = pd.DataFrame({"rules.china_oil_valve.tolerance": np.linspace(0.2, 1.2, 11)})
        found = sim.sweep(explosive, design=design, runs=4, months=3, record=["munitions_delivered"])
        failures = found.failures()
        assert set(failures["point"]) == {9, 10}
        assert len(failures) == 8
        assert failures["error"].unique().tolist() == ["ValueError: boom"]
        fine = sim.sweep(explosive, design=design.iloc[:9], runs=4, months=3, record=["munitions_delivered"])
        pd.testing.assert_frame_equal(found.frame()[:36], fine.frame())
        assert found.frame()["munitions"][36:].isna().all()
        assert found.means("munitions")["mean"].isna().tolist() == [False] * 9 + [True] * 2
        assert found.quantiles.groupby("point")["q50"].count().tolist() == [3] * 9 + [0] * 2
        with pytest.raises(ValueError, match="boom"):
            found.replay(10, 0)

    def test_when_all_fail_the_search_ends(self, explosive):
        points = pd.DataFrame({"rules.china_oil_valve.tolerance": np.full(500, 1.1)})
        found = sim.sweep(explosive, design=points, runs=2, months=2)
        assert len(found.failures()) == 1_000


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"uncertainties": BOX, "points": 4, "out": 5}, "out: must be the path of a folder, not 5"),
            ({"uncertainties": BOX, "points": 4, "processes": 0}, "whole number from 1"),
            ({"uncertainties": BOX, "points": 4, "executor": "dask"}, "needs a concurrent.futures.Executor"),
        ],
    )
    def test_each_gives_one_clear_message(self, arguments, message):
        with pytest.raises(UserError, match=message):
            sim.sweep("base", **arguments)

    def test_the_parameters_of_a_rule_that_a_lever_drops_may_vary(self):
        found = sim.sweep(
            "base", ["rules.china_trade_squeeze.strength"], {"rules.china_trade_squeeze": [True, False]}, points=3, months=3
        )
        assert found.array("munitions").shape == (2, 3, 1)
