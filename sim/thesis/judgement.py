"""What the thesis test finds, as plain data: the contract between the stages that compute it and the report that shows it.

Everything is JSON: `Judgement.model_dump_json`, `Judgement.model_validate_json`, `Judgement.model_json_schema`. Keys are names
of dimensions (`munitions`), dates of judgement (`2024-12`), limits (`supply`) and addresses (`china.goodwill`). An effect is
always *without Beijing less with it*: positive where Beijing holds the outcome down. After `about` and `hypotheses` come the
fields of the questions, in their order.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import create_model

from sim.reporting.lazy import ByName
from sim.reporting.tables import Rows, frame
from sim.thesis import report
from sim.thesis.answer import paragraph
from sim.thesis.question import Findings
from sim.thesis.questions import QUESTIONS

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.plots.style import Picture


class Judged(Findings):
    """Findings that draw, lay out and write themselves."""

    @property
    def figures(self) -> "ByName[Picture]":
        """The figures of the report by name, each drawn when it is first asked for: ``judgement.figures["cap"]``."""
        return report.figures(self)

    @property
    def tables(self) -> "ByName[DataFrame]":
        """The sections as tables, by the names of their fields: ``judgement.tables["verdicts"]``.

        Columns have the names of the fields in the JSON. An interval takes three, its estimate and its ends as ``_low`` and
        ``_high``.
        """
        makers = {"hypotheses": hypotheses} | {name: rows for each in QUESTIONS for name, rows in each.tables.items()}
        return ByName("table", {name: partial(_frame, rows, self) for name, rows in makers.items()})

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
        return report.write(self, folder, kinds)

    def _sentences(self) -> list[str]:
        return [" ".join(self.answer[0].sentences) if self.answer else paragraph(self)]


def hypotheses(found: Findings) -> Rows:
    """Rows of the hypotheses, a row for each word of each; ``about`` is the dimension, or whatever it is about."""
    return (
        {"name": each.name, "says": each.says, "refuted_by": each.refuted_by, "about": about, "word": word}
        for each in found.hypotheses
        for about, word in each.words.items()
    )


def _frame(rows: Callable[[Findings], Rows], found: Findings) -> "DataFrame":
    return frame(rows(found))


if TYPE_CHECKING:
    Judgement = Judged
else:
    _FIELDS: dict[str, Any] = {
        name: (field.annotation, field) for each in QUESTIONS for name, field in each.part.model_fields.items()
    }
    Judgement = create_model(
        "Judgement", __base__=Judged, __module__=__name__, __doc__="Everything that the thesis test found.", **_FIELDS
    )
