"""Finished stages, kept in files named by what they depend on and what they hold: an interrupted test goes on from them."""

import hashlib
import json
from io import BytesIO
from pathlib import Path

import numpy as np

from sim.errors import UserError
from sim.experiments.identity import behaviour
from sim.runs.sums import add_sums
from sim.thesis.problem import Problem
from sim.thesis.sampling import Arrays
from sim.whole_files import make_folder, reasons, write_whole

KIND = "thesis"
STAGES = "stages"  # folder of finished stages, in that of the report
FIGURES = 16  # of a hash, in a name


def stage_name(problem: Problem, name: str) -> str:
    """First part of the name of a stage's file. It changes with all that the stage depends on.

    That is the scenario, the declaration, the budget, the user's responses, the program's code and its versions.
    """
    others = [*problem.rivals, *(scenario for pair in problem.disagreements for scenario in pair)]
    ruled = {rule.response for scenario in (problem.base, *others) for rule in scenario.rules.values()}
    depends = [
        problem.base.hash,
        [scenario.hash for scenario in others],
        problem.declaration.hash,
        problem.budget_name,
        behaviour(ruled | set(problem.declaration.variants.response)),
    ]
    return f"{_digest(json.dumps(depends).encode())}-{name}"


def kept(folder: Path | None, problem: Problem, name: str) -> Arrays | None:
    """Give the arrays of a stage that was kept in the folder of a test; None where it was not, or is damaged.

    A file's name ends with the first figures of its SHA-256, so that one that is damaged is known, and removed.
    """
    if folder is None:
        return None
    stem, stages = stage_name(problem, name), folder / STAGES
    for path in sorted(stages.glob(f"{stem}-{'?' * FIGURES}.npz")):
        content = path.read_bytes()
        if path.stem == f"{stem}-{_digest(content)}":
            with np.load(BytesIO(content), allow_pickle=False) as file:
                return {each: file[each] for each in file.files}
        path.unlink()
    return None


def keep(folder: Path | None, problem: Problem, name: str, arrays: Arrays) -> None:
    """Keep the arrays of a stage in the folder of a test; without one they are not kept.

    Raises
    ------
    UserError
        If the folder cannot be written.
    """
    if folder is None:
        return
    buffer, stages = BytesIO(), folder / STAGES
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    with reasons(stages):
        make_folder(stages)
        content = buffer.getvalue()
        write_whole(stages / f"{stage_name(problem, name)}-{_digest(content)}.npz", content)


def refuse_other(folder: Path, scenario: str, declaration: str, budget: str) -> None:
    """Refuse a folder that has the report of another test, which would be overwritten.

    Parameters
    ----------
    scenario, declaration : str
        Hashes of what is judged, and by what.
    """
    try:
        before = json.loads((folder / "report.json").read_text("utf-8"))["about"]
        told = [before[name] for name in ("scenario_hash", "declaration_hash", "budget")]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):  # there is none, or it is damaged: it is made anew
        return
    names, now = ("scenario", "declaration", "budget"), (scenario, declaration, budget)
    differ = [name for name, old, new in zip(names, told, now, strict=True) if old != new]
    if differ:
        text = (
            f"holds the report of another test, with another {' and '.join(differ)}; give another folder, nothing is overwritten"
        )
        raise UserError(text, str(folder))


def list_files(folder: Path, written: list[Path]) -> None:
    """Write the list of sums of a test's folder: its stages, and the files of a report that were written."""
    files = [*folder.glob(f"{STAGES}/*.npz"), *written]
    with reasons(folder):
        add_sums(folder, KIND, [path.relative_to(folder).as_posix() for path in files])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:FIGURES]
