"""From the arrays of the stages that change how the model is written to sections of a judgement."""

import numpy as np

from sim.reporting.intervals import mean
from sim.scenario.scenario import Scenario
from sim.thesis.findings import absolute, judged, leading, of, relative
from sim.thesis.judgement_worlds import Difference, Disagreement, Rival, Variant, VariantCell, Variants
from sim.thesis.problem import Setting
from sim.thesis.stages import Arrays
from sim.thesis.stages_structure import Gap, disagreement_plan, forms
from sim.thesis.statistics.attribution import attribute
from sim.thesis.statistics.effects import paired_effect, threat_and_deed, verdict
from sim.thesis.statistics.worlds import classes
from sim.thesis.terms import word_of


def variants(setting: Setting, arrays: Arrays) -> Variants:
    """The verdict of each way of writing the model, from outcomes of shape (form, date, dimension, world, run)."""
    on, off = (arrays[arm][:, setting.last] for arm in ("on", "off"))
    # Worlds are the sample: the runs of one are averaged.
    found = paired_effect(off.mean(axis=-1), on.mean(axis=-1), setting.delta_abs)
    words = verdict(found, setting.delta, setting.delta_abs)
    delta, delta_abs = setting.delta[:, None], setting.delta_abs[:, None]
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
                    absolute=absolute(found, row, place),
                    relative=relative(found, row, place),
                    holds=float(holds[row, place]),
                )
                for place, dimension in enumerate(setting.dimensions)
            },
        )
        for row, form in enumerate(forms(setting))
    ]
    return Variants(
        worlds=on.shape[2],
        rows=rows,
        worst={dimension: int(found.absolute[:, place].argmin()) for place, dimension in enumerate(setting.dimensions)},
    )


def rivals(setting: Setting, arrays: Arrays) -> list[Rival]:
    """The verdicts of the rival schools, from outcomes of shape (school, date, outcome, arm, run)."""
    found = []
    count = len(setting.dimensions)
    for scenario, arms in zip(setting.rivals, arrays["arms"][:, setting.last], strict=True):
        full, off, no_threat, no_action = np.moveaxis(arms[:count], 1, 0)
        make = judged(setting, full, off)
        effects = threat_and_deed(full, no_threat, no_action, off, setting.delta_abs)
        ahead = mean((no_threat - full) - (no_action - full))
        found.append(
            Rival(
                scenario=scenario.name,
                title=scenario.title,
                question=" ".join(scenario.question.split()),
                verdicts={dimension: make((place,)) for place, dimension in enumerate(setting.dimensions)},
                leading={dimension: leading(effects, ahead, (place,)) for place, dimension in enumerate(setting.dimensions)},
                months_punished=of(mean(arms[count, 0])),
            )
        )
    return found


def disagreement(setting: Setting, first: Scenario, second: Scenario, found: Gap, arrays: Arrays) -> Disagreement:
    """What each difference explains, from outcomes of shape (set, date, dimension, run)."""
    made = disagreement_plan(setting, found)
    on, off = (arrays[arm][:, setting.last] for arm in ("on", "off"))
    told = attribute(made, off - on)
    ends = [paired_effect(off[end], on[end], setting.delta_abs) for end in (0, -1)]
    words = [verdict(each, setting.delta, setting.delta_abs) for each in ends]
    gaps = mean(told.shortfall)
    # Parts of the gap are compared across dimensions in smallest effects of interest.
    smallest = np.where(setting.delta_abs > 0, setting.delta_abs, 1.0)
    order = np.argsort(-(np.abs(told.value.value) / smallest).max(axis=1), kind="stable").tolist()
    dimensions = list(enumerate(setting.dimensions))
    return Disagreement(
        first=first.name,
        second=second.name,
        units=setting.units,
        effects={name: (absolute(ends[0], place), absolute(ends[1], place)) for place, name in dimensions},
        words={name: (word_of(words[0], place), word_of(words[1], place)) for place, name in dimensions},
        gap={name: of(gaps, place) for place, name in dimensions},
        differences=[
            Difference(
                name=made.limits[i],
                first=_says(first, second, made.limits[i]),
                second=_says(second, first, made.limits[i]),
                value={name: of(told.value, i, place) for place, name in dimensions},
                alone={name: of(told.last_in, i, place) for place, name in dimensions},
            )
            for i in order
        ],
        exact=made.orders is None,
        residual=told.residual,
    )


def _says(scenario: Scenario, other: Scenario, difference: str) -> str:
    """What a scenario says at a difference, in short."""
    if difference in scenario.parameters:
        return f"{scenario.parameters[difference].value:g}"
    kind, _, name = difference.partition(".")
    if kind == "variants":
        return str(getattr(scenario.variants, name))
    if kind == "knockouts":
        return ", ".join(scenario.knockouts) or "none"
    if kind == "rules":
        if name not in scenario.rules:
            return "no such rule"
        if name not in other.rules:
            return "a rule"
        mine, theirs = scenario.rules[name].model_dump(), other.rules[name].model_dump()
        return ", ".join(f"{key} {mine[key]}" for key in mine if mine[key] != theirs[key]) or "other numbers"
    alone = [
        name
        for table in ("countries", "partnerships", "lanes")
        for name in getattr(scenario, table)
        if name not in getattr(other, table)
    ]
    return ", ".join(alone) or "fewer of them"
