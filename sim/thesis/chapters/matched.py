"""Does history change it? The verdict over worlds that the record does not rule out, beside that over the declared box."""

from functools import partial

from sim.plots.thesis_cap import share_figure
from sim.reporting.document import Block, Code, Figure, Items, Section, Table, Text, Word, plain
from sim.reporting.records import Interval
from sim.reporting.words import above_zero, below_zero, counted, interval, listed, number, percent, share
from sim.thesis.chapters.common import BEST_TO_WORST, NOT_COMPUTED, absolute, headlined, long_date, span, title, until
from sim.thesis.judgement import JudgedDimension, Judgement
from sim.thesis.judgement_worlds import Beside, Matched, MeanEffect

KEY, HEADING = "history", "Does history change it?"
WHY = (
    "The record shows one course of events: what the partners did with Beijing as it is. Worlds in which they do something else "
    "can be ruled out by it. What they would have done without Beijing nobody has seen, so the record bears on the claim only "
    "through numbers that shape both. Here the test is made once more, in worlds that the record does not rule out (history "
    "matching: McCulloch and others 2022), and set beside the declared box."
)


def history(judgement: Judgement) -> Section:
    """Shares and mean effects over the matched worlds beside those over the box, and plainly where they do not differ."""
    found = judgement.matched
    if found is None:
        told = "No matched scenario was declared or given; the command `match` makes one from the record."
        return Section(KEY, HEADING, (Text(f"{NOT_COMPUTED} {told}"),))
    shown = headlined(judgement, found.beside)
    if not shown:
        return Section(KEY, HEADING, (Text(WHY), Text(_nothing(found), "note"), *_again(judgement)))
    blocks: list[Block] = [Text(WHY), Text(_whence(found))]
    if found.stale:
        blocks += [Text(f"**Read this with care.** {plain(found.stale)} {_stale()}", "note"), *_again(judgement)]
    blocks += [
        Text(in_short(judgement, found), "lead"),
        _figure(judgement, shown),
        Items(tuple(_told(dimension, beside) for dimension, beside in shown)),
        _table(judgement, found),
        Text(_chance(found)),
        Text(_intervals(found, _box_worlds(judgement))),
        Text(
            "A world that is not ruled out is not a true one: others fit as well, and the discrepancies by which the model may "
            "miss the record are judgements of their own. Shares of such worlds are not probabilities either. Where no "
            "difference shows, the record neither supports nor weakens the claim in this model, and the verdict rests on the "
            "ranges.",
            "note",
        ),
    ]
    return Section(KEY, HEADING, tuple(blocks))


def in_short(judgement: Judgement, found: Matched) -> str:
    """Where the claim holds in more or fewer of the matched worlds, and where no difference shows, in a few sentences."""
    shown = headlined(judgement, found.beside)
    ways = {dimension.name: _way(beside) for dimension, beside in shown}
    more, fewer, same = ([name for name, way in ways.items() if way == kind] for kind in ("more", "fewer", ""))
    if not more and not fewer:
        told = (
            f"**In the share of worlds no difference shows, on any dimension.** Among {counted(found.worlds, 'world')} that the "
            f"record does not rule out the claim holds about as often as in the whole box, by {until(judgement)}.{_unseen(shown)}"
        )
    else:
        often = [f"{how} often for {listed(names)}" for how, names in (("more", more), ("less", fewer)) if names]
        told = f"**Among worlds that the record does not rule out the claim holds {listed(often)}**, by {until(judgement)}."
        told += f" For {listed(same, 'or')} no difference shows in that share." if same else ""
    return f"{told} {_effects(shown)}"


def _way(beside: Beside) -> str:
    """Whether the claim holds in more or fewer of the matched worlds; empty where no difference shows."""
    if "holds" not in beside.differ:
        return ""
    return "more" if above_zero(beside.difference["holds"]) else "fewer"


def _unseen(shown: list[tuple[JudgedDimension, Beside]]) -> str:
    """How large a difference of the share that holds could go unseen."""
    gaps = [beside.difference["holds"] for _, beside in shown]
    ends = [abs(end) for gap in gaps for end in (gap.low, gap.high) if end is not None]
    return f" A difference of up to {number(100 * max(ends), 0)} points could go unseen." if ends else ""


def _effects(shown: list[tuple[JudgedDimension, Beside]]) -> str:
    """On what the mean effect is larger or smaller."""
    larger = [dimension.name for dimension, beside in shown if above_zero(_gap(beside))]
    smaller = [dimension.name for dimension, beside in shown if below_zero(_gap(beside))]
    if not larger and not smaller:
        return "Nor does the mean effect differ by more than chance."
    parts = [f"{how} for {listed(names)}" for how, names in (("larger", larger), ("smaller", smaller)) if names]
    return f"The mean effect is {listed(parts)}, and does not differ by more than chance otherwise."


def _gap(beside: Beside) -> Interval:
    """Difference of the mean effects: relative, or absolute where there is nothing to be a share of."""
    return beside.effect_difference.relative or beside.effect_difference.absolute


def _whence(found: Matched) -> str:
    until_when = f" to {long_date(found.until)}, as known by {plain(found.vintage or '')}," if found.until else ""
    return (
        f"{counted(found.worlds, 'world')} of `{plain(found.scenario)}` were drawn by lot from all that the record{until_when} "
        f"does not rule out. Each is judged like a world of the box: {found.runs_per_world} runs with Beijing and as many "
        "without on the same shocks, more near an edge between two verdicts, classed by its point estimate."
    )


def _nothing(found: Matched) -> str:
    return f"Nothing is compared: {plain(found.unfit or 'no dimension was judged in these worlds')}. {plain(found.stale)}".strip()


def _stale() -> str:
    return "What the record rules out may have become something else; matching what is judged here makes sure:"


def _again(judgement: Judgement) -> tuple[Block, ...]:
    """The commands that match what is judged and set it beside the box."""
    about = judgement.about
    made = f"out/matching-{about.scenario}/worlds.parquet"
    return (
        Code(
            (
                f"uv run run_sim.py match {about.scenario} --budget standard --out {made.rpartition('/')[0]}",
                f"uv run run_sim.py thesis {about.scenario} --budget {about.budget} --matched {made}",
            )
        ),
    )


def _figure(judgement: Judgement, shown: list[tuple[JudgedDimension, Beside]]) -> Figure:
    groups = {
        title(dimension.name): {
            label: {word: span(getattr(shares, word)) for word in BEST_TO_WORST}
            for label, shares in (("declared box", beside.box), ("not ruled out", beside.matched))
        }
        for dimension, beside in shown
    }
    return Figure(
        "history",
        partial(share_figure, groups, "share of worlds (line: interval of 'holds')"),
        f"Share of worlds by verdict, by {until(judgement)}: in the declared box, and in worlds of it that the record does not "
        "rule out. Line: 95% interval of 'holds'.",
        "Stacked shares of worlds by verdict and dimension, of the box and of the matched; the list below says the same.",
    )


def _told(dimension: JudgedDimension, beside: Beside) -> str:
    gap = beside.difference["holds"]
    shares = f"holds in {percent(beside.matched.holds)} of the matched worlds and in {percent(beside.box.holds)} of the box"
    if "holds" in beside.differ:
        compared = f"they are {_points(gap)} points apart, so history changes it"
    elif gap.low is None or gap.high is None:
        compared = "no difference can be told"
    else:
        compared = f"no difference shows (it lies between {number(100 * gap.low, 0)} and {number(100 * gap.high, 0)} points)"
    reverse = ""
    if "reversed" in beside.differ:
        reverse = f" Reversed: {percent(beside.matched.reversed)} against {percent(beside.box.reversed)}."
    means = (
        f"{_mean(beside.effect_matched, dimension)} in the matched worlds and {_mean(beside.effect_box, dimension)} in the box"
    )
    told = "which differ" if above_zero(_gap(beside)) or below_zero(_gap(beside)) else "which do not differ by more than chance"
    return f"**{title(dimension.name)}**: {shares}: {compared}.{reverse} The mean effect is {means}, {told}."


def _mean(found: MeanEffect, dimension: JudgedDimension) -> str:
    return absolute(found.absolute, dimension) if found.relative is None else percent(found.relative)


def _points(gap: Interval) -> str:
    return interval(gap, 100)


def _effect_gap(beside: Beside, dimension: JudgedDimension) -> str:
    relative = beside.effect_difference.relative
    return absolute(beside.effect_difference.absolute, dimension) if relative is None else _points(relative)


def _strong(text: str, gap: Interval) -> str:
    """Set a difference in bold where it can be told from nil."""
    return f"**{text}**" if above_zero(gap) or below_zero(gap) else text


def _table(judgement: Judgement, found: Matched) -> Table:
    rows = tuple(
        (
            title(dimension.name),
            long_date(date),
            percent(beside.box.holds),
            percent(beside.matched.holds),
            _strong(_points(beside.difference["holds"]), beside.difference["holds"]),
            Word(beside.effect_box.word, _mean(beside.effect_box, dimension)),
            Word(beside.effect_matched.word, _mean(beside.effect_matched, dimension)),
            _strong(_effect_gap(beside, dimension), _gap(beside)),
        )
        for dimension in judgement.about.dimensions
        for date, beside in found.beside.get(dimension.name, {}).items()
    )
    columns = (
        "dimension",
        "by",
        "holds, box",
        "holds, matched",
        "difference, points",
        "mean effect, box",
        "mean effect, matched",
        "difference, points",
    )
    caption = (
        "The claim over the box and over worlds that the record does not rule out. A difference in bold can be told from nil; "
        "where there is nothing to be a share of, effects stand in the unit of the outcome."
    )
    return Table(caption, columns, rows, "llrrrllr")


def _chance(found: Matched) -> str:
    cells = [beside for dates in found.beside.values() for beside in dates.values()]
    shares = sum("holds" in beside.differ for beside in cells) or "none"
    effects = sum(above_zero(_gap(beside)) or below_zero(_gap(beside)) for beside in cells) or "none"
    return (
        f"Of {counted(len(cells), 'comparison')}, {shares} can be told apart by the share that holds and {effects} by the mean "
        "effect. If history changed nothing, about one in twenty of each would be by chance; the dates of one dimension go "
        "together. A mean effect over few worlds is less sure than one over many, so its word may be undecided where the "
        "other's is not."
    )


def _box_worlds(judgement: Judgement) -> int:
    """How many worlds the sample of the box has under its declared measure."""
    return next((sample.worlds for sample in judgement.worlds if sample.measure == "declared"), 0)


def _intervals(found: Matched, in_box: int) -> str:
    cells = [beside for dates in found.beside.values() for beside in dates.values()]
    left, box = (max(getattr(beside, kind).misclassed for beside in cells) for kind in ("matched", "box"))
    return (
        f"The interval of a share of the matched worlds says how well {found.worlds:,} of them stand for all that are not ruled "
        "out (Jeffreys); that of the box is over scramblings; that of their difference is made of both (Newcombe 1998; Zou and "
        f"Donner 2008). {_more(found, in_box)}The noise within worlds is expected to put at most "
        f"{share(left)} of the matched worlds and {share(box)} of the box into the wrong class. As both have as many runs, it "
        "weighs on both alike."
    )


def _more(found: Matched, in_box: int) -> str:
    """Where there are more worlds to be had, if they are fewer than those of the box."""
    if found.worlds >= in_box:
        return ""
    return (
        f"They are few beside the {in_box:,} of the box, and small differences go unseen: `match` writes all that are left "
        "into the table `worlds.parquet`, which `--matched` takes as well. "
    )
