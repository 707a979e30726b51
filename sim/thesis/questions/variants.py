"""Does it depend on how the model is written? The verdict under every way of writing it, side by side."""

from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from sim.experiments.arms import Tick, arms, ensemble
from sim.numerals import share
from sim.plots.thesis_limits import variant_figure
from sim.reporting.document import Badge, Block, Cell, Figure, Items, Section, Table, Text
from sim.reporting.records import Record, row
from sim.reporting.tables import Rows
from sim.reporting.words import counted, interval, percent
from sim.scenario.scenario import Scenario
from sim.thesis.estimates import absolute_of, not_computed, point_effect, relative_of, span, title, until
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.sampling import BOTH, Arrays, common_of, points, punishing_rules
from sim.thesis.statistics.effects import paired_effect, verdict
from sim.thesis.statistics.worlds import classes
from sim.thesis.terms import Dimension, JudgedDimension, MeanEffect, word_of


@dataclass(frozen=True)
class Form:
    """One way of writing the model."""

    bargaining: str
    learning: str
    response: str


def own_form(problem: Problem) -> Form:
    """How the scenario itself is written. Where its rules of punishment differ, their responses are joined with +."""
    base = problem.base
    responses = dict.fromkeys(base.rules[name].response for name in punishing_rules(problem))
    return Form(base.variants.bargaining, base.variants.learning, "+".join(responses))


def forms(problem: Problem) -> list[Form]:
    """The scenario's own way first, then others: all combinations, or one change at a time."""
    own, declared = own_form(problem), problem.declaration.variants
    responses = declared.response if punishing_rules(problem) else ()
    if problem.budget.crossed:
        every = product(
            dict.fromkeys((own.bargaining, *declared.bargaining)),
            dict.fromkeys((own.learning, *declared.learning)),
            dict.fromkeys((own.response, *responses)),
        )
        return list(dict.fromkeys([own, *(Form(*each) for each in every)]))
    single = [Form(name, own.learning, own.response) for name in declared.bargaining]
    single += [Form(own.bargaining, name, own.response) for name in declared.learning]
    single += [Form(own.bargaining, own.learning, name) for name in responses]
    return list(dict.fromkeys([own, *single]))


def written(problem: Problem, form: Form) -> Scenario:
    """Write the scenario in another way."""
    changes: dict[str, Any] = {"variants.bargaining": form.bargaining, "variants.learning": form.learning}
    if form.response != own_form(problem).response:
        changes |= {f"rules.{name}.response": form.response for name in punishing_rules(problem)}
    return problem.base.set(changes)


def simulate(problem: Problem, tick: Tick) -> Arrays:
    """Both arms in the same worlds under every form: `on` and `off` (form, date, outcome, world, run)."""
    seed, worlds, runs = problem.declaration.seeds.confirmation, problem.budget.variant_worlds, problem.budget.runs_per_world
    values = {address: value[:, None] for address, value in problem.worlds(points(problem, worlds, 1, seed)).items()}
    made = forms(problem)
    found = np.empty((len(made), len(problem.at), len(problem.outcomes), 2, worlds, runs))
    for place, form in enumerate(made):
        found[place] = ensemble(
            written(problem, form),
            (2, worlds, runs),
            keys=np.arange(worlds * runs).reshape(worlds, runs),
            values=values,
            knockouts=arms(*BOTH, axes=2),
            tick=tick,
            **common_of(problem, problem.outcomes),
        ).outcomes
    return {"on": found[:, :, :, 0], "off": found[:, :, :, 1]}


class VariantCell(MeanEffect):
    """One dimension under one way of writing the model, at the headline date."""

    holds: float
    """Share of worlds classed `holds`."""


class Variant(Record):
    """The verdict under one way of writing the model."""

    bargaining: str
    learning: str
    response: str
    base: bool
    """Whether it is that of the base scenario."""
    cells: dict[Dimension, VariantCell]


class Variants(Record):
    """Does it depend on how the model is written? Side by side, never averaged."""

    worlds: int
    rows: list[Variant]
    worst: dict[Dimension, int]
    """Position in `rows` of the smallest effect."""


class Part(Record):
    """What a judgement holds of it."""

    variants: Variants


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find the verdict of each way of writing the model."""
    return Part(variants=_variants(problem, done["variants"]))


def _variants(problem: Problem, arrays: Arrays) -> Variants:
    """The verdict of each way of writing the model, from outcomes of shape (form, date, dimension, world, run)."""
    on, off = (arrays[arm][:, problem.last] for arm in ("on", "off"))
    # Worlds are the sample: the runs of one are averaged.
    found = paired_effect(off.mean(axis=-1), on.mean(axis=-1), problem.delta_abs)
    words = verdict(found, problem.delta, problem.delta_abs)
    delta, delta_abs = problem.delta[:, None], problem.delta_abs[:, None]
    holds = (classes(off, on, delta, delta_abs, delta_abs) == "holds").mean(axis=-1)
    rows = [
        Variant(
            bargaining=form.bargaining,
            learning=form.learning,
            response=form.response,
            base=row == 0,
            cells={
                dimension: VariantCell(
                    word=word_of(words, row, place),
                    absolute=absolute_of(found, row, place),
                    relative=relative_of(found, row, place),
                    holds=float(holds[row, place]),
                )
                for place, dimension in enumerate(problem.dimensions)
            },
        )
        for row, form in enumerate(forms(problem))
    ]
    return Variants(
        worlds=on.shape[2],
        rows=rows,
        worst={dimension: int(found.absolute[:, place].argmin()) for place, dimension in enumerate(problem.dimensions)},
    )


def rows(findings: Findings) -> Rows:
    """Rows of the ways of writing the model, a row for each and dimension."""
    for each in findings.variants.rows:
        head = each.model_dump(include={"bargaining", "learning", "response", "base"})
        yield from ({**head, "dimension": name, **row(cell)} for name, cell in each.cells.items())


def chapter(judgement: Findings) -> Section:
    """The verdict under every way of writing the model, side by side, the worst named."""
    heading = "Does it depend on how the model is written?"
    forms_found = judgement.variants.rows
    if not forms_found:
        return not_computed("variants", heading)
    shown = [dimension for dimension in judgement.about.dimensions if any(dimension.name in row.cells for row in forms_found)]
    effects = {
        title(dimension.name): [
            (_variant(row), span(row.cells[dimension.name].relative), row.cells[dimension.name].word, row.base)
            for row in forms_found
            if dimension.name in row.cells
        ]
        for dimension in shown
    }
    table = tuple(
        (
            f"{_variant(row)}{' **(base)**' if row.base else ''}",
            *(_cell(row.cells.get(dimension.name), dimension) for dimension in shown),
        )
        for row in forms_found
    )
    worst = [_worst(judgement, dimension) for dimension in shown]
    blocks: list[Block] = [
        Text(
            "How the partners bargain, how they learn, and how Beijing responds can each be written in several ways, and "
            f"nothing says which is right. So the verdict is given for each, over {counted(judgement.variants.worlds, 'world')} "
            "of the box, and never averaged: a claim is as good as it is under the way of writing that suits it least."
        ),
        Figure(
            "variants",
            partial(variant_figure, effects, {title(dimension.name): dimension.delta for dimension in shown}),
            f"Mean effect over the worlds by {until(judgement)}, a point for each way of writing the model; the smallest is "
            "named.",
            "Effects by way of writing the model; the list below says the same.",
        ),
        Items(tuple(worst)),
        Table(
            "Verdict of the mean effect over the worlds: how much lower the outcome is with Beijing, or *more* where it is "
            "higher. In brackets: the share of worlds in which the claim holds.",
            ("bargaining, learning, response", *(title(dimension.name) for dimension in shown)),
            table,
            "l" * (1 + len(shown)),
        ),
    ]
    return Section("variants", heading, tuple(blocks))


def _variant(row: Variant) -> str:
    return f"{row.bargaining}, {row.learning}, {row.response}".replace("_", " ")


def _cell(cell: VariantCell | None, dimension: JudgedDimension) -> Cell:
    if cell is None:
        return ""
    return Badge(cell.word, f"{point_effect(cell, dimension)} ({share(cell.holds)})")


def _worst(judgement: Findings, dimension: JudgedDimension) -> str:
    rows = judgement.variants.rows
    words = [row.cells[dimension.name].word for row in rows if dimension.name in row.cells]
    text = f"**{title(dimension.name)}**: holds under {words.count('holds')} of {counted(len(words), 'way')} of writing the model"
    place = judgement.variants.worst.get(dimension.name)
    if place is None or place >= len(rows) or dimension.name not in rows[place].cells:
        return f"{text}."
    cell = rows[place].cells[dimension.name]
    found = interval(cell.absolute, unit=dimension.unit) if cell.relative is None else percent(cell.relative)
    return f"{text}; the worst for it is {_variant(rows[place])}, with an effect of {found} (*{cell.word}*)."


QUESTION = Question(
    part=Part,
    find=find,
    stages=lambda problem: {"variants": simulate},
    simulated={"variants": "worlds under each way of writing the model"},
    chapter=chapter,
    tables={"variants": rows},
)
