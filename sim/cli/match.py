"""The command of history matching. As in `sim.cli.app`, everything but typer is imported within a command."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import Figures, Processes, TextFormat, at_home

if TYPE_CHECKING:
    from sim.matching.found import Matching

app = typer.Typer()

Base = Annotated[str, typer.Argument(metavar="[SCENARIO]", help="A TOML file, or the name of a shipped scenario.")]
Asked = Annotated[
    str, typer.Argument(metavar="[MATCHING]", help="The declaration: a TOML file, or matching for the shipped one.")
]
Until = Annotated[str, typer.Option("--until", metavar="YYYY-MM", help="Last month that is fitted.")]
Vintage = Annotated[str | None, typer.Option("--vintage", help="Only figures known by then; the month after --until by default.")]
Evidence = Annotated[Path | None, typer.Option("--evidence", help="Table of observations instead of the shipped one.")]
Score = Annotated[
    Path | None, typer.Option("--score", help="Later observations to score on; by default the later ones of the evidence.")
]
Budget = Annotated[str, typer.Option("--budget", help="How many worlds: quick, standard or full.")]
Worlds = Annotated[int | None, typer.Option("--worlds", help="Worlds of each wave, instead of the budget's.")]
Runs = Annotated[int | None, typer.Option("--runs", help="Runs of each world, instead of the budget's.")]
Waves = Annotated[int | None, typer.Option("--waves", help="Waves at most, instead of the budget's.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed, instead of the declaration's.")]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--out", callback=at_home, help="Folder to write. Finished waves stay in it, and the same call goes on from them."
    ),
]


@app.command("match")
def match_command(
    scenario: Base = "base",
    declaration: Asked = "matching",
    until: Until = "2024-12",
    vintage: Vintage = None,
    evidence: Evidence = None,
    score: Score = None,
    budget: Budget = "quick",
    worlds: Worlds = None,
    runs: Runs = None,
    waves: Waves = None,
    seed: Seed = None,
    out: Folder = None,
    processes: Processes = None,
    figures: Figures = True,
    format: TextFormat = "text",
) -> None:
    """Find the worlds that the record does not rule out; write them, a scenario that draws from them, and a report."""
    from sim.matching.figures import draw_match
    from sim.matching.history import FILES, match
    from sim.matching.report import summary
    from sim.reporting.tables import as_text

    place = out or Path("out") / f"{Path(declaration).stem}-{Path(scenario).stem}-{until}-{budget}"
    try:
        made = match(
            scenario,
            declaration,
            until=until,
            vintage=vintage,
            evidence=evidence,
            score=score,
            budget=budget,
            worlds=worlds,
            runs=runs,
            waves=waves,
            seed=seed,
            out=place,
            processes=processes,
        )
    except KeyboardInterrupt:
        typer.echo(f"\nInterrupted. Finished parts are kept in {place}; the same call goes on from them.", err=True)
        raise
    drawn = draw_match(made, processes=processes) if figures else []
    found = made.found
    if format == "json":
        typer.echo(found.model_dump_json(indent=2))
        return
    typer.echo(f"{found.about.title}: {found.about.figures} figures to {until}, known by {found.about.vintage}\n")
    typer.echo(as_text(wave_rows(found)) + "\n")
    typer.echo(as_text(group_rows(found)) + "\n")
    typer.echo("\n".join(summary(found)))
    typer.echo(f"\nWritten to {place}:")
    for name in (*FILES, *(path.relative_to(place) for path in drawn)):
        typer.echo(f"  {name}")


def wave_rows(found: "Matching") -> list[dict[str, Any]]:
    """The short table of waves."""
    return [
        {
            "wave": str(wave.number),
            "worlds": wave.worlds,
            "volume %": 100.0 * wave.volume,
            "left": wave.left,
            "left %": 100.0 * wave.share,
            "median implausibility": wave.quantiles["overall"][2],
        }
        for wave in found.waves
    ]


def group_rows(found: "Matching") -> list[dict[str, Any]]:
    """The short table of groups, the one that rules out most first."""
    from sim.matching.report import worst_of

    figures = {group.name: [each for each in found.figures if each.group == group.name] for group in found.groups}
    return [
        {
            "group": group.says,
            "figures": group.figures,
            "alone rules out %": 100.0 * group.ruled,
            "most by": worst_of(group, found),
            "left without it %": 100.0 * group.left_without,
            "not reached": ", ".join(each.id for each in figures[group.name] if each.reached == "not reached") or "none",
            "out of range": ", ".join(each.id for each in figures[group.name] if each.reached == "within discrepancy") or "none",
        }
        for group in sorted(found.groups, key=lambda group: -group.ruled)
    ]
