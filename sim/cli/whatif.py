"""The command that asks what if. As in `sim.cli.app`, everything but typer is imported within a command."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Changes, Figures, Months, Processes, Runs, Seed, Source, TextFormat, Without, at_home, prepared

app = typer.Typer()

ActInWords = Annotated[
    str, typer.Option("--act", help="The act in plain words: 'china cuts oil to north_korea by 50% from 2024-07 to 2025-06'.")
]
Folder = Annotated[
    Path | None, typer.Option("--out", callback=at_home, help="Folder to write table and figure into; it must not exist.")
]


@app.command()
def whatif(
    scenario: Source,
    act: ActInWords,
    runs: Runs = 1_000,
    months: Months = None,
    seed: Seed = 0,
    changes: Changes = None,
    without: Without = None,
    out: Folder = None,
    format: TextFormat = "text",
    figures: Figures = True,
    processes: Processes = None,
) -> None:
    """Ask what a dated act would change, and why: a scenario with it and without it, on the same shocks."""
    from sim.reporting.tables import as_json
    from sim.runs.run_directory import claimed
    from sim.whatif.asked import what_if

    base = prepared(scenario, changes, without)
    if out:
        with claimed([out]):  # so that a folder that is taken is refused before the runs
            pass
    answer = what_if(base, act, runs=runs, months=months, seed=seed, processes=processes)
    typer.echo(as_json(answer.to_dict()) if format == "json" else answer.summary())
    if out:
        answer.write(out, figure=figures)
        if format == "text":
            typer.echo(f"Written to {out}: {', '.join(sorted(path.name for path in out.iterdir()))}")
