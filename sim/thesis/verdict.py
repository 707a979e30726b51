"""The thesis test as functions: judge a scenario by a declaration, or ask one of its questions alone."""

import shlex
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import UserError
from sim.experiments.executors import completed, workers
from sim.mechanisms.pressure import RESPONSES, Response
from sim.paths import user_path
from sim.runs.chunks import LARGE, check_processes, get_ready, own_responses
from sim.runs.progress import is_shown
from sim.runs.software import versions
from sim.runs.sums import kind_of
from sim.scenario.scenario import Scenario
from sim.thesis.declaration import Declaration
from sim.thesis.judgement import Judgement
from sim.thesis.posterior import FOLDER, Given, asked
from sim.thesis.problem import Problem, bring_together
from sim.thesis.question import Make, Stages
from sim.thesis.questions import QUESTIONS, diagnosis, disagreement, naive, worlds
from sim.thesis.questions.diagnosis import Diagnoses
from sim.thesis.questions.disagreement import Disagreement
from sim.thesis.questions.naive import NaiveObserver
from sim.thesis.sampling import Arrays
from sim.thesis.stage_cache import KIND, STAGES, keep, kept, list_files, refuse_other
from sim.thesis.terms import About, BudgetName, Hypothesis, JudgedDimension, JudgementDate, Side
from sim.whole_files import LOCK_FILE, at_work

if TYPE_CHECKING:
    from tqdm import tqdm

# By the shipped budgets, in runs of an arm in the base world: those of the first stage, in one call, and those of all stages.
CALL_RUNS, STAGE_RUNS = 5, 70


def judge(
    base: "str | Path | Scenario" = "base",
    thesis: "str | Path | Declaration" = "thesis",
    budget: BudgetName = "quick",
    out: str | Path | None = None,
    progress: bool | None = None,
    *,
    posterior: Given = None,
    processes: int | None = None,
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

    posterior : str, Path or Answer, optional
        What the record says, which is reported first: the folder of an inference, its ``answer.json``, or the answer itself.
        By default it is the shipped one if that belongs to what is judged, and else inferred now, in the folder ``posterior``
        of ``out``. ``"none"`` leaves the record out.
    processes : int, optional
        Number of processes that share the stages; by default one for small work, and as many as there are cores for stages of
        many small calls. Large calls share the cores by themselves.

    Returns
    -------
    Judgement

    Raises
    ------
    UserError
        If the scenario or the declaration is not sound, they do not go together, or the posterior belongs to another scenario.
    """
    check_processes(processes)
    problem = _problem(base, thesis, budget)
    folder = None if out is None else _checked(user_path(out), problem)
    problem = replace(problem, record=asked(problem.base, posterior, budget, folder, progress))
    makers = {name: make for question in QUESTIONS for name, make in question.stages(problem).items()}
    done, runs = _simulate(problem, makers, folder, progress, processes)
    words = ["run_sim.py", "thesis", _source(base), _source(thesis), "--budget", budget]
    words += ["--posterior", str(posterior)] if isinstance(posterior, str | Path) else []
    return _judgement(problem, done, _about(problem, shlex.join(words), runs))


def diagnose(
    base: "str | Path | Scenario" = "base",
    thesis: "str | Path | Declaration" = "thesis",
    budget: BudgetName = "quick",
    progress: bool | None = None,
) -> Diagnoses:
    """Say which observation would decide whether Beijing binds, by dimension; parameters as in `judge`."""
    problem = _problem(base, thesis, budget)
    if not problem.declaration.events:
        raise UserError("declares no events, so there is nothing to observe", problem.declaration.name)
    done, _ = _simulate(problem, {"worlds": worlds.worlds}, None, progress)
    return Diagnoses(diagnosis.diagnose(problem, done["worlds"]))


def disagree(
    first: "str | Path | Scenario",
    second: "str | Path | Scenario",
    thesis: "str | Path | Declaration" = "thesis",
    budget: BudgetName = "quick",
    progress: bool | None = None,
) -> Disagreement:
    """Say which assumptions explain that two scenarios give different verdicts; other parameters as in `judge`."""
    problem, other = _problem(first, thesis, budget), Scenario.load(second)
    differences = disagreement.gap(problem.base, other)
    name = disagreement.name_of(problem.base, other)
    done, _ = _simulate(problem, {name: partial(disagreement.simulate, differences=differences)}, None, progress)
    return disagreement.explain(problem, problem.base, other, differences, done[name])


def naive_observer(
    base: "str | Path | Scenario" = "base",
    thesis: "str | Path | Declaration" = "thesis",
    budget: BudgetName = "quick",
    progress: bool | None = None,
) -> NaiveObserver:
    """Say what a regression on visible punishments would conclude, against the truth; parameters as in `judge`."""
    problem = _problem(base, thesis, budget)
    done, _ = _simulate(problem, {"worlds": worlds.worlds, "histories": naive.simulate}, None, progress)
    return naive.observe(problem, done["worlds"], done["histories"])


def _source(given: "str | Path | Scenario | Declaration") -> str:
    """What to write on the command line for it."""
    return str(given) if isinstance(given, str | Path) else given.name


def _problem(base: "str | Path | Scenario", thesis: "str | Path | Declaration", budget: BudgetName) -> Problem:
    return bring_together(Scenario.load(base), Declaration.load(thesis), budget)


def _simulate(
    problem: Problem, makers: dict[str, Make], folder: Path | None, progress: bool | None, processes: int | None = None
) -> tuple[dict[str, Arrays], dict[str, int]]:
    """Do all stages, or take them from where they are kept; also count the runs of each."""
    arm = problem.budget.base_runs * problem.base.months
    work = STAGE_RUNS * arm if CALL_RUNS * arm < LARGE else 0  # a large call shares all cores by itself
    with nullcontext() if folder is None else at_work(folder), _bar(len(makers), progress) as bar:
        found = {name: kept(folder, problem, _file_name(name)) for name in makers}
        waiting = {name: makers[name] for name, arrays in found.items() if arrays is None}
        bar.update(len(makers) - len(waiting))
        with workers(None, processes, work, len(waiting)) as crew:
            for name, arrays in _made(problem, waiting, crew, bar):
                found[name] = arrays
                keep(folder, problem, _file_name(name), arrays)
                bar.update()
        if folder is not None:
            list_files(folder, [])
    done = {name: arrays for name, arrays in found.items() if arrays is not None}
    return done, {name: int(arrays["runs"]) for name, arrays in done.items()}


def _made(problem: Problem, makers: dict[str, Make], crew: Executor | None, bar: "tqdm[Any]") -> Iterator[tuple[str, Arrays]]:
    """Do stages, each with the number of its runs: here, or on processes as they come, those of many small calls first."""
    if crew is None:
        for name, make in makers.items():
            bar.set_description(name)
            yield name, _counted(problem, make, bar)
        return
    bar.set_description("stages")
    tasks = [(name, problem, make, own_responses()) for name, make in reversed(makers.items())]
    yield from completed(crew, _elsewhere, tasks)


def _elsewhere(task: tuple[str, Problem, Make, dict[str, Response]]) -> tuple[str, Arrays]:
    """Do one stage in another process, which learns the user's own responses."""
    name, problem, make, own = task
    get_ready()
    RESPONSES.update(own)
    return name, _counted(problem, make, None)


def _file_name(stage: str) -> str:
    return stage.replace(" ", "-").replace(",", "")


def _counted(problem: Problem, make: Make, bar: "tqdm[Any] | None") -> Arrays:
    """Do a stage, and keep with it how many runs it took."""
    count = 0

    def tick(runs: int) -> None:
        nonlocal count
        count += runs
        if bar is not None:
            bar.set_postfix_str(f"{count:,} runs")

    arrays = make(problem, tick)
    return {**arrays, "runs": np.array(count)}


def _bar(stages_to_do: int, show: bool | None) -> "tqdm[Any]":
    from tqdm.auto import tqdm

    return tqdm(total=stages_to_do, unit=" stages", disable=not is_shown(show), leave=False)


def _checked(out: Path, problem: Problem) -> Path:
    if out.exists() and not out.is_dir():
        raise UserError("is a file; give a folder", str(out))
    if (
        out.is_dir()
        and any(path.name not in (LOCK_FILE, FOLDER) for path in out.iterdir())
        and not (out / STAGES).is_dir()
        and kind_of(out) != KIND
    ):
        raise UserError("holds something else than a thesis test; give another folder", str(out))
    refuse_other(out, problem.base.hash, problem.declaration.hash, problem.budget_name)
    return out


def _about(problem: Problem, command: str, runs: dict[str, int]) -> About:
    import scipy

    from sim.mechanisms.quantities import OUTCOMES

    base, declaration = problem.base, problem.declaration
    table = {outcome.name: outcome for outcome in OUTCOMES}
    return About(
        scenario=base.name,
        title=base.title,
        scenario_hash=base.hash,
        start=base.start,
        months=base.months,
        declaration=declaration.name,
        declaration_hash=declaration.hash,
        budget=problem.budget_name,
        command=command,
        seeds={"exploration": declaration.seeds.exploration, "confirmation": declaration.seeds.confirmation},
        dates=[JudgementDate(date=date, month=month) for date, month in problem.dates.items()],
        headline=problem.headline,
        dimensions=[
            JudgedDimension(
                name=name,
                outcome=each.outcome,
                meaning=table[each.outcome].meaning,
                unit=problem.units[name],
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
            for side in problem.box
        ],
        left_out=list(problem.left_out),
        runs=runs,
        versions={**versions(), "scipy": scipy.__version__},
    )


def _judgement(problem: Problem, done: Stages, about: About) -> Judgement:
    """Ask every question, each of which sees what those before it found."""
    declared = problem.declaration.hypotheses
    parts: dict[str, Any] = {"about": about, "hypotheses": []}
    for question in QUESTIONS:
        found = question.find(problem, done, Judgement.model_construct(**parts))
        parts |= dict(found)
        if question.words:
            words = question.words(problem, done, Judgement.model_construct(**parts))
            parts["hypotheses"] += [
                Hypothesis(name=name, says=each.says, refuted_by=each.refuted_by, test=each.test, words=words)
                for name, each in declared.items()
                if each.test == question.test
            ]
    parts["hypotheses"].sort(key=lambda each: list(declared).index(each.name))
    return Judgement(**parts)
