"""Sweep files: what a file says is what a sweep gets, and every mistake is named with its key."""

import contextlib
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.experiments.ranges import Range
from sim.experiments.scenario_ranges import ranges_of
from sim.experiments.sweep_declaration import KINDS, SweepDeclaration, Varied, sweep_schema
from sim.experiments.sweep_files import is_sweep_file, load_sweep, sweep_names
from sim.scenario.scenario import Scenario, scenario_names

BASE = Scenario.load("base")
HEAD = 'title = "Mine"\nscenario = "base"\n'
LHS = HEAD + 'design = "latin_hypercube"\npoints = 16\n'
VARIED = '[uncertainties]\n"china.goodwill" = {}\n'
FULL = """
title = "Tolerance against stock"
scenario = "base"
design = "latin_hypercube"
points = 64
runs = 4
own_shocks = true
seed = 7
months = 36
at = ["2024-12", 30]
record = ["munitions_delivered"]

[uncertainties]
"china.goodwill" = {}
"north_korea.munitions" = { low = 3000, high = 20000, measure = "log" }
"china.resolve" = { low = 0.2, high = 0.8 }
"world.oil_price" = { measure = "log" }
"rules.*.strength" = {}

[levers]
scenario = ["base", "ceasefire"]
without = ["", "beijing"]
"variants.learning" = ["bayes"]
"rules.china_oil_valve" = [true, false]
"russia.fire" = [400, 490]
"""


def write(folder, text, name="mine.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refuse(folder, text):
    with pytest.raises(UserError) as caught:
        load_sweep(write(folder, text))
    return str(caught.value)


def own(address):
    return ranges_of(BASE, [address])[0]


class TestLoadSweep:
    def test_all_that_a_file_can_say(self, tmp_path):
        arguments = load_sweep(write(tmp_path, FULL))
        assert (arguments.design, arguments.points, arguments.runs) == ("latin_hypercube", 64, 4)
        assert (arguments.seed, arguments.months, arguments.own_shocks) == (7, 36, True)
        assert arguments.scenario == BASE
        assert arguments.at == (17, 30)
        assert arguments.record == ("munitions_delivered",)
        oil = own("world.oil_price")
        assert tuple(arguments.uncertainties.values()) == (
            own("china.goodwill"),
            Range("north_korea.munitions", 3000.0, 20000.0, "log"),
            Range("china.resolve", 0.2, 0.8),
            Range("world.oil_price", oil.low, oil.high, "log"),
            *ranges_of(BASE, ["rules.*.strength"]),
        )
        assert arguments.levers["without"] == ("", "beijing")
        assert [scenario.name for scenario in arguments.levers["scenario"]] == ["base", "ceasefire"]

    def test_a_sweep_takes_it_as_it_stands(self, tmp_path):
        arguments = load_sweep(write(tmp_path, FULL))
        plan = arguments.plan()
        assert plan.points == 64 * 2 * 2 * 2 * 2
        assert plan.own_shocks
        assert (plan.runs, plan.months, plan.seed, plan.at, plan.record) == (4, 36, 7, (17, 30), ("munitions_delivered",))
        assert plan.design.points == 64
        assert list(plan.design.columns) == list(arguments.uncertainties)

    def test_little_is_enough(self, tmp_path):
        arguments = load_sweep(write(tmp_path, LHS + VARIED))
        assert (arguments.runs, arguments.seed, arguments.months, arguments.at) == (1, 0, None, ())
        assert (arguments.record, arguments.levers) == ((), {})
        assert arguments.plan().points == 16

    def test_levers_alone(self, tmp_path):
        plan = load_sweep(write(tmp_path, HEAD + '[levers]\nwithout = ["", "west", "beijing"]\n')).plan()
        assert plan.design is None
        assert plan.points == 3

    def test_levels_of_each_parameter_or_of_all(self, tmp_path):
        text = HEAD + 'design = "factorial"\nlevels = 3\n' + VARIED
        text += '"china.resolve" = { levels = [0.2, 0.5, 0.8, 1] }\n"world.oil_price" = { levels = 5 }\n'
        text += '"rules.china_trade_*.strength" = { levels = 2 }\n'
        levels = load_sweep(write(tmp_path, text)).plan().design.about["levels"]
        assert {name: len(each) for name, each in levels.items()} == {
            "china.goodwill": 3,
            "china.resolve": 4,
            "world.oil_price": 5,
            "rules.china_trade_squeeze.strength": 2,
        }
        assert levels["china.resolve"] == [0.2, 0.5, 0.8, 1.0]

    def test_levels_that_are_not_given_to_one_at_a_time_are_its_ends(self, tmp_path):
        text = HEAD + 'design = "one_at_a_time"\n' + VARIED + '"china.resolve" = { levels = [0.2, 0.5, 0.8] }\n'
        design = load_sweep(write(tmp_path, text)).plan().design
        assert design.points == 1 + 2 + 3
        assert design.about["centre"]["china.resolve"] == BASE.parameters["china.resolve"].value

    @pytest.mark.parametrize(("kind", "points"), [("sobol", 16), ("saltelli", 16 * 4), ("morris", 16 * 3)])
    def test_points_mean_what_the_design_says(self, tmp_path, kind, points):
        text = LHS.replace("latin_hypercube", kind) + VARIED + '"china.resolve" = {}\n'
        assert load_sweep(write(tmp_path, text)).plan().design.points == points

    @pytest.mark.parametrize("name", ["points.csv", "points.parquet"])
    def test_a_table_lies_beside_the_file(self, tmp_path, monkeypatch, name):
        frame = pd.DataFrame({"china.resolve": [0.1, 0.2], "world.oil_price": [60.0, 70.0]})
        frame.to_csv(tmp_path / "points.csv", index=False)
        frame.to_parquet(tmp_path / "points.parquet")
        path = write(tmp_path, HEAD + f'design = "table"\ntable = "{name}"\n')
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        plan = load_sweep(path).plan()
        assert plan.design.columns["china.resolve"].tolist() == [0.1, 0.2]
        assert plan.points == 2

    def test_a_scenario_lies_beside_the_file(self, tmp_path, monkeypatch):
        write(tmp_path, 'extends = "base"\n[countries.china]\nresolve = 0.9\n', "theirs.toml")
        text = LHS.replace('"base"', '"theirs.toml"') + VARIED + '[levers]\nscenario = ["base", "theirs.toml"]\n'
        path = write(tmp_path, text)
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        arguments = load_sweep(path)
        assert arguments.scenario.parameters["china.resolve"].value == 0.9
        assert [scenario.name for scenario in arguments.levers["scenario"]] == ["base", "theirs"]


class TestShippedSweeps:
    def test_there_are_some_and_they_are_no_scenarios(self, root):
        assert sweep_names() == sorted(path.stem for path in (root / "scenarios" / "sweeps").glob("*.toml"))
        assert sweep_names()
        assert not set(sweep_names()) & set(scenario_names())

    @pytest.mark.parametrize("name", sweep_names())
    def test_each_can_be_swept(self, root, name):
        assert is_sweep_file(name)
        path = root / "scenarios" / "sweeps" / f"{name}.toml"
        assert is_sweep_file(str(path))
        assert load_sweep(name) == load_sweep(path)
        plan = load_sweep(name).plan()
        assert 1_000 <= plan.rows <= 100_000

    def test_a_scenario_is_no_sweep_file(self, tmp_path, root):
        assert not is_sweep_file("base")
        assert not is_sweep_file(str(root / "scenarios" / "base.toml"))
        assert not is_sweep_file("no such file")
        assert not is_sweep_file(str(write(tmp_path, "title = ")))


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "key", "message"),
        [
            # keys and types
            (LHS.replace("title", "titel") + VARIED, "titel", "did you mean 'title'"),
            (VARIED, "title", "is missing"),
            (LHS.replace('scenario = "base"', "") + VARIED, "scenario", "is missing"),
            (LHS + "run = 3\n" + VARIED, "run", "did you mean 'runs'"),
            (LHS + "runs = 0\n" + VARIED, "runs", "greater than or equal to 1"),
            (LHS + "runs = 2.0\n" + VARIED, "runs", "without a fraction"),
            (LHS + "runs = true\n" + VARIED, "runs", "must be a number"),
            (LHS + "seed = -1\n" + VARIED, "seed", "greater than or equal to 0"),
            (LHS + "months = 721\n" + VARIED, "months", "less than or equal to 720"),
            (LHS + 'at = ["2024-13"]\n' + VARIED, "at.0", "must be a month such as '2024-12'"),
            (LHS + "at = [1.5]\n" + VARIED, "at.0", "must be a month such as '2024-12'"),
            (LHS + 'at = "2024-12"\n' + VARIED, "at", "tuple"),
            (LHS + "uncertainties = 3\n", "uncertainties", "must be a table"),
            (LHS + '[uncertainties]\n"china.goodwill" = 3\n', "uncertainties.china.goodwill", "must be a table"),
            (LHS + '[uncertainties]\n"china.goodwill" = { lo = 3 }\n', "uncertainties.china.goodwill.lo", "did you mean 'low'"),
            (
                LHS + '[uncertainties]\n"china.goodwill" = { low = "3" }\n',
                "uncertainties.china.goodwill.low",
                "must be a number",
            ),
            (LHS + "[uncertainties]\nchina.goodwill = {}\n", "uncertainties.china", 'in quotes, such as "china.goodwill"'),
            (LHS + VARIED + "[levers]\nrules.x = [true]\n", "levers.rules", 'in quotes, such as "rules.x"'),
            (LHS + VARIED + "[levers]\nwithout = 'beijing'\n", "levers.without", "must be a list of options"),
            (LHS + VARIED + "[levers]\nwithout = []\n", "levers.without", "must be a list of options"),
            (
                HEAD + 'design = "factorial"\n[uncertainties]\n"china.resolve" = { levels = 1 }\n',
                "uncertainties.china.resolve.levels",
                "must be a whole number from 2 on, or a list of numbers",
            ),
            # what does not fit together
            (LHS.replace("latin_hypercube", "latin_hypercub") + VARIED, "design", "did you mean 'latin_hypercube'"),
            (HEAD + VARIED, "design", "is missing: say how the uncertainties are sampled"),
            (HEAD, "design", "nothing varies"),
            (LHS, "uncertainties", "say what latin_hypercube samples"),
            (HEAD + 'design = "table"\n', "table", "name the file of points"),
            (HEAD + 'design = "table"\ntable = "x.csv"\n' + VARIED, "uncertainties", "the points stand in the table"),
            (LHS + 'table = "x.csv"\n' + VARIED, "table", 'only for design = "table"'),
            (HEAD + "points = 3\n[levers]\nwithout = ['']\n", "points", "only for a design that samples"),
            (LHS.replace("points = 16", "") + VARIED, "points", "latin_hypercube needs points"),
            (LHS.replace("points = 16", "points = 2000000000") + VARIED, "design: latin_hypercube", "2 × 10^9 points"),
            (LHS.replace("latin_hypercube", "sobol").replace("16", "100") + VARIED, "points", "take 64 or 128"),
            (LHS + "levels = 3\n" + VARIED, "levels", "latin_hypercube takes no levels"),
            (HEAD + 'design = "factorial"\n' + VARIED, "levels", "factorial needs levels"),
            (
                HEAD + 'design = "factorial"\n' + VARIED + '"china.resolve" = { levels = 3 }\n',
                "levels: china.goodwill",
                "has no levels",
            ),
            (
                LHS + '[uncertainties]\n"china.resolve" = { levels = 3 }\n',
                "uncertainties.china.resolve.levels",
                "latin_hypercube takes no levels",
            ),
            (
                LHS.replace("latin_hypercube", "morris") + '[uncertainties]\n"china.resolve" = { levels = 4 }\n',
                "uncertainties.china.resolve.levels",
                "one number of levels for all",
            ),
            (LHS + '[uncertainties]\n"china.resolve" = { low = 0 }\n', "uncertainties.china.resolve", "both low and high"),
            (
                HEAD + 'design = "factorial"\n[uncertainties]\n"china.resolve" = { low = 0, high = 1, levels = [0, 1] }\n',
                "uncertainties.china.resolve",
                "need no low, high or measure",
            ),
            (LHS + '[uncertainties]\n"china.*" = { low = 0, high = 1 }\n', "uncertainties.china.*", "write out the addresses"),
            # beside the scenario
            (LHS.replace('"base"', '"bas"') + VARIED, "scenario", "did you mean 'base'"),
            (LHS + 'record = ["munition_delivered"]\n' + VARIED, "record", "did you mean 'munitions_delivered'"),
            (LHS + 'at = ["2030-01"]\n' + VARIED, "at", "2030-01 is not one of the 60 months from 2023-08"),
            (LHS + "months = 12\nat = [13]\n" + VARIED, "at", "13 is not one of the 12 months"),
            (LHS + "at = [0]\n" + VARIED, "at", "0 is not one of the 60 months"),
            (
                LHS + '[uncertainties]\n"china.godwill" = {}\n',
                "uncertainties.china.godwill",
                "did you mean 'china.goodwill'",
            ),
            (LHS + '[uncertainties]\n"chima.*" = {}\n', "uncertainties.chima.*", "did you mean 'china.*'"),
            (
                LHS + '[uncertainties]\n"world.ceasefire_month" = {}\n',
                "uncertainties.world.ceasefire_month",
                "has no range of its own",
            ),
            (
                LHS + '[uncertainties]\n"china.resolve" = { low = 0.9, high = 0.1 }\n',
                "uncertainties.china.resolve",
                "upside down",
            ),
            (
                LHS + '[uncertainties]\n"china.resolve" = { low = 0, high = 1, measure = "log" }\n',
                "uncertainties.china.resolve",
                "above zero",
            ),
            (
                LHS + '[uncertainties]\n"china.resolve" = { low = 0, high = 1.5 }\n',
                "uncertainties.china.resolve",
                "1.5 is outside [0, 1] share",
            ),
            (
                HEAD + 'design = "factorial"\n[uncertainties]\n"china.resolve" = { levels = [0.5, 1.5] }\n',
                "uncertainties.china.resolve",
                "1.5 is outside [0, 1] share",
            ),
            (
                HEAD + 'design = "factorial"\n[uncertainties]\n"china.resolve" = { levels = [0.5, 0.5] }\n',
                "levels: china.resolve",
                "each of them once",
            ),
            (LHS + VARIED + "[levers]\nwithout = ['beijin']\n", "levers.without", "did you mean 'beijing'"),
            (LHS + VARIED + "[levers]\nscenario = ['ceasefir']\n", "levers.scenario", "did you mean 'ceasefire'"),
            (LHS + VARIED + "[levers]\n'variants.learning' = ['bays']\n", "levers.variants.learning", "did you mean 'bayes'"),
            (LHS + VARIED + "[levers]\n'rules.china_oil_value' = [true]\n", "levers.rules.china_oil_value", "china_oil_valve"),
            (LHS + VARIED + "[levers]\n'rules.china_oil_valve' = ['no']\n", "levers.rules.china_oil_valve", "true or false"),
            (LHS + VARIED + "[levers]\n'russia.fires' = [1]\n", "levers.russia.fires", "did you mean 'russia.fire'"),
            (LHS + VARIED + "[levers]\n'russia.fire' = ['high']\n", "levers.russia.fire", "finite numbers"),
            (LHS + VARIED + "[levers]\n'russia.fire' = [-5]\n", "levers.russia.fire", "-5 is outside [0, 1e+09]"),
        ],
    )
    def test_with_file_key_and_remedy(self, tmp_path, text, key, message):
        found = refuse(tmp_path, text)
        assert f"mine.toml: {key}: " in found
        assert message in found

    def test_every_mistake_at_once(self, tmp_path):
        found = refuse(tmp_path, LHS + 'run = 3\nseed = -1\nat = ["soon"]\n' + VARIED)
        assert "3 problems" in found
        wrong = '[uncertainties]\n"china.godwill" = {}\n"chima.*" = {}\n"china.resolve" = { low = 0, high = 2 }\n'
        found = refuse(
            tmp_path, LHS + "at = [99]\nrecord = ['x']\n" + wrong + "[levers]\nwithout = ['beijin']\n'russia.fires' = [1]\n"
        )
        assert "7 problems" in found
        for part in ("china.godwill", "chima.*", "china.resolve", "at: 99", "record", "levers.without", "levers.russia.fires"):
            assert part in found

    @settings(max_examples=40)
    @given(
        st.integers(0, len(FULL)),
        st.integers(0, 12),
        st.sampled_from(["", "3", "-1", "nan", '"x"', "true", "{", "]", "=", "\n", ".", "*"]),
    )
    def test_whatever_is_written_over_it_a_sweep_or_a_clear_refusal(self, tmp_path_factory, start, length, text):
        folder = tmp_path_factory.mktemp("sweep")
        path = write(folder, FULL[:start] + text + FULL[start + length :])
        with contextlib.suppress(UserError):
            assert load_sweep(path).uncertainties

    def test_what_is_no_file(self, tmp_path):
        for source, message in ((tmp_path / "none.toml", "there is no such file"), (tmp_path, "is a folder")):
            with pytest.raises(UserError, match=message):
                load_sweep(source)
        with pytest.raises(UserError, match="did you mean 'what_matters'"):
            load_sweep("what_mater")
        assert "is not TOML" in refuse(tmp_path, "title = ")

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            ("china.resolve,world.oil_price\n0.5,\n", "points.csv: line 2, column world.oil_price: is missing"),
            ("china.resolve,world.oil_price\n0.5,high\n", "points.csv: line 2, column world.oil_price: is 'high'"),
            ("china.resolv\n0.5\n", "points.csv: column china.resolv: there is no such parameter; did you mean 'china.resolve'"),
            ("china.resolve\n1.5\n", "points.csv: column china.resolve: 1.5 is outside [0, 1] share"),
            ("china.resolve\n", "points.csv: has no row"),
        ],
    )
    def test_a_table_is_refused_with_its_own_place(self, tmp_path, table, message):
        write(tmp_path, table, "points.csv")
        assert message in refuse(tmp_path, HEAD + 'design = "table"\ntable = "points.csv"\n')

    def test_a_table_that_is_not_there(self, tmp_path):
        assert "points.csv: cannot be read: No such file" in refuse(tmp_path, HEAD + 'design = "table"\ntable = "points.csv"\n')

    def test_a_scenario_with_problems_names_its_own_file(self, tmp_path):
        write(tmp_path, 'extends = "base"\n[countries.china]\nresolve = 9\n', "theirs.toml")
        assert "theirs.toml: countries.china.resolve" in refuse(tmp_path, LHS.replace('"base"', '"theirs.toml"') + VARIED)


class TestSweepSchema:
    def test_it_knows_every_key_and_says_what_it_means(self):
        schema = json.loads(json.dumps(sweep_schema()))
        assert set(schema["properties"]) == set(SweepDeclaration.model_fields) - {"name"}
        assert schema["required"] == ["title", "scenario"]
        assert schema["properties"]["design"]["enum"] == [*KINDS]
        assert schema["additionalProperties"] is False
        tables = (schema, schema["$defs"]["Varied"])
        assert all(each["description"] for table in tables for each in table["properties"].values())
        assert set(tables[1]["properties"]) == set(Varied.model_fields)
