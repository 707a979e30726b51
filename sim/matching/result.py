"""What history matching gives back: its findings as tables and figures, and a scenario that draws from the worlds left."""

from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from sim.matching import tables
from sim.matching.found import Matching
from sim.matching.report import summary
from sim.matching.setting import Setting
from sim.reporting.lazy import ByName
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from sim.plots.style import Picture


@dataclass(frozen=True, repr=False)
class Match:
    """What history matching leaves. Columns of its tables have the names that the fields have in the JSON.

    An interval takes three columns, its estimate and its ends as ``_low`` and ``_high``; three quantiles are ``q05``, ``q50`` and
    ``q95``.

    Attributes
    ----------
    found : Matching
        All findings, as plain data.
    scenario : Scenario
        The matched scenario: it draws its parameters jointly from worlds that are left.
    worlds : pandas.DataFrame
        Every world that is left, of all waves.
    implausibility : pandas.DataFrame
        Implausibilities of every world of all waves, by group.
    setting : Setting
        What was compared.
    directory : Path or None
        Where the files are.
    """

    found: Matching
    scenario: Scenario
    worlds: "pd.DataFrame"
    implausibility: "pd.DataFrame"
    setting: Setting
    directory: Path | None

    @cached_property
    def figures(self) -> "ByName[Picture]":
        """The figures of the report by name, each drawn when it is first asked for: ``match.figures["ranges"]``.

        ``waves``, ``record``, ``ranges``, ``profiles``, ``pairs`` and ``scores``; what was not found is left out. For ``record``
        the matched scenario and the whole box are run.
        """
        from sim.matching.figures import figures

        return figures(self)

    @property
    def waves(self) -> "pd.DataFrame":
        """Waves of worlds: how many are left, and quantiles of their implausibility."""
        return tables.waves(self.found)

    @property
    def groups(self) -> "pd.DataFrame":
        """Groups of figures: what each rules out by itself, and what is left without it; the one that rules out most first."""
        return tables.groups(self.found)

    @property
    def series(self) -> "pd.DataFrame":
        """The same for each series, where the rest of its group stays."""
        return tables.series(self.found)

    @property
    def record(self) -> "pd.DataFrame":
        """Figures of the record beside the means of worlds, in the whole box and among those that are left."""
        return tables.record(self.found)

    @property
    def parameters(self) -> "pd.DataFrame":
        """Parameters: the declared range, what is left of it, and whether the record tells more of it than chance would."""
        return tables.parameters(self.found)

    @property
    def profiles(self) -> "pd.DataFrame":
        """Slices of those parameters of which the record tells most: lowest implausibility, and share not ruled out."""
        return tables.profiles(self.found)

    @property
    def pairs(self) -> "pd.DataFrame":
        """Pairs of parameters that trade off."""
        return tables.pairs(self.found)

    @property
    def explained(self) -> "pd.DataFrame":
        """Explanations: in which share of worlds each holds the outcome down, before and after."""
        return tables.explained(self.found)

    @property
    def contests(self) -> "pd.DataFrame":
        """Pairs of explanations: shares of worlds with both, either or neither, and whether the record tells them apart."""
        return tables.contests(self.found)

    @property
    def scores(self) -> "pd.DataFrame":
        """Series that came after the fit: how well they were forecast by what is left, the whole box and two naive ways."""
        return tables.scores(self.found)

    def summary(self) -> str:
        """Tell in a few sentences what was found, as a notebook shows it."""
        return "\n".join([self._title(), *summary(self.found)])

    def _title(self) -> str:
        about = self.found.about
        return f"{about.title}, matched to {about.until}: {self.found.left:,} worlds left."

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        told = "".join(f"<li>{escape(line)}</li>" for line in summary(self.found))
        return f"<p><strong>{escape(self._title())}</strong></p><ul>{told}</ul>"
