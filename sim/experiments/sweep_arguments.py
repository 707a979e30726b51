"""The arguments of a sweep, wherever they come from, and the plan that they make: nothing is run here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import UserError, suggest
from sim.experiments.design import Design, check_points, product, written
from sim.experiments.design_tables import from_table
from sim.experiments.levers import Structure, numeric_levers, structures
from sim.experiments.plan import Measures, Plan
from sim.experiments.samplers import Levels, make_design
from sim.experiments.scenario_ranges import Uncertainties, ranges_of
from sim.mechanisms.quantities import OUTCOMES, QUANTITY
from sim.runs.arguments import name_list, whole_number
from sim.runs.chunks import MOST_RUNS
from sim.runs.datasets import month_number, months_from
from sim.scenario.possible import check_values
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class SweepArguments:
    """What a call, a sweep file or the command line asks of a sweep. `sim.experiments.sweeps.sweep` says what each means."""

    scenario: Scenario | str | Path
    uncertainties: Uncertainties | None = None
    levers: Mapping[str, Sequence[Any]] | None = None
    design: "str | Design | pd.DataFrame | Path" = "latin_hypercube"
    points: int | None = None
    levels: Levels | None = None
    runs: int = 1
    seed: int = 0
    months: int | None = None
    at: Sequence[int | str] | None = None
    record: Sequence[str] = ()
    measures: Measures | None = None
    own_shocks: bool = False

    def plan(self) -> Plan:
        """Decide every run of the sweep.

        Raises
        ------
        UserError
            If an argument makes no sense, or there would be too many runs.
        """
        base = Scenario.load(self.scenario)
        self._check_kinds()
        design, levers = self.build_design(base), self.levers or {}
        made = structures(base, levers)
        first = made[0].scenario
        if self.months is None and len({each.scenario.months for each in made}) > 1:
            raise UserError("the scenarios have different lengths; say how many months to run", "months")
        richest = max((each.scenario for each in made), key=lambda each: len(each.parameters))  # a lever may drop a rule
        numeric = numeric_levers(richest, levers)
        check_values(richest, numeric)
        for name in numeric:
            if design is not None and name in design.columns:
                raise UserError("is both a lever and an uncertainty; leave one of them away", name)
        plan = Plan(
            structures=tuple(made),
            design=design,
            numeric=numeric,
            runs=whole_number(self.runs, "runs", 1),
            months=first.months if self.months is None else whole_number(self.months, "months", 1),
            seed=whole_number(self.seed, "seed", 0),
            at=tuple(sorted({_month(when, first.start) for when in self.at or ()})),
            record=tuple(dict.fromkeys(name_list(self.record, "record", "names of quantities"))),
            measures=self.measures,
            own_shocks=self.own_shocks,
        )
        _check_size(plan)
        _check_columns(plan)
        for structure in made:
            _check_addresses(structure, [*(design.columns if design else ()), *numeric])
        return plan

    def build_design(self, base: Scenario) -> Design | None:
        """Build the design, from ranges or from the points themselves; None where nothing but levers varies.

        Raises
        ------
        UserError
            If the numbers of points or levels do not fit the kind, or the points cannot be used.
        """
        given = [name for name in ("points", "levels") if getattr(self, name) is not None]
        if not isinstance(self.design, str) or self.design.lower().endswith((".csv", ".parquet")):
            for name in (*given, *(["uncertainties"] if self.uncertainties is not None else [])):
                raise UserError(f"the points are given by the design; leave {name} away", name)
            design = self.design if isinstance(self.design, Design) else from_table(self.design)
            check_values(base, design.columns)
            return design
        if self.uncertainties is None:
            if not self.levers:
                remedy = "name parameters, such as uncertainties=['china.*'] (--vary 'china.*'), or levers"
                raise UserError(f"nothing varies; {remedy}", "sweep")
            for name in given:
                raise UserError(f"nothing but levers varies; leave {name} away, or name parameters", name)
            return None
        ranges = ranges_of(base, self.uncertainties)
        centre = {each.address: base.parameters[each.address].value for each in ranges}
        return make_design(self.design, ranges, points=self.points, seed=self.seed, centre=centre, levels=self.levels)

    def _check_kinds(self) -> None:
        """Refuse what is of a wrong kind and is looked into by nothing else."""
        if self.at is not None and (isinstance(self.at, str) or not isinstance(self.at, Iterable)):
            raise UserError(f"needs a list of months, not {self.at!r}", "at")
        levers, measures = self.levers, self.measures
        if levers is not None and not (isinstance(levers, Mapping) and all(isinstance(name, str) for name in levers)):
            raise UserError(f"needs options by name, such as {{'without': ['', 'beijing']}}, not {levers!r}", "levers")
        if measures is not None and (isinstance(measures, type) or not isinstance(measures, Measures)):
            text = "needs an object that can be called and has columns, needs and about (sim.experiments.plan.Measures)"
            raise UserError(f"{text}, not {measures!r}", "measures")
        if not isinstance(self.own_shocks, bool):
            raise UserError(f"must be True or False, not {self.own_shocks!r}", "own_shocks")


def _month(when: int | str, start: str) -> int:
    try:
        if isinstance(when, bool) or not isinstance(when, int | str | np.integer):
            raise ValueError
        return month_number(when if isinstance(when, str) else int(when), start)
    except ValueError:
        raise UserError(f"'{when}' is no month; write YYYY-MM, or its number from 1 on", "at") from None


def _check_size(plan: Plan) -> None:
    """Refuse more runs than a sweep may have, and more points than fit in memory."""
    sizes = product([size for size in plan.shape if size > 1] or [1])
    if plan.rows > MOST_RUNS:
        text = f"{sizes} points × {plan.runs:,} runs = {written(plan.rows)} runs; a sweep has at most {written(MOST_RUNS)}"
        raise UserError(f"{text}; take fewer points, options of levers or runs", "sweep")
    inputs = len(plan.structures[0].labels) + len(plan.numeric) + (len(plan.design.columns) if plan.design else 0)
    check_points(plan.points, inputs, "points crossed with levers", sizes)


def _check_columns(plan: Plan) -> None:
    """Refuse months beyond the horizon, unknown quantities, and measures whose names are taken."""
    months_from(plan.start, plan.months)
    for month in plan.at:
        if not 1 <= month <= plan.months:
            raise UserError(f"month {month} is not one of the {plan.months} months from {plan.start}", "at")
    for name in (*plan.record, *(plan.measures.needs if plan.measures else ())):
        if name not in QUANTITY:
            raise UserError(f"there is no quantity '{name}'; {suggest(name, QUANTITY)}", "record")
    outcomes = {outcome.name for outcome in OUTCOMES}
    for name in () if plan.measures is None else plan.measures.columns:
        if name in {"point", "run", "error", *plan.columns} or name.partition("@")[0] in outcomes:
            raise UserError(f"a column of that name is there already: {name}", "measures")


def _check_addresses(structure: Structure, addresses: Sequence[str]) -> None:
    """Refuse parameters that a scenario does not have, but for those of a rule that a lever has dropped from it."""
    known = structure.scenario.parameters
    dropped = [f"{name}." for name, label in structure.labels.items() if label is False]
    for address in addresses:
        if address not in known and not any(address.startswith(rule) for rule in dropped):
            text = f"there is no parameter '{address}' in the scenario '{structure.scenario.name}'"
            raise UserError(f"{text}; {suggest(address, known)}", "sweep")
