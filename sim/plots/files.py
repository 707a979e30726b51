"""All pictures of a run directory, as files."""

from pathlib import Path

from sim.plots.fans import evidence_charts, fan_charts
from sim.plots.months import limits_by_month, pressure_levels
from sim.plots.network import flows_of, trade_network
from sim.plots.outcomes import distributions
from sim.plots.page import summary_page
from sim.plots.style import save
from sim.run_directory import open_run


def draw_all(directory: Path | str) -> list[Path]:
    """Draw every picture of a run directory into its folder ``figures``, as PNG and SVG.

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
    scenario, summary = saved.manifest["scenario"], saved.quantiles
    pressers = {name: rule["presser"] for name, rule in scenario["rules"].items()}
    ends = {name: (tie["belligerent"], tie["supplier"]) for name, tie in scenario["partnerships"].items()}
    last = str(summary["month"].values[-1])[:7]
    known = evidence_charts(summary, saved.paths)
    pictures = {
        "summary": summary_page(summary, saved.outcomes, saved.manifest, saved.paths),
        "flows": fan_charts(summary, saved.paths),
        **({"evidence": known} if known else {}),
        "outcomes": distributions({saved.manifest["scenario"]["name"]: saved.outcomes}),
        "limits": limits_by_month(summary),
        "pressure": pressure_levels(summary, pressers),
        "network": trade_network(flows_of(saved.paths, last, ends), f"Trade in {last}"),
    }
    folder = saved.directory / "figures"
    folder.mkdir(exist_ok=True)
    return [path for name, figure in pictures.items() for path in save(figure, folder / name)]
