"""The command that asks what if."""

import json

ACT = "china cuts oil to north_korea by 50% from 2023-10 to 2024-03"


def test_it_prints_a_few_lines_and_writes_table_and_figure(command, tmp_path):
    done = command("whatif", "base", "--act", ACT, "--runs", 10, "--months", 10, "--out", "answer")
    assert done.out.startswith("China cuts oil to North Korea by 50% from 2023-10 to 2024-03, in 'base': 10 pairs of runs")
    assert "Written to answer: answer.json, effects.csv, effects.png, sums.sha256" in done.out
    assert (tmp_path / "answer" / "effects.png").stat().st_size > 10_000


def test_it_prints_json(command):
    done = command("whatif", "base", "--act", ACT, "--runs", 4, "--months", 8, "--format", "json", "--set", "china.resolve=0.9")
    assert json.loads(done.out)["act"].startswith("China cuts oil")


def test_what_is_wrong_ends_with_one_line_and_code_2(command, tmp_path):
    done = command("whatif", "base", "--act", "china cuts oil to nroth_korea by 50%", code=2)
    assert done.err == "error: act: 'nroth_korea' is no country of this scenario; did you mean 'north_korea'?\n"
    (tmp_path / "there").mkdir()
    done = command("whatif", "base", "--act", ACT, "--out", "there", code=2)
    assert "exists already" in done.err
