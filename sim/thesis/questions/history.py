"""Does history change it? The verdict over worlds that the record does not rule out, beside that over the declared box."""

from functools import partial

import numpy as np

from sim.arrays import Array
from sim.experiments.arms import Tick
from sim.numerals import number, share
from sim.plots.thesis_cap import share_figure
from sim.reporting.document import Badge, Block, Code, Figure, Items, Section, Table, Text, plain
from sim.reporting.intervals import Estimate, apart
from sim.reporting.records import Interval, Record
from sim.reporting.tables import by_date
from sim.reporting.words import above_zero, below_zero, counted, interval, listed, percent
from sim.thesis.estimates import (
    BEST_TO_WORST,
    NOT_COMPUTED,
    absolute_of,
    by_dimension,
    headlined,
    in_unit,
    long_date,
    of,
    relative_of,
    span,
    title,
    until,
)
from sim.thesis.matched_worlds import why_stale
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Make, Question, Stages
from sim.thesis.questions.worlds import Shares, both_arms, box_shares, classed, shares_by_date
from sim.thesis.sampling import Arrays
from sim.thesis.statistics.effects import Effect as Paired
from sim.thesis.statistics.effects import paired_effect, verdict
from sim.thesis.statistics.words import WORDS, Word, Words
from sim.thesis.statistics.worlds import drawn_shares
from sim.thesis.terms import Date, Dimension, JudgedDimension, MeanEffect, word_of

WHY = (
    "The record shows one course of events: what the partners did with Beijing as it is. Worlds in which they do something else "
    "can be ruled out by it. What they would have done without Beijing nobody has seen, so the record bears on the claim only "
    "through numbers that shape both. Here the test is made once more, in worlds that the record does not rule out (history "
    "matching: McCulloch and others 2022), and set beside the declared box."
)


def simulate(problem: Problem, tick: Tick) -> Arrays:
    """Both arms in the worlds that the record does not rule out: as `sample`, with as many runs in each, on other shocks."""
    assert problem.matched is not None
    budget, seed = problem.budget, problem.declaration.seeds.confirmation
    beyond = budget.scramblings * budget.worlds * (budget.runs_per_world + budget.refined_runs)
    return both_arms(problem, problem.matched.values(problem.box), beyond, seed, tick)


class EffectGap(Record):
    """Mean effect over the matched worlds less that over the box."""

    absolute: Interval
    relative: Interval | None
    """In shares of the outcome without Beijing; null where either has none."""


class Beside(Record):
    """One dimension at one date over the worlds that the record does not rule out, beside the declared box."""

    matched: Shares
    box: Shares
    difference: dict[Word, Interval]
    """Share of each word among the matched worlds less that in the box."""
    differ: list[Word]
    """Words whose shares can be told apart: zero lies outside the interval of the difference."""
    effect_matched: MeanEffect
    effect_box: MeanEffect
    effect_difference: EffectGap


class Matched(Record):
    """The same verdict over worlds that the record does not rule out: does history change it?"""

    scenario: str
    """Name of the matched scenario, or of the table of worlds."""
    scenario_hash: str
    matched_to: str | None
    """Name of the scenario that was matched; here as below null where the matched scenario does not say."""
    matched_to_hash: str | None
    until: str | None
    """Last month of the record that was fitted."""
    vintage: str | None
    """Date by which its figures had to be known."""
    command: str | None
    """Command that finds these worlds again."""
    stale: str
    """That the worlds belong to something else than what is judged; empty if they belong to it."""
    unfit: str
    """Why nothing is compared; empty if it is."""
    worlds: int
    runs_per_world: int
    beside: dict[Dimension, dict[Date, Beside]]
    """Empty where nothing is compared."""


class Part(Record):
    """What a judgement holds of it."""

    matched: Matched | None
    """Null where no matched scenario was declared or given."""


def stages(problem: Problem) -> dict[str, Make]:
    """The matched worlds, if there are any that can be compared."""
    return {} if problem.matched is None or problem.matched.unfit else {"matched": simulate}


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find how the verdict over the matched worlds differs from that over the box."""
    return Part(matched=_matched(problem, done["worlds"], done.get("matched")))


def _matched(problem: Problem, box: Arrays, arrays: Arrays | None) -> Matched | None:
    """Set the worlds that are not ruled out beside the box.

    Parameters
    ----------
    box : dict of ndarray
        The sample of the box under its declared measure.
    arrays : dict of ndarray or None
        The same in the matched worlds; None where these cannot be compared.
    """
    if problem.matched is None:
        return None
    scenario, origin = problem.matched.scenario, problem.matched.scenario.origin
    return Matched(
        scenario=problem.matched.name,
        scenario_hash=scenario.hash,
        matched_to=origin.scenario if origin else None,
        matched_to_hash=origin.hash if origin else None,
        until=origin.until if origin else None,
        vintage=origin.vintage if origin else None,
        command=origin.command if origin else None,
        stale=why_stale(problem.base, scenario),
        unfit=problem.matched.unfit,
        worlds=len(next(iter(scenario.worlds.values()))),
        runs_per_world=problem.budget.runs_per_world,
        beside={} if arrays is None else _beside(problem, box, arrays),
    )


def _beside(problem: Problem, box: Arrays, arrays: Arrays) -> dict[str, dict[str, Beside]]:
    in_box, left = box_shares(problem, box), drawn_shares(classed(problem, arrays))
    gaps = {word: apart(left[word], in_box[word]) for word in WORDS}
    by_date_box, by_date_left = shares_by_date(problem, in_box, box), shares_by_date(problem, left, arrays)
    # The unit that varies by itself is a scrambling in the box and a world among those drawn by lot.
    off, on = (_by_scrambling(problem, box[arm]) for arm in ("off", "on"))
    effect_box = paired_effect(off, on, problem.delta_abs)
    effect_left = paired_effect(arrays["off"].mean(axis=-1), arrays["on"].mean(axis=-1), problem.delta_abs)
    words_box, words_left = (verdict(each, problem.delta, problem.delta_abs) for each in (effect_box, effect_left))
    absolute_gap, relative_gap = (apart(part(effect_left), part(effect_box)) for part in (_absolute, _relative))
    names, dates = problem.dimensions, list(problem.dates)

    def make(at: int, place: int) -> Beside:
        name, date = names[place], dates[at]
        return Beside(
            matched=by_date_left[name][date],
            box=by_date_box[name][date],
            difference={word: of(gaps[word], at, place) for word in WORDS},
            differ=[word for word in WORDS if _told_apart(gaps[word], at, place)],
            effect_matched=_mean_effect(effect_left, words_left, at, place),
            effect_box=_mean_effect(effect_box, words_box, at, place),
            effect_difference=EffectGap(
                absolute=of(absolute_gap, at, place),
                relative=None if np.isnan(relative_gap.value[at, place]) else of(relative_gap, at, place),
            ),
        )

    return by_dimension(problem, make)


def _told_apart(gap: Estimate, *place: int) -> bool:
    return bool(gap.low[place] > 0 or gap.high[place] < 0)


def _by_scrambling(problem: Problem, outcomes: Array) -> Array:
    """Mean outcome of each scrambling, shape (date, dimension, scrambling), from one of shape (..., world, run)."""
    return outcomes.mean(axis=-1).reshape(*outcomes.shape[:2], problem.budget.scramblings, -1).mean(axis=-1)


def _absolute(found: Paired) -> Estimate:
    return Estimate(found.absolute, np.full(found.absolute.shape, np.nan), found.absolute_low, found.absolute_high)


def _relative(found: Paired) -> Estimate:
    return Estimate(found.relative, np.full(found.relative.shape, np.nan), found.relative_low, found.relative_high)


def _mean_effect(found: Paired, words: Words, *place: int) -> MeanEffect:
    return MeanEffect(word=word_of(words, *place), absolute=absolute_of(found, *place), relative=relative_of(found, *place))


def chapter(judgement: Findings) -> Section:
    """Shares and mean effects over the matched worlds beside those over the box, and plainly where they do not differ."""
    heading, found = "Does history change it?", judgement.matched
    if found is None:
        text = "No matched scenario was declared or given; the command `match` makes one from the record."
        return Section("history", heading, (Text(f"{NOT_COMPUTED} {text}"),))
    shown = headlined(judgement, found.beside)
    if not shown:
        return Section("history", heading, (Text(WHY), Text(_nothing(found), "note"), *_again(judgement)))
    blocks: list[Block] = [Text(WHY), Text(_whence(found))]
    if found.stale:
        blocks += [Text(f"**Read this with care.** {plain(found.stale)} {_stale()}", "note"), *_again(judgement)]
    blocks += [
        Text(in_short(judgement, found), "lead"),
        _figure(judgement, shown),
        Items(tuple(_sentence(dimension, beside) for dimension, beside in shown)),
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
    return Section("history", heading, tuple(blocks))


def in_short(judgement: Findings, found: Matched) -> str:
    """Where the claim holds in more or fewer of the matched worlds, and where no difference shows, in a few sentences."""
    shown = headlined(judgement, found.beside)
    ways = {dimension.name: _way(beside) for dimension, beside in shown}
    more, fewer, same = ([name for name, way in ways.items() if way == kind] for kind in ("more", "fewer", ""))
    if not more and not fewer:
        text = (
            f"**In the share of worlds no difference shows, on any dimension.** Among {counted(found.worlds, 'world')} that the "
            f"record does not rule out the claim holds about as often as in the whole box, by {until(judgement)}.{_unseen(shown)}"
        )
    else:
        often = [f"{how} often for {listed(names)}" for how, names in (("more", more), ("less", fewer)) if names]
        text = f"**Among worlds that the record does not rule out the claim holds {listed(often)}**, by {until(judgement)}."
        text += f" For {listed(same, 'or')} no difference shows in that share." if same else ""
    return f"{text} {_effects(shown)}"


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


def _again(judgement: Findings) -> tuple[Block, ...]:
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


def _figure(judgement: Findings, shown: list[tuple[JudgedDimension, Beside]]) -> Figure:
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


def _sentence(dimension: JudgedDimension, beside: Beside) -> str:
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
    means_differ = (
        "which differ" if above_zero(_gap(beside)) or below_zero(_gap(beside)) else "which do not differ by more than chance"
    )
    return f"**{title(dimension.name)}**: {shares}: {compared}.{reverse} The mean effect is {means}, {means_differ}."


def _mean(found: MeanEffect, dimension: JudgedDimension) -> str:
    return in_unit(found.absolute, dimension) if found.relative is None else percent(found.relative)


def _points(gap: Interval) -> str:
    return interval(gap, 100)


def _effect_gap(beside: Beside, dimension: JudgedDimension) -> str:
    relative = beside.effect_difference.relative
    return in_unit(beside.effect_difference.absolute, dimension) if relative is None else _points(relative)


def _strong(text: str, gap: Interval) -> str:
    """Set a difference in bold where it can be told from nil."""
    return f"**{text}**" if above_zero(gap) or below_zero(gap) else text


def _table(judgement: Findings, found: Matched) -> Table:
    rows = tuple(
        (
            title(dimension.name),
            long_date(date),
            percent(beside.box.holds),
            percent(beside.matched.holds),
            _strong(_points(beside.difference["holds"]), beside.difference["holds"]),
            Badge(beside.effect_box.word, _mean(beside.effect_box, dimension)),
            Badge(beside.effect_matched.word, _mean(beside.effect_matched, dimension)),
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


def _box_worlds(judgement: Findings) -> int:
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


QUESTION = Question(
    part=Part,
    find=find,
    stages=stages,
    simulated={"matched": "worlds that the record does not rule out, with and without Beijing: does history change it"},
    chapter=chapter,
    tables={"matched": lambda findings: by_date(findings.matched.beside if findings.matched else {})},
)
