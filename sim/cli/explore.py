"""The command that makes a page to hand on. As in `sim.cli.app`, everything but typer is imported within a command."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Base, Changes, Months, Seed, Without, at_home, prepared

app = typer.Typer()


@app.command()
def explore(
    scenario: Base = "base",
    out: Annotated[Path, typer.Option("--out", callback=at_home, help="The page to write; it must not exist.")] = Path(
        "page.html"
    ),
    numbers: Annotated[
        list[str] | None,
        typer.Option(
            "--number", metavar="ADDRESS", help="Give this number a slider. Repeatable; those that matter most by default."
        ),
    ] = None,
    runs: Annotated[int, typer.Option("--runs", help="Runs at each setting with Beijing, and as many without.")] = 48,
    months: Months = None,
    seed: Seed = 0,
    changes: Changes = None,
    without: Without = None,
) -> None:
    """Make a page to hand on: one file with sliders, fans and the verdict, which opens without a server or a network."""
    from sim.explorer.exploring import explore as work_out
    from sim.runs.run_directory import claimed

    with claimed([out]):  # so that a name that is taken is refused before the runs
        found = work_out(prepared(scenario, changes, without), numbers or (), runs=runs, months=months, seed=seed)
        found.write(out)
    size = f"{len(found.grid.words):,} settings of {len(found.sliders)} numbers, {out.stat().st_size / 1e6:.1f} MB"
    typer.echo(f"Written to {out}: {size}. Open it in a browser.")
    for slider in found.sliders:
        typer.echo(f"  {slider.title} ({slider.address}): {', '.join(slider.texts)}")
