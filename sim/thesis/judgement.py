"""What the thesis test finds, as plain data: the contract between the stages that compute it and the report that shows it.

Everything is JSON: `Judgement.model_dump_json`, `Judgement.model_validate_json`, `Judgement.model_json_schema`. Keys are names
of dimensions (`munitions`), dates of judgement (`2024-12`), limits (`supply`) and addresses (`china.tolerance`). An effect is
always *without Beijing less with it*: positive where Beijing holds the outcome down.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.reporting.lazy import ByName
from sim.reporting.records import Interval, Record
from sim.thesis.judgement_base import (
    Attribution,
    BudgetName,
    Channels,
    Date,
    Delay,
    Dimension,
    Kind,
    Need,
    PartWord,
    Punishment,
    Verdict,
    Word,
)
from sim.thesis.judgement_worlds import (
    Ceiling,
    Diagnosis,
    Disagreement,
    Failing,
    Matched,
    NaiveObserver,
    Rival,
    Sample,
    Tolerance,
    Variants,
)
from sim.thesis.tables import tables
from sim.thesis.told import Told

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.plots.style import Picture


class JudgementDate(Record):
    """A date of judgement. Outcomes count from the start of the scenario to it."""

    date: Date
    month: int
    """Months from the start, that month included."""


class JudgedDimension(Record):
    """A dimension that is judged apart, with its smallest effects of interest."""

    name: Dimension
    outcome: str
    """Name of the outcome of a run that stands for it."""
    meaning: str
    unit: str
    delta: float
    """Smallest relative effect of interest, a share of the outcome without Beijing."""
    delta_abs: float
    """Smallest absolute effect of interest, in the unit of the outcome."""


class Side(Record):
    """One side of the declared box: a parameter that varies."""

    address: str
    low: float
    high: float
    measure: Literal["linear", "log"]
    unit: str
    source: str


class About(Record):
    """What was judged, by which declaration, and with what."""

    scenario: str
    """Name of the base scenario."""
    title: str
    scenario_hash: str
    start: str
    months: int
    declaration: str
    """Name of the declaration."""
    declaration_hash: str
    budget: BudgetName
    command: str
    """Command that gives this judgement again."""
    seeds: dict[Literal["exploration", "confirmation"], int]
    dates: list[JudgementDate]
    headline: Date
    """Date to which sections refer that show one date only."""
    dimensions: list[JudgedDimension]
    box: list[Side]
    """The declared box; it holds every number that varies from world to world."""
    left_out: list[str]
    """Addresses with a plausible range that the declaration keeps at their value."""
    runs: dict[str, int]
    """Runs simulated for each stage."""
    versions: dict[str, str]


class Experiment(Record):
    """One outcome as a number that stands for a claim moves from low to high, all else at the base, to the last date."""

    address: str
    outcome: str
    unit: str
    low: float
    """Mean at the low end of the number."""
    high: float
    change: Interval
    """High less low."""


class Claim(Record):
    """One claim of the article, and what was found."""

    number: int
    kind: str
    bearing: str
    claim: str
    found: str
    """What was found, in words."""
    word: Word | None
    """For a claim that a verdict bears on; a premise has none."""
    experiments: list[Experiment]


class Hypothesis(Record):
    """A declared hypothesis, and its verdict at the headline date."""

    name: str
    says: str
    refuted_by: str
    test: str
    words: dict[str, PartWord]
    """By dimension, or by whatever it is about; `not applicable` where it is a part of a claim that fails there."""


class Judgement(Told, Record):
    """Everything that the thesis test found."""

    about: About
    hypotheses: list[Hypothesis]
    verdicts: dict[Dimension, dict[Date, Verdict]]
    channels: dict[Dimension, dict[Date, Channels]]
    punishment: dict[Date, Punishment]
    tolerance: Tolerance
    ceiling: Ceiling
    delay: dict[Date, Delay]
    attribution: dict[Kind, dict[Dimension, dict[Date, Attribution]]]
    """`complete`: limits removed. `relaxed`: each moved from the tight to the loose end of its evidence."""
    needs: list[Need]
    """By loss, largest first."""
    worlds: list[Sample]
    fails: dict[Dimension, Failing]
    matched: Matched | None
    """Null where no matched scenario was declared or given."""
    variants: Variants
    rivals: list[Rival]
    diagnosis: dict[Dimension, Diagnosis]
    naive: NaiveObserver
    disagreements: list[Disagreement]
    claims: list[Claim]

    @property
    def figures(self) -> "ByName[Picture]":
        """The figures of the report by name, each drawn when it is first asked for: ``judgement.figures["cap"]``."""
        from sim.thesis.report import figures

        return figures(self)

    @property
    def tables(self) -> "ByName[DataFrame]":
        """The sections as tables, by the names of their fields: ``judgement.tables["verdicts"]``.

        Columns have the names of the fields in the JSON. An interval takes three, its estimate and its ends as ``_low`` and
        ``_high``.
        """
        return tables(self)

    def write(self, folder: Path | str, kinds: Sequence[Literal["svg", "png"]] = ("svg",)) -> list[Path]:
        """Write the report into a folder: ``report.html``, ``report.md``, ``report.json``, and the figures.

        Parameters
        ----------
        folder : path
            Made if need be.
        kinds : sequence of {"svg", "png"}
            Formats of the figures beside the page; the Markdown shows the first.

        Returns
        -------
        list of Path
            The files written.
        """
        from sim.thesis.report import write

        return write(self, folder, kinds)

    def _told(self) -> list[str]:
        from sim.thesis.chapters.answer import paragraph

        return [paragraph(self)]
