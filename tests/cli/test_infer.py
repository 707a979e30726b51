"""The command: what follows in a few lines, files in a folder, and one message for what is wrong."""

import csv
import json
import os
from importlib.util import find_spec

import pytest
from small_inference import SUMMIT_RECORD, declaration, row, table

from sim.scenario.files import toml_text


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("declared") / "small.toml"
    tiny = {"quick": {"bank": 200, "particles": 40, "moves": 1, "last": 1}}
    content = json.loads(declaration(budgets=tiny).model_dump_json(exclude_none=True))
    path.write_text(toml_text(content), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return table(tmp_path_factory.mktemp("record") / "record.csv", SUMMIT_RECORD)


def test_it_tells_what_follows_and_writes_files(command, small, record, tmp_path):
    later = table(tmp_path / "later.csv", [row("L1", "PRK_RUS_shells_cum", "2023-08-01", "2024-01-31", "shells", 900_000)])
    arguments = ("infer", "base", "--declaration", small, "--until", "2023-12", "--evidence", record, "--out", tmp_path / "out")
    done = command(*arguments, "--score", later)
    assert "the probability that beijing holds down soldiers by more than 10% by 2024-05 is" in done.out
    assert "crps posterior" in done.out
    found = json.loads((tmp_path / "out" / "answer.json").read_text(encoding="utf-8"))
    with (tmp_path / "out" / "verdict.csv").open(encoding="utf-8") as file:
        assert {row["outcome"] for row in csv.DictReader(file)} == {row["outcome"] for row in found["headline"]}
    again = command(*arguments, "--format", "json")
    assert json.loads(again.out) == found
    ran = command("run", tmp_path / "out" / "posterior.toml", "--runs", 20, "--months", 6, "--out", tmp_path / "run")
    assert ran.code == 0


def test_what_is_wrong_is_one_message_and_code_2(command, small, tmp_path):
    for arguments, message in (
        (("--budget", "huge"), "there is no budget"),
        (("--until", "2023-12", "--evidence", os.devnull), "not an ordinary file"),
        (("--until", "2023-12", "--score", tmp_path / "nowhere.csv"), "nowhere.csv"),
        (("--until", "2023-12", "--processes", 0), "processes: must be a whole number from 1"),
        (("--dask", "nowhere"), "tcp://HOST:PORT" if find_spec("distributed") else "uv run --extra cluster"),
    ):
        done = command("infer", "base", "--declaration", small, *arguments, "--out", tmp_path / "never", code=2)
        assert done.err.startswith("error: ")
        assert message in done.err
    assert not (tmp_path / "never").exists()
