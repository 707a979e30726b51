"""Options that several groups of commands share."""

import os
import shlex
import shutil
import sys
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


def typed(*words: object) -> str:
    """Write a command that does what it says when it is pasted: the program as the user has called it, and words quoted."""
    program = sys.argv[0]
    uv = "UV_RUN_RECURSION_DEPTH" in os.environ
    if program.endswith(".py"):
        start = ["uv", "run", program] if uv else [sys.orig_argv[0], program]
    else:
        name = Path(program).name
        start = ["uv", "run", name] if uv else [name if shutil.which(name) else program]
    return shlex.join([*start, *map(str, words)])
