"""Options that several groups of commands share."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.errors import UserError
from sim.paths import user_path

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def at_home(path: Path | None) -> Path | None:
    """Take a ``~`` at the start of an option's path for the home folder, where the shell has not: after ``--out=``."""
    return None if path is None else user_path(path)


Source = Annotated[str, typer.Argument(metavar="SCENARIO", help="A TOML file, or the name of a shipped scenario.")]
Base = Annotated[str, typer.Argument(metavar="[SCENARIO]", help="A TOML file, or the name of a shipped scenario.")]
Runs = Annotated[int, typer.Option("--runs", help="Number of runs.")]
Months = Annotated[int | None, typer.Option("--months", help="Number of months, instead of the scenario's own.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of all draws.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="ADDRESS=VALUE", help="Change a number, such as china.resolve=0.8. Repeatable."),
]
Without = Annotated[
    list[str] | None, typer.Option("--without", metavar="LIMIT", help="Knock out a limit, such as beijing. Repeatable.")
]
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


def prepared(source: str, changes: list[str] | None, without: list[str] | None) -> "Scenario":
    """Load a scenario, change its numbers and knock out limits as the options say."""
    from sim.scenario.scenario import Scenario

    scenario = Scenario.load(source)
    if changes:
        scenario = scenario.set(dict(_change(change) for change in changes))
    return scenario.without(*split(without)) if without else scenario


def _change(text: str) -> tuple[str, float | str]:
    address, equals, value = text.partition("=")
    if not (address and equals and value):
        raise UserError(f"write ADDRESS=VALUE, such as china.resolve=0.8, not '{text}'", "--set")
    try:
        return address.strip(), float(value)
    except ValueError:
        return address.strip(), value.strip()


def split(names: list[str]) -> list[str]:
    """Split names that were given together, with commas between them."""
    return [name.strip() for text in names for name in text.split(",")]
