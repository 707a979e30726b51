"""Options that several groups of commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.paths import user_path


def at_home(path: Path | None) -> Path | None:
    """Take a ``~`` at the start of an option's path for the home folder, where the shell has not: after ``--out=``."""
    return None if path is None else user_path(path)


TextFormat = Annotated[Literal["text", "json"], typer.Option("--format", help="How to print.")]
Processes = Annotated[int | None, typer.Option("--processes", help="Number of processes; decided by the work by default.")]
Figures = Annotated[bool, typer.Option("--figures/--no-figures", help="Whether to draw figures.")]
