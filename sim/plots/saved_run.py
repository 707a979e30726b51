"""All pictures of a run directory, as files."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.plots.fans import evidence_charts, fan_charts
from sim.plots.months import limits_by_month, pressure_levels
from sim.plots.network import flows_of, trade_network
from sim.plots.outcomes import distributions
from sim.plots.page import summary_page
from sim.plots.style import Picture, figure_folder, save
from sim.runs.run_directory import SavedRun, open_run

MOST_RUNS = 100_000  # runs whose outcomes are drawn: more change no picture and take memory


def draw_all(directory: Path | str, kinds: Sequence[str] = ("png",), out: Path | str | None = None) -> list[Path]:
    """Draw every picture of a run directory.

    What the run did not record is left out.

    Parameters
    ----------
    directory : path
        A run directory.
    kinds : sequence of str
        Formats: ``png``, ``svg``.
    out : path, optional
        Folder to draw into; ``figures`` in the run directory by default.

    Returns
    -------
    list of Path
        The files written, older ones of the same names replaced.

    Raises
    ------
    UserError
        It is no run directory.
    """
    saved = open_run(directory)
    folder = figure_folder(saved.directory, out)
    return [path for name, figure in pictures(saved) for path in save(figure, folder / name, kinds)]


def pictures(saved: SavedRun) -> Iterator[tuple[str, Picture]]:
    """Draw the pictures of a saved run one after the other, each with the name of its file."""
    scenario, summary, paths = saved.manifest["scenario"], saved.quantiles, saved.paths
    outcomes = saved.outcomes_of(MOST_RUNS)
    yield "summary", summary_page(summary, outcomes, saved.manifest, paths)
    yield "flows", fan_charts(summary, paths)
    known = evidence_charts(summary, paths)
    if known is not None:
        yield "evidence", known
    yield "outcomes", distributions({saved.manifest["label"]: outcomes})
    yield "limits", limits_by_month(summary)
    if {"pressure", "belief"} <= set(summary):
        yield "pressure", pressure_levels(summary, {name: rule["presser"] for name, rule in scenario["rules"].items()})
    if {"lane_flow", "payment"} <= set(paths):
        month = str(summary["month"].values[-1])[:7]
        ends = {name: (tie["belligerent"], tie["supplier"]) for name, tie in scenario["partnerships"].items()}
        yield "network", trade_network(flows_of(paths, month, ends), f"Trade in {month}, mean of the runs")
