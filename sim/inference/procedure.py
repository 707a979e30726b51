"""Inference from end to end: what is read, the posterior, what is asked of it, and the files of it."""

import json
import shlex
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import UserError, suggest
from sim.experiments.executors import workers
from sim.inference.declaration import Budget, Declaration
from sim.inference.observations import AmountReading, ProcessReading
from sim.inference.posterior import Posterior
from sim.inference.questions import Arms, posterior_arms, prior_arms
from sim.inference.sampler import ISLANDS, Plan, State, sample
from sim.inference.setting import Setting, beliefs, bring_together
from sim.inference.simulation import Shared, Simulator
from sim.inference.store import Store, opened
from sim.paths import user_path
from sim.runs.chunks import check_processes
from sim.runs.progress import LINE_SECONDS, is_shown
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

FAR = 4.0  # standard deviations from the nearest run of the prior: such a row is named
FILES = ("posterior.json", "posterior.toml", "numbers.csv", "verdict.csv", "record.csv", "forecasts.csv", "steps.csv")


def infer(
    scenario: str | Path | Scenario = "base",
    declaration: str | Path | Declaration = "inference",
    *,
    until: str = "2024-12",
    vintage: str | None = None,
    evidence: str | Path | None = None,
    budget: str | Budget = "quick",
    seed: int | None = None,
    pinned: Mapping[str, float] | None = None,
    out: str | Path | None = None,
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
    base = Scenario.load(scenario)
    if pinned:
        base = base.set(dict(pinned))
    declared = declared_with(declaration, seed)
    setting = bring_together(base, declared, budget_of(declared, budget), until, vintage, evidence, pinned=tuple(pinned or ()))
    plan = plan_of(setting)
    beliefs(setting)  # what makes no sense among them is refused before anything is run
    command = _command(scenario, declaration, setting, budget, evidence, seed)
    folder = None if out is None else user_path(out)
    with at_it(setting, plan, folder, executor, processes, progress) as (simulator, store, bar):
        state = reached(plan, simulator, store, bar)
        bar.say("what is asked")
        prior = prior_arms(setting, plan, simulator, plan.particles, bar.tick)
        _name_far_rows(setting, prior)
        arms = posterior_arms(setting, simulator, state, bar.tick)
        stops = store.stops()
        halved = {
            name: posterior_arms(setting, simulator, stops[other.likelihood], bar.tick)
            for name, other in declared.alternatives.items()
            if other.likelihood in stops
        }
        made = Posterior(setting, plan, state, command, folder, prior, arms, halved)
        if folder is not None:
            store.put(_contents(made), finished=True)
    return made


@contextmanager
def at_it(
    setting: Setting, plan: Plan, folder: Path | None, executor: Executor | None, processes: int | None, progress: bool | None
) -> Iterator[tuple[Simulator, Store, "Shown"]]:
    """Give what a sampler works with: a simulator, a folder for its states, by default one that goes, and a bar."""
    with tempfile.TemporaryDirectory(prefix="infer-") as temporary, opened(folder or Path(temporary), setting, plan) as store:
        work = (plan.bank + plan.particles * plan.moves) * plan.months
        with workers(executor, processes, work, plan.particles) as crew, Shown(progress) as bar:
            yield Simulator(Shared.of(setting), crew), store, bar


def plan_of(setting: Setting) -> Plan:
    """Sizes of the sampler for a setting."""
    declared, sizes = setting.declaration, setting.budget
    powers = {other.likelihood for other in declared.alternatives.values()}
    return Plan(
        numbers=len(setting.priors),
        shock_coordinates=len(setting.shocks) * setting.months,
        months=setting.months,
        shocks=declared.shocks,
        bank=_even(max(sizes.bank, sizes.particles)),
        particles=_even(sizes.particles),
        moves=sizes.moves,
        last=sizes.last,
        effective=declared.effective,
        seed=declared.seed,
        stops=tuple(sorted(power for power in powers if 0.0 < power < 1.0)),
    )


def _even(count: int) -> int:
    """Round up to as many on each island."""
    return -(-count // ISLANDS) * ISLANDS


def reached(plan: Plan, simulator: Simulator, store: Store, bar: "Shown") -> State:
    """Go from the last state in a folder, or from the prior, to the posterior, and keep each state on the way."""

    def tell(state: State) -> None:
        step = state.steps[-1]
        store.save(state, keep=state.temperature in plan.stops)
        bar.say(f"temperature {step.temperature:.3f}, effective size {state.worth:.0f}")

    bar.say("prior")
    return sample(plan, simulator, store.load(), tell, bar.tick)


class Shown:
    """Runs done so far and what the sampler is at: a bar, or a line a minute where nobody looks at one."""

    def __init__(self, show: bool | None) -> None:
        from tqdm.auto import tqdm

        bar = is_shown(show)
        self._lines = show is None and not bar and sys.stderr is not None
        self._bar = tqdm(unit=" runs", unit_scale=True, delay=1.0, disable=not bar, leave=False)
        self._said = time.monotonic()
        self.tick = self._bar.update

    def say(self, text: str) -> None:
        """Say what is being done, or reached."""
        self._bar.set_description(text)
        if self._lines and time.monotonic() - self._said >= LINE_SECONDS:
            self._said = time.monotonic()
            print(text, file=sys.stderr, flush=True)

    def __enter__(self) -> "Shown":
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()


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


def declared_with(source: str | Path | Declaration, seed: int | None) -> Declaration:
    """Load a declaration, with another seed if one is given."""
    declaration = Declaration.load(source)
    if seed is None:
        return declaration
    return Declaration.from_dict({**declaration.model_dump(), "name": declaration.name, "seed": seed}, declaration.name)


def budget_of(declaration: Declaration, budget: str | Budget) -> Budget:
    """Look a budget up by its name, or take one as it is."""
    if isinstance(budget, Budget):
        return budget
    if budget not in declaration.budgets:
        raise UserError(f"there is no budget '{budget}'; {suggest(budget, declaration.budgets)}", "budget")
    return declaration.budgets[budget]


def _command(
    scenario: str | Path | Scenario,
    declaration: str | Path | Declaration,
    setting: Setting,
    budget: str | Budget,
    evidence: str | Path | None,
    seed: int | None,
) -> str:
    """Give the command that makes this again."""
    words = ["run_sim.py", "infer", scenario.name if isinstance(scenario, Scenario) else str(scenario)]
    if declaration != "inference":
        words += ["--declaration", declaration.name if isinstance(declaration, Declaration) else str(declaration)]
    words += ["--until", setting.until, "--vintage", setting.vintage]
    words += ["--budget", budget if isinstance(budget, str) else "your own"]
    if evidence is not None:
        words += ["--evidence", str(evidence)]
    return shlex.join(words if seed is None else [*words, "--seed", str(seed)])


def about(made: Posterior) -> dict[str, Any]:
    """What was found, as plain data."""
    setting = made.setting
    return {
        "about": {
            "title": setting.declaration.title,
            "scenario": setting.base.name,
            "scenario_hash": setting.base.hash,
            "declaration_hash": setting.declaration.hash,
            "record_hash": setting.fingerprint,
            "until": setting.until,
            "vintage": setting.vintage,
            "command": made.command,
            "plan": asdict(made.plan),
        },
        "log_evidence": made.log_evidence,
        "log_evidence_error": made.log_evidence_error,
        "effective_size": made.effective_size,
        "happened": setting.happened,
        **{
            name: json.loads(getattr(made, name).to_json(orient="records"))
            for name in ("headline", "verdict", "numbers", "parts", "record", "left_out", "steps")
        },
    }


def _contents(made: Posterior) -> dict[str, bytes]:
    """The files of a result, by name."""
    tables = {"numbers": made.numbers, "verdict": made.verdict, "record": made.record, "steps": made.steps}
    tables["forecasts"] = made.forecasts()
    return {
        "posterior.json": (json.dumps(about(made), indent=1) + "\n").encode(),
        "posterior.toml": made.scenario_text(min(200, len(made.state.particles))).encode(),
        **{f"{name}.csv": _csv(table) for name, table in tables.items()},
    }


def _csv(table: "pd.DataFrame") -> bytes:
    buffer = BytesIO()
    table.to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()
