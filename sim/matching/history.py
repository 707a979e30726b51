"""History matching from end to end: waves of worlds, what they leave, what that tells, and the files of it."""

import json
import shlex
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from sim.errors import UserError, suggest
from sim.matching.declaration import Budget, Declaration
from sim.matching.findings import findings, overall
from sim.matching.matched import chosen, implausibility_table, matched_text, origin, worlds_table
from sim.matching.report import report
from sim.matching.result import Match
from sim.matching.score import asked
from sim.matching.setting import Setting, bring_together
from sim.matching.wave import Wave, judged, simulate
from sim.matching.waves import shrunken, volume
from sim.paths import user_path
from sim.runs.sums import SUMS_FILE, add_sums, check_listed
from sim.runs.whole_files import reasons, write_whole
from sim.scenario.scenario import Scenario
from sim.scenario.tables import explain

if TYPE_CHECKING:
    import pandas as pd

# What has to be the same for a call to go on in a folder: names in `matching.json`, and in words.
SAME = {
    "scenario_hash": "scenario",
    "declaration_hash": "declaration",
    "until": "last month",
    "vintage": "vintage",
    "record_hash": "record",
}
FILES = ("matching.json", "report.md", "worlds.parquet", "implausibility.parquet", "matched.toml")


def match(
    scenario: str | Path | Scenario = "base",
    declaration: str | Path | Declaration = "matching",
    *,
    until: str = "2024-12",
    vintage: str | None = None,
    evidence: str | Path | None = None,
    score: str | Path | None = None,
    budget: str = "quick",
    worlds: int | None = None,
    runs: int | None = None,
    waves: int | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    processes: int | None = None,
    progress: bool | None = None,
) -> Match:
    """Find the worlds of a box that the record does not rule out.

    Parameters
    ----------
    scenario : str, Path or Scenario
        What is matched.
    declaration : str, Path or Declaration
        What is compared and how strictly, by default the shipped declaration.
    until : str
        Last month that is fitted, "YYYY-MM".
    vintage : str, optional
        Only figures known by the end of this date are fitted; by default the month after ``until``.
    evidence : path, optional
        Table of observations instead of the shipped one.
    score : path, optional
        Table of observations to score the result on; by default those of the evidence that come after ``until``.
    budget : str
        Which budget of the declaration.
    worlds, runs, waves, seed : int, optional
        Instead of those of the budget and the declaration.
    out : path, optional
        Folder for the waves and the files of the result. A wave that is there is not run again.
    processes, progress
        As in `sim.run`.

    Returns
    -------
    Match

    Raises
    ------
    UserError
        If anything given makes no sense, or no world is left: then it says which series rule out most.
    """
    base = Scenario.load(scenario)
    declared = _declared(Declaration.load(declaration), seed)
    setting = bring_together(base, declared, _budget(declared, budget, worlds, runs, waves), until, vintage, evidence)
    test = asked(setting, score, evidence)  # a table that cannot be scored is refused before anything is run
    folder = None if out is None else user_path(out)
    if folder is not None:
        _check_folder(folder, setting)
    with tempfile.TemporaryDirectory(prefix="match-") as temporary:
        done, stopped = _waves(setting, folder or Path(temporary), processes, progress)
    left = np.concatenate([wave.values[wave.left] for wave in done])
    command = _command(scenario, declaration, setting, budget, evidence, score)
    columns = chosen(setting, left)
    matched = base.with_worlds(columns, origin(setting, command))
    table = str(score if score is not None else evidence if evidence is not None else "shipped")
    found = findings(setting, done, stopped, command, budget, matched, test, table, processes)
    rank = [overall(setting, wave) for wave in done]
    made = Match(
        found,
        matched,
        worlds_table(setting, done, rank),
        implausibility_table(setting, done, rank),
        setting,
        folder,
    )
    if made.directory is not None:
        _write(made, scenario)
    return made


def _check_folder(folder: Path, setting: Setting) -> None:
    """Keep what another match or something else has written.

    The waves by themselves would not tell another match: a changed discrepancy judges the same runs.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError("is a file; give a folder", str(folder))
    path = folder / "matching.json"
    if not path.exists() or _is_damaged(path):
        if folder.is_dir() and any(folder.iterdir()) and not (folder / "wave-1").is_dir():
            raise UserError("holds something else than a match; give another folder", str(folder))
        return
    try:
        about = json.loads(path.read_text(encoding="utf-8"))["about"]
        before = {name: about[name] for name in SAME}
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError("is no result of this version; give another folder", str(path)) from None
    now = (setting.base.hash, setting.declaration.hash, setting.until, setting.vintage, setting.fingerprint)
    differ = [SAME[name] for name, value in zip(SAME, now, strict=True) if before[name] != value]
    if differ:
        raise UserError(f"holds another match, with another {', '.join(differ)}; give another folder", str(folder))


def _is_damaged(path: Path) -> bool:
    """Whether a file is not what a match has written there; it is then written anew."""
    try:
        check_listed(path)
    except UserError:
        return True
    return False


def _waves(setting: Setting, folder: Path, processes: int | None, progress: bool | None) -> tuple[list[Wave], str]:
    """Run waves until the box stops shrinking, and say why there is no further one."""
    edges = np.tile([0.0, 1.0], (len(setting.box), 1))
    done: list[Wave] = []
    pooled = None
    for number in range(1, setting.budget.waves + 1):
        saved = simulate(setting, number, edges, folder / f"wave-{number}", processes, progress)
        wave = judged(setting, number, edges, saved, pooled)
        pooled = wave.pooled
        done.append(wave)
        unit = np.concatenate([each.unit[each.left] for each in done])
        if number == 1 and not len(unit):
            raise UserError(_nothing_left(setting, wave), setting.declaration.name)
        smaller = shrunken(unit, edges)
        kept = volume(smaller) / volume(edges)
        if number == setting.budget.waves:
            return done, f"the {number} waves of the budget are used up" if number > 1 else "the budget has one wave"
        if 1 - kept <= setting.declaration.shrinking:
            return done, f"wave {number} takes {100 * (1 - kept):.1f}% off the volume of the box: it no longer shrinks"
        edges = smaller
    return done, ""


def _nothing_left(setting: Setting, wave: Wave) -> str:
    """Say why no world is left, and what to do."""
    cut = setting.declaration.cut
    ruled = {name: float((found >= cut).mean()) for name, found in zip(setting.groups, wave.by_group, strict=True)}
    worst = sorted(ruled, key=lambda name: -ruled[name])
    lines = [
        f"no world is left of {len(wave.left):,}: the nearest has an implausibility of {overall(setting, wave).min():.1f}, and "
        f"from {cut:g} on a world is ruled out. By itself, group '{worst[0]}' rules out most:"
    ]
    lines += [f"  {name} rules out {100 * ruled[name]:.0f}%" for name in worst[:5]]
    never = [target.observation.id for target, found in zip(setting.targets, wave.found, strict=True) if found.min() >= cut]
    if never:
        lines.append(f"no world reaches {', '.join(never[:12])}{' …' if len(never) > 12 else ''}")
    lines.append(
        "give such a series a larger discrepancy, or leave it out, with a reason in the declaration; or widen the ranges of "
        "the parameters that it depends on; or try more worlds"
    )
    return "\n".join(lines)


def _declared(declaration: Declaration, seed: int | None) -> Declaration:
    return (
        declaration
        if seed is None
        else Declaration.from_dict({**declaration.model_dump(), "name": declaration.name, "seed": seed}, declaration.name)
    )


def _budget(declaration: Declaration, name: str, worlds: int | None, runs: int | None, waves: int | None) -> Budget:
    if name not in declaration.budgets:
        raise UserError(f"there is no budget '{name}'; {suggest(name, declaration.budgets)}", "budget")
    given: Mapping[str, Any] = {"worlds": worlds, "runs": runs, "waves": waves}
    changed = {key: value for key, value in given.items() if value is not None}
    try:
        return Budget.model_validate({**declaration.budgets[name].model_dump(), **changed})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UserError(explain(first, list(given)), str(first["loc"][0])) from None


def _command(
    scenario: str | Path | Scenario,
    declaration: str | Path | Declaration,
    setting: Setting,
    budget: str,
    evidence: str | Path | None,
    score: str | Path | None,
) -> str:
    """Give the command that makes this again."""
    named = [each.name if isinstance(each, Scenario | Declaration) else str(each) for each in (scenario, declaration)]
    words = ["run_sim.py", "match", *named, "--until", setting.until, "--vintage", setting.vintage, "--budget", budget]
    own = setting.declaration.budgets[budget]
    for name in ("worlds", "runs", "waves"):
        if getattr(setting.budget, name) != getattr(own, name):
            words += [f"--{name}", str(getattr(setting.budget, name))]
    for name, path in (("--evidence", evidence), ("--score", score)):
        if path is not None:
            words += [name, str(path)]
    return shlex.join([*words, "--seed", str(setting.declaration.seed)])


def _write(made: Match, source: str | Path | Scenario) -> None:
    """Write the files of a result, each whole or not at all."""
    assert made.directory is not None
    contents = {
        "matching.json": (made.found.model_dump_json(indent=1) + "\n").encode(),
        "report.md": report(made.found).encode(),
        "worlds.parquet": _parquet(made.worlds),
        "implausibility.parquet": _parquet(made.implausibility),
        "matched.toml": matched_text(made.setting, made.scenario, source).encode(),
    }
    with reasons(made.directory):
        for name, content in contents.items():
            write_whole(made.directory / name, content)
        waves = [f"wave-{wave.number}/{SUMS_FILE}" for wave in made.found.waves]
        add_sums(made.directory, "match", [*contents, *waves])


def _parquet(table: "pd.DataFrame") -> bytes:
    buffer = BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()
