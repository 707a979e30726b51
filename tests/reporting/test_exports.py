"""Tables for other programs hold the same numbers, under names that these take, with units and meanings."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

import sim
from sim import UserError, export

TOY = Path(__file__).resolve().parents[1] / "toy" / "toy.toml"
READERS = {".csv": pd.read_csv, ".xlsx": pd.read_excel, ".dta": pd.read_stata, ".parquet": pd.read_parquet}


@pytest.fixture(scope="module")
def compared():
    toy = sim.Scenario.load(TOY)
    return sim.compare(toy, toy.without("beijing"), runs=3, months=4, record=["munitions_delivered"], at=[2], progress=False)


@pytest.mark.parametrize("ending", READERS)
def test_outcomes_are_a_row_for_each_run_in_every_format(compared, tmp_path, ending):
    read = READERS[ending](export(compared, tmp_path / f"x{ending}"))
    assert list(read.columns[:3]) == ["scenario", "run", "munitions"]
    assert set(read["scenario"]) == set(compared["scenario"].values)
    toy = read[read["scenario"] == "toy"].sort_values("run")
    np.testing.assert_allclose(toy["munitions"], compared.outcomes.sel(scenario="toy", outcome="munitions"), rtol=1e-12)
    assert len(read) == 6


def test_units_and_meanings_go_with_the_columns(compared, tmp_path):
    unit, meaning = "thousand rounds", "effective rounds delivered"
    beside = pd.read_csv(export(compared, tmp_path / "x.csv").with_name("x_columns.csv")).set_index("column")
    assert list(beside.loc["munitions"][["unit", "meaning"]]) == [unit, meaning]
    sheet = pd.read_excel(export(compared, tmp_path / "x.xlsx"), sheet_name="columns").set_index("column")
    assert sheet.loc["munitions", "unit"] == unit
    with pd.io.stata.StataReader(export(compared, tmp_path / "x.dta")) as stata:
        assert stata.variable_labels()["munitions"] == f"{meaning} ({unit})"
    field = parquet.read_schema(export(compared, tmp_path / "x.parquet")).field("munitions")
    assert field.metadata[b"unit"] == unit.encode()


def test_a_sweep_has_sound_names_and_the_units_of_its_inputs(tmp_path):
    swept = sim.sweep(
        TOY,
        {"grandia.resolve": (0.1, 0.9)},
        {"without": ["", "beijing"]},
        design="factorial",
        levels=2,
        runs=2,
        months=4,
        at=[2],
        progress=False,
    )
    read = pd.read_csv(export(swept, tmp_path / "x.csv"))
    assert {"grandia_resolve", "munitions", "munitions_2", "without"} <= set(read.columns)
    beside = pd.read_csv(tmp_path / "x_columns.csv").set_index("column")
    assert list(beside.loc["grandia_resolve"][["name", "unit"]]) == ["grandia.resolve", "share"]
    assert beside.loc["munitions_2", "meaning"] == "effective rounds delivered, to month 2"
    assert len(pd.read_stata(export(swept, tmp_path / "x.dta"))) == len(read)


def test_names_are_told_apart_where_they_are_shortened(tmp_path):
    long = "rules.china_components_squeeze."
    table = pd.DataFrame({f"{long}leakage_max": [1.0], f"{long}leakage_growth": [2.0], "9 lives": ["x"], "9/lives": [None]})
    read = pd.read_stata(export(table, tmp_path / "x.dta"))
    assert all(len(name) <= 32 and name.isidentifier() for name in read.columns)
    assert read.iloc[0].tolist() == [1.0, 2.0, "x", ""]


def test_paths_by_month_saved_runs_answers_and_rows_are_tables_too(compared, tmp_path):
    paths = pd.read_parquet(export(compared["munitions_delivered"], tmp_path / "paths.parquet"))
    assert {"scenario", "month", "run", "munitions_delivered"} <= set(paths.columns)
    saved = sim.run(TOY, runs=3, months=2, out=tmp_path / "saved", progress=False)
    assert len(pd.read_csv(export(saved, tmp_path / "saved.csv"))) == 3
    answer = sim.what_if(TOY, "grandia uses oil on ostia by 50%", runs=2, months=3, progress=False)
    assert len(pd.read_csv(export(answer, tmp_path / "answer.csv"))) == len(answer.table)
    assert len(pd.read_csv(export([{"a": 1}, {"a": 2}], tmp_path / "rows.csv"))) == 2


def test_what_cannot_be_written_is_said_in_one_line(compared, tmp_path, monkeypatch):
    with pytest.raises(UserError, match=r"ends in '.xls'; did you mean '.xlsx'\?"):
        export(compared, tmp_path / "x.xls")
    with pytest.raises(UserError, match="cannot be made there"):
        export(compared, tmp_path / "absent" / "x.csv")
    with pytest.raises(UserError, match="holds no table"):
        export(3, tmp_path / "x.csv")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UserError, match="pip install openpyxl"):
        export(compared, tmp_path / "x.xlsx")
    assert not list(tmp_path.iterdir())
