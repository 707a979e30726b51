"""What would rival schools find? The same verdicts under the scenario of each."""

import numpy as np

from sim.experiments.arms import Tick, arms, ensemble
from sim.reporting.document import Badge, Block, Items, Section, Table, Text, plain
from sim.reporting.intervals import mean
from sim.reporting.records import Interval, Record, columns, row
from sim.reporting.tables import Rows
from sim.reporting.words import interval
from sim.thesis.estimates import not_computed, of, point_effect, title, until
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.questions.cap import judged
from sim.thesis.questions.threat import leading
from sim.thesis.sampling import FOUR, SEEN, Arrays, common_of
from sim.thesis.statistics.effects import threat_and_action
from sim.thesis.terms import Dimension, Leading, Verdict


def simulate(problem: Problem, tick: Tick) -> Arrays:
    """The four arms in the scenario of every rival school: `arms` (school, date, outcome, arm, run)."""
    runs, outcomes = problem.budget.rival_runs, (*problem.outcomes, *SEEN)
    found = np.empty((len(problem.rivals), len(problem.at), len(outcomes), 4, runs))
    for place, school in enumerate(problem.rivals):
        found[place] = ensemble(
            school,
            (4, runs),
            keys=np.arange(runs),
            knockouts=arms(*FOUR, axes=1),
            tick=tick,
            **common_of(problem, outcomes),
        ).outcomes
    return {"arms": found}


class Rival(Record):
    """The verdict of a rival school's scenario, at the headline date."""

    scenario: str
    title: str
    question: str
    verdicts: dict[Dimension, Verdict]
    leading: dict[Dimension, Leading]
    months_punished: Interval


class Part(Record):
    """What a judgement holds of it."""

    rivals: list[Rival]


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find the verdicts of the rival schools."""
    return Part(rivals=_rivals(problem, done["rivals"]))


def _rivals(problem: Problem, arrays: Arrays) -> list[Rival]:
    """The verdicts of the rival schools, from outcomes of shape (school, date, outcome, arm, run)."""
    found = []
    count = len(problem.dimensions)
    for scenario, outcomes in zip(problem.rivals, arrays["arms"][:, problem.last], strict=True):
        full, off, no_threat, no_action = np.moveaxis(outcomes[:count], 1, 0)
        make = judged(problem, full, off)
        effects = threat_and_action(full, no_threat, no_action, off, problem.delta_abs)
        ahead = mean((no_threat - full) - (no_action - full))
        found.append(
            Rival(
                scenario=scenario.name,
                title=scenario.title,
                question=" ".join(scenario.question.split()),
                verdicts={dimension: make((place,)) for place, dimension in enumerate(problem.dimensions)},
                leading={dimension: leading(effects, ahead, (place,)) for place, dimension in enumerate(problem.dimensions)},
                months_punished=of(mean(outcomes[count, 0])),
            )
        )
    return found


def rows(findings: Findings) -> Rows:
    """Rows of the verdicts under rival schools, a row for each and dimension."""
    for each in findings.rivals:
        head = {"scenario": each.scenario, "title": each.title}
        tail = columns("months_punished", each.months_punished)
        yield from (
            {**head, "dimension": name, **row(verdict), "leading": each.leading[name], **tail}
            for name, verdict in each.verdicts.items()
        )


def chapter(judgement: Findings) -> Section:
    """The same verdicts under the scenarios of rival schools."""
    heading = "What would rival schools find?"
    if not judgement.rivals:
        return not_computed("rivals", heading)
    shown = judgement.about.dimensions
    lines = tuple(
        (
            f"{plain(rival.title)} (`{rival.scenario}`)",
            *(
                Badge(rival.verdicts[dimension.name].word, point_effect(rival.verdicts[dimension.name], dimension))
                if dimension.name in rival.verdicts
                else ""
                for dimension in shown
            ),
            interval(rival.months_punished),
        )
        for rival in judgement.rivals
    )
    blocks: list[Block] = [
        Text(
            "Scholars disagree about what Beijing is to this tie. Each school is a scenario file, judged by the same test. "
            "Where schools differ, what explains it can be computed (`disagree`, below)."
        ),
        Items(tuple(f"**{plain(rival.title)}**: {plain(rival.question)}" for rival in judgement.rivals)),
        Table(
            f"Verdicts under each school's scenario by {until(judgement)}, and how much lower each outcome is with Beijing, or "
            "*more* where it is higher.",
            ("school", *(title(dimension.name) for dimension in shown), "months punished"),
            lines,
            "l" * (1 + len(shown)) + "r",
        ),
    ]
    return Section("rivals", heading, tuple(blocks))


QUESTION = Question(
    part=Part,
    find=find,
    stages=lambda problem: {"rivals": simulate},
    simulated={"rivals": "each school's scenario with and without Beijing"},
    chapter=chapter,
    tables={"rivals": rows},
)
