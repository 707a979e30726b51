"""The commands of sweeps. As in `sim.cli.app`, everything but typer is imported within a command."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import Processes, TextFormat, at_home, typed
from sim.errors import UserError

if TYPE_CHECKING:
    from sim.experiments.saved import SavedSweep
    from sim.experiments.sweep_arguments import SweepArguments

app = typer.Typer()

Swept = Annotated[Path, typer.Argument(metavar="FOLDER", callback=at_home, help="The directory of a sweep.")]
Named = Annotated[str, typer.Argument(metavar="OUTCOME", help="An outcome, such as munitions, or munitions@17 for month 17.")]

Against = Annotated[
    str | None,
    typer.Option("--against", metavar="LEVER", help="Look at what this lever changes against its first option, such as without."),
]


@app.command()
def sweep(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A sweep file or a scenario: a TOML file, or a shipped name such as tolerance_and_stock or base.",
        ),
    ],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="ADDRESS[=LOW:HIGH[:log]]",
            help="A parameter to sample, over its own range or this; or patterns such as 'china.*', or all. Repeatable.",
        ),
    ] = None,
    lever: Annotated[
        list[str] | None,
        typer.Option(
            "--lever",
            metavar="NAME=A,B,…",
            help="Options crossed with every point: numbers of an address; scenario=, without=none,beijing, variants.learning=, "
            "rules.NAME=true,false. Repeatable.",
        ),
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(
            "--design",
            help="latin_hypercube, sobol, saltelli, morris, factorial, one_at_a_time; or a CSV or Parquet file of points.",
        ),
    ] = None,
    points: Annotated[int | None, typer.Option("--points", help="Points of the design.")] = None,
    levels: Annotated[int | None, typer.Option("--levels", help="Levels of each parameter in a factorial.")] = None,
    runs: Annotated[int | None, typer.Option("--runs", help="Runs of each point, on the same shocks. By default 1.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the shocks and of the design.")] = None,
    months: Annotated[int | None, typer.Option("--months", help="Number of months, instead of the scenario's own.")] = None,
    at: Annotated[
        list[str] | None, typer.Option("--at", metavar="MONTH", help="Further date of the outcomes: 2024-12 or 17. Repeatable.")
    ] = None,
    record: Annotated[
        list[str] | None,
        typer.Option("--record", metavar="QUANTITY", help="Keep its quantiles by month and point. Repeatable."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", callback=at_home, help="Directory. The same call goes on with what is there. By default under out/."
        ),
    ] = None,
    processes: Processes = None,
    dask: Annotated[
        str | None, typer.Option("--dask", metavar="ADDRESS", help="Run on a Dask cluster, such as tcp://127.0.0.1:8786.")
    ] = None,
    format: TextFormat = "text",
) -> None:
    """Run a scenario at many points; write a table of all runs that survives a crash."""
    from sim.experiments.executors import dask_executor
    from sim.experiments.sweeps import run_plan
    from sim.reporting.tables import as_json, as_text

    options = {
        "uncertainties": _uncertainties(vary),
        "levers": _levers(lever),
        "design": design,
        "points": points,
        "levels": levels,
        "runs": runs,
        "seed": seed,
        "months": months,
        "at": [int(when) if when.isdecimal() else when for when in at or ()] or None,
        "record": record,
    }
    name, arguments = _arguments(source, {key: value for key, value in options.items() if value is not None})
    plan = arguments.plan()
    place = out or Path("out") / f"sweep-{name}-{plan.seed}"
    try:
        with dask_executor(dask) if dask else nullcontext() as executor:
            saved = run_plan(plan, place, executor, processes)
    except KeyboardInterrupt:
        typer.echo(f"\nInterrupted. The parts that were done are kept in {place}; the same call goes on from them.", err=True)
        raise
    failed = len(saved.failures())
    if format == "json":
        typer.echo(as_json({"folder": str(place), "rows": plan.rows, "failed": failed, "means": outcome_rows(saved)}))
    else:
        typer.echo(f"{plan.points:,} points × {plan.runs:,} runs of {plan.months} months from {plan.start}, seed {plan.seed}\n")
        typer.echo(as_text(outcome_rows(saved)))
        typer.echo(f"\nWritten to {place}: parts/*.parquet (a row a run), design.parquet, manifest.json, log.jsonl")
        typer.echo(f"Draw it with: {typed('plot', place, '--outcome', 'munitions')}")
    if failed:
        first = saved.failures().iloc[0]
        typer.echo(
            f"{failed:,} of {plan.rows:,} runs failed, and are rows with their error. The first: {first['error']}\n"
            f"do it again with: {typed('replay', place, first['run'], '--point', first['point'])}",
            err=True,
        )
        raise typer.Exit(1)


def _arguments(source: str, options: dict[str, Any]) -> "tuple[str, SweepArguments]":
    """Take name and arguments from a sweep file, whose fields options replace, or from a scenario and options alone."""
    from sim.experiments.sweep_arguments import SweepArguments
    from sim.experiments.sweep_files import is_sweep_file, load_sweep
    from sim.scenario.scenario import Scenario

    if is_sweep_file(source):
        return Path(source).stem, replace(load_sweep(source), **options)
    scenario = Scenario.load(source)
    return scenario.name, SweepArguments(scenario, **options)


def _uncertainties(vary: list[str] | None) -> Any:
    if not vary:
        return None
    if "all" in vary:
        if len(vary) > 1:
            raise UserError("'all' leaves nothing else to name", "--vary")
        return "all"
    ranges = [_range(text) for text in vary]
    _check_twice([address for address, _ in ranges], "--vary")
    return dict(ranges)


def _check_twice(names: list[str], option: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"'{name}' is named twice; give it once", option)


def _range(text: str) -> tuple[str, Any]:
    from sim.experiments.ranges import Range

    address, equals, span = (part.strip() for part in text.partition("="))
    if not equals:
        return address, None
    ends = span.split(":")
    try:
        low, high = float(ends[0]), float(ends[1])
        if len(ends) == 2:
            return address, (low, high)
        if len(ends) == 3:
            return address, Range(address, low, high, ends[2])
        raise ValueError
    except (ValueError, IndexError):
        raise UserError(f"write ADDRESS=LOW:HIGH, such as china.goodwill=0.2:1.2, not '{text}'", "--vary") from None


def _levers(levers: list[str] | None) -> dict[str, list[Any]] | None:
    if not levers:
        return None
    options_of: dict[str, list[Any]] = {}
    _check_twice([text.partition("=")[0].strip() for text in levers], "--lever")
    for text in levers:
        name, equals, options = text.partition("=")
        name = name.strip()
        if not (name and equals and options):
            raise UserError(f"write NAME=A,B, such as without=none,beijing, not '{text}'", "--lever")
        options_of[name] = [_option(name, option.strip()) for option in options.split(",")]
    return options_of


def _option(name: str, text: str) -> Any:
    if name == "without":
        return "" if text == "none" else text.replace("+", ",")
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


def outcome_rows(saved: "SavedSweep") -> list[dict[str, Any]]:
    """How the means of points spread over the points, for each main outcome: a row for each and for each choice of levers."""
    import numpy as np

    from sim.mechanisms.quantities import OUTCOMES
    from sim.reporting.tables import MAIN

    levers = list(saved.manifest["levers"])
    rows = []
    for outcome in OUTCOMES:
        if outcome.name not in MAIN:
            continue
        means = saved.means(outcome.name)
        groups = means.groupby(levers, sort=False) if levers else [((), means)]
        for chosen, group in groups:
            low, median, high = np.nanquantile(group["mean"], [0.05, 0.5, 0.95])
            labels = {name: str(value) or "none" for name, value in zip(levers, chosen, strict=True)}
            rows.append({"outcome": outcome.name, **labels, "median point": median, "5%": low, "95%": high, "unit": outcome.unit})
    return rows


@app.command()
def sensitivity(folder: Swept, outcome: Named, against: Against = None, format: TextFormat = "text") -> None:
    """Say which parameters of a sweep an outcome answers to, by the measure that fits its design."""
    from sim.experiments.saved import open_sweep
    from sim.reporting.tables import as_json, as_text

    rows = open_sweep(folder).sensitivity(outcome, against).to_dict("records")
    typer.echo(as_json(rows) if format == "json" else as_text(rows))


@app.command()
def discover(
    folder: Swept,
    outcome: Named,
    at_least: Annotated[float | None, typer.Option("--at-least", help="Points whose mean is at least this.")] = None,
    at_most: Annotated[float | None, typer.Option("--at-most", help="Points whose mean is at most this.")] = None,
    against: Against = None,
    format: TextFormat = "text",
) -> None:
    """Find boxes of parameters in which an outcome is high or low (PRIM, scored on points that did not find them)."""
    from sim.experiments.saved import open_sweep
    from sim.reporting.tables import as_json, as_text

    boxes = open_sweep(folder).discover(outcome, at_least=at_least, at_most=at_most, against=against).to_dict("records")
    if format == "json":
        typer.echo(as_json(boxes))
    else:
        typer.echo(as_text(boxes) if boxes else "no box is denser than the whole")
