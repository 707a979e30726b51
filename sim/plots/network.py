"""The trade network of a month or a year, on a map-like plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text

from sim.arrays import Array
from sim.errors import UserError
from sim.plots.inputs import one_arm
from sim.plots.style import (
    BLACK,
    BLUE,
    BROWN,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Picture,
    country_name,
    picture,
    styled,
)

if TYPE_CHECKING:
    from xarray import Dataset

# Where countries stand on the plan: roughly as on a map, so that no line of the base scenario runs through a third country.
PLACES = {
    "russia": (0.30, 0.94),
    "china": (0.20, 0.42),
    "north_korea": (0.54, 0.66),
    "south_korea": (0.71, 0.42),
    "japan": (0.93, 0.52),
    "united_states": (1.13, 0.84),
    "rest_of_world": (0.76, 0.0),
    "european_union": (-0.08, 0.94),
    "iran": (-0.10, 0.60),
}
COLOURS = {
    "trade": GREY,
    "oil": ORANGE,
    "components": BLUE,
    "munitions": VERMILLION,
    "money": GREEN,
    "troops": PURPLE,
    "technology": SKY,
    "labour": BROWN,
}
NAMES = {
    "trade": "ordinary trade, both ways",
    "components": "dual-use goods",
    "munitions": "shells",
    "money": "payment",
    "troops": "soldiers (their pay)",
    "labour": "workers abroad (their pay)",
}
MUTUAL = "trade"  # ordinary commerce flows both ways and is drawn once for a pair
SCALE = (10, 100, 1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Flow:
    """What one country sends another, in million USD a month."""

    exporter: str
    importer: str
    good: str
    value: float


def flows_of(data: Any, when: str | None = None, ends: Mapping[str, tuple[str, str]] | None = None) -> list[Flow]:
    """Give the mean flows of a month ("2024-06") or a year ("2024").

    Parameters
    ----------
    data : Dataset or SavedRun
        Runs of one scenario (their mean is taken) or quantiles by month (their median is), with ``lane_flow``.
    when : str, optional
        A month or a year of the data; the last month unless given.
    ends : mapping, optional
        Belligerent and supplier of each partnership: the money paid between them is then a flow as well. A saved run knows them.

    Raises
    ------
    UserError
        The data hold no lanes, or not that month.
    """
    data = one_arm(data, "flows_of")
    if hasattr(data, "paths"):  # a saved run
        pairs = data.scenario.partnerships.items()
        ends = {name: (pair.belligerent, pair.supplier) for name, pair in pairs} if ends is None else ends
        data = data.paths
    if "lane_flow" not in data:
        raise UserError("these data hold no flows on lanes; record 'lane_flow'")
    months = data["month"].values
    when = str(months[-1])[:7] if when is None else when
    chosen = np.flatnonzero(np.char.startswith(months.astype("datetime64[M]").astype(str), when)) if when else np.zeros(0)
    if not chosen.size or len(when) not in (4, 7):
        raise UserError(
            f"'{when}' is no month or year of these data; they run from {str(months[0])[:7]} to {str(months[-1])[:7]}"
        )
    part = _typical(data.isel(month=chosen))
    lanes = part["lane_flow"]
    flows = [
        Flow(str(exporter), str(importer), str(good), float(value))
        for exporter, importer, good, value in zip(
            lanes["exporter"].values, lanes["importer"].values, lanes["good"].values, lanes.values, strict=True
        )
    ]
    for name, (belligerent, supplier) in (ends or {}).items():
        flows.append(Flow(belligerent, supplier, "money", float(part["payment"].sel(partnership=name))))
    return flows


@styled
def trade_network(flows: Any, title: str = "Who trades what with whom") -> Picture:
    """Draw countries and what flows between them; the width of a line grows with the logarithm of its value.

    ``flows`` are those of `flows_of`, or what `sim.run` or `sim.open_run` gives, with ``lane_flow``: then those of the last
    month.

    Ordinary trade of a pair is one grey line for both directions; every other good has its colour, and an arrow.
    """
    if not isinstance(flows, list | tuple) or not all(isinstance(flow, Flow) for flow in flows):
        flows = flows_of(flows)
    figure = picture(9.5, 6.6)
    axes = figure.subplots()
    draw_network(figure, axes, flows)
    axes.set_title(title, fontsize=12)
    _legends(figure, axes, flows)
    return figure


def draw_network(figure: Figure, axes: Axes, flows: Iterable[Flow]) -> None:
    """Draw the lines and the countries of a network."""
    flows = [flow for flow in _joined(flows) if flow.value > 0]
    places = places_of({end for flow in flows for end in (flow.exporter, flow.importer)})
    box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": BLACK, "linewidth": 1.0}
    labels = {
        name: axes.text(x, y, country_name(name), ha="center", va="center", fontsize=10, bbox=box, zorder=5)
        for name, (x, y) in places.items()
    }
    axes.update_datalim(list(places.values()))
    axes.margins(0.1)
    axes.autoscale_view()
    figure.draw_without_rendering()  # the boxes get their sizes, at which the lines end
    points = {name: axes.transData.transform(place) for name, place in places.items()}
    lines: dict[frozenset[str], list[Flow]] = defaultdict(list)
    for flow in flows:
        lines[frozenset((flow.exporter, flow.importer))].append(flow)
    for pair in lines.values():
        pair.sort(key=lambda flow: (flow.good != MUTUAL, flow.good))
        for number, flow in enumerate(pair):
            _line(axes, flow, labels, bend=_bend(number, flow, points))
    axes.set_axis_off()


def width(value: float) -> float:
    """Give the width of a line, in points, for a value in million USD a month."""
    return 0.5 + 1.15 * float(np.log10(1 + value / SCALE[0]))


def places_of(names: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Give each country its place: its own on the plan, or one on an arc below it; all on a circle where none is known."""
    names = sorted(names)
    places = {name: PLACES[name] for name in names if name in PLACES}
    strangers = [name for name in names if name not in PLACES]
    if places:  # on an arc below the plan
        centre, reach, angles = (0.5, 0.47), (0.95, 0.8), np.linspace(1.15, 1.85, len(strangers)) * np.pi
    else:
        centre, reach, angles = (0.5, 0.5), (0.5, 0.5), np.linspace(0, 2, len(strangers), endpoint=False) * np.pi
    for name, angle in zip(strangers, angles, strict=True):
        places[name] = (centre[0] + reach[0] * float(np.cos(angle)), centre[1] + reach[1] * float(np.sin(angle)))
    return places


def _typical(data: "Dataset") -> "Dataset":
    """Give one number a holder: the mean over months of the median run, or of all runs."""
    if "quantile" in data["lane_flow"].dims:
        return data.sel(quantile=0.5).mean("month")
    return data.mean(["month", "run"])


def _joined(flows: Iterable[Flow]) -> list[Flow]:
    """Add up what has the same ends and good, ordinary trade over both directions."""
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    for flow in flows:
        ends = (flow.exporter, flow.importer)
        first, second = sorted(ends) if flow.good == MUTUAL else ends
        sums[first, second, flow.good] += flow.value
    return [Flow(*ends, value) for ends, value in sums.items()]


def _bend(number: int, flow: Flow, points: Mapping[str, Array]) -> float:
    """Bend the lines of a pair apart: the first is straight, the next keeps clear of other countries, then they take turns."""
    size = 0.13 * ((number + 1) // 2)
    first, second = sorted((flow.exporter, flow.importer))
    others = [point for name, point in points.items() if name not in (first, second)]
    if not size or not others:
        return size
    start, end = points[first], points[second]
    along = np.linspace(0, 1, 21)[:, np.newaxis]
    clear = {}
    for bend in (size, -size):
        control = (start + end) / 2 + bend * np.array([end[1] - start[1], start[0] - end[0]])
        curve = (1 - along) ** 2 * start + 2 * along * (1 - along) * control + along**2 * end
        clear[bend] = min(float(np.linalg.norm(curve - other, axis=1).min()) for other in others)
    better = max(clear, key=lambda bend: clear[bend])
    turned = -1 if flow.exporter == second else 1
    return better * turned * (1 if number % 2 else -1)


def _line(axes: Axes, flow: Flow, labels: Mapping[str, Text], bend: float) -> None:
    mutual = flow.good == MUTUAL
    start, end = labels[flow.exporter], labels[flow.importer]
    arrow = FancyArrowPatch(
        start.get_position(),
        end.get_position(),
        connectionstyle=f"arc3,rad={bend}",
        arrowstyle="-" if mutual else "-|>",
        mutation_scale=11,
        patchA=start.get_bbox_patch(),
        patchB=end.get_bbox_patch(),
        shrinkA=1,
        shrinkB=1,
        linewidth=width(flow.value),
        color=COLOURS.get(flow.good, BLACK),
        alpha=0.45 if mutual else 0.9,
        zorder=1 if mutual else 2,
    )
    axes.add_patch(arrow)


def _legends(figure: Picture, axes: Axes, flows: list[Flow]) -> None:
    goods = [good for good in COLOURS if any(flow.good == good for flow in flows)]
    lines = [Line2D([], [], color=COLOURS[good], linewidth=3, label=NAMES.get(good, good)) for good in goods]
    figure.legend(handles=lines, loc="outside lower center", ncols=5)
    scale = [Line2D([], [], color=GREY, linewidth=width(value), label=f"{value:,}") for value in SCALE]
    axes.legend(handles=scale, loc="lower right", title="million USD a month")
