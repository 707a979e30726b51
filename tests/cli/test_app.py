"""The command line and the files that it writes."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pyarrow import csv
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.mechanisms.quantities import OUTCOMES
from sim.runs import leftovers
from sim.runs.chunks import CHUNK
from sim.runs.sums import write_sums

ROOT = Path(__file__).resolve().parents[2]
TOY = ROOT / "tests" / "toy" / "toy.toml"
THESIS = ROOT / "scenarios" / "thesis.toml"
SWEEP = ROOT / "scenarios" / "sweeps" / "what_matters.toml"
COMMAND = [sys.executable, str(ROOT / "run_sim.py")]


def call(*arguments: object, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*COMMAND, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def batch(tmp_path_factory) -> Path:
    """A run directory of the toy world, with figures."""
    folder = tmp_path_factory.mktemp("cli") / "batch"
    arguments = ["run", TOY, "--runs", 60, "--seed", 4, "--set", "grandia.resolve=0.8", "--out", folder, "--format", "csv"]
    CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)
    return folder


def test_a_run_writes_all_its_files(batch):
    names = {path.name for path in batch.iterdir()}
    assert names == {
        "outcomes.parquet",
        "outcomes.csv",
        "trajectories.nc",
        "manifest.json",
        "sums.sha256",
        "log.jsonl",
        "figures",
    }
    assert list((batch / "figures").glob("*.png"))
    assert [path.name for path in batch.parent.iterdir()] == ["batch"]


def test_a_run_is_that_of_the_python_face(batch):
    data = sim.run(sim.Scenario.load(TOY).set("grandia.resolve", 0.8), runs=60, seed=4, record=[])
    np.testing.assert_array_equal(sim.open_run(batch).outcomes, data["outcomes"])


def test_the_csv_holds_the_same_numbers(batch):
    table, same = csv.read_csv(batch / "outcomes.csv"), pq.read_table(batch / "outcomes.parquet")
    assert table.column_names == same.column_names
    for name in same.column_names:
        np.testing.assert_array_equal(table[name].to_numpy(), same[name].to_numpy())


def test_a_run_prints_outcomes_limits_and_files(command, tmp_path):
    done = command("run", TOY, "--runs", 6, "--months", 5, "--no-figures")
    assert "Toy: 6 runs of 5 months from 2001-01, seed 0" in done.out
    assert re.search(r"munitions +[\d.,]+ +[\d.,]+ +[\d.,]+ +thousand rounds", done.out)
    assert "Which limit bound" in done.out
    assert "Written to out/toy-0:" in done.out
    assert done.err == ""
    assert sim.open_run(tmp_path / "out" / "toy-0").outcomes.sizes["run"] == 6
    command("run", TOY, "--runs", 1, "--months", 1, "--no-figures")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["toy-0", "toy-0-2"]


def test_a_tilde_that_the_shell_has_left_is_the_home_folder(command, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    done = command("run", TOY, "--runs", 3, "--months", 2, "--no-figures", "--out=~/o")
    assert f"Written to {tmp_path / 'home' / 'o'}:" in done.out
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_knock_out_is_run_and_named(command, tmp_path):
    done = command("run", TOY, "--runs", 3, "--months", 3, "--without", "beijing,west", "--no-figures", "--out", "o")
    assert "Toy without beijing, west: 3 runs" in done.out
    assert sim.open_run(tmp_path / "o").scenario.knockouts == ("beijing", "west")


def test_a_replay_tells_a_run_and_says_that_it_is_the_same(command, batch):
    done = command("replay", batch, 17)
    assert "Its outcomes are those of its row in outcomes.parquet, bit for bit." in done.out
    assert re.search(r"^\d{4}-\d{2}: .*\.$", done.out, re.MULTILINE)
    told = json.loads(command("replay", batch, 17, "--format", "json").out)
    assert told["identical"] == {"outcomes": True, "paths": True}
    row = pq.read_table(batch / "outcomes.parquet").slice(17, 1).to_pylist()[0]
    assert told["outcomes"] == {outcome.name: row[outcome.name] for outcome in OUTCOMES}
    assert len(told["chronicle"]) > 0


def test_a_replay_that_differs_says_so_and_fails(command, batch, tmp_path):
    for path in batch.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    manifest = json.loads((batch / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "seed": 5}))
    write_sums(tmp_path, "run", ["manifest.json", "outcomes.parquet", "trajectories.nc"])
    done = command("replay", tmp_path, 17, code=1)
    assert "DIFFER" in done.out
    assert "numpy" in done.err


def test_a_comparison_writes_each_scenario_and_their_differences(command, tmp_path):
    arguments = ("compare", TOY, "--without", "beijing", "--runs", 7, "--months", 4, "--seed", 2, "--no-figures", "--out", "pair")
    done = command(*arguments)
    assert "toy without beijing, against toy" in done.out
    assert sorted(path.name for path in (tmp_path / "pair").iterdir()) == [
        "differences.parquet",
        "sums.sha256",
        "toy",
        "toy-without-beijing",
    ]
    toy = sim.Scenario.load(TOY)
    pair = sim.compare(toy, toy.without("beijing"), runs=7, months=4, seed=2, record=[])
    table = pq.read_table(tmp_path / "pair" / "differences.parquet")
    assert set(table["scenario"].to_pylist()) == {"toy without beijing"}
    for outcome in OUTCOMES:
        np.testing.assert_array_equal(table[outcome.name].to_numpy(), pair["difference"][1].sel(outcome=outcome.name))
    printed = command(*arguments[:-1], "again", "--format", "json").out
    rows = json.loads(printed)["compared"]["toy without beijing"]
    munitions = next(row for row in rows if row["outcome"] == "munitions")
    assert munitions["difference"] == pytest.approx(float(pair["difference"][1].sel(outcome="munitions").mean()))


@pytest.mark.slow
def test_a_comparison_of_two_draws_figures(command, tmp_path):
    two = TOY.with_name("two.toml")
    command("compare", TOY, two, "--runs", 20, "--months", 6, "--out", "pair")
    assert {path.stem for path in (tmp_path / "pair" / "figures").iterdir()} == {"outcomes", "differences"}


@pytest.mark.slow
def test_figures_are_drawn_again(command, batch):
    picture = next((batch / "figures").glob("*.png"))
    picture.unlink()
    assert str(picture) in command("plot", batch).out
    assert picture.is_file()


def test_scenarios_are_listed_with_their_questions(command):
    text = command("scenarios").out
    listed = json.loads(command("scenarios", "--format", "json").out)
    assert [each["name"] for each in listed] == sim.scenario_names()
    for each in listed:
        assert each["question"]
        assert f"{each['name']}: {each['title']}" in text


def test_a_sound_scenario_is_called_sound(command):
    done = command("validate", TOY, "base")
    assert done.out.count("sound") == 2


def test_a_sound_declaration_is_called_sound(command):
    done = command("validate", "thesis", "inference", THESIS)
    assert done.out.count("sound. A declaration") == 3


def test_a_declaration_of_ones_own_is_checked(command, tmp_path):
    text = Path(THESIS).read_text("utf-8").replace("headline = ", "headlin = ")
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    done = command("validate", tmp_path / "mine.toml", code=2)
    assert "did you mean 'headline'" in done.err


def test_the_schema_is_json(command):
    assert json.loads(command("schema").out)["type"] == "object"


def test_help_names_every_command(tmp_path):
    text = call("--help", cwd=tmp_path).stdout
    for command in ("run", "compare", "replay", "plot", "scenarios", "validate", "schema"):
        assert re.search(rf"^  {command} ", text, re.MULTILINE)


BAD = [
    (["run", TOY, "--runs", "0"], "runs: must be a whole number from 1 on, not 0"),
    (["run", TOY, "--runs", "-3"], "runs: must be"),
    (["run", TOY, "--runs", "many"], "Invalid value for '--runs'"),
    (["run", TOY, "--runs", 10**18], "1,000,000,000,000,000,000 runs are too many: at most 1,000,000,000"),
    (["run", TOY, "--processes", "0"], "processes: must be a whole number from 1 to 1,024, not 0"),
    (["run", TOY, "--processes", "-1"], "processes: must be"),
    (["compare", TOY, "--without", "beijing", "--processes", 10**21], "processes: must be"),
    (["sweep", TOY, "--vary", "grandia.resolve", "--points", "2", "--processes", "0"], "processes: must be"),
    (["run", TOY, "--months", "-1"], "months: must be a whole number from 1 on, not -1"),
    (["run", TOY, "--months", "99999"], "beyond the year"),
    (["run", TOY, "--seed", "-1"], "seed: must be"),
    (["run", TOY, "--set", "grandia.resolve"], "write ADDRESS=VALUE"),
    (["run", TOY, "--set", "=3"], "write ADDRESS=VALUE"),
    (["run", TOY, "--set", "grandia.resolv=0.5"], "did you mean 'resolve'?"),
    (["run", TOY, "--set", "grandia.resolve=nan"], "grandia.resolve"),
    (["run", TOY, "--set", "grandia.resolve=inf"], "grandia.resolve"),
    (["run", TOY, "--set", "grandia.resolve=much"], "grandia.resolve"),
    (["run", TOY, "--set", "grandia.resolve=7"], "grandia.resolve"),
    (["run", TOY, "--set", "name=../../x"], "must do as the name of a folder"),
    (["run", TOY, "--without", "bejing"], "beijing"),
    (["run", "nowhere.toml"], "nowhere.toml"),
    (["run"], "Missing argument"),
    (["run", TOY, "--format", "xlsx"], "Invalid value for '--format'"),
    (["run", TOY, "--out", "there"], "there: exists already"),
    (["run", TOY, "--out", "file/deep"], "is a file, not a folder"),
    (["compare", TOY], "two or more scenarios"),
    (["compare", TOY, TOY], "two scenarios are named 'toy'"),
    (["compare", TOY, "base"], "different months"),
    (["replay", "there", "1"], "is no finished run"),
    (["replay", "nowhere", "1"], "is no finished run"),
    (["replay", "x" * 5000, "1"], "File name too long"),
    (["plot", "there"], "is no finished run"),
    (["validate", "file"], "file"),
    (["run", THESIS], "thesis.toml: is no scenario but a declaration of the thesis test, for `thesis SCENARIO FILE`"),
    (["run", SWEEP], "is no scenario but a sweep, for `sweep FILE`"),
    (["compare", "base"], "or one and --without a limit"),
    (["nothing"], "No such command"),
]


@pytest.mark.parametrize(
    ("arguments", "said"), BAD, ids=[" ".join(map(str, arguments[:1] + arguments[2:])) for arguments, _ in BAD]
)
def test_bad_input_gives_code_2_one_message_and_nothing_written(command, tmp_path, arguments, said):
    (tmp_path / "there").mkdir()
    (tmp_path / "file").write_text("months = [")
    done = command(*arguments, code=2)
    assert said in done.err
    assert done.out == ""
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "there"]


def test_bad_input_gives_a_real_process_code_2(tmp_path):
    done = call("run", TOY, "--runs", 0, cwd=tmp_path, code=2)
    assert done.stderr == "error: runs: must be a whole number from 1 on, not 0\n"
    assert not list(tmp_path.iterdir())


def test_a_run_that_is_not_in_the_batch_is_refused(command, batch):
    assert "the batch has runs 0 to 59" in command("replay", batch, 60, code=2).err


def test_an_outcome_is_for_sweeps_alone(command, batch):
    assert "--outcome: is for the directory of a sweep" in command("plot", batch, "--outcome", "munitions", code=2).err


@pytest.mark.parametrize("broken", ["outcomes.parquet", "trajectories.nc"])
@pytest.mark.parametrize("reader", [("replay", "17"), ("plot",)])
def test_a_broken_file_of_a_run_directory_is_named(command, batch, tmp_path, broken, reader):
    for path in batch.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / broken).write_bytes(b"junk")
    done = command(reader[0], tmp_path, *reader[1:], code=2)
    assert done.err.startswith(f"error: {tmp_path / broken}: is damaged: ")
    assert done.out == ""


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nothing can be proved")
def test_what_killed_processes_have_left_is_shown_and_removed(command, tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "YOUNG_SECONDS", -1.0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    part = tmp_path / "out" / ".batch.01234567.part"
    part.mkdir(parents=True)
    (part / "file").write_text("four")
    (tmp_path / "out" / ".batch.lock").touch()
    shown = command("clean").out.splitlines()
    assert shown[0] == "out/.batch.01234567.part: 4 bytes"
    assert shown[1].startswith("remove it with: ")
    assert shown[1].endswith(" clean out --yes")
    assert part.is_dir()
    assert command("clean", "out", "--yes").out == "out/.batch.01234567.part: 4 bytes, removed\n"
    assert list((tmp_path / "out").iterdir()) == []
    assert command("clean").out == "nothing is left of killed processes\n"
    assert "nowhere: is no folder" in command("clean", "nowhere", code=2).err


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_run_needs_no_standard_error(tmp_path, processes):
    runs = processes * CHUNK
    arguments = ["run", TOY, "--runs", runs, "--months", 1, "--no-figures", "--out", "o", "--processes", processes]
    line = shlex.join(map(str, [*COMMAND, *arguments]))
    done = subprocess.run(["sh", "-c", f"{line} 2>&-"], cwd=tmp_path, stdout=subprocess.PIPE, text=True, timeout=240, check=True)
    assert "Written to o:" in done.stdout
    assert sim.open_run(tmp_path / "o").outcomes.sizes["run"] == runs


def begun(tmp_path: Path, processes: int) -> subprocess.Popen[str]:
    """Start a batch that takes minutes, and wait until it has written something."""
    arguments = ["run", str(TOY), "--runs", "50000000", "--months", "2", "--out", "new/batch", "--processes", str(processes)]
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("new/.batch.*.part/trajectories.nc")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


def gone(group: int) -> bool:
    """Whether no process of a group is left, after a moment to end."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    ("how", "processes"),
    [("as a terminal does", 1), ("as a terminal does", 2), ("the parent alone", 2), ("a closed terminal", 2)],
)
@pytest.mark.slow
def test_an_interrupt_leaves_nothing(tmp_path, how, processes):
    process = begun(tmp_path, processes)
    if how == "as a terminal does":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGHUP if how == "a closed terminal" else signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert out == ""
    assert not list(tmp_path.iterdir())
    assert gone(process.pid)
