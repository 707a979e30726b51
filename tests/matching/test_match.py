"""History matching from end to end, over a few parameters: what is left, its files, and what goes wrong with a plain word."""

import csv
import json
import re
import shlex

import jsonschema
import numpy as np
import pandas as pd
import pytest
from small_match import SIDES, as_if_seen, calm_trade, declaration, observed, table, trade, tree

import sim
from sim.errors import UserError
from sim.matching import wave as wave_module
from sim.matching.found import Matching
from sim.matching.history import FILES
from sim.matching.identify import trade_offs
from sim.matching.report import report
from sim.matching.score import naive_forecasts

UNTIL = "2024-06"
CUT = 1.5


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return sim.match("base", strict(), until=UNTIL, out=tmp_path_factory.mktemp("match") / "out", progress=False)


def strict():
    """A cut so low that a few sides of base leave some worlds and rule out others."""
    return declaration(cut=CUT)


def test_all_files_are_there_and_say_the_same(made):
    assert {path.name for path in made.directory.iterdir()} == {*FILES, "wave-1", "sums.sha256"}
    assert Matching.model_validate_json((made.directory / "matching.json").read_text(encoding="utf-8")) == made.found
    assert (made.directory / "report.md").read_text(encoding="utf-8") == report(made.found)
    pd.testing.assert_frame_equal(pd.read_parquet(made.directory / "worlds.parquet"), made.worlds)
    pd.testing.assert_frame_equal(pd.read_parquet(made.directory / "implausibility.parquet"), made.implausibility)


def test_a_world_is_left_where_the_second_highest_implausibility_is_below_the_cut(made):
    rows = made.implausibility
    groups = rows.filter(like="implausibility of ").to_numpy()
    second = np.sort(groups, axis=1)[:, -2]
    assert (rows["implausibility"] == second).all()
    assert (rows["left"] == (second < CUT)).all()
    assert 0 < rows["left"].sum() < len(rows)
    assert len(made.worlds) == made.found.left == rows["left"].sum()
    assert made.worlds["implausibility"].max() < CUT


def test_the_published_schema_is_that_of_the_findings(made, root):
    schema = json.loads((root / "docs" / "matching.schema.json").read_text(encoding="utf-8"))
    assert schema == Matching.model_json_schema(), "run docs/make_schema.py"
    jsonschema.validate(json.loads((made.directory / "matching.json").read_text(encoding="utf-8")), schema)


def test_the_numbers_of_what_is_left_lie_in_the_box(made):
    assert set(SIDES) <= set(made.worlds.columns)
    for side in made.setting.box:
        assert made.worlds[side.address].between(side.low, side.high).all()


def test_the_matched_scenario_draws_from_what_is_left(made):
    matched = sim.Scenario.load(made.directory / "matched.toml")
    assert matched.worlds == made.scenario.worlds
    assert len(matched.worlds["russia.fire"]) == made.found.kept <= 20
    kept = np.array([matched.worlds[address] for address in SIDES]).T
    all_of_them = made.worlds[list(SIDES)].to_numpy()
    for row in kept:  # whole worlds, and no mixture of two
        assert np.isclose(all_of_them, row, rtol=1e-5).all(axis=1).any()
    assert sim.run(matched, runs=5, months=2, progress=False)["outcomes"].notnull().all()


def test_the_same_call_goes_on_from_the_waves_that_are_there(made, monkeypatch):
    def never(*arguments, **options):
        raise AssertionError("a run was simulated again")

    monkeypatch.setattr("sim.experiments.sweeps.do", never)
    again = sim.match("base", strict(), until=UNTIL, out=made.directory, progress=False)
    assert again.found == made.found


def test_nothing_depends_on_where_it_is_written(made):
    again = sim.match("base", strict(), until=UNTIL, progress=False)
    assert again.directory is None
    assert again.found == made.found
    pd.testing.assert_frame_equal(again.worlds, made.worlds)


def test_a_changed_scenario_is_written_in_full(tmp_path):
    changed = sim.Scenario.load("base").set("china.resolve", 0.9)
    made = sim.match(changed, declaration(), until=UNTIL, out=tmp_path / "out", worlds=20, waves=1, progress=False)
    matched = sim.Scenario.load(tmp_path / "out" / "matched.toml")
    assert "extends" not in (tmp_path / "out" / "matched.toml").read_text(encoding="utf-8")
    assert matched.parameters == changed.parameters
    assert matched.worlds == made.scenario.worlds


def test_a_scenario_of_a_file_is_extended_by_its_path(tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "base"\n[countries.china]\nresolve = 0.9\n', encoding="utf-8")
    sim.match(tmp_path / "mine.toml", declaration(), until=UNTIL, out=tmp_path / "out", worlds=20, waves=1, progress=False)
    assert sim.Scenario.load(tmp_path / "out" / "matched.toml").parameters["china.resolve"].value == 0.9


def test_shares_do_not_hang_on_the_luck_of_a_few_histories():
    """Tests are chance alone here: were their shocks common to all worlds, one seed would rule out all, another none."""
    asked = declaration(cut=1.5, ranges={"include": ["russia.fire", "lanes.china_north_korea_trade.volume"]})
    made = [sim.match("base", asked, until=UNTIL, worlds=200, waves=1, seed=seed, progress=False) for seed in (1, 2, 3)]
    ruled = [each.found.waves[0].ruled_by_group["tests"] for each in made]
    assert np.ptp(ruled) < 0.2
    assert 0.05 < np.mean(ruled) < 0.95


def test_leaving_a_group_out_is_read_off_the_first_wave(made):
    rows = made.implausibility[made.implausibility["wave"] == 1].filter(like="implausibility of ")
    for group in made.found.groups:
        others = np.sort(rows.drop(columns=f"implausibility of {group.name}").to_numpy(), axis=1)
        assert group.left_without == pytest.approx((others[:, -2] < CUT).mean())
        assert group.ruled == pytest.approx((rows[f"implausibility of {group.name}"] >= CUT).mean())


def test_leaving_a_series_out_keeps_the_rest_of_its_group(made):
    groups = {group.name: group for group in made.found.groups}
    assert [each.name for each in made.found.series] == list(made.setting.series)
    for each in made.found.series:
        group = groups[each.group]
        if group.series == [each.name]:  # then it is the group
            assert each.ruled == group.ruled
            assert each.left_without == group.left_without
        else:
            assert each.ruled <= group.ruled
            assert made.found.waves[0].share <= each.left_without <= group.left_without
    assert any(len(group.series) > 1 for group in groups.values())


def test_the_command_can_be_typed_again(tmp_path):
    folder = tmp_path / "two words"
    folder.mkdir()
    later = table(folder / "later.csv", [trade("N1", "2024-12", 160.0)])
    made = sim.match("base", declaration(), until=UNTIL, score=later, worlds=40, waves=1, progress=False)
    words = shlex.split(made.found.about.command)
    assert words[words.index("--score") + 1] == str(later)


def test_waves_shrink_the_box_until_it_holds_little_else(tmp_path):
    """Evidence of the model's own making, precise on two sides: each wave searches less, and more of it is left."""
    made = sim.match(calm_trade(), precise(), until="2024-01", evidence=exact(tmp_path), **SHARP, progress=False)
    volumes = [wave.volume for wave in made.found.waves]
    shares = [wave.share for wave in made.found.waves]
    assert len(volumes) > 1
    assert (np.diff(volumes) < 0).all()
    assert shares[-1] > 3 * shares[0]
    by_address = {each.address: each for each in made.found.parameters}
    low, _, high = by_address["lanes.china_north_korea_trade.volume"].left
    assert low <= 170.0 <= high
    assert by_address["lanes.china_north_korea_trade.volume"].spread < 0.6
    assert by_address["lanes.china_north_korea_trade.volume"].informed
    assert by_address["china.stance_noise"].spread > 0.9


SHARP = {"worlds": 300, "runs": 4, "waves": 4}


def precise():
    """Two sides that two series measure, and one that none does; every group counts."""
    small = {"relative": 0.01, "floor": 0.5, "reason": "the model made the figures itself"}
    made = declaration(rank=1, shrinking=0.02, ranges={"include": ["lanes.china_north_korea_trade.volume",
                       "lanes.china_russia_components.volume", "china.stance_noise"]})  # fmt: skip
    groups = {
        "trade": {"says": "trade", "series": {"CHN_to_PRK_exports_month": small}},
        "components": {"says": "components", "series": {"CHN_RUS_dualuse": small}},
    }
    return type(made).from_dict({**made.model_dump(exclude={"explanations"}), "groups": groups, "left_out": {}})


def exact(folder):
    """Base's own numbers of these series, as figures."""
    base = sim.run(calm_trade(), runs=1, months=6, seed=99, record=["lane_flow", "components_from_patrons"],
                   progress=False)  # fmt: skip
    flow = base["lane_flow"].sel(lane="china_north_korea_trade").values[:, 0]
    goods = base["components_from_patrons"].sel(country="russia").values[:, 0]
    rows = [trade(f"T{i}", month, flow[i]) for i, month in enumerate(("2023-08", "2023-09", "2023-10"))]
    unit = "USD million/month, 50 high-priority items"
    rows.append(observed("C1", "CHN_RUS_dualuse", "2023-09-01", "2023-09-30", unit, goods[1]))
    return table(folder / "exact.csv", rows)


# --- the test after the fit -------------------------------------------------------------------------------------------------


def test_later_figures_of_the_shipped_record_are_scored_by_default(made):
    score = made.found.score
    assert score.table == "shipped"
    ids = {figure.id for figure in score.figures}
    assert {"E138", "E198"} <= ids
    assert not ids & {target.observation.id for target in made.setting.targets}
    for each in (score.matched, score.prior):
        assert 0 <= each.within_50 <= each.within_90 <= 1


def test_nothing_is_scored_where_nothing_is_known_of_later():
    made = sim.match("base", declaration(), until="2024-12", worlds=40, waves=1, progress=False)
    assert made.found.score is None
    assert "Nothing to score" in report(made.found)


def test_figures_of_ones_own_are_scored(tmp_path):
    rows = [trade("N1", "2024-12", 160.0), trade("N2", "2025-02", 175.0), trade("N3", "2025-03", "", low=165.0, high=181.0)]
    rows.append(trade("N4", "2024-05", 170.0))
    rows.append(observed("N5", "CHN_FDI", "2025-01-01", "2025-12-31", "USD bn", 3))
    rows.append(observed("N6", "PRK_RUS_shells_cum", "2025-01-01", "2025-01-31", "tons", 3))
    with pytest.warns(UserWarning, match="later.csv: left out: N6: unit 'tons' of PRK_RUS_shells_cum has no conversion"):
        made = sim.match(
            "base", declaration(), until=UNTIL, score=table(tmp_path / "later.csv", rows), worlds=60, waves=1, progress=False
        )
    score = made.found.score
    assert [figure.id for figure in score.figures] == ["N1", "N2", "N3"]
    assert {each.id for each in score.skipped} == {"N4", "N5", "N6"}
    (series,) = score.by_series
    assert series.matched.crps == pytest.approx(np.mean([figure.crps for figure in score.figures]))
    assert score.matched.crps == series.matched.crps  # one series, so its unit is that of all
    inside = [figure.forecast[0] <= figure.low <= figure.forecast[4] for figure in score.figures if figure.low == figure.high]
    assert len(inside) == 2
    said = re.search(r"Of the 2 that are one number and no range, .* and (\d+)% within that of 90%", report(made.found))
    assert float(said[1]) == 100 * np.mean(inside)


def test_pairs_are_looked_for_among_worlds_that_no_group_rules_out():
    """A world may fail one group and stay; what fails rounds then has to pass trade, which no figure ties."""
    made = sim.match("base", declaration(cut=2.0), until=UNTIL, worlds=2_000, waves=1, progress=False)
    groups = made.worlds.filter(like="implausibility of ")
    agreed = made.worlds[(groups.to_numpy() < 2.0).all(axis=1)]
    (first, second, correlation), *_ = expected = trade_offs(agreed[list(SIDES)], 12)
    assert {SIDES[first], SIDES[second]} == {"russia.fire", "russia_north_korea.munitions.value"}
    assert correlation < -0.3  # more fire makes up for a lower value of a shell; in all that are left, -0.1
    assert [(pair.first, pair.second, pair.correlation) for pair in made.found.pairs] == [
        (SIDES[i], SIDES[j], pytest.approx(found)) for i, j, found in expected
    ]


def test_naive_forecasts_know_what_was_known_by_then(made):
    exports = next(target for target in made.setting.targets if target.series.name == "CHN_to_PRK_exports_month")
    last, _ = naive_forecasts(made.setting, exports)
    assert last == 167.6  # E152, October 2023, the latest to June 2024
    shells = next(target for target in made.setting.targets if target.observation.id == "E016")
    assert naive_forecasts(made.setting, shells)[0] == 4800.0  # the total of E018, whatever came between


# --- what goes wrong --------------------------------------------------------------------------------------------------------


def test_no_world_left_says_what_rules_out_most_and_what_to_do(tmp_path):
    quarter = ("PRK_missile_events_quarter", "2023-10-01", "2023-12-31", "missile-category events")
    rows = [trade("X1", "2023-08", 400.0), observed("X2", *quarter, 90)]
    odd = table(tmp_path / "odd.csv", rows)
    with pytest.raises(UserError) as refused:
        sim.match("base", declaration(), until="2023-12", vintage="2024-12", evidence=odd, worlds=40, progress=False)
    text = str(refused.value)
    assert "no world is left of 40" in text
    assert "trade_north_korea rules out 100%" in text
    assert "no world reaches X1, X2" in text
    assert "larger discrepancy" in text


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([trade("N1", "2030-01", 170.0)], "N1 lies after 2028-07, the last month of the scenario"),
        ([trade("N1", "2024-01", 170.0)], "holds no figure of a known series after 2024-06"),
        ([trade("N1", "2025-01", 170.0, low=180.0)], "the range is upside down"),
    ],
)
def test_figures_that_cannot_be_scored_are_refused_before_anything_is_run(tmp_path, monkeypatch, rows, message):
    monkeypatch.setattr(wave_module, "sweep", lambda *arguments, **options: pytest.fail("something was run"))
    with pytest.raises(UserError, match=message):
        sim.match("base", declaration(), until=UNTIL, score=table(tmp_path / "later.csv", rows))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"budget": "huge"}, "there is no budget 'huge'"),
        ({"worlds": 0}, "worlds: must be greater than or equal to 1, not 0"),
        ({"worlds": 10**9}, "worlds: must be less than or equal to 10000000"),
        ({"runs": 1}, "runs: must be greater than or equal to 2, not 1"),
        ({"runs": 10**9}, "runs: must be less than or equal to 10000"),
        ({"waves": True}, "waves: must be a number without a fraction"),
        ({"waves": 10**9}, "waves: must be less than or equal to 50"),
        ({"seed": -1}, "seed"),
        ({"evidence": "nothing.csv"}, "cannot be read"),
        ({"until": "2035-01"}, "outside the scenario"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(UserError, match=message):
        sim.match("base", declaration(), **options)


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(UserError, match="holds something else than a match; give another folder"):
        sim.match("base", declaration(), until=UNTIL, out=tmp_path)
    with pytest.raises(UserError, match="is a file; give a folder"):
        sim.match("base", declaration(), until=UNTIL, out=tmp_path / "manifest.json")
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_a_folder_with_another_match_is_not_mixed_with_this_one(made):
    with pytest.raises(UserError, match="holds another match, with another last month, vintage, record"):
        sim.match("base", strict(), until="2024-03", out=made.directory, progress=False)
    with pytest.raises(UserError, match="holds another sweep"):
        sim.match("base", strict(), until=UNTIL, worlds=59, out=made.directory, progress=False)


def test_another_declaration_does_not_replace_the_findings_of_this_one(made):
    """Its waves are the same, so the sweep by itself would not tell."""
    before = (made.directory / "matching.json").read_bytes()
    with pytest.raises(UserError, match="holds another match, with another declaration; give another folder"):
        sim.match("base", declaration(cut=CUT + 1), until=UNTIL, out=made.directory, progress=False)
    assert (made.directory / "matching.json").read_bytes() == before


def test_another_record_does_not_replace_the_findings_of_this_one(tmp_path):
    options = {"until": "2024-01", **SHARP, "worlds": 40, "waves": 1, "out": tmp_path / "out", "progress": False}
    sim.match("base", precise(), evidence=exact(tmp_path), **options)
    changed = tmp_path / "exact.csv"
    rows = list(csv.DictReader(changed.read_text(encoding="utf-8").splitlines()))
    table(changed, [row | {"central": float(row["central"]) + 1} for row in rows])
    with pytest.raises(UserError, match="with another record"):
        sim.match("base", precise(), evidence=changed, **options)


def test_a_folder_with_findings_that_cannot_be_read_is_kept(tmp_path):
    (tmp_path / "matching.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match="no result of this version"):
        sim.match("base", declaration(), until=UNTIL, out=tmp_path, progress=False)


def test_a_scenario_without_what_the_series_tell_of_is_refused_before_anything_is_run(monkeypatch):
    def renamed(content):
        if isinstance(content, dict):
            return {name.replace("north_korea", "elsewhere"): renamed(each) for name, each in content.items()}
        if isinstance(content, list):
            return [renamed(each) for each in content]
        return content.replace("north_korea", "elsewhere") if isinstance(content, str) else content

    monkeypatch.setattr(wave_module, "sweep", lambda *arguments, **options: pytest.fail("something was run"))
    lacking = sim.Scenario.from_dict(renamed(sim.Scenario.load("base").to_dict()))
    asked = tree(ranges={"include": ["russia.fire"]})
    del asked["explanations"]
    with pytest.raises(UserError) as refused:
        sim.match(lacking, type(declaration()).from_dict(asked), until=UNTIL)
    text = str(refused.value)
    assert "there is no partnership russia_north_korea" in text
    assert "no lane from china to north_korea" in text
    assert "method=" not in text


def test_the_record_can_be_the_models_own(tmp_path):
    """The table that the model would have published is read back as ranges that hold its numbers."""
    from sim.inference.predictions import Predictions
    from sim.matching.setting import bring_together

    asked = declaration()
    first = bring_together(sim.Scenario.load("base"), asked, asked.budgets["quick"], UNTIL)
    targets = [each for each in first.past if each.series.kind not in ("events", "first")]
    runs = sim.run(first.base, runs=1, months=11, record=Predictions(targets).needs, progress=False)
    values = Predictions(targets)(runs)[:, 0]
    again = bring_together(first.base, asked, asked.budgets["quick"], UNTIL, vintage="2026",
                           evidence=table(tmp_path / "own.csv", as_if_seen(targets, values, 0.01)))  # fmt: skip
    for target, value in zip(again.past, values, strict=True):
        assert target.low - 1e-9 <= value <= target.high + 1e-9, target.observation.id
    assert json.dumps(Predictions(again.targets).about)
