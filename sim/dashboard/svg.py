"""The pictures of a single run, as SVG: they are made anew with every step, so they take milliseconds, and scale to any width.

All names are escaped: a scenario may come from a stranger.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from html import escape

import numpy as np

from sim.arrays import Array
from sim.numerals import number
from sim.plots.network import COLOURS, MUTUAL, NAMES, Flow, places_of, width
from sim.plots.style import BLACK, BLUE, country_name

Point = tuple[float, float]
Box = tuple[float, float, float]  # middle, and half the width

WIDE, NARROW = (760.0, 470.0), (400.0, 460.0)  # canvas of the map, on a desk and on a phone
MARGIN = (72.0, 30.0)
LETTER, LINE = 8.2, 30.0  # width of a letter in a country's box, and the box's height
BENDS = (0.0, 0.14, -0.14, 0.28, -0.28, 0.42, -0.42)
WORLD = "Rest of world"
# The looks of fans go with them, so that a saved picture has them; on the page its colours follow light and dark.
FAN_LOOKS = (
    ".cap-fans text{font:11px sans-serif;fill:var(--cap-soft,#444)}.cap-fans .title{font-weight:700;font-size:14px;"
    "fill:var(--cap-ink,#1d1d1d)}.cap-fans .name{font-weight:700}.cap-fans .grid{stroke:var(--cap-line,#e3e3e3)}"
    ".cap-fans .world-0{--world:var(--cap-first,#0072b2)}.cap-fans .world-1{--world:var(--cap-second,#d55e00)}"
    ".cap-fans .band{fill:var(--world);opacity:.18}.cap-fans .half{opacity:.32}.cap-fans g .name{fill:var(--world)}"
    ".cap-fans .median{fill:none;stroke:var(--world);stroke-width:1.8}.cap-fans .other{stroke-width:1.2;stroke-dasharray:5 3}"
    ".cap-fans .told rect{fill:transparent}.cap-fans .told rect:hover{fill:#8884}"
)


def network_svg(flows: Iterable[Flow], names: dict[str, str], canvas: Point = WIDE) -> str:
    """Draw the flows of a month between countries on a plan that is roughly a map.

    Parameters
    ----------
    flows : iterable of Flow
    names : dict of str
        Names of the countries by address.
    canvas : tuple of float
        Width and height, in units of which letters are 14 high.

    Returns
    -------
    str
        An ``svg`` element. The width of a line grows with the logarithm of its value; a title on it gives the number.
    """
    joined = _joined(flows)
    ends = sorted({end for flow in joined for end in (flow.exporter, flow.importer)} | names.keys())
    boxes = _boxes(ends, names, canvas)
    pairs: dict[frozenset[str], list[Flow]] = defaultdict(list)
    for flow in joined:
        if flow.value >= 0.005:
            pairs[frozenset((flow.exporter, flow.importer))].append(flow)
    heads = f"cap-{canvas[0]:.0f}"  # two maps on one page must not share names
    lines = []
    for pair in pairs.values():
        pair.sort(key=lambda flow: (flow.good != MUTUAL, flow.good))
        lines += [_line(flow, boxes, bend, heads) for flow, bend in zip(pair, _spread(pair, boxes), strict=False)]
    labels = [_label(box, _name(end, names)) for end, box in boxes.items()]
    title = "What moved between the countries this month"
    return (
        f'<svg viewBox="0 0 {canvas[0]:.0f} {canvas[1]:.0f}" role="img" aria-label="{title}" class="cap-map">'
        f"{_heads(heads)}{''.join(lines)}{''.join(labels)}</svg>"
    )


def chart_svg(title: str, unit: str, values: Sequence[float], months: int, start: str) -> str:
    """Draw one trajectory so far, on an axis that holds all months of the run.

    Parameters
    ----------
    title, unit : str
    values : sequence of float
        One a month so far, none below zero.
    months : int
        Months of the whole run.
    start : str
        First month, "YYYY-MM".
    """
    left, right, top, bottom, wide, high = 48.0, 8.0, 40.0, 22.0, 300.0, 160.0
    most = _round_up(max([0.0, *values]))

    def x(month: float) -> float:
        return left + (wide - left - right) * month / max(months, 1)

    def y(value: float) -> float:
        return high - bottom - (high - top - bottom) * value / most

    grid = "".join(
        f'<line x1="{left}" x2="{wide - right}" y1="{y(value):.1f}" y2="{y(value):.1f}" class="grid"/>'
        f'<text x="{left - 5}" y="{y(value) + 4:.1f}" text-anchor="end">{_short(value)}</text>'
        for value in (0.0, most / 2, most)
    )
    year, month = (int(part) for part in start.split("-"))
    every = max(1, -(-(months // 12) // 5))
    years = "".join(
        f'<text x="{x(at):.1f}" y="{high - 6}" text-anchor="middle">{year + number}</text>'
        for number in range(1, months // 12 + 2, every)
        if (at := 12 * number - month + 1) <= months
    )
    points = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in enumerate(values, 1))
    last = f'<circle cx="{x(len(values)):.1f}" cy="{y(values[-1]):.1f}" r="3" fill="{BLUE}"/>' if values else ""
    now = f"{_short(values[-1])}" if values else "–"
    label = escape(f"{title}: {now} {unit}")
    return (
        f'<svg viewBox="0 0 {wide:.0f} {high:.0f}" role="img" aria-label="{label}" class="cap-chart">'
        f'<text x="2" y="12" class="title">{escape(title)}</text><text x="2" y="25">{escape(unit)}</text>'
        f'<text x="{wide - right}" y="25" text-anchor="end" class="title">{now}</text>'
        f'{grid}{years}<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="1.8"/>{last}</svg>'
    )


def fans_svg(title: str, unit: str, fans: Sequence[Array], names: Sequence[str], start: str) -> str:
    """Draw two fans next to each other on one scale that holds both, each with the other's median dashed.

    Parameters
    ----------
    title, unit : str
    fans : two of ndarray, shape (quantiles, month)
        The quantiles 5, 25, 50, 75 and 95% of each world.
    names : two of str
        What the worlds are called.
    start : str
        First month, "YYYY-MM".

    Returns
    -------
    str
        An ``svg`` element. Each month of a fan tells its values when it is pointed at.
    """
    left, right, top, bottom, wide, high, gap = 52.0, 6.0, 48.0, 22.0, 520.0, 230.0, 14.0
    months, panel = fans[0].shape[1], (wide - left - right - gap) / 2
    most = _round_up(max(float(fan.max()) for fan in fans))
    least = min(0.0, *(float(fan.min()) for fan in fans))
    year, first = (int(part) for part in start.split("-"))

    def y(value: float) -> float:
        return high - bottom - (high - top - bottom) * (value - least) / (most - least)

    def line(values: Iterable[float], x: Callable[[float], float]) -> list[str]:
        return [f"{x(month):.1f},{y(value):.1f}" for month, value in enumerate(values)]

    drawn = []
    for place, fan in enumerate(fans):
        begin = left + place * (panel + gap)

        def x(month: float, begin: float = begin) -> float:
            return begin + panel * (month + 0.5) / months

        name, other = names[place], fans[1 - place]
        bands = "".join(
            f'<polygon class="band {kind}" points="{" ".join(line(fan[low], x) + line(fan[high_], x)[::-1])}"/>'
            for kind, low, high_ in (("nine", 0, 4), ("half", 1, 3))
        )
        grid = "".join(
            f'<line x1="{begin:.1f}" x2="{begin + panel:.1f}" y1="{y(value):.1f}" y2="{y(value):.1f}" class="grid"/>'
            for value in (least, (least + most) / 2, most)
        )
        years = "".join(
            f'<text x="{x(at):.1f}" y="{high - 6}" text-anchor="middle">{year + number}</text>'
            for number in range(1, (months + first - 2) // 12 + 1)
            if (at := 12 * number - first + 1) < months and (months <= 72 or number % 2 == 1)
        )
        told = "".join(
            f'<rect x="{begin + panel * month / months:.1f}" y="{top}" width="{panel / months:.2f}" '
            f'height="{high - top - bottom}">'
            f"<title>{escape(_values(name, first + month - 1, year, fan[:, month], unit))}</title></rect>"
            for month in range(months)
        )
        drawn.append(
            f'<g class="world-{place}"><text x="{begin:.1f}" y="40" class="name">{escape(name)}</text>{grid}{years}{bands}'
            f'<polyline class="median" points="{" ".join(line(fan[2], x))}"/></g><g class="world-{1 - place}">'
            f'<polyline class="median other" points="{" ".join(line(other[2], x))}"/></g><g class="told">{told}</g>'
        )
    scale = "".join(
        f'<text x="{left - 5}" y="{y(value) + 4:.1f}" text-anchor="end">{_short(value)}</text>'
        for value in (least, (least + most) / 2, most)
    )
    label = escape(f"{title}, {' and '.join(names)}: median, half and nine tenths of the runs")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" role="img" class="cap-fans" '
        f'aria-label="{label}">'
        f"<style>{FAN_LOOKS}</style>"
        f'<text x="2" y="14" class="title">{escape(title)}</text><text x="2" y="28">{escape(unit)}</text>'
        f"{scale}{''.join(drawn)}</svg>"
    )


def _values(name: str, month: int, year: int, quantiles: Array, unit: str) -> str:
    low, quarter, median, most, high = (_short(float(value)) for value in quantiles)
    when = f"{year + month // 12}-{month % 12 + 1:02d}"
    return f"{name}, {when}: {median} {unit}; half of the runs {quarter} to {most}, nine in ten {low} to {high}"


def legend(flows: Iterable[Flow]) -> list[tuple[str, str]]:
    """Give colour and words of each good that can flow."""
    present = {flow.good for flow in flows}
    return [(colour, NAMES.get(good, good)) for good, colour in COLOURS.items() if good in present]


def _joined(flows: Iterable[Flow]) -> list[Flow]:
    """Add up what has the same ends and good; ordinary trade over both directions, and money from who pays."""
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    for flow in flows:
        ends = (flow.exporter, flow.importer) if flow.value >= 0 else (flow.importer, flow.exporter)
        first, second = sorted(ends) if flow.good == MUTUAL else ends
        sums[first, second, flow.good] += abs(flow.value)
    return [Flow(*ends, value) for ends, value in sums.items()]


def _name(end: str, names: dict[str, str]) -> str:
    return names.get(end, WORLD if end == "rest_of_world" else country_name(end))


def _boxes(ends: Sequence[str], names: dict[str, str], canvas: Point) -> dict[str, Box]:
    places = places_of(ends)
    xs, ys = zip(*places.values(), strict=True)
    wide, high = (max(xs) - min(xs)) or 1.0, (max(ys) - min(ys)) or 1.0

    def scaled(x: float, y: float) -> Point:
        across, down = canvas[0] - 2 * MARGIN[0], canvas[1] - 2 * MARGIN[1]
        return MARGIN[0] + across * (x - min(xs)) / wide, MARGIN[1] + down * (max(ys) - y) / high

    return {end: (*scaled(*places[end]), min(MARGIN[0] - 4, 12 + LETTER * len(_name(end, names)) / 2)) for end in ends}


def _spread(pair: list[Flow], boxes: dict[str, Box]) -> list[float]:
    """Bend the lines of a pair apart: the first is straight, the others take the side that is clear of other countries."""
    first, second = sorted((pair[0].exporter, pair[0].importer))
    others = [np.array(box[:2]) for end, box in boxes.items() if end not in (first, second)]

    def clear(bend: float) -> float:
        curve = _curve(boxes[first][:2], boxes[second][:2], bend)
        return min((float(np.linalg.norm(curve - other, axis=1).min()) for other in others), default=1e9)

    side = 1.0 if clear(BENDS[1]) >= clear(BENDS[2]) else -1.0
    turned = [1.0 if flow.exporter == first else -1.0 for flow in pair]
    return [side * bend * turn for bend, turn in zip(BENDS, turned, strict=False)]


def _curve(start: Point, end: Point, bend: float) -> np.ndarray:
    a, b = np.array(start), np.array(end)
    control = (a + b) / 2 + bend * np.array([b[1] - a[1], a[0] - b[0]])
    along = np.linspace(0, 1, 61)[:, np.newaxis]
    curve: np.ndarray = (1 - along) ** 2 * a + 2 * along * (1 - along) * control + along**2 * b
    return curve


def _line(flow: Flow, boxes: dict[str, Box], bend: float, heads: str) -> str:
    """Draw a flow from the edge of one box to the edge of the other."""
    start, end = boxes[flow.exporter], boxes[flow.importer]
    curve = _curve(start[:2], end[:2], bend)
    free = [point for point in curve if not _inside(point, start) and not _inside(point, end)]
    if len(free) < 2:
        return ""
    path = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in free)
    colour = COLOURS.get(flow.good, BLACK)
    mutual = flow.good == MUTUAL
    head = "" if mutual else f' marker-end="url(#{heads}-{colour[1:]})"'
    says = escape(f"{NAMES.get(flow.good, flow.good)}: {_short(flow.value)} million USD")
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-opacity="{0.4 if mutual else 0.9}" '
        f'stroke-width="{1.3 * width(flow.value):.1f}"{head}><title>{says}</title></path>'
    )


def _inside(point: np.ndarray, box: Box) -> bool:
    return bool(abs(point[0] - box[0]) < box[2] + 6 and abs(point[1] - box[1]) < LINE / 2 + 6)


def _label(box: Box, name: str) -> str:
    x, y, half = box
    return (
        f'<rect x="{x - half:.1f}" y="{y - LINE / 2:.1f}" width="{2 * half:.1f}" height="{LINE}" rx="6" fill="white" '
        f'stroke="{BLACK}"/><text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle" class="country" '
        f"{_squeezed(name, half)}>{escape(name)}</text>"
    )


def _squeezed(name: str, half: float) -> str:
    """Squeeze a long name into its box."""
    return f'textLength="{2 * half - 10:.0f}" lengthAdjust="spacingAndGlyphs"' if LETTER * len(name) > 2 * half - 8 else ""


def _heads(name: str) -> str:
    """Arrow heads, one of each colour."""
    return (
        "<defs>"
        + "".join(
            f'<marker id="{name}-{colour[1:]}" viewBox="0 0 10 10" refX="7" refY="5" markerWidth="11" markerHeight="11" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0 L10,5 L0,10 z" fill="{colour}"/></marker>'
            for colour in {*COLOURS.values(), BLACK}
        )
        + "</defs>"
    )


def _round_up(value: float) -> float:
    """Give the next number of one, two or five times a power of ten; one for nothing."""
    if value < 1e-3:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if value <= step * power * (1 + 1e-9)))


def _short(value: float) -> str:
    """Write a number with three figures, thousands separated; next to nothing is nothing."""
    return number(value) if abs(value) >= 1e-3 else "0"
