"""A lock holds what was forecast and what it was made of, and is never written over."""

import json
import tomllib
from dataclasses import replace

import pandas as pd
import pytest
from small_inference import by_two_seeds, declaration

from sim.errors import UserError
from sim.evidence.series import SERIES
from sim.inference.declaration import Declaration
from sim.inference.locking import lock
from sim.runs.sums import verify
from sim.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    declared = declaration(questions={"schools": ["school_bystander"]})
    return by_two_seeds(tmp_path_factory.mktemp("record"), declared, parts="schools")


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    place = tmp_path_factory.mktemp("locked") / "2023-12"
    lock(made, place, "2024-12", "abc")
    return place


def test_every_series_is_forecast_by_month_quarter_and_year_by_each_seed(made, folder):
    found = pd.read_csv(folder / "forecasts.csv")
    pd.testing.assert_frame_equal(found, pd.read_parquet(folder / "forecasts.parquet"), check_dtype=False)
    counted = found.groupby(["seed", "period"]).size().unstack()
    series = found["series"].nunique()
    assert counted.to_dict("index") == {seed: {"month": 12 * series, "quarter": 4 * series, "year": series} for seed in (1, 2)}
    assert set(found["series"]) == {name for name, each in SERIES.items() if each.kind != "first"}
    assert {"q05", "q50", "q95", "reported_q05", "reported_q95"} <= set(found)


def test_what_was_believed_can_be_loaded_again(made, folder):
    setting = made[0].setting
    assert Scenario.load(folder / "scenario.toml").hash == setting.base.hash
    declared = Declaration.from_dict(tomllib.loads((folder / "declaration.toml").read_text("utf-8")))
    assert declared.hash == setting.declaration.hash
    about = json.loads((folder / "about.json").read_text("utf-8"))
    assert about["commit"] == "abc"
    assert [each["seed"] for each in about["inferences"]] == [1, 2]
    chances = pd.read_csv(folder / "chances.csv")
    assert set(chances["outcome"]) == set(setting.declaration.questions.outcomes)
    assert set(pd.read_csv(folder / "schools.csv")["school"]) == {"school_bystander"}


def test_it_is_verified_and_never_written_over(made, folder, tmp_path):
    assert [each.kind for each in verify(folder)] == ["lock"]
    with pytest.raises(UserError, match="never written over"):
        lock(made, folder, "2024-12", "abc")
    (folder / "about.json").write_text("{}")
    with pytest.raises(UserError, match=r"about\.json"):
        verify(folder)


def test_schools_have_to_be_weighed(made, tmp_path):
    with pytest.raises(UserError, match="parts='schools'"):
        lock([replace(made[0], schools=None)], tmp_path / "new", "2024-12", "abc")
