"""The answer to a what-if: what changes on each good, with its interval, and why."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.plots.style import save
from sim.plots.what_if import what_if_figure
from sim.reporting.html import inline
from sim.reporting.records import row
from sim.reporting.tables import as_json, as_text, frame
from sim.runs.run_directory import whole_directory
from sim.runs.sums import write_sums
from sim.thesis.estimates import title
from sim.whatif import words
from sim.whatif.found import Findings
from sim.whole_files import write_whole

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.plots.style import Picture


@dataclass(frozen=True, repr=False)
class Answer(Findings):
    """What an act changes. It shows itself in a few lines, in a notebook as a table.

    Attributes
    ----------
    act : Act
        What is done.
    scenario, changed : Scenario
        The world without the act, and with it: ``answer.changed.save("mine.toml")`` keeps it.
    runs, months, seed : int
        Pairs of runs, months of each, and the seed of their draws.
    goods : list of GoodChange
        The effect on each good by the act's last month, and by the last month run.
    bound : list of Bound
        Which limits bound each good while the act was in force, without it and with it.
    force : Force
        How often and how far the act was in force, and what leaked.
    flows, rules, beside : list of Change
        What took the place of what was withheld, how the levels of other rules moved, and what else the act can be seen in.
    by_month : dict of Effect
        The effect on each good to each month, by name of the good, each field of shape (months,).
    """

    def summary(self) -> str:
        """The answer in a few plain lines."""
        return words.text(self, as_text(words.rows(self)))

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        lines = words.rows(self)
        head = "".join(f"<th>{inline(name)}</th>" for name in lines[0])
        body = "".join(f"<tr>{''.join(f'<td>{inline(cell)}</td>' for cell in line.values())}</tr>" for line in lines)
        told = "".join(f"<p>{inline(each)}</p>" for each in words.sentences(self))
        return f"<p><strong>{inline(str(self.act))}</strong></p><table><tr>{head}</tr>{body}</table>{told}"

    @property
    def table(self) -> "DataFrame":
        """The effect per good and date: what is without the act and with it, the paired difference and its 95% interval."""
        return frame(map(row, self.goods))

    def figure(self) -> "Picture":
        """Draw by how much each good differs, month by month, with the months of the act shaded."""
        panels = {title(each.good): (self.by_month[each.good], each.unit) for each in self.goods}
        return what_if_figure(panels, self.scenario.start, self.act.months(self.scenario.start), str(self.act))

    def to_dict(self) -> dict[str, Any]:
        """All that was found as plain data; the effect by month is left out."""
        return {
            "act": str(self.act),
            "scenario": {"name": self.scenario.name, "hash": self.scenario.hash},
            "changed": {"hash": self.changed.hash},
            "runs": self.runs,
            "months": self.months,
            "seed": self.seed,
            "in_force": self.force.model_dump(),
            **{
                name: [each.model_dump() for each in getattr(self, name)]
                for name in ("goods", "bound", "flows", "rules", "beside")
            },
            "said": words.sentences(self),
        }

    def write(self, folder: Path | str, *, figure: bool = True) -> Path:
        """Write ``answer.json``, ``effects.csv`` and ``effects.png`` into a new folder.

        Raises
        ------
        UserError
            If the folder exists, or cannot be written.
        """
        with whole_directory(folder) as part:
            write_whole(part / "answer.json", as_json(self.to_dict()).encode())
            write_whole(part / "effects.csv", self.table.to_csv(index=False).encode())
            if figure:
                save(self.figure(), part / "effects")
            write_sums(part, "what-if", sorted(path.name for path in part.iterdir()))
        return Path(folder)
