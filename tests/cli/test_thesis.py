"""The commands of the thesis test, as a user calls them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small import TOY, tables, toy

from sim.thesis.judgement import Judgement

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def asked(tmp_path) -> Path:
    """Write the small declaration to a file."""
    path = tmp_path / "asked.toml"
    path.write_text(toml(tables()), "utf-8")
    return path


def toml(tree: dict, place: tuple[str, ...] = ()) -> str:
    """Write tables as TOML; JSON serves for all but tables."""
    inner = {name: content for name, content in tree.items() if isinstance(content, dict)}
    lines = [f"{name} = {_inline(content)}" for name, content in tree.items() if name not in inner]
    head = [f"[{'.'.join(place)}]"] if place else []
    return "\n".join([*head, *lines, *(toml(content, (*place, name)) for name, content in inner.items())]) + "\n"


def _inline(content: object) -> str:
    if isinstance(content, list):
        return f"[{', '.join(map(_inline, content))}]"
    if isinstance(content, dict):
        return f"{{ {', '.join(f'{name} = {_inline(each)}' for name, each in content.items())} }}"
    return json.dumps(content)


def test_thesis_prints_a_short_verdict_and_writes_the_report(command, asked, tmp_path):
    done = command("thesis", TOY, asked, "--out", "out/judged")
    lines = done.out.splitlines()
    assert lines[2].startswith("The record says nothing of this scenario")
    head = next(place for place, line in enumerate(lines) if line.startswith("dimension"))
    assert lines[head].split()[:4] == ["dimension", "to", "verdict", "effect"]
    assert [line.split()[:2] for line in lines[head + 2 : head + 6]] == [
        ["munitions", "2001-12"],
        ["munitions", "2002-12"],
        ["openness", "2001-12"],
        ["openness", "2002-12"],
    ]
    assert "It caps.\n    munitions " in done.out
    answer = done.out.split("\n\nWritten to")[0].rpartition("\n\n")[2]
    assert "munitions" in answer
    assert len(answer.splitlines()) <= 5
    assert done.err == "", "no progress where it is no terminal"
    folder = tmp_path / "out" / "judged"
    assert {"report.html", "report.md", "report.json", "stages"} <= {path.name for path in folder.iterdir()}
    read = Judgement.model_validate_json((folder / "report.json").read_text("utf-8"))
    assert read.about.declaration == "asked"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"dates": [24, 100]}, "asked: dates: 100 is not one of the 24 months from 2001-01"),
        ({"headline": 13}, "headline: is 13, which is not among the dates"),
        ({"ranges": {"exclude": ["*"]}}, "nothing varies"),
    ],
)
def test_what_the_user_can_mend_ends_with_a_message_and_code_2(command, asked, tmp_path, wrong, message: str):
    asked.write_text(toml(tables(**wrong)), "utf-8")
    done = command("thesis", TOY, asked, "--out", "out", code=2)
    assert message in done.err
    assert not (tmp_path / "out").exists(), "nothing is written"


@pytest.mark.slow
def test_a_folder_with_other_things_is_refused(command, asked, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert "holds something else" in command("thesis", TOY, asked, "--out", "mine", code=2).err


def test_the_report_of_another_test_is_not_overwritten(command, asked, tmp_path):
    report = tmp_path / "out" / "report.json"
    report.parent.mkdir()
    (report.parent / "stages").mkdir()
    about = {"scenario_hash": toy().hash, "declaration_hash": "another", "budget": "quick"}
    report.write_text(json.dumps({"about": about}), "utf-8")
    said = "out: holds the report of another test, with another declaration; give another folder, nothing is overwritten"
    assert said in command("thesis", TOY, asked, "--out", "out", code=2).err
    assert [path.name for path in report.parent.iterdir() if path.is_file()] == ["report.json"]


def test_diagnose_ranks_what_to_watch_for(command, asked):
    done = command("diagnose", TOY, asked)
    assert "openness: Beijing binds in" in done.out
    assert "a summit" in done.out
    told = json.loads(command("diagnose", TOY, asked, "--format", "json").out)
    assert told["openness"]["events"][0]["observed"] is True


def test_disagree_tells_what_each_scenario_says(command, asked, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text(TOY.read_text("utf-8").replace('bargaining = "nash"', 'bargaining = "heuristic"'), "utf-8")
    done = command("disagree", TOY, other, asked)
    assert "variants.bargaining  nash  heuristic" in done.out
    told = json.loads(command("disagree", TOY, other, asked, "--format", "json").out)
    assert told["exact"] is True
    assert "do not differ" in command("disagree", TOY, TOY, asked, code=2).err


@pytest.mark.slow
def test_naive_observer_is_set_against_the_truth(command, asked):
    done = command("naive_observer", TOY, asked)
    assert "true cap" in done.out
    assert "Of single histories, " in done.out
    assert json.loads(command("naive_observer", TOY, asked, "--format", "json").out)["worlds"] == 32


@pytest.mark.slow
def test_an_interrupted_test_goes_on_where_it_was(asked, tmp_path):
    command = [sys.executable, str(ROOT / "run_sim.py"), "thesis", str(TOY), str(asked), "--out", "out"]
    first = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    until = time.monotonic() + 120
    while not list((tmp_path / "out").glob("stages/*.npz")) and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(first.pid, signal.SIGINT)
    message = first.communicate(timeout=60)[1]
    assert first.returncode == 130
    assert "the same call goes on from them" in message
    assert "Traceback" not in message
    assert not (tmp_path / "out" / "report.html").exists()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "stages").glob("*.npz")}
    assert kept
    done = subprocess.run([*command, "--format", "json"], cwd=tmp_path, check=True, capture_output=True, text=True, timeout=240)
    assert Judgement.model_validate_json(done.stdout).about.declaration == "asked"
    assert (tmp_path / "out" / "report.html").exists()
    assert all(path.stat().st_mtime_ns == made for path, made in kept.items()), "what was kept is not made again"


def test_a_posterior_of_another_scenario_is_refused_before_anything_is_run(command, asked, tmp_path):
    answer = ROOT / "tests" / "thesis" / "example_answer.json"
    refused = command("thesis", TOY, asked, "--posterior", answer, "--out", "other", code=2)
    assert "infer over that: run_sim.py infer toy --out FOLDER" in refused.err
    assert not (tmp_path / "other").exists()
