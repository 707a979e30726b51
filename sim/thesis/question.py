"""What a question of the thesis test is: what is simulated for it, how the answer is found, and how it is told.

A file of `sim.thesis.questions` holds all of one question and ends with its `QUESTION`; the list of all stands in
`sim.thesis.questions`. Whatever goes through them knows no single one of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.experiments.arms import Tick
from sim.reporting.document import Section
from sim.reporting.records import Record
from sim.reporting.summary import Summarised
from sim.reporting.tables import Rows
from sim.thesis.problem import Problem
from sim.thesis.sampling import Arrays
from sim.thesis.statistics.words import PartWord
from sim.thesis.terms import About, Hypothesis

Make = Callable[[Problem, Tick], Arrays]
Stages = Mapping[str, Arrays]  # what was simulated, by the name of the stage


class Findings(Summarised, Record):
    """All that was found: `about`, `hypotheses`, and the fields that the questions add to a judgement."""

    about: About
    hypotheses: list[Hypothesis]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def _nothing(problem: Problem) -> dict[str, Make]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of the thesis test.

    Attributes
    ----------
    part : type of Record
        The fields that it adds to a judgement.
    find : callable
        Finds them from what was simulated, and from what the questions before it found.
    stages : callable
        What is simulated for it: makers by name. The stages of other questions may be looked at as well.
    simulated : mapping
        What each stage simulates, in words.
    test, words
        Name of the test by which a hypothesis asks this question, and what gives its words, by what they are about.
    chapter : callable, optional
        Its section of the report.
    appendix : bool
        Whether its section comes last: a view that nobody holds, shown for its error.
    tables : mapping
        Its tables, as rows, by the names of the fields.
    """

    part: type[Record]
    find: Callable[[Problem, Stages, Findings], Record]
    stages: Callable[[Problem], Mapping[str, Make]] = _nothing
    simulated: Mapping[str, str] = field(default_factory=dict)
    test: str = ""
    words: Callable[[Problem, Stages, Findings], dict[str, PartWord]] | None = None
    chapter: Callable[[Findings], Section] | None = None
    appendix: bool = False
    tables: Mapping[str, Callable[[Findings], Rows]]
