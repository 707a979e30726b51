"""The command: a short table on the screen, files in a folder, and one message for what is wrong."""

import json
import os
import re

import pytest
from small_match import declaration, table, trade

from sim.scenario.files import toml_text


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("declared") / "small.toml"
    path.write_text(toml_text(json.loads(declaration().model_dump_json())), encoding="utf-8")
    return path


def test_it_prints_a_short_table_and_writes_a_report(command, small, tmp_path):
    arguments = ("match", "base", small, "--until", "2024-06", "--out", tmp_path / "out")
    done = command(*arguments)
    assert (tmp_path / "out" / "figures" / "record.png").exists()
    assert "rounds from North Korea" in done.out
    assert re.search(r"^1 +60 +100\.0 ", done.out, re.MULTILINE)  # worlds are counted, and have no decimals
    assert "left without it %" in done.out
    assert re.search("The (record|declared box) .*tells? ", done.out)
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    drawn = {f"figures/{path.name}" for path in (tmp_path / "out" / "figures").iterdir()}
    assert set(re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)) == drawn
    assert text.startswith("# Base and the record to 2024-06")
    again = command(*arguments, "--format", "json", "--no-figures")
    assert json.loads(again.out) == json.loads((tmp_path / "out" / "matching.json").read_text(encoding="utf-8"))


def test_what_is_wrong_is_one_message_and_code_2(command, small, tmp_path):
    score = table(tmp_path / "later.csv", [trade("N1", "2031-01", 170.0)])
    for arguments, message in (
        (("--until", "2024-06", "--score", score), "N1 lies after"),
        (("--budget", "huge"), "there is no budget"),
        (("--worlds", 10**9), "worlds: must be less than or equal to 10000000"),
        (("--until", "2024-06", "--evidence", os.devnull), "not an ordinary file"),
        (("--until", "2024-06", "--processes", 0), "processes: must be a whole number from 1"),
    ):
        done = command("match", "base", small, *arguments, "--out", tmp_path / "never", code=2)
        assert done.err.startswith("error: ")
        assert message in done.err
    assert not (tmp_path / "never").exists()
