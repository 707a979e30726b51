"""The thesis test as functions: judge a scenario by a declaration, or ask one of its questions alone."""

import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import UserError
from sim.experiments.arms import Tick
from sim.paths import user_path
from sim.runs.progress import is_shown
from sim.runs.software import versions
from sim.runs.sums import kind_of
from sim.scenario.scenario import Scenario
from sim.thesis import (
    findings,
    findings_matched,
    findings_structure,
    findings_worlds,
    hypotheses,
    stages,
    stages_structure,
    stages_worlds,
)
from sim.thesis.claims import judged as judged_claims
from sim.thesis.declaration import Declaration
from sim.thesis.judgement import About, JudgedDimension, Judgement, JudgementDate, Side
from sim.thesis.judgement_base import Attribution, BudgetName, Date, Dimension, Kind
from sim.thesis.judgement_worlds import Diagnoses, Disagreement, NaiveObserver
from sim.thesis.kept import KIND, STAGES, kept, list_files
from sim.thesis.problem import Setting, bring_together, with_matched
from sim.thesis.stages import Arrays

if TYPE_CHECKING:
    from tqdm import tqdm

Make = Callable[[Setting, Tick], Arrays]


def judge(
    base: "str | Path | Scenario" = "base",
    thesis: "str | Path | Declaration" = "thesis",
    budget: BudgetName = "quick",
    out: str | Path | None = None,
    progress: bool | None = None,
    *,
    matched: "str | Path | Scenario | None" = None,
) -> Judgement:
    """Test the thesis over a scenario: does Beijing cap it, on what, how, and in how much of the declared box?

    Parameters
    ----------
    base : Scenario, str or Path
        What is judged.
    thesis : Declaration, str or Path
        What is asked, by default the shipped declaration.
    budget : {"quick", "standard", "full"}
        How many runs.
    out : path, optional
        Folder in which finished stages are kept, so that the same call goes on after an interrupt.
    progress : bool, optional
        Whether to show the stages as they pass; by default in a terminal or notebook.
    matched : Scenario, str or Path, optional
        Worlds that the record does not rule out, instead of those of the declaration: a matched scenario as `sim.match` makes
        it, or its table ``worlds.parquet``. The verdict is given over them beside the declared box.

    Returns
    -------
    Judgement

    Raises
    ------
    UserError
        If the scenario or the declaration is not sound, or they or the matched worlds given do not go together.
    """
    setting = with_matched(_setting(base, thesis, budget), matched)
    seeds = setting.declaration.seeds
    makers: dict[str, Make] = {
        "effect": stages.effect,
        "tolerance": stages_worlds.tolerance,
        "attribution": stages.removed,
        "relaxation": stages.relaxed,
        "needs": stages.needs,
        "worlds": stages_worlds.worlds,
        "worlds, linear": partial(stages_worlds.sample, measure="linear", seed=seeds.confirmation),
        "worlds, log": partial(stages_worlds.sample, measure="log", seed=seeds.confirmation),
        "explored worlds": partial(stages_worlds.sample, measure="declared", seed=seeds.exploration),
    }
    if setting.matched is not None and not setting.matched.unfit:
        makers["matched"] = stages_worlds.matched
    makers |= {
        "variants": stages_structure.variants,
        "rivals": stages_structure.rivals,
        "histories": stages_worlds.histories,
    }
    gaps = {}
    for first, second in setting.disagreements:
        name = f"{first.name} against {second.name}"
        gaps[name] = (first, second, stages_structure.gap(first, second))
        makers[name] = partial(stages_structure.disagreement, found=gaps[name][2])
    if not setting.relaxed:
        del makers["relaxation"]
    makers["claims"] = stages.claims
    done, runs = _simulate(setting, makers, out, progress)
    words = ["run_sim.py", "thesis", _source(base), _source(thesis), "--budget", budget]
    words += ["--matched", _source(matched)] if matched is not None else []
    disagreements = [
        findings_structure.disagreement(setting, first, second, found, done[name])
        for name, (first, second, found) in gaps.items()
    ]
    return _judgement(setting, done, _about(setting, shlex.join(words), runs), disagreements)


def diagnose(
    base: "str | Path | Scenario" = "base",
    thesis: "str | Path | Declaration" = "thesis",
    budget: BudgetName = "quick",
    progress: bool | None = None,
) -> Diagnoses:
    """Say which observation would decide whether Beijing binds, by dimension; parameters as in `judge`."""
    setting = _setting(base, thesis, budget)
    if not setting.declaration.events:
        raise UserError("declares no events, so there is nothing to observe", setting.declaration.name)
    done, _ = _simulate(setting, {"worlds": stages_worlds.worlds}, None, progress)
    return Diagnoses(findings_worlds.diagnosis(setting, done["worlds"]))


def disagree(
    first: "str | Path | Scenario",
    second: "str | Path | Scenario",
    thesis: "str | Path | Declaration" = "thesis",
    budget: BudgetName = "quick",
    progress: bool | None = None,
) -> Disagreement:
    """Say which assumptions explain that two scenarios give different verdicts; other parameters as in `judge`."""
    setting, other = _setting(first, thesis, budget), Scenario.load(second)
    found = stages_structure.gap(setting.base, other)
    name = f"{setting.base.name} against {other.name}"
    done, _ = _simulate(setting, {name: partial(stages_structure.disagreement, found=found)}, None, progress)
    return findings_structure.disagreement(setting, setting.base, other, found, done[name])


def naive_observer(
    base: "str | Path | Scenario" = "base",
    thesis: "str | Path | Declaration" = "thesis",
    budget: BudgetName = "quick",
    progress: bool | None = None,
) -> NaiveObserver:
    """Say what a regression on visible punishments would conclude, against the truth; parameters as in `judge`."""
    setting = _setting(base, thesis, budget)
    done, _ = _simulate(setting, {"worlds": stages_worlds.worlds, "histories": stages_worlds.histories}, None, progress)
    return findings_worlds.naive(setting, done["worlds"], done["histories"])


def _source(given: "str | Path | Scenario | Declaration") -> str:
    """What to write on the command line for it."""
    return str(given) if isinstance(given, str | Path) else given.name


def _setting(base: "str | Path | Scenario", thesis: "str | Path | Declaration", budget: BudgetName) -> Setting:
    return bring_together(Scenario.load(base), Declaration.load(thesis), budget)


def _simulate(
    setting: Setting, makers: dict[str, Make], out: str | Path | None, progress: bool | None
) -> tuple[dict[str, Arrays], dict[str, int]]:
    """Do all stages, or take them from where they are kept; also count the runs of each."""
    folder = None if out is None else _checked(user_path(out))
    done: dict[str, Arrays] = {}
    with _bar(len(makers), progress) as bar:
        for name, make in makers.items():
            bar.set_description(name)
            done[name] = kept(folder, setting, name.replace(" ", "-").replace(",", ""), partial(_counted, setting, make, bar))
            bar.update()
    if folder is not None:
        list_files(folder, [])
    return done, {name: int(arrays["runs"]) for name, arrays in done.items()}


def _counted(setting: Setting, make: Make, bar: "tqdm[Any]") -> Arrays:
    """Do a stage, and keep with it how many runs it took."""
    count = 0

    def tick(runs: int) -> None:
        nonlocal count
        count += runs
        bar.set_postfix_str(f"{count:,} runs")

    arrays = make(setting, tick)
    return {**arrays, "runs": np.array(count)}


def _bar(stages_to_do: int, show: bool | None) -> "tqdm[Any]":
    from tqdm.auto import tqdm

    return tqdm(total=stages_to_do, unit=" stages", disable=not is_shown(show), leave=False)


def _checked(out: Path) -> Path:
    if out.exists() and not out.is_dir():
        raise UserError("is a file; give a folder", str(out))
    if out.is_dir() and any(out.iterdir()) and not (out / STAGES).is_dir() and kind_of(out) != KIND:
        raise UserError("holds something else than a thesis test; give another folder", str(out))
    return out


def _about(setting: Setting, command: str, runs: dict[str, int]) -> About:
    import scipy

    from sim.mechanisms.quantities import OUTCOMES

    base, declaration = setting.base, setting.declaration
    table = {outcome.name: outcome for outcome in OUTCOMES}
    return About(
        scenario=base.name,
        title=base.title,
        scenario_hash=base.hash,
        start=base.start,
        months=base.months,
        declaration=declaration.name,
        declaration_hash=declaration.hash,
        budget=setting.budget_name,
        command=command,
        seeds={"exploration": declaration.seeds.exploration, "confirmation": declaration.seeds.confirmation},
        dates=[JudgementDate(date=date, month=month) for date, month in setting.dates.items()],
        headline=setting.headline,
        dimensions=[
            JudgedDimension(
                name=name,
                outcome=each.outcome,
                meaning=table[each.outcome].meaning,
                unit=setting.units[name],
                delta=each.delta,
                delta_abs=each.delta_abs,
            )
            for name, each in declaration.dimensions.items()
        ],
        box=[
            Side(
                address=side.address,
                low=side.low,
                high=side.high,
                measure="log" if side.measure == "log" else "linear",
                unit=base.parameters[side.address].unit,
                source=base.parameters[side.address].source,
            )
            for side in setting.box
        ],
        left_out=list(setting.left_out),
        runs=runs,
        versions={**versions(), "scipy": scipy.__version__},
    )


def _judgement(setting: Setting, done: dict[str, Arrays], about: About, disagreements: list[Disagreement]) -> Judgement:
    count = len(setting.dimensions)
    arms, direct = done["effect"]["arms"], done["effect"]["direct"]
    full, off = arms[:, :, 0], arms[:, :, 1]
    verdicts = findings.cap(setting, full[:, :count], off[:, :count])
    channels = findings.channels(setting, arms[:, :count], direct[:, :count])
    delay, delayed = findings.delay(setting, full[:, count + 2], off[:, count + 2])
    attribution: dict[Kind, dict[Dimension, dict[Date, Attribution]]] = {
        "complete": findings.attribution(setting, setting.declaration.attribution.limits, done["attribution"]["values"])
    }
    if setting.relaxed:
        attribution["relaxed"] = findings.attribution(setting, tuple(setting.relaxed), done["relaxation"]["values"])
    needs, needed = findings.needs(setting, done["needs"]["welfare"])
    sample = findings_worlds.sample(setting, "declared", done["worlds"])
    ceiling = findings_worlds.ceiling(setting, done["tolerance"], done["worlds"])
    evidence = hypotheses.Evidence(
        setting.headline,
        setting.declaration.ceiling.slope,
        verdicts,
        channels,
        attribution["complete"],
        sample,
        ceiling,
        delayed,
        needed,
    )
    found = Judgement(
        about=about,
        hypotheses=hypotheses.judged(setting, evidence),
        verdicts=verdicts,
        channels=channels,
        punishment=findings.punishment(setting, full[:, count], full[:, count + 1]),
        tolerance=findings_worlds.tolerance(setting, done["tolerance"]),
        ceiling=ceiling,
        delay=delay,
        attribution=attribution,
        needs=needs,
        worlds=[
            sample,
            findings_worlds.sample(setting, "linear", done["worlds, linear"]),
            findings_worlds.sample(setting, "log", done["worlds, log"]),
        ],
        fails=findings_worlds.fails(setting, done["explored worlds"], done["worlds"]),
        matched=findings_matched.matched(setting, done["worlds"], done.get("matched")),
        variants=findings_structure.variants(setting, done["variants"]),
        rivals=findings_structure.rivals(setting, done["rivals"]),
        diagnosis=findings_worlds.diagnosis(setting, done["worlds"]),
        naive=findings_worlds.naive(setting, done["worlds"], done["histories"]),
        disagreements=disagreements,
        claims=[],
    )
    return found.model_copy(update={"claims": judged_claims(found, findings.tried(setting, done["claims"]["outcomes"]))})
