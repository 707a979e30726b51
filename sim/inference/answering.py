"""The tables of a posterior as plain data: see `sim.inference.answer`."""

from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol

from sim.inference.answer import About, Answer, Believed, Forecast, Group, Month, Move, Number, SchoolWeight, Seen, Watched
from sim.inference.sampler import Plan, State
from sim.inference.setting import Setting
from sim.inference.told import RUNS, typical_history
from sim.reporting.records import Record
from sim.runs.software import versions
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

OWN_BUDGET = "your own"


class _Inferred(Protocol):
    """Of what an answer is made: a posterior."""

    @property
    def setting(self) -> Setting: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def state(self) -> State: ...
    @property
    def command(self) -> str: ...
    @property
    def effective_size(self) -> float: ...
    @property
    def log_evidence(self) -> float: ...
    @property
    def log_evidence_error(self) -> float: ...
    @property
    def headline(self) -> "pd.DataFrame": ...
    @property
    def numbers(self) -> "pd.DataFrame": ...
    @property
    def record(self) -> "pd.DataFrame": ...
    @property
    def watch(self) -> "pd.DataFrame": ...
    @property
    def months(self) -> "pd.DataFrame | None": ...
    @property
    def moves(self) -> "pd.DataFrame | None": ...
    @property
    def groups(self) -> "pd.DataFrame | None": ...
    @property
    def schools(self) -> "pd.DataFrame | None": ...
    def forecasts(self) -> "pd.DataFrame": ...
    def scenario(self, worlds: int) -> Scenario: ...


def answer_of(made: _Inferred) -> Answer:
    """Give all that a report needs; a part that was not asked for is None."""
    return Answer(
        about=_about(made),
        headline=_records(Believed, made.headline),
        numbers=_records(Number, made.numbers),
        record=_records(Seen, made.record),
        forecasts=_records(Forecast, made.forecasts().rename(columns={"to": "date"})),
        watch=_records(Watched, made.watch),
        months=_records_or_none(Month, made.months),
        moves=_records_or_none(Move, made.moves),
        groups=_records_or_none(Group, made.groups),
        schools=_records_or_none(SchoolWeight, made.schools),
        history=_history(made),
    )


def budget_name(made: _Inferred) -> str:
    """Name of the budget in the declaration."""
    named = made.setting.declaration.budgets
    return next((name for name, budget in named.items() if budget == made.setting.budget), OWN_BUDGET)


def _history(made: _Inferred) -> list[str]:
    scenario = made.scenario(min(RUNS, len(made.state.particles)))
    return typical_history(scenario, made.setting.declaration.questions.outcomes.values(), made.plan.seed)


def _about(made: _Inferred) -> About:
    setting = made.setting
    return About(
        title=setting.declaration.title,
        scenario=setting.base.name,
        scenario_hash=setting.base.hash,
        declaration=setting.declaration.name,
        declaration_hash=setting.declaration.hash,
        record_hash=setting.fingerprint,
        start=setting.base.start,
        until=setting.until,
        vintage=setting.vintage,
        budget=budget_name(made),
        seed=made.plan.seed,
        command=made.command,
        delta=setting.declaration.questions.delta,
        knockout=setting.declaration.questions.knockout,
        rows=len(setting.targets),
        particles=len(made.state.particles),
        effective_size=made.effective_size,
        log_evidence=made.log_evidence,
        log_evidence_error=made.log_evidence_error,
        versions=versions(),
    )


def _records[T: Record](kind: type[T], table: "pd.DataFrame") -> list[T]:
    """Make a record of each row; columns that it has no field for are passed over."""
    return [kind(**{name: _plain(row[name]) for name in kind.model_fields}) for row in table.to_dict("records")]


def _records_or_none[T: Record](kind: type[T], table: "pd.DataFrame | None") -> list[T] | None:
    return None if table is None else _records(kind, table)


def _plain(cell: Any) -> Any:
    """What has no bound, or cannot be told, is null."""
    return None if isinstance(cell, float) and not isfinite(cell) else cell
