"""Where does it fail? Boxes of parameters in which failing worlds are dense, scored on fresh seeds."""

from functools import partial
from math import log, nan

import numpy as np

from sim.arrays import Array
from sim.experiments.prim import Mask, find_boxes, rescore
from sim.numerals import number, share
from sim.plots.thesis_limits import BoxSide, box_figure
from sim.reporting.document import Block, Figure, Items, Section, Table, Text, plain
from sim.reporting.intervals import share as share_of
from sim.reporting.records import Interval, Record, columns, row
from sim.reporting.tables import UNKNOWN, Rows
from sim.reporting.words import listed, percent
from sim.thesis.estimates import not_computed, of, title
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Make, Question, Stages
from sim.thesis.questions.worlds import classed, sample
from sim.thesis.sampling import sample_points
from sim.thesis.terms import Dimension, JudgedDimension, Side

MOST_SIDES = 16  # sides among which boxes are sought: those that tell failing worlds from others best
DENSE = 0.8  # share of failing worlds wanted in a box


class Box(Record):
    """A box of parameters in which the failing worlds are dense."""

    edges: dict[str, tuple[float | None, float | None]]
    """Lower and upper edge of each restricted parameter; null for an open side."""
    words: str
    coverage: Interval
    """Share of the failing worlds that lie in it, on fresh seeds."""
    density: Interval
    """Share of the worlds in it that fail, on fresh seeds."""
    mass: float
    """Share of all worlds that lie in it, on fresh seeds."""
    coverage_found: float
    """On the worlds that found it."""
    density_found: float


class Failing(Record):
    """Where the cap on one dimension does not hold, at the headline date. A world fails unless it is classed `holds`."""

    share: Interval
    """Share of worlds that fail, on fresh seeds."""
    boxes: list[Box]
    note: str
    """What to know where there is no box: that no world fails, or all, or that no box is denser than the whole."""
    worlds: int
    fresh_worlds: int


class Part(Record):
    """What a judgement holds of it."""

    fails: dict[Dimension, Failing]


def stages(problem: Problem) -> dict[str, Make]:
    """Worlds on the seed for exploration: those on which boxes are scored are the sample that is reported."""
    return {"explored worlds": partial(sample, measure="declared", seed=problem.declaration.seeds.exploration)}


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find boxes in which failing worlds are dense on the explored worlds, and score them on those of other seeds."""
    seeds = problem.declaration.seeds
    old, new = (
        np.stack(list(problem.worlds(sample_points(problem, seed)).values()), axis=1)
        for seed in (seeds.exploration, seeds.confirmation)
    )
    failing_old, failing_new = (
        classed(problem, arrays)[problem.last] != "holds" for arrays in (done["explored worlds"], done["worlds"])
    )
    return Part(
        fails={
            dimension: find_failing(problem, old, failing_old[place], new, failing_new[place])
            for place, dimension in enumerate(problem.dimensions)
        }
    )


def find_failing(problem: Problem, old: Array, failing_old: Mask, new: Array, failing_new: Mask) -> Failing:
    """Find boxes on old worlds, shape (world, side), and score them on new ones."""
    addresses = [side.address for side in problem.box]
    whole = share_of(failing_new.sum(), failing_new.size)
    boxes: list[Box] = []
    held: list[Mask] = []
    if failing_old.any() and not failing_old.all():
        sides = telling(old, failing_old)
        # Where most worlds fail anyway, a box has to be denser still to say anything.
        dense = max(DENSE, (1 + float(failing_old.mean())) / 2)
        for found in find_boxes(old[:, sides], failing_old, density=dense):
            fresh, inside = rescore(found, new[:, sides], failing_new), found.contains(new[:, sides])
            # On fresh seeds a box has to stand out, and to be more than an earlier one made wider.
            if not fresh.density.low > whole.value or any(inside[earlier].all() for earlier in held):
                continue
            held.append(inside)
            edges = found.terms([addresses[side] for side in sides])
            boxes.append(
                Box(
                    edges=edges,
                    words=in_words(edges),
                    coverage=of(fresh.coverage),
                    density=of(fresh.density),
                    mass=fresh.mass,
                    coverage_found=float(found.coverage.value),
                    density_found=float(found.density.value),
                )
            )
    return Failing(
        share=of(whole),
        boxes=boxes,
        note="" if boxes else _why_no_box(failing_old),
        worlds=failing_old.size,
        fresh_worlds=failing_new.size,
    )


def _why_no_box(failing: Mask) -> str:
    if not failing.any():
        return "In no world of the sample does it fail, so there is nothing to search for."
    if failing.all():
        return "It fails in every world of the sample, so no part of the box stands out."
    return "No part of the box is clearly denser in failing worlds than the whole."


def telling(worlds: Array, failing: Mask, most: int = MOST_SIDES) -> list[int]:
    """Sides of the box along which failing worlds differ most from the others, in order.

    By the largest distance of the two distribution functions (Kolmogorov and Smirnov): a box of hundreds of sides is sought
    among the few that tell.
    """
    order = np.argsort(worlds, axis=0, kind="stable")
    hit = failing[order]
    gap = np.cumsum(hit, axis=0) / hit.sum(axis=0) - np.cumsum(~hit, axis=0) / (~hit).sum(axis=0)
    furthest = np.abs(gap).max(axis=0)
    return sorted(np.argsort(-furthest, kind="stable")[:most].tolist())


def in_words(edges: dict[str, tuple[float | None, float | None]]) -> str:
    """A box in plain words."""
    texts = []
    for address, (low, high) in edges.items():
        if low is not None and high is not None:
            texts.append(f"{address} between {number(low)} and {number(high)}")
        else:
            texts.append(f"{address} above {number(low)}" if low is not None else f"{address} below {number(high)}")
    return " and ".join(texts)


def rows(findings: Findings) -> Rows:
    """Rows of the boxes in which the cap fails; one with the note alone where there is none."""
    none = {"words": "", **columns("coverage", UNKNOWN), **columns("density", UNKNOWN)}
    for dimension, each in findings.fails.items():
        head = {"dimension": dimension, **row(each)}
        boxes = [{name: cell for name, cell in row(box).items() if not name.startswith("edges_")} for box in each.boxes]
        yield from ({**head, **box} for box in boxes or [none])


def chapter(judgement: Findings) -> Section:
    """Boxes in which the claim fails, in words, with coverage and density on fresh seeds."""
    heading = "Where does it fail?"
    found = [
        (dimension, judgement.fails[dimension.name])
        for dimension in judgement.about.dimensions
        if dimension.name in judgement.fails
    ]
    if not found:
        return not_computed("fails", heading)
    sides = {side.address: side for side in judgement.about.box}
    drawn = {
        f"{title(dimension.name)}, box {count}: {share(box.density.estimate)} of its worlds fail": [
            _side(address, edges, sides.get(address)) for address, edges in box.edges.items()
        ]
        for dimension, each in found
        for count, box in enumerate(each.boxes, 1)
        if box.edges
    }
    lines = tuple(
        (
            title(dimension.name),
            _where(box),
            percent(box.coverage),
            percent(box.density),
            share(box.mass),
            f"{share(box.coverage_found)} / {share(box.density_found)}",
        )
        for dimension, each in found
        for box in each.boxes
    )
    blocks: list[Block] = [
        Text(
            "A claim that cannot fail says nothing. Here a world *fails* unless it is classed ‘holds’. A box of parameters is "
            "sought in which failing worlds are dense (patient rule induction: Friedman and Fisher 1999; Bryant and Lempert "
            "2010), and then scored on worlds of fresh seeds, since a box looks better than it is on the worlds that found it. "
            "*Coverage*: the share of failing worlds that lie in the box. *Density*: the share of its worlds that fail. A "
            "second box is sought among the worlds that the first leaves."
        ),
        Items(tuple(_fails_sentence(dimension, each) for dimension, each in found)),
    ]
    if drawn:
        blocks.append(
            Figure(
                "fails",
                partial(box_figure, drawn),
                "The boxes in which the claim fails: hatched, within the declared range of each parameter.",
                "Boxes within the ranges of their parameters; the list above says the same.",
            )
        )
    if lines:
        columns = (
            "dimension",
            "the claim fails where",
            "coverage",
            "density",
            "share of the box",
            "as found: coverage / density",
        )
        blocks.append(Table("Boxes, scored on fresh seeds.", columns, lines, "llrrrr"))
    return Section("fails", heading, tuple(blocks))


def _fails_sentence(dimension: JudgedDimension, found: Failing) -> str:
    text = f"**{title(dimension.name)}**: the claim fails in {percent(found.share)} of the worlds."
    if not found.boxes:
        return f"{text} {plain(found.note) or 'No box tells them apart.'}"
    texts = [
        f"where {_where(box)}: there it fails in {percent(box.density)} of worlds. That is {share(box.mass)} of all worlds, and "
        f"{share(box.coverage.estimate)} of those that fail"
        for box in found.boxes
    ]
    return f"{text} Failing worlds are denser {'; and '.join(texts)}. {plain(found.note)}".strip()


def _where(box: Box) -> str:
    """A box in terms of its parameters."""
    return listed([f"`{address}` is {_edges(*edges)}" for address, edges in box.edges.items()]) or "anything is so"


def _edges(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"above {number(low)}" if high is None else f"below {number(high)}"
    return f"between {number(low)} and {number(high)}"


def _side(address: str, edges: tuple[float | None, float | None], side: Side | None) -> BoxSide:
    low, high = edges
    text = _edges(low, high)
    if side is None or side.high <= side.low:
        return BoxSide(address, nan, nan, text)
    places = [_place(edge, side) if edge is not None else default for edge, default in ((low, 0.0), (high, 1.0))]
    return BoxSide(address, places[0], places[1], f"{text} (of {number(side.low)} to {number(side.high)})")


def _place(value: float, side: Side) -> float:
    """Place of a value along its range, from 0 to 1, by the measure declared for it."""
    if side.measure == "log" and side.low > 0:
        place = log(max(value, side.low) / side.low) / log(side.high / side.low)
    else:
        place = (value - side.low) / (side.high - side.low)
    return min(max(place, 0.0), 1.0)


QUESTION = Question(
    part=Part,
    find=find,
    stages=stages,
    simulated={"explored worlds": "worlds on the seed for exploration: where boxes are sought"},
    chapter=chapter,
    tables={"fails": rows},
)
