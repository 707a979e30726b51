"""The commands of sweeps, as a user calls them."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.errors import UserError

VARY = ["--vary", "china.goodwill=0.2:1.2", "--vary", "north_korea.munitions=3000:20000:log"]
ARMS = ["--lever", "without=none,beijing", "--record", "openness"]
SMALL = [*VARY, "--points", "16", "--runs", "2", "--months", "4"]


def call(*arguments):
    """Run a command in this process. What a user can mend comes out as a UserError, which `main` prints."""
    return CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("cli") / "out"
    done = call("sweep", "base", *SMALL, *ARMS, "--at", "2023-10", "--out", place)
    assert done.exit_code == 0
    return place


def test_a_sweep_writes_a_row_a_run_and_says_how_points_differ(folder):
    done = call("sweep", "base", *SMALL, *ARMS, "--at", "3", "--out", folder)
    assert "32 points × 2 runs of 4 months from 2023-08, seed 0" in done.output
    assert "beijing" in done.output
    saved = sim.open_sweep(folder)
    assert saved.table.count_rows() == 64
    assert "munitions@3" in saved.outcomes
    assert saved.manifest["design"]["about"]["ranges"]["north_korea.munitions"]["measure"] == "log"


def test_it_can_be_read_by_another_program(folder, tmp_path):
    done = call("sweep", "base", *SMALL, "--out", tmp_path / "out", "--format", "json")
    told = json.loads(done.stdout)
    assert told["rows"] == 32
    assert told["failed"] == 0
    assert {row["outcome"] for row in told["means"]} >= {"munitions", "openness"}


def test_a_sweep_file_runs_and_options_replace_what_it_says(tmp_path):
    done = call("sweep", "tolerance_and_stock", "--runs", "1", "--months", "17", "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert "128 points × 1 runs of 17 months" in done.output
    points = tmp_path / "points.csv"
    pd.DataFrame({"china.goodwill": [0.3, 0.9]}).to_csv(points, index=False)
    done = call("sweep", "base", "--design", points, "--months", "3", "--out", tmp_path / "table")
    assert sim.open_sweep(tmp_path / "table").design["china.goodwill"].tolist() == [0.3, 0.9]


def test_by_default_it_goes_under_out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "Written to out/sweep-base-4" in call("sweep", "base", *SMALL, "--seed", "4").output


def test_sensitivity_and_boxes_are_told(folder):
    assert "china.goodwill" in call("sensitivity", folder, "openness").output
    rows = json.loads(call("sensitivity", folder, "openness", "--format", "json").stdout)
    assert {row["parameter"] for row in rows} == {"china.goodwill", "north_korea.munitions"}
    middle = float(sim.open_sweep(folder).means("openness")["mean"].median())
    assert call("discover", folder, "openness", "--at-least", middle).exit_code == 0


def test_figures_are_drawn_as_the_design_allows(folder):
    names = {line.rsplit("/", 1)[-1] for line in call("plot", folder, "--outcome", "openness").output.split()}
    assert names == {f"openness-{what}.png" for what in ("sensitivity", "map", "ridges", "parallel", "months")}
    assert all((folder / "figures" / name).stat().st_size > 5_000 for name in names)
    with pytest.raises(UserError, match="did you mean 'openness'"):
        call("plot", folder, "--outcome", "opennes")


def test_one_run_is_told_as_a_chronicle(folder):
    done = call("replay", folder, "1", "--point", "5")
    assert "point 5, run 1, seed 0" in done.output
    assert "Its outcomes are those of its row in parts, bit for bit." in done.output
    with pytest.raises(UserError, match="say which point with --point"):
        call("replay", folder, "1")


def test_sweep_files_are_validated_and_have_a_schema():
    assert "tolerance_and_stock: sound. 128 points × 32 runs of 60 months" in call("validate", "tolerance_and_stock").output
    assert "uncertainties" in json.loads(call("schema", "sweep").stdout)["properties"]


def test_runs_that_fail_end_with_code_1_and_how_to_do_one_again(tmp_path, monkeypatch):
    from sim.experiments import worker

    advance = worker.advance

    def failing(world, *arguments):
        if (world.numbers["china.goodwill"] > 1.0).any():
            raise ArithmeticError("overflow")
        advance(world, *arguments)

    monkeypatch.setattr(worker, "advance", failing)
    done = call("sweep", "base", "--vary", "china.goodwill=0.2:1.2", "--points", "10", "--months", "2", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "2 of 10 runs failed" in done.output
    assert "ArithmeticError: overflow" in done.output
    assert "--point" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["base"], "nothing varies"),
        (["base", "--vary", "china.goodwill=0.2", "--points", "3"], "write ADDRESS=LOW:HIGH"),
        (["base", "--vary", "china.goodwill=a:b", "--points", "3"], "write ADDRESS=LOW:HIGH"),
        (["base", "--vary", "china.goodwill=0.2:1.2:cubic", "--points", "3"], "unknown measure 'cubic'"),
        (["base", "--lever", "without"], "write NAME=A,B"),
        (["base", "--lever", "withuot=none,beijing"], "there is no such lever"),
        (["nowhere.toml", "--vary", "all"], "there is no such file"),
        (["base", "--design", "nowhere.csv"], "nowhere.csv"),
        (["base", "--vary", "all", "--design", "factorial", "--levels", "9"], r"9 × 9.*points; a sweep has at most"),
        (["base", *SMALL, "--dask", "tcp://127.0.0.1:9"], "no Dask scheduler answers"),
    ],
)
def test_a_slip_gives_one_clear_message(arguments, message, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiments.executors.CONNECT_SECONDS", 0.5)
    if "--dask" in arguments:
        pytest.importorskip("distributed")
    with pytest.raises(UserError, match=message):
        call("sweep", *arguments, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()
