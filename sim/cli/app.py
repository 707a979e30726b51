"""The command line. Everything but typer is imported within a command, so that ``--help`` answers at once."""

import sys
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.cli.dashboard import app as dashboard_commands
from sim.cli.explore import app as explore_commands
from sim.cli.infer import app as infer_commands
from sim.cli.options import (
    Changes,
    Figures,
    Months,
    Processes,
    Runs,
    Seed,
    Source,
    TextFormat,
    Without,
    at_home,
    prepared,
    split,
    typed,
)
from sim.cli.streams import prepare_streams, say_loading
from sim.cli.sweep import app as sweep_commands
from sim.cli.thesis import app as thesis_commands
from sim.cli.whatif import app as what_if_commands
from sim.errors import UserError

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

app = typer.Typer(
    help="Six governments, simulated: is Beijing the limit of the Russia–North Korea partnership?",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(sweep_commands)
app.add_typer(infer_commands)
app.add_typer(thesis_commands)
app.add_typer(what_if_commands)
app.add_typer(explore_commands)
app.add_typer(dashboard_commands)

DRAWN_RUNS = 100_000  # more do not change a drawn distribution, but fill the memory

Batch = Annotated[Path, typer.Argument(metavar="FOLDER", callback=at_home, help="A run directory, or the directory of a sweep.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", callback=at_home, help="Folder to write; it must not exist. By default a new one under out/."),
]
FileFormat = Annotated[
    Literal["parquet", "csv"], typer.Option("--format", help="csv: write outcomes.csv beside outcomes.parquet.")
]
FigureFormat = Annotated[Literal["png", "svg"], typer.Option("--format", help="Format of the figures.")]


@app.command()
def run(
    scenario: Source,
    runs: Runs = 10_000,
    months: Months = None,
    seed: Seed = 0,
    changes: Changes = None,
    without: Without = None,
    out: Out = None,
    format: FileFormat = "parquet",
    figures: Figures = True,
    processes: Processes = None,
) -> None:
    """Run a scenario many times; write outcomes, trajectories and figures."""
    from sim.runs.chunks import early_processes

    with early_processes(runs, processes):
        from sim.reporting.tables import as_text, limit_rows, outcome_rows
        from sim.runs.ensemble import make_job
        from sim.runs.on_disk import write
        from sim.runs.run_directory import claimed, open_run, whole_directory

        what = prepared(scenario, changes, without)
        job = make_job(what, runs, months, seed)
    with claimed([out] if out else numbered(what.name, seed)) as place, whole_directory(place) as folder:
        write(what, job, folder, processes, as_csv=format == "csv")
        if figures:
            draw(folder)
    saved = open_run(place)
    typer.echo(f"{what.title}{_knocked_out(what)}: {job.runs:,} runs of {job.months} months from {what.start}, seed {seed}\n")
    typer.echo(as_text(outcome_rows(saved)))
    typer.echo("\nWhich limit bound, % of runs and months\n")
    typer.echo(as_text(limit_rows(saved)))
    _list_files(place)


@app.command()
def compare(
    scenarios: Annotated[list[str], typer.Argument(metavar="SCENARIO...", help="TOML files, or names of shipped scenarios.")],
    runs: Runs = 10_000,
    months: Months = None,
    seed: Seed = 0,
    changes: Changes = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="LIMIT", help="Add the first scenario without these limits. Repeatable."),
    ] = None,
    out: Out = None,
    format: TextFormat = "text",
    figures: Figures = True,
    processes: Processes = None,
) -> None:
    """Run scenarios on the same shocks; write each, their differences run by run, and figures of these."""
    from sim.reporting.tables import as_json, as_text, difference_rows
    from sim.runs.ensemble import check_comparable, make_job
    from sim.runs.on_disk import write_comparison
    from sim.runs.run_directory import claimed, open_run, whole_directory

    arms = [prepared(source, changes, None) for source in scenarios]
    if without:
        arms.append(arms[0].without(*split(without)))
    if len(arms) == 1:
        raise UserError("give two or more scenarios, or one and --without a limit", "compare")
    check_comparable(arms, months, [arm.label for arm in arms])
    job = make_job(arms[0], runs, months, seed)
    name = "compare-" + "-".join(dict.fromkeys(arm.name for arm in arms))
    with claimed([out] if out else numbered(name, seed)) as place, whole_directory(place) as folder:
        folders = write_comparison(arms, job, folder, processes)
        if figures:
            draw_comparison(folder, {arm.label: part for arm, part in zip(arms, folders, strict=True)})
    first, *others = [open_run(place / arm.name) for arm in folders]
    tables = {arm.label: difference_rows(first, other) for arm, other in zip(arms[1:], others, strict=True)}
    if format == "json":
        typer.echo(as_json({"folder": str(place), "first": arms[0].label, "runs": job.runs, "seed": seed, "compared": tables}))
        return
    for name, rows in tables.items():
        typer.echo(f"{name}, against {arms[0].label}: means over {job.runs:,} runs on the same shocks, seed {seed}\n")
        typer.echo(as_text(rows) + "\n")
    _list_files(place)


@app.command()
def replay(
    folder: Batch,
    run: Annotated[int, typer.Argument(metavar="RUN", help="Number of the run.")],
    point: Annotated[int | None, typer.Option("--point", help="Number of the point, where the folder is a sweep.")] = None,
    format: TextFormat = "text",
) -> None:
    """Do one run of a saved batch or sweep again, alone, and tell what happens in it."""
    from sim.experiments.saved import open_sweep
    from sim.experiments.store import is_sweep
    from sim.mechanisms.quantities import OUTCOMES
    from sim.reporting.chronicle import tell
    from sim.reporting.tables import as_json, as_text
    from sim.runs.replays import replay as again
    from sim.runs.run_directory import open_run

    if point is None and is_sweep(folder):
        raise UserError("this is a sweep: say which point with --point", str(folder))
    if point is None:
        batch = open_run(folder)
        done, scenario, manifest = again(batch, run), batch.scenario, batch.manifest
    else:
        swept = open_sweep(folder)
        done, scenario, manifest = swept.replay(point, run), swept.scenario(point), swept.manifest
    told = tell(done.events, scenario)
    if format == "json":
        outcomes = {outcome.name: value for outcome, value in zip(OUTCOMES, done.outcomes, strict=True)}
        identical = {"outcomes": done.same_outcomes, "paths": done.same_paths}
        typer.echo(as_json({"run": run, "identical": identical, "outcomes": outcomes, "chronicle": told}))
    else:
        which = f"run {run}" if point is None else f"point {point}, run {run}"
        typer.echo(f"{scenario.title}{_knocked_out(scenario)}, {which}, seed {manifest['seed']}\n")
        typer.echo("\n".join(told) + "\n")
        rows = [{"outcome": o.name, "value": value, "unit": o.unit} for o, value in zip(OUTCOMES, done.outcomes, strict=True)]
        typer.echo(as_text(rows) + "\n")
        typer.echo(_verdict(done.same_outcomes, done.same_paths, "outcomes.parquet" if point is None else "parts"))
    if not (done.same_outcomes and done.same_paths is not False):
        from sim.runs.software import versions

        typer.echo(f"written with {manifest['versions']}, done again with {versions()}", err=True)
        raise typer.Exit(1)


@app.command()
def plot(
    folder: Batch,
    outcome: Annotated[
        str | None, typer.Option("--outcome", help="Outcome to draw, where the folder is a sweep; munitions by default.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", callback=at_home, help="Folder to draw into. By default figures, in the folder that is drawn."),
    ] = None,
    format: FigureFormat = "png",
) -> None:
    """Draw the figures of a run directory again, or those of a sweep."""
    from sim.experiments.figures import draw_sweep
    from sim.experiments.saved import open_sweep
    from sim.experiments.store import is_sweep

    if is_sweep(folder):
        drawn = draw_sweep(open_sweep(folder), outcome or "munitions", (format,), out)
    elif outcome is None:
        drawn = draw(folder, format, out)
    else:
        raise UserError("is for the directory of a sweep; the figures of a run directory show all outcomes", "--outcome")
    for path in drawn:
        typer.echo(path)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What run, compare, sweep or thesis has written.")],
) -> None:
    """Read every file of a folder and see that it has the content that was written."""
    from sim.runs.sums import verify as check

    for sums in check(folder):
        size = sum(entry.size for entry in sums.files.values())
        by = ", ".join(f"{name} {version}" for name, version in sums.made_by.items())
        typer.echo(f"{sums.folder}: sound. A {sums.kind}, {len(sums.files):,} files, {size:,} bytes; made by {by}")


@app.command()
def clean(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", callback=at_home, help="Where to look.")] = Path("out"),
    yes: Annotated[bool, typer.Option("--yes", help="Remove it; without, it is only shown.")] = False,
) -> None:
    """Show or remove what killed processes have left, here and among temporary files. Results, even begun ones, stay."""
    from sim.runs.leftovers import clean as look

    if not folder.is_dir() and folder != Path("out"):
        raise UserError("is no folder", str(folder))
    found = look(folder, remove=yes)
    for each in found:
        typer.echo(f"{each.path}: {each.size:,} bytes{', removed' if yes else ''}")
    if not found:
        typer.echo("nothing is left of killed processes")
    elif not yes:
        typer.echo(f"remove it with: {typed('clean', folder, '--yes')}")


@app.command()
def scenarios(format: TextFormat = "text") -> None:
    """List the shipped scenarios, and the question that each asks."""
    import textwrap

    from sim.reporting.tables import as_json
    from sim.scenario.scenario import Scenario, scenario_names

    loaded = [Scenario.load(name) for name in scenario_names()]
    if format == "json":
        typer.echo(as_json([{"name": each.name, "title": each.title, "question": each.question.strip()} for each in loaded]))
        return
    for each in loaded:
        typer.echo(f"{each.name}: {each.title}")
        typer.echo(textwrap.fill(" ".join(each.question.split()), 100, initial_indent="    ", subsequent_indent="    ") + "\n")


@app.command()
def validate(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenarios, sweeps or declarations: TOML files or shipped names.")
    ],
) -> None:
    """Check scenario and sweep files and declarations, and say what they hold."""
    from sim.experiments.sweep_files import kind_of_file, load_sweep
    from sim.inference.declaration import Declaration as Inference
    from sim.scenario.scenario import Scenario
    from sim.thesis.declaration import Declaration as Thesis

    declarations: dict[str, type[Thesis] | type[Inference]] = {"thesis": Thesis, "inference": Inference}
    for source in files:
        kind = kind_of_file(source)
        if kind in declarations:
            declaration = declarations[kind].load(source)
            typer.echo(f"{source}: sound. A declaration, '{declaration.title}'; hash {declaration.hash[:12]}")
        elif kind == "sweep":
            plan = load_sweep(source).plan()
            typer.echo(
                f"{source}: sound. {plan.points:,} points × {plan.runs:,} runs of {plan.months} months, in {plan.parts:,} parts"
            )
        else:
            each = Scenario.load(source)
            typer.echo(
                f"{source}: sound. {len(each.countries)} countries, {len(each.partnerships)} partnerships, {len(each.lanes)} "
                f"lanes, {len(each.rules)} rules, {len(each.parameters)} parameters; hash {each.hash[:12]}"
            )


@app.command()
def schema(
    kind: Annotated[Literal["scenario", "sweep"], typer.Argument(help="Of which files.")] = "scenario",
) -> None:
    """Print the JSON Schema of scenario or sweep files, for editors."""
    from sim.experiments.sweep_declaration import sweep_schema
    from sim.reporting.tables import as_json
    from sim.scenario.scenario import scenario_schema

    typer.echo(as_json(scenario_schema() if kind == "scenario" else sweep_schema()))


def numbered(name: str, seed: int) -> Iterator[Path]:
    """Give folders of this name under ``out/``, one after the other."""
    yield Path("out") / f"{name}-{seed}"
    yield from (Path("out") / f"{name}-{seed}-{number}" for number in count(2))


def draw(folder: Path, format: str = "png", out: Path | None = None) -> list[Path]:
    """Draw the figures of a run directory, as png or svg."""
    from sim.runs.progress import is_shown

    if is_shown(None):
        typer.echo("drawing figures …", err=True)
    from sim.plots import draw_all

    return draw_all(folder, (format,), out)


def draw_comparison(folder: Path, directories: dict[str, Path]) -> None:
    """Draw the outcomes of several run directories, by label, side by side, and their differences from the first."""
    import xarray as xr

    from sim.plots import compare_figure, distributions, save
    from sim.runs.run_directory import open_run

    outcomes = {label: open_run(directory).outcomes_of(DRAWN_RUNS) for label, directory in directories.items()}
    first = next(iter(outcomes.values()))
    differences = xr.concat([each - first for each in outcomes.values()], xr.Variable("scenario", list(outcomes)))
    figures = folder / "figures"
    figures.mkdir()
    save(distributions(outcomes), figures / "outcomes")
    save(compare_figure(differences.to_dataset(name="difference")), figures / "differences")


def _knocked_out(scenario: "Scenario") -> str:
    return f" without {', '.join(scenario.knockouts)}" if scenario.knockouts else ""


def _verdict(same_outcomes: bool, same_paths: bool | None, table: str) -> str:
    first = (
        f"Its outcomes are those of its row in {table}, bit for bit." if same_outcomes else "Its outcomes DIFFER from its row."
    )
    if same_paths is None:
        return f"{first} The batch holds no path of it."
    return (
        f"{first} Its path is {'that' if same_paths else 'NOT that'} in trajectories.nc{', bit for bit' if same_paths else ''}."
    )


def _list_files(place: Path) -> None:
    typer.echo(f"\nWritten to {place}:")
    for path in sorted(place.rglob("*")):
        if path.is_file():
            typer.echo(f"  {path.relative_to(place)}")


def _as_line(message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None) -> str:
    """Write a warning of the program as a line for its user, and one of a library with its place."""
    place = "" if category is UserWarning else f"{filename}:{lineno}: {category.__name__}: "
    return f"warning: {place}{message}\n"


def main() -> None:
    """Run the command line. What the user can mend ends with one message and code 2, an interrupt with 130."""
    prepare_streams()
    say_loading()
    warnings.formatwarning = _as_line
    try:
        app()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:  # what the system refuses: a full disk, a name too long, a folder that is gone
        print(f"error: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}", file=sys.stderr)
        sys.exit(2)
