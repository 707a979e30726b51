"""The pictures of a sweep, as files: what moves an outcome, where it is high, how it spreads, and how it goes by month."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import UserError
from sim.experiments.saved import SavedSweep
from sim.numerals import number
from sim.plots import Picture, heat_map, indices, parallel_coordinates, quantile_fan_by_point, ridge, save, tornado
from sim.plots.style import figure_folder

if TYPE_CHECKING:
    import pandas as pd

MOST_DRAWN = 100_000  # runs in a picture: more change none and take memory
LINES = 8  # parameters side by side
FANS = 4  # points whose months are drawn


def draw_sweep(saved: SavedSweep, outcome: str, kinds: Sequence[str] = ("png",), out: Path | str | None = None) -> list[Path]:
    """Draw every picture of a sweep that its design allows. A warning names those that its points do not, with the reason.

    With structural or other levers, sensitivity is drawn for their first options; heat maps and ridges show them all.

    Parameters
    ----------
    saved : SavedSweep
    outcome : str
        Which outcome, such as "munitions".
    kinds : sequence of str
        Formats: ``png``, ``svg``.
    out : path, optional
        Folder to draw into; ``figures`` in that of the sweep by default.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UserError
        If there is no such outcome, or no picture can be drawn.
    """
    drawn, reasons = {}, []
    for name, figure in pictures(saved, outcome):
        if isinstance(figure, UserError):
            reasons.append(f"no picture '{name}': {figure.message}")
        else:
            drawn[f"{outcome}-{name}"] = figure
    if not drawn:
        raise UserError("; ".join(reasons) or "one point has no picture; vary something", str(saved.directory))
    for reason in reasons:
        warnings.warn(reason, stacklevel=2)
    folder = figure_folder(saved.directory, out)
    return [path for name, figure in drawn.items() for path in save(figure, folder / name, kinds)]


def pictures(saved: SavedSweep, outcome: str) -> Iterator[tuple[str, Picture | UserError]]:
    """Draw the pictures of a sweep one after the other, each with the name of its file; or the reason why it cannot be drawn."""
    units, log = saved.manifest["units"], _logarithmic(saved)
    parameters = [name for name in saved.inputs if name not in saved.manifest["levers"]]
    means = saved.means(outcome).rename(columns={"mean": outcome})
    ranked = parameters
    if parameters and saved.manifest["points"] > 1:
        effects = _tried(lambda: _first_levers(saved, saved.sensitivity(outcome)))
        if isinstance(effects, UserError):
            yield "sensitivity", effects
        else:
            ranked = _ranked(effects)
            yield "sensitivity", _tried(lambda: _sensitivity(effects, outcome, units))
    axes = [*ranked, *(name for name in saved.manifest["levers"] if len(saved.manifest["levers"][name]) > 1)][:2]
    if len(axes) == 2:
        yield "map", _tried(lambda: heat_map(means, axes[0], axes[1], outcome, units=units, log=log))
    if axes:
        runs = _runs(saved, [axes[0], outcome])
        yield "ridges", _tried(lambda: ridge(runs, axes[0], outcome, units=units))
    if len(ranked) > 1:
        yield "parallel", _tried(lambda: parallel_coordinates(means, ranked[:LINES], outcome, units=units, log=log))
    if saved.manifest["record"]:
        yield "months", _months(saved, axes or saved.inputs[:1])


def _tried[T](make: Callable[[], T]) -> T | UserError:
    """Make something of what has been read, or give the reason why these points do not allow it."""
    try:
        return make()
    except UserError as error:
        return error


def _sensitivity(effects: "pd.DataFrame", outcome: str, units: dict[str, str]) -> Picture:
    if "total" in set(effects["measure"]):
        return indices(effects, outcome)
    return tornado(effects, outcome, units.get(outcome))


def _first_levers(saved: SavedSweep, table: "pd.DataFrame") -> "pd.DataFrame":
    """Keep the rows of the first option of every lever."""
    for name, options in saved.manifest["levers"].items():
        table = table[table[name] == options[0]]
    return table


def _ranked(effects: "pd.DataFrame") -> list[str]:
    """Parameters, the strongest first: by total index, by μ*, by the swing, or by the coefficient, as the design gives."""
    measure = next(name for name in ("total", "mu_star", "outcome", "rank_regression") if name in set(effects["measure"]))
    rows = effects[effects["measure"] == measure]
    size = rows["value"].abs() if measure != "outcome" else (rows["high"] - rows["low"]).abs()
    return rows.assign(size=size).sort_values("size", ascending=False)["parameter"].tolist()


def _logarithmic(saved: SavedSweep) -> list[str]:
    ranges = saved.manifest["design"]["about"].get("ranges", {})
    return [name for name, side in ranges.items() if side["measure"] == "log"]


def _runs(saved: SavedSweep, columns: Sequence[str]) -> "pd.DataFrame":
    """Rows of the first runs of every point, so that all points are there in equal parts."""
    import pyarrow.compute as pc

    runs = max(1, MOST_DRAWN // saved.manifest["points"])
    rows: pd.DataFrame = saved.table.to_table(columns=list(columns), filter=pc.field("run") < runs).to_pandas()
    return rows


def _months(saved: SavedSweep, named: Sequence[str]) -> Picture:
    """Draw the months of a few points: those at which the first of the named inputs is lowest, highest and in between."""
    order = saved.design.sort_values(list(named), kind="stable")
    few = order.iloc[np.unique(np.linspace(0, len(order) - 1, FANS).round().astype(int))]
    labels = {int(row["point"]): ", ".join(f"{name} {_written(row[name])}" for name in named) for _, row in few.iterrows()}
    quantity = saved.manifest["record"][0]
    rows = saved.quantiles_of(list(labels))
    return quantile_fan_by_point(rows, quantity, points=list(labels), labels=labels, start=saved.scenario().start)


def _written(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value) or "none"
