"""Inference from end to end: what is read, the posterior, what is asked of it, and the files of it."""

import shlex
import warnings
from collections.abc import Collection, Mapping
from concurrent.futures import Executor
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import UserError, suggest
from sim.evidence import LAST_MONTH
from sim.inference.bench import Inquiry, bench, budget_of, declared_with, plan_of
from sim.inference.declaration import Budget, Declaration
from sim.inference.observations import AmountReading, ProcessReading
from sim.inference.parts import groups, months
from sim.inference.posterior import Posterior
from sim.inference.questions import Arms, posterior_arms, prior_arms
from sim.inference.schools import schools
from sim.inference.setting import Setting, beliefs
from sim.inference.store import opened
from sim.inference.watching import watch_targets
from sim.paths import user_path
from sim.runs.chunks import check_processes
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

FAR = 4.0  # standard deviations from the nearest run of the prior: such a row is named
TABLES = ("headline", "verdict", "numbers", "watch", "record", "left_out", "parts", "steps")
PARTS = ("months", "groups", "schools")
FILES = ("answer.json", "posterior.toml", *(f"{name}.csv" for name in (*TABLES, "forecasts")))


def infer(
    scenario: str | Path | Scenario = "base",
    declaration: str | Path | Declaration = "inference",
    *,
    until: str = LAST_MONTH,
    vintage: str | None = None,
    evidence: str | Path | None = None,
    budget: str | Budget = "quick",
    seed: int | None = None,
    pinned: Mapping[str, float] | None = None,
    out: str | Path | None = None,
    parts: str | Collection[str] = (),
    executor: Executor | None = None,
    processes: int | None = None,
    progress: bool | None = None,
) -> Posterior:
    """Infer numbers and courses of events from the record.

    Parameters
    ----------
    scenario : str, Path or Scenario
        Over which it is inferred.
    declaration : str, Path or Declaration
        Beliefs before the record and how it is read, by default the shipped declaration.
    until : str
        Last month that is fitted, "YYYY-MM".
    vintage : str, optional
        Only figures known by the end of this date are fitted; by default the month after ``until``.
    evidence : path, optional
        Table of observations instead of the shipped one.
    budget : str or Budget
        Which budget of the declaration, or one of your own.
    seed : int, optional
        Instead of the declaration's.
    pinned : mapping, optional
        Numbers that do not vary, by address.
    out : path, optional
        Folder for the states of the sampler and the files of the result. A call that was killed goes on from its last state.
    parts : str or collection of str
        What is asked beside the posterior, by inference run again with a smaller budget: ``months``, the verdict as history
        unfolded and what moved it; ``groups``, the verdict without each group of figures; ``schools``, weighed by the record;
        or ``all`` of these.
    executor : concurrent.futures.Executor, optional
        Where to run, such as ``distributed.Client(...).get_executor()``.
    processes : int, optional
        Number of processes of this machine; decided by the work by default.
    progress : bool, optional
        Whether to show a bar; by default in a terminal or notebook.

    Returns
    -------
    Posterior

    Raises
    ------
    UserError
        If anything given makes no sense, or no run of the prior can have made the record.
    """
    check_processes(processes)
    asked = _parts(parts)
    base, declared = Scenario.load(scenario), declared_with(declaration, seed)
    if pinned:
        base = base.set(dict(pinned))
    inquiry = Inquiry(base, declared, budget_of(declared, budget), until, vintage, evidence, tuple(pinned or ()))
    setting = inquiry.setting()
    beliefs(setting)  # what makes no sense among them is refused before anything is run
    command = _command(scenario, declaration, setting, budget, evidence, seed, asked)
    folder, plan = None if out is None else user_path(out), plan_of(setting)
    with bench(plan, folder, executor, processes, progress) as at:
        sampled = at.sampled(setting)
        at.bar.say("what is asked")
        simulator, tick = sampled.simulator, at.bar.tick
        prior = prior_arms(setting, plan, simulator, plan.particles, tick)
        _name_far_rows(setting, prior)
        arms = posterior_arms(setting, simulator, sampled.state, tick, watch_targets(setting))
        halved = {
            name: posterior_arms(setting, simulator, sampled.stops[other.likelihood], tick)
            for name, other in declared.alternatives.items()
            if other.likelihood in sampled.stops
        }
        tables: dict[str, pd.DataFrame] = {}
        if "months" in asked:
            tables["months"], tables["moves"] = months(inquiry, at, setting, arms)
        if "groups" in asked:
            tables["groups"] = groups(inquiry, at, setting, arms)
        if "schools" in asked:
            tables["schools"] = schools(inquiry, at)
        made = Posterior(setting, plan, sampled.state, command, folder, prior, arms, halved, **tables)
        if folder is not None:
            with opened(folder, setting, plan) as store:
                store.put(_contents(made), finished=True)
    return made


def _parts(given: str | Collection[str]) -> tuple[str, ...]:
    """Check what is asked beside the posterior."""
    asked = PARTS if given == "all" else (given,) if isinstance(given, str) else tuple(given)
    for name in asked:
        if name not in PARTS:
            raise UserError(f"there is no part '{name}'; {suggest(name, PARTS)}", "parts")
    return tuple(name for name in PARTS if name in asked)


def _name_far_rows(setting: Setting, prior: Arms) -> None:
    """Warn of rows that no run of the prior comes near, by the errors that are declared for them."""
    said = prior.on.predicted
    if not len(said):
        return
    far = []
    for reading in setting.readings:
        if isinstance(reading, AmountReading):
            model, logs = reading.model, reading.said(said)
            spread = np.sqrt(model.deviation**2 + model.bias**2 + (model.loads * model.factor) ** 2)
            misses = np.maximum(np.maximum(model.low[:, None] - logs, logs - model.high[:, None]), 0.0).min(axis=1) / spread
        elif isinstance(reading, ProcessReading):
            spread = np.sqrt(np.diagonal(reading.covariances, axis1=1, axis2=2).max(axis=0))
            misses = np.abs(reading.seen[:, None] - reading.said(said)).min(axis=1) / spread
        else:
            continue
        far += [setting.targets[row].observation.id for row, miss in zip(reading.rows, misses, strict=True) if miss > FAR]
    if far:
        text = f"no run of the prior comes near {', '.join(far)}; look at the row and its unit, or leave it out with a reason"
        warnings.warn(text, stacklevel=3)


def _command(
    scenario: str | Path | Scenario,
    declaration: str | Path | Declaration,
    setting: Setting,
    budget: str | Budget,
    evidence: str | Path | None,
    seed: int | None,
    parts: Collection[str],
) -> str:
    """Give the command that makes this again."""
    words = ["run_sim.py", "infer", scenario.name if isinstance(scenario, Scenario) else str(scenario)]
    if declaration != "inference":
        words += ["--declaration", declaration.name if isinstance(declaration, Declaration) else str(declaration)]
    words += ["--until", setting.until, "--vintage", setting.vintage]
    words += ["--budget", budget if isinstance(budget, str) else "your own"]
    if evidence is not None:
        words += ["--evidence", str(evidence)]
    if seed is not None:
        words += ["--seed", str(seed)]
    return shlex.join([*words, *(f"--{part}" for part in parts)])


def _contents(made: Posterior) -> dict[str, bytes]:
    """The files of a result, by name."""
    tables = {name: getattr(made, name) for name in (*TABLES, "months", "moves", "groups", "schools")}
    tables["forecasts"] = made.forecasts()
    return {
        "answer.json": (made.answer().model_dump_json(indent=1) + "\n").encode(),
        "posterior.toml": made.scenario_text(min(200, len(made.state.particles))).encode(),
        **{f"{name}.csv": as_csv(table) for name, table in tables.items() if table is not None},
    }


def as_csv(table: "pd.DataFrame") -> bytes:
    """Give a table as a file of the result; names in a list are joined."""
    buffer = BytesIO()
    table.map(_cell).to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def _cell(content: Any) -> Any:
    """Names in a list are joined."""
    return " ".join(content) if isinstance(content, list) else content
