"""The commands of the thesis test. As in `sim.cli.app`, everything but typer is imported within a command."""

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim.cli.options import Base, Processes, TextFormat, at_home

if TYPE_CHECKING:
    from sim.thesis.judgement import Judgement

app = typer.Typer()

Thesis = Annotated[str, typer.Argument(metavar="[THESIS]", help="The declaration: a TOML file, or thesis for the shipped one.")]
Budget = Annotated[
    Literal["quick", "standard", "full"], typer.Option("--budget", help="How many runs: seconds, minutes, or an hour.")
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        callback=at_home,
        help="Folder of the report. Finished stages are kept in it, and the same call goes on from them.",
    ),
]

Record = Annotated[
    str | None,
    typer.Option(
        "--posterior",
        metavar="FOLDER",
        help="What the record says: the folder of infer, or its answer.json; none leaves the record out.",
    ),
]


@app.command()
def thesis(
    scenario: Base = "base",
    declaration: Thesis = "thesis",
    budget: Budget = "quick",
    posterior: Record = None,
    processes: Processes = None,
    out: Folder = None,
    format: TextFormat = "text",
) -> None:
    """Judge the thesis over a scenario: what the record says of it, and does Beijing cap it, on what, how, and where not?"""
    from sim.reporting.tables import as_text
    from sim.thesis.report import write
    from sim.thesis.verdict import judge

    place = out or Path("out") / f"{Path(declaration).stem}-{Path(scenario).stem}-{budget}"
    try:
        judgement = judge(scenario, declaration, budget, place, posterior=posterior, processes=processes)
    except KeyboardInterrupt:
        typer.echo(f"\nInterrupted. Finished stages are kept in {place}; the same call goes on from them.", err=True)
        raise
    written = write(judgement, place)
    if format == "json":
        typer.echo(judgement.model_dump_json(indent=2))
        return
    typer.echo(f"{judgement.about.title}: {sum(judgement.about.runs.values()):,} runs, budget {budget}\n")
    if judgement.no_record:
        typer.echo(f"{fill(judgement.no_record, 120)}\n")
    typer.echo(as_text(verdict_rows(judgement)) + "\n")
    for hypothesis in judgement.hypotheses:
        typer.echo(f"{hypothesis.says}\n    {', '.join(f'{name} {word}' for name, word in hypothesis.words.items())}")
    typer.echo(f"\n{fill(judgement.summary(), 120)}")
    typer.echo(f"\nWritten to {place}:")
    for path in written:
        typer.echo(f"  {path.relative_to(place)}")


@app.command()
def diagnose(
    scenario: Base = "base", declaration: Thesis = "thesis", budget: Budget = "quick", format: TextFormat = "text"
) -> None:
    """Say which observation would decide whether Beijing binds: what to watch for next."""
    from sim.reporting.tables import as_json, as_text
    from sim.reporting.words import interval, percent
    from sim.thesis.verdict import diagnose as ask

    found = ask(scenario, declaration, budget)
    if format == "json":
        typer.echo(as_json({name: each.model_dump() for name, each in found.items()}))
        return
    for name, each in found.items():
        typer.echo(f"{name}: Beijing binds in {each.binding_worlds:,} worlds, and not in {each.other_worlds:,}\n")
        rows = [
            {
                "event": event.says,
                "seen": "?" if event.observed is None else "yes" if event.observed else "no",
                "if it binds": percent(event.given_binding),
                "if not": percent(event.given_not),
                "likelihood ratio": interval(event.presence),
                "of its absence": interval(event.absence),
                "bits": event.bits,
                "test": event.test,
            }
            for event in each.events
        ]
        typer.echo(as_text(rows) + "\n")


@app.command()
def disagree(
    first: Annotated[str, typer.Argument(metavar="FIRST", help="A TOML file, or the name of a shipped scenario.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="Another.")],
    declaration: Thesis = "thesis",
    budget: Budget = "quick",
    format: TextFormat = "text",
) -> None:
    """Say which assumptions explain that two scenarios give different verdicts."""
    from sim.reporting.tables import as_text
    from sim.reporting.words import interval
    from sim.thesis.verdict import disagree as ask

    found = ask(first, second, declaration, budget)
    if format == "json":
        typer.echo(found.model_dump_json(indent=2))
        return
    typer.echo("The cap under each\n")
    rows: list[dict[str, Any]] = [
        {
            "dimension": name,
            found.first: interval(effects[0]),
            found.second: interval(effects[1]),
            "gap": interval(found.gap[name]),
        }
        for name, effects in found.effects.items()
    ]
    typer.echo(as_text([{**row, "words": " / ".join(found.words[row["dimension"]])} for row in rows]))
    typer.echo(f"\nWhat explains the gap{'' if found.exact else ', by sampled orders'}\n")
    parts = [
        {"difference": each.name, found.first: each.first, found.second: each.second}
        | {name: interval(value) for name, value in each.value.items()}
        for each in found.differences
    ]
    typer.echo(as_text(parts))


@app.command("naive_observer")
def naive_observer(
    scenario: Base = "base", declaration: Thesis = "thesis", budget: Budget = "quick", format: TextFormat = "text"
) -> None:
    """Say what a regression of the tie on visible punishments would conclude, against the truth."""
    from sim.reporting.tables import as_text
    from sim.reporting.words import interval, percent
    from sim.thesis.verdict import naive_observer as ask

    found = ask(scenario, declaration, budget)
    if format == "json":
        typer.echo(found.model_dump_json(indent=2))
        return
    typer.echo(f"Over {found.worlds:,} worlds: the cap that the observer sees, and the true one\n")
    rows = [
        {
            "dimension": name,
            "per month of punishment": interval(each.slope),
            "observer's cap": interval(each.cap),
            "true cap": interval(each.truth),
            "error": interval(each.error),
            "cases with punishment": percent(each.punished),
        }
        for name, each in found.cases.items()
    ]
    typer.echo(as_text(rows))
    tie = found.tie
    typer.echo(
        f"\nOf single histories, {percent(tie.blind)} show no punishment that varies; in {percent(tie.sees_cap)} the tie is seen "
        f"to fall with punishment, in {percent(tie.sees_opposite)} to rise, in {percent(tie.sees_nothing)} neither."
    )


def verdict_rows(judgement: "Judgement") -> list[dict[str, Any]]:
    """The short table of verdicts: a row for each dimension and date."""
    from sim.reporting.words import interval, percent

    rows = []
    for dimension in judgement.about.dimensions:
        for date, found in judgement.verdicts[dimension.name].items():
            shares = judgement.worlds[0].shares[dimension.name][date]
            rows.append(
                {
                    "dimension": dimension.name,
                    "to": date,
                    "verdict": found.word,
                    "effect": interval(found.absolute),
                    "unit": dimension.unit,
                    "relative": "none" if found.relative is None else percent(found.relative),
                    "by": judgement.channels[dimension.name][date].leading if found.word in ("holds", "undecided") else "no cap",
                    "strongest rival": judgement.attribution["complete"][dimension.name][date].rival or "none",
                    "holds in worlds": percent(shares.holds),
                }
            )
    return rows
