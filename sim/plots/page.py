"""A whole run on one page."""

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import SubFigure

from sim.errors import UserError
from sim.evidence import observations
from sim.mechanisms.quantities import DIMENSIONS
from sim.numerals import number
from sim.plots.fans import PANELS, draw_fan, fans, legend_of_fans
from sim.plots.months import draw_limits, limit_legend, limit_shares
from sim.plots.outcomes import OUTCOME, SHOWN, TITLES
from sim.plots.style import Picture, panels, picture, readable, styled

if TYPE_CHECKING:
    from xarray import DataArray, Dataset

FLOWS = (
    "Munitions delivered so far",
    "Technology handed over so far",
    "Soldiers abroad",
    "Oil in kind",
    "Openness of the tie",
    "China–North Korea trade",
)


@styled
def summary_page(
    summary: Any,
    outcomes: "DataArray | None" = None,
    manifest: Mapping[str, Any] | None = None,
    paths: "Dataset | None" = None,
) -> Picture:
    """Draw one page: the question, the outcomes in a table, six flows, and what bound.

    Parameters
    ----------
    summary : SavedRun or Dataset
        What `sim.open_run` gives, which needs nothing beside it; or runs, or quantiles by month with ``limit_share``.
    outcomes : DataArray, optional
        Dims (outcome, run).
    manifest : mapping, optional
        That of the run directory.
    paths : Dataset, optional
        Full paths of some runs, for sums over months.
    """
    if hasattr(summary, "manifest") and hasattr(summary, "quantiles"):  # a saved run
        saved, summary = summary, summary.quantiles
        outcomes, manifest, paths = outcomes if outcomes is not None else saved.outcomes, manifest or saved.manifest, saved.paths
    if outcomes is None or manifest is None:
        raise UserError(
            "needs a saved run, as sim.open_run gives it, or outcomes= and manifest= beside its months", "summary_page"
        )
    figure = picture(10.5, 13.2)
    parts: Any = figure.subfigures(3, 1, height_ratios=(3.5, 5.4, 4.2))
    head, flows, limits = parts
    _head(head, outcomes, manifest)
    drawn = [(panel, by_holder) for panel in PANELS if panel.title in FLOWS and (by_holder := fans(panel, summary, paths))]
    for axes, (panel, by_holder) in zip(panels(flows, len(drawn), 3), drawn, strict=True):
        draw_fan(axes, panel, by_holder, summary["month"].values, observations())
    legend_of_fans(flows)
    shares = limit_shares(summary)
    axes_list = panels(limits, len(DIMENSIONS) + 1, 3, sharey=True)
    for axes, dimension in zip(axes_list, DIMENSIONS, strict=False):
        draw_limits(axes, shares.sel(dimension=dimension))
        axes.set_title(f"What limits {dimension}")
    for axes in axes_list[::3]:
        axes.set_ylabel("share of runs")
    axes_list[-1].set_axis_off()
    axes_list[-1].legend(handles=limit_legend(shares), loc="center", ncols=2, title="limit that bound")
    return figure


def _head(figure: SubFigure, outcomes: "DataArray", manifest: Mapping[str, Any]) -> None:
    scenario = manifest["scenario"]
    left, right = figure.subplots(1, 2, width_ratios=(1.0, 1.5))
    for axes in (left, right):
        axes.set_axis_off()
    question = " ".join(str(scenario.get("question", "")).split())
    knockouts = ", ".join(scenario.get("knockouts", ())) or "none"
    facts = [
        f"scenario {scenario.get('name', '')}, from {scenario.get('start', '')}",
        f"{manifest['months']} months, {manifest['runs']:,} runs, seed {manifest.get('seed', '?')}",
        f"knocked out: {knockouts}",
        f"hash {str(manifest.get('hash', ''))[:12]}",
    ]
    left.set_title(str(scenario.get("title", scenario.get("name", ""))), fontsize=15)
    left.text(0, 0.98, "\n".join(textwrap.wrap(question, 48)), va="top", fontsize=10, linespacing=1.35, transform=left.transAxes)
    left.text(0, 0.02, "\n".join(facts), va="bottom", color="#555555", transform=left.transAxes)
    rows = []
    for name in SHOWN:
        low, middle, high = np.nanquantile(outcomes.sel(outcome=name).values, (0.05, 0.5, 0.95))
        unit = f"month ({manifest['months'] + 1}: never)" if OUTCOME[name].how == "first" else OUTCOME[name].unit
        rows.append([TITLES.get(name, readable(name)), *(number(value) for value in (low, middle, high)), unit])
    right.set_title("Outcomes over all runs")
    table = right.table(
        rows, colLabels=("", "5%", "median", "95%", "unit"), colWidths=(0.42, 0.13, 0.13, 0.13, 0.24), cellLoc="right",
        edges="horizontal", loc="center", bbox=(0, 0, 1, 1),
    )  # fmt: skip
    table.auto_set_font_size(False)
    table.set_fontsize(8.5)
    for (row, column), cell in table.get_celld().items():
        cell.set_edgecolor("#D0D0D0")
        if column in (0, 4):
            cell.set_text_props(ha="left")
        if row == 0:
            cell.set_text_props(weight="bold")
