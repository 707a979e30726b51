"""Options that several groups of commands share."""

from typing import Annotated, Literal

import typer

TextFormat = Annotated[Literal["text", "json"], typer.Option("--format", help="How to print.")]
Processes = Annotated[int | None, typer.Option("--processes", help="Number of processes; decided by the work by default.")]
Figures = Annotated[bool, typer.Option("--figures/--no-figures", help="Whether to draw figures.")]
