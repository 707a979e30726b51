"""The command of inference. As in `sim.cli.app`, everything but typer is imported within a command."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Base, Processes, TextFormat, at_home
from sim.evidence import LAST_MONTH

app = typer.Typer()

Asked = Annotated[str, typer.Option("--declaration", metavar="FILE", help="The declaration, instead of the shipped one.")]
Until = Annotated[str, typer.Option("--until", metavar="YYYY-MM", help="Last month that is fitted.")]
Vintage = Annotated[str | None, typer.Option("--vintage", help="Only figures known by then; the month after --until by default.")]
Evidence = Annotated[Path | None, typer.Option("--evidence", help="Table of observations instead of the shipped one.")]
Score = Annotated[Path | None, typer.Option("--score", help="Table of later observations to score the forecasts on.")]
Budget = Annotated[str, typer.Option("--budget", help="How much to run: quick, standard or full.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed, instead of the declaration's.")]
Months = Annotated[bool, typer.Option("--months", help="Tell the verdict as history unfolded, too, and what moved it.")]
Groups = Annotated[bool, typer.Option("--groups", help="Tell the verdict without each group of figures, too.")]
Schools = Annotated[bool, typer.Option("--schools", help="Weigh the schools by the record, too.")]
All = Annotated[bool, typer.Option("--all", help="All three; each infers several times more, by a smaller budget.")]
Dask = Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help="Run on a Dask cluster, tcp://HOST:PORT.")]
Folder = Annotated[
    Path | None,
    typer.Option("--out", callback=at_home, help="Folder to write. A call that was killed goes on from what it left there."),
]


@app.command("infer")
def infer_command(
    scenario: Base = "base",
    declaration: Asked = "inference",
    until: Until = LAST_MONTH,
    vintage: Vintage = None,
    evidence: Evidence = None,
    score: Score = None,
    budget: Budget = "quick",
    seed: Seed = None,
    out: Folder = None,
    processes: Processes = None,
    dask: Dask = None,
    months: Months = False,
    groups: Groups = False,
    schools: Schools = False,
    all: All = False,
    format: TextFormat = "text",
) -> None:
    """Infer numbers and courses of events from the record, and say what follows from them."""
    import json
    from contextlib import nullcontext

    from sim.evidence import observations
    from sim.experiments.executors import dask_executor
    from sim.inference.procedure import FILES, PARTS, infer
    from sim.reporting.tables import as_text

    if score is not None:
        observations(score)  # a table that cannot be read is refused before anything is run
    place = out or Path("out") / f"posterior-{Path(scenario).stem}-{until}-{budget}"
    asked = {"months": months, "groups": groups, "schools": schools}
    try:
        with dask_executor(dask) if dask else nullcontext() as executor:
            made = infer(
                scenario,
                declaration,
                until=until,
                vintage=vintage,
                evidence=evidence,
                budget=budget,
                seed=seed,
                out=place,
                parts=[name for name in PARTS if all or asked[name]],
                executor=executor,
                processes=processes,
            )
    except KeyboardInterrupt:
        typer.echo(f"\nInterrupted. What was reached is kept in {place}; the same call goes on from there.", err=True)
        raise
    scores = None if score is None else made.score_summary(score)
    if format == "json":
        found = made.answer().model_dump()
        if scores is not None:
            found["scores"] = json.loads(scores.to_json(orient="records"))
        typer.echo(json.dumps(found, indent=2))
        return
    typer.echo(made.summary() + "\n")
    typer.echo(as_text(made.headline.to_dict("records")) + "\n")
    told = made.numbers.head(12)
    typer.echo(as_text(told.drop(columns=["chance"]).to_dict("records")) + "\n")
    if scores is not None and len(scores):
        typer.echo(as_text(scores.to_dict("records")) + "\n")
    for name in (*PARTS, "moves"):
        table = getattr(made, name)
        if table is not None:
            typer.echo(as_text(table.drop(columns=["ids"], errors="ignore").to_dict("records")) + "\n")
    typer.echo(f"Written to {place}:")
    for name in FILES:
        typer.echo(f"  {name}")
