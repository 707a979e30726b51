"""In how many worlds, where it fails, and whether it depends on how the model is written or on whose scenario is asked."""

from functools import partial
from math import log, nan

from sim.plots.thesis_cap import share_figure
from sim.plots.thesis_limits import BoxSide, box_figure, variant_figure
from sim.reporting.document import Block, Cell, Figure, Items, Section, Table, Text, Word, plain
from sim.reporting.words import after, counted, interval, listed, number, percent, share
from sim.thesis.chapters.common import BEST_TO_WORST, headlined, not_computed, span, title, until
from sim.thesis.judgement import JudgedDimension, Judgement, Side
from sim.thesis.judgement_base import Verdict
from sim.thesis.judgement_worlds import Box, Failing, Sample, Shares, Variant, VariantCell

MEASURE = {"declared": "declared", "linear": "all linear", "log": "all log"}


def worlds(judgement: Judgement) -> Section:
    """Shares of the declared box by verdict, under each measure."""
    heading = "In how many worlds?"
    samples = [sample for sample in judgement.worlds if headlined(judgement, sample.shares)]
    if not samples:
        return not_computed("worlds", heading)
    groups: dict[str, dict[str, dict[str, Shares]]] = {}
    for sample in samples:
        for dimension, found in headlined(judgement, sample.shares):
            groups.setdefault(dimension.name, {})[MEASURE[sample.measure]] = {"": found}
    ordered = {
        dimension.name: {measure: each[""] for measure, each in groups[dimension.name].items()}
        for dimension in judgement.about.dimensions
        if dimension.name in groups
    }
    draw = partial(
        share_figure,
        {
            title(key): {
                measure: {word: span(getattr(found, word)) for word in BEST_TO_WORST} for measure, found in by_measure.items()
            }
            for key, by_measure in ordered.items()
        },
        "share of the worlds of the declared box (line: interval of 'holds')",
    )
    rows = tuple(
        (
            title(key),
            measure,
            percent(found.holds),
            percent(found.undecided),
            percent(found.fails),
            percent(found.reversed),
            share(found.misclassed),
            "" if found.noise_within is None else number(found.noise_within),
        )
        for key, by_measure in ordered.items()
        for measure, found in by_measure.items()
    )
    columns = ("dimension", "measure", "holds", "undecided", "fails", "reversed", "misclassed", "noise within")
    first = samples[0]
    blocks: list[Block] = [
        Text(
            "The numbers of the model are not known, only ranges for them. A *world* is one choice of all "
            f"{len(judgement.about.box):,} numbers of the declared box (listed at the end). In each world the claim is classed "
            "by its point estimate. The share of worlds depends on the box and on the *measure*: whether a number is as likely "
            "in each equal step (linear) or in each equal factor (log). So it is given under the declared measures, and under "
            "each of the two for all numbers that allow it."
        ),
        Text(
            "These are shares of a declared box under a declared measure. They are not the probability that the claim is true, "
            "and not shares of what is plausible in any other sense.",
            "note",
        ),
        Figure(
            "worlds",
            draw,
            f"Share of the worlds of the declared box by verdict, by {until(judgement)}. Line: 95% t-interval of 'holds' over "
            "scramblings.",
            "Stacked shares of worlds by verdict, dimension and measure; the list below says the same.",
        ),
        Items(tuple(_measure_told(key, by_measure) for key, by_measure in ordered.items())),
        Table(f"Shares of worlds by {until(judgement)}.", columns, rows, "llrrrrrr"),
        Text(_sampling(first)),
    ]
    return Section("worlds", heading, tuple(blocks))


def _measure_told(key: str, by_measure: dict[str, Shares]) -> str:
    known = {measure: found.holds.estimate for measure, found in by_measure.items() if found.holds.estimate is not None}
    if not known:
        return f"**{title(key)}**: not known."
    low, high = min(known.values()), max(known.values())
    text = f"**{title(key)}**: holds in " + listed([f"{share(value)} ({measure})" for measure, value in known.items()])
    if low <= 0.5 < high:
        return f"{text}. Whether that is most of the box depends on the measure."
    return f"{text}. That is {'more than half' if low > 0.5 else 'half or less'} of the box under each measure."


def _sampling(sample: Sample) -> str:
    return (
        f"Worlds are Sobol points under {sample.scramblings} independent scramblings, {sample.worlds:,} worlds in all for a "
        f"measure, {sample.runs_per_world} runs in each and more near an edge between two verdicts. *Misclassed* is the share "
        "of worlds that the noise within them is expected to have put in the wrong class; *noise within* is the variance "
        "within worlds over that between them."
    )


def failing(judgement: Judgement) -> Section:
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
    rows = tuple(
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
        Items(tuple(_fails_told(dimension, each) for dimension, each in found)),
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
    if rows:
        columns = (
            "dimension",
            "the claim fails where",
            "coverage",
            "density",
            "share of the box",
            "as found: coverage / density",
        )
        blocks.append(Table("Boxes, scored on fresh seeds.", columns, rows, "llrrrr"))
    return Section("fails", heading, tuple(blocks))


def _fails_told(dimension: JudgedDimension, found: Failing) -> str:
    text = f"**{title(dimension.name)}**: the claim fails in {percent(found.share)} of the worlds."
    if not found.boxes:
        return f"{text} {plain(found.note) or 'No box tells them apart.'}"
    told = [
        f"where {_where(box)}: there it fails in {percent(box.density)} of worlds. That is {share(box.mass)} of all worlds, and "
        f"{share(box.coverage.estimate)} of those that fail"
        for box in found.boxes
    ]
    return f"{text} Failing worlds are denser {'; and '.join(told)}. {plain(found.note)}".strip()


def _where(box: Box) -> str:
    """A box in terms of its parameters."""
    return listed([f"`{address}` is {_edges(*edges)}" for address, edges in box.edges.items()]) or "anything is so"


def _edges(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"above {number(low)}" if high is None else f"below {number(high)}"
    return f"between {number(low)} and {number(high)}"


def _side(address: str, edges: tuple[float | None, float | None], side: Side | None) -> BoxSide:
    low, high = edges
    told = _edges(low, high)
    if side is None or side.high <= side.low:
        return BoxSide(address, nan, nan, told)
    places = [_place(edge, side) if edge is not None else default for edge, default in ((low, 0.0), (high, 1.0))]
    return BoxSide(address, places[0], places[1], f"{told} (of {number(side.low)} to {number(side.high)})")


def _place(value: float, side: Side) -> float:
    """Place of a value along its range, from 0 to 1, by the measure declared for it."""
    if side.measure == "log" and side.low > 0:
        place = log(max(value, side.low) / side.low) / log(side.high / side.low)
    else:
        place = (value - side.low) / (side.high - side.low)
    return min(max(place, 0.0), 1.0)


def variants(judgement: Judgement) -> Section:
    """The verdict under every way of writing the model, side by side, the worst named."""
    heading = "Does it depend on how the model is written?"
    rows = judgement.variants.rows
    if not rows:
        return not_computed("variants", heading)
    shown = [dimension for dimension in judgement.about.dimensions if any(dimension.name in row.cells for row in rows)]
    effects = {
        title(dimension.name): [
            (_variant(row), span(row.cells[dimension.name].relative), row.cells[dimension.name].word, row.base)
            for row in rows
            if dimension.name in row.cells
        ]
        for dimension in shown
    }
    table = tuple(
        (
            f"{_variant(row)}{' **(base)**' if row.base else ''}",
            *(_cell(row.cells.get(dimension.name), dimension) for dimension in shown),
        )
        for row in rows
    )
    worst = [_worst(judgement, dimension) for dimension in shown]
    blocks: list[Block] = [
        Text(
            "How the partners bargain, how they learn, and how Beijing responds can each be written in several ways, and "
            f"nothing says which is right. So the verdict is given for each, over {counted(judgement.variants.worlds, 'world')} "
            "of the box, and never averaged: a claim is as good as it is under the way of writing that suits it least."
        ),
        Figure(
            "variants",
            partial(variant_figure, effects, {title(dimension.name): dimension.delta for dimension in shown}),
            f"Mean effect over the worlds by {until(judgement)}, a point for each way of writing the model; the smallest is "
            "named.",
            "Effects by way of writing the model; the list below says the same.",
        ),
        Items(tuple(worst)),
        Table(
            "Verdict of the mean effect over the worlds; in brackets the share of worlds in which the claim holds.",
            ("bargaining, learning, response", *(title(dimension.name) for dimension in shown)),
            table,
            "l" * (1 + len(shown)),
        ),
    ]
    return Section("variants", heading, tuple(blocks))


def _variant(row: Variant) -> str:
    return f"{row.bargaining}, {row.learning}, {row.response}".replace("_", " ")


def _cell(cell: VariantCell | None, dimension: JudgedDimension) -> Cell:
    if cell is None:
        return ""
    return Word(cell.word, f"{_effect(cell, dimension)} ({share(cell.holds)})")


def _effect(found: VariantCell | Verdict, dimension: JudgedDimension) -> str:
    """The point estimate alone: as a percentage, or in the unit of the outcome where there is nothing to be a share of."""
    if found.relative is not None and found.relative.estimate is not None:
        return share(found.relative.estimate)
    return number(found.absolute.estimate) + after(dimension.unit)


def _worst(judgement: Judgement, dimension: JudgedDimension) -> str:
    rows = judgement.variants.rows
    words = [row.cells[dimension.name].word for row in rows if dimension.name in row.cells]
    text = f"**{title(dimension.name)}**: holds under {words.count('holds')} of {counted(len(words), 'way')} of writing the model"
    place = judgement.variants.worst.get(dimension.name)
    if place is None or place >= len(rows) or dimension.name not in rows[place].cells:
        return f"{text}."
    cell = rows[place].cells[dimension.name]
    found = interval(cell.absolute, unit=dimension.unit) if cell.relative is None else percent(cell.relative)
    return f"{text}; the worst for it is {_variant(rows[place])}, with an effect of {found} (*{cell.word}*)."


def rivals(judgement: Judgement) -> Section:
    """The same verdicts under the scenarios of rival schools."""
    heading = "What would rival schools find?"
    if not judgement.rivals:
        return not_computed("rivals", heading)
    shown = judgement.about.dimensions
    rows = tuple(
        (
            f"{plain(rival.title)} (`{rival.scenario}`)",
            *(
                Word(rival.verdicts[dimension.name].word, _effect(rival.verdicts[dimension.name], dimension))
                if dimension.name in rival.verdicts
                else ""
                for dimension in shown
            ),
            interval(rival.months_punished),
        )
        for rival in judgement.rivals
    )
    blocks: list[Block] = [
        Text(
            "Scholars disagree about what Beijing is to this tie. Each school is a scenario file, judged by the same test. "
            "Where schools differ, what explains it can be computed (`disagree`, below)."
        ),
        Items(tuple(f"**{plain(rival.title)}**: {plain(rival.question)}" for rival in judgement.rivals)),
        Table(
            f"Verdicts under each school's scenario by {until(judgement)}, and how much lower each outcome is with Beijing.",
            ("school", *(title(dimension.name) for dimension in shown), "months punished"),
            rows,
            "l" * (1 + len(shown)) + "r",
        ),
    ]
    return Section("rivals", heading, tuple(blocks))
