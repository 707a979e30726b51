"""A scenario explored: everything that the page shows, and the page itself as one file."""

from dataclasses import dataclass
from pathlib import Path

from sim.explorer.grid import Findings
from sim.explorer.page import page
from sim.paths import user_path
from sim.runs.run_directory import claimed
from sim.whole_files import reasons, write_whole


@dataclass(frozen=True, repr=False)
class Explored(Findings):
    """A scenario at every combination of a few numbers, as a page that opens by a double click and needs nothing else."""

    def __repr__(self) -> str:
        """Say what was explored."""
        numbers = ", ".join(slider.address for slider in self.sliders)
        return f"Explored '{self.scenario.label}' at {len(self.grid.words):,} settings of {numbers}"

    @property
    def html(self) -> str:
        """The page."""
        return page(self)

    def write(self, out: str | Path) -> Path:
        """Write the page, in full or not at all.

        Raises
        ------
        UserError
            If there is something at this place, another process writes there, or it cannot be written.
        """
        path = user_path(out)
        with claimed([path]), reasons(path):
            write_whole(path, self.html.encode("utf-8"))
        return path
