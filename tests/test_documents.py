"""What the documents say is true: every path in them exists, every command and every block of Python runs."""

import csv
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import make_transcripts
import numpy as np
import pytest

from sim import Scenario, run, scenario_names
from sim.mechanisms.bargaining import BARGAINS
from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.parameters import TRIGGERS
from sim.mechanisms.pressure import RESPONSES
from sim.mechanisms.quantities import LIMITS, OUTCOMES, QUANTITIES
from sim.thesis.in_short import in_short
from sim.thesis.posterior import NAME, read

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FOLLOWED = make_transcripts.pages()  # these are followed to the letter by tests/test_installed.py
FENCE = make_transcripts.FENCE
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:\.?[\w-]+/)+[\w.*-]*|[\w.-]+\.(?:py|md|toml|csv|ipynb))`")
ELSEWHERE = (  # made
    *("out/", "verdict/", "posterior.toml", "figures/", "parts/", "quantiles/", "stages/"),
    *("outcomes.csv", "report.md", "effects.csv", "sim/_scenarios"),
)
FACES = (("uv", "run", "run_sim.py"), ("beijing-cap",))
NIGHTLY = "uv run --all-groups --all-extras pytest -n 0 -s -m nightly"  # campaigns, too long for every change
LONGEST = 160  # signs of a line
SMALL = {"run": ["--runs", "20"], "compare": ["--runs", "20"]}


def named(document: Path):
    return pytest.param(document, id=document.relative_to(ROOT).as_posix())


def blocks(document: Path, language: str) -> list[str]:
    return [text for tag, title, text in FENCE.findall(document.read_text("utf-8")) if tag == language and not title]


def titled(document: Path) -> dict[str, str]:
    """Files that a document gives, by name."""
    return {title: text for _, title, text in FENCE.findall(document.read_text("utf-8")) if title}


def commands(document: Path) -> list[str]:
    """Shell commands of a document, one a line, without comments and prompts."""
    lines = "".join(blocks(document, "sh")).replace("\\\n", " ").splitlines()
    return [
        part.strip() for line in lines for part in line.split(" #")[0].split("&&") if part.strip() and not part.startswith("#")
    ]


def of_the_program(command: str) -> list[str] | None:
    """Arguments of a command of the program in either of its faces; None for another command."""
    words = shlex.split(command)
    return next((words[len(face) :] for face in FACES if tuple(words[: len(face)]) == face), None)


def small(text: str) -> str:
    """The same command or code with few runs and the smallest budget, so that it is over soon."""
    few = re.sub(r"(--runs[ =]|runs=)[\d_]+", r"\g<1>20", text)
    return re.sub(r"(--budget[ =]|budget=\")(standard|full)", r"\g<1>quick", few)


@pytest.mark.parametrize("document", [named(d) for d in DOCUMENTS])
def test_every_path_in_a_document_exists(document):
    text = FENCE.sub("", document.read_text("utf-8"))
    links = [link.split("#")[0] for link in LINK.findall(text) if not re.match(r"\w+:|#", link)]
    absent = [link for link in links if not (document.parent / link).exists()]
    for path in PATH.findall(text):
        known = path in titled(document) or any(ROOT.glob(path.rstrip("/"))) or (document.parent / path).exists()
        if not path.startswith(ELSEWHERE) and not known:
            absent.append(path)
    assert not absent


@pytest.mark.parametrize("document", [named(d) for d in DOCUMENTS if d.parent.name != "notebooks"])
def test_no_line_of_a_document_is_too_long_to_read(document):
    outside = document.read_text("utf-8").split("\n```")[::2]
    prose = [line for part in outside for line in part.splitlines()]
    assert [line for line in prose if len(line) > LONGEST and not line.startswith(("|", "!["))] == []


def test_the_answer_of_the_first_pages_is_that_of_the_shipped_posterior():
    found = read(ROOT / "scenarios" / NAME)
    last = [row for row in found.headline if row.date == found.headline[-1].date]
    for page in (ROOT / "README.md", ROOT / "docs" / "index.md"):
        assert " ".join(in_short(found, last).split()) in " ".join(page.read_text("utf-8").split())


def workshop(tmp_path: Path, document: Path) -> Path:
    """A folder in which the project's commands work as in a checkout, with the files that a document gives."""
    for name in ("run_sim.py", "scenarios"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name, text in titled(document).items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def run_here(command: list[str], folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}\n{done.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("document", [named(d) for d in DOCUMENTS if d not in FOLLOWED and any(map(of_the_program, commands(d)))])
def test_every_command_of_a_document_runs(document, tmp_path):
    folder = workshop(tmp_path, document)
    for command in commands(document):
        if words := of_the_program(small(command)):
            run_here(["run_sim.py", *words, *([] if "--runs" in words else SMALL.get(words[0], []))], folder)


def test_every_other_command_is_one_that_ci_runs():
    known = (ROOT / ".ci" / "run").read_text("utf-8")
    for document in DOCUMENTS:
        for command in commands(document):
            if command in ("pip install uv", "bash .ci/run", NIGHTLY) or of_the_program(command) or document in FOLLOWED:
                continue
            plain = command.split(" benchmarks")[0] if "pytest benchmarks" in command else command
            assert plain.replace("--all-groups pytest", "pytest") in known, f"{document.name}: {command}"


def test_ci_passes_the_tests_by_the_command_of_the_readme():
    lines = "".join(blocks(ROOT / "README.md", "sh")).splitlines()
    (command,) = [line for line in lines if line.endswith("pytest")]
    assert f"step eval '{command}'" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("document", [named(d) for d in DOCUMENTS if blocks(d, "python")])
def test_the_python_of_a_document_runs_from_top_to_bottom(document, tmp_path, monkeypatch):
    monkeypatch.chdir(workshop(tmp_path, document))
    known = dict(RESPONSES)
    try:
        exec(compile(small("\n".join(blocks(document, "python"))), document.name, "exec"), {"__name__": "__main__"})
    finally:
        RESPONSES.clear()  # of what the document adds to them
        RESPONSES.update(known)


CLAIMS = ROOT / "docs" / "claims.md"
ROW = re.compile(r"^\| (\d+) \|(.*)\|$", re.MULTILINE)


def claims() -> dict[int, list[str]]:
    """Cells of the table of claims by the claim's number: claim, bearing, mechanism, numbers, shows in."""
    return {int(number): [cell.strip() for cell in cells.split("|")] for number, cells in ROW.findall(CLAIMS.read_text("utf-8"))}


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_claim_has_its_row_in_the_words_of_the_register():
    with (ROOT / "docs" / "claims.csv").open(encoding="utf-8", newline="") as file:
        register = {int(row["id"]): (row["claim"], row["bearing"]) for row in csv.DictReader(file)}
    assert {number: tuple(cells[:2]) for number, cells in claims().items()} == register
    assert len(register) == 39


def test_every_name_in_the_table_of_claims_exists():
    mechanisms = {*CHANNELS, *RESPONSES, *TRIGGERS, *KNOCKOUTS, *BARGAINS, *LEARNING, *LIMITS, *scenario_names()}
    addresses = set(Scenario.load("base").parameters)
    shown = {row.name for row in (*OUTCOMES, *QUANTITIES)}
    for number, (_, _, mechanism, numbers, series) in claims().items():
        assert set(code(mechanism)) <= mechanisms, number
        assert set(code(numbers)) <= addresses, number
        assert set(code(series)) <= shown, number


def test_every_number_of_a_claim_moves_what_the_claim_shows_in():
    """Each run has one number at an end of its plausible range, or, without one, half as low or high again."""
    base = Scenario.load("base")
    weighing = base
    for name, rule in base.rules.items():
        if rule.presser == "china":
            weighing = weighing.with_rule(name, response="best_response")
    addresses = sorted({address for cells in claims().values() for address in code(cells[3])})
    moved: dict[str, set[str]] = {address: set() for address in addresses}
    for scenario in (base, weighing):
        for name, rows in ends(scenario, addresses).items():
            for i, address in enumerate(addresses):
                if not np.array_equal(rows[:, i, 0], rows[:, i, 1], equal_nan=True):
                    moved[address].add(name)
    for number, (_, _, _, numbers, series) in claims().items():
        for address in code(numbers):
            assert moved[address].intersection(code(series)), f"{number}: {address}"


def ends(scenario: Scenario, addresses: list[str], runs: int = 16) -> dict[str, np.ndarray]:
    """Outcomes and series of the claims, shape (months and holders, addresses, ends, runs)."""
    shape = (len(addresses), 2, runs)
    values = {}
    for i, address in enumerate(addresses):
        number = scenario.parameters[address]
        values[address] = np.full(shape, number.value)
        most = 1.0 if number.unit == "share" else np.inf
        fixed = 0.5 * number.value, min(1.5 * number.value, most)
        span = (number.low, number.high) if number.low < number.high else fixed
        values[address][i] = np.array(span)[:, np.newaxis]
    keys = np.broadcast_to(np.arange(runs), shape).ravel()
    shown = {name for *_, series in claims().values() for name in code(series)}
    record = [quantity.name for quantity in QUANTITIES if quantity.name in shown]
    data = run(scenario, runs=keys.size, keys=keys, values={a: v.ravel() for a, v in values.items()}, record=record)
    found = {name: data[name].transpose(..., "run").values.reshape(-1, *shape) for name in record}
    return found | {outcome.name: data.outcomes.sel(outcome=outcome.name).values.reshape(1, *shape) for outcome in OUTCOMES}


def test_a_claim_without_numbers_says_why():
    for number, (_, _, mechanism, numbers, _) in claims().items():
        assert numbers or "not modelled" in mechanism.lower() or "Partly" in mechanism, number
