"""The question, the answer in one paragraph, and the table of verdicts."""

from collections.abc import Sequence
from functools import partial

from sim.plots.thesis_cap import Judged, cap_figure
from sim.reporting.document import Block, Figure, Items, Section, Table, Text, Word, plain
from sim.reporting.words import (
    above_zero,
    below_zero,
    by_word,
    counted,
    listed,
    name,
    number,
    percent,
    share,
    smallest,
)
from sim.thesis.chapters.common import (
    BEST_TO_WORST,
    absolute,
    at_headline,
    country,
    headlined,
    how_much_lower,
    long_date,
    span,
    title,
    until,
)
from sim.thesis.chapters.matched import in_short
from sim.thesis.judgement import Judgement
from sim.thesis.judgement_base import Verdict
from sim.thesis.judgement_worlds import Sample

QUESTION = (
    "A press article, *The real power in Putin and Kim’s budding friendship is China* (BBC), argues that Russia and North "
    "Korea both need China more than they need each other, that both foresee its displeasure, and that they therefore stop "
    "short of what they would otherwise do. Rival answers stand in the article too: North Korea must keep shells for itself, "
    "its shells are poor, trust is thin, Moscow guards its technology, the war may end. **Is Beijing the limit, on which good, "
    "by how much, and in how many of the worlds that are stated here?**"
)
COMPARISON = (
    "The test is a comparison. The same six governments meet the same chance events twice: with Beijing as the scenario has "
    "it, and with a Beijing that is indifferent to the tie and neither threatens nor acts on it, its ordinary trade unchanged. "
    "What is larger without Beijing is what Beijing holds down. Each dimension is judged apart."
)
MEASURES = {"declared": "its declared measure", "linear": "a linear measure", "log": "a log measure"}
PARTS = (
    "A part of a claim, such as *by a threat*, is *not applicable* where the claim itself fails, and undecided at best where the "
    "claim is. The main limit is no part of the cap: it is judged with the other limits taken away in turn, so Beijing may lead "
    "them where all of its own removal adds too little to matter."
)
FOUR_WORDS = (
    "**holds**: the whole interval of the effect lies above both smallest effects of interest, the relative and the absolute.",
    "**fails**: the interval shows that the effect does not exceed a smallest effect of interest, so it is too small to matter "
    "by what was declared.",
    "**undecided**: neither can be said with the runs made.",
    "**reversed**: the outcome is larger with Beijing than without, by more than the smallest effect of interest.",
)


def question_and_answer(judgement: Judgement) -> Section:
    """The question, the paragraph that answers it, the figure that shows it, and what stands behind it."""
    blocks: list[Block] = [Text(QUESTION), Text(COMPARISON), Text(paragraph(judgement), "lead")]
    figure = cap(judgement)
    if figure:
        blocks.append(figure)
    behind = (
        *_how(judgement),
        *_main_limit(judgement),
        *_tolerance(judgement),
        *_history(judgement),
        *_variants(judgement),
    )
    if behind:
        blocks += [Text("What stands behind the answer, each told in its own section:"), Items(behind)]
    return Section("answer", "The question and the answer", tuple(blocks))


def paragraph(judgement: Judgement) -> str:
    """The answer in plain words, from the verdicts and the shares of worlds."""
    return " ".join([*_verdicts(judgement), *_worlds(judgement)])


def cap(judgement: Judgement) -> Figure | None:
    """The effects in the base world beside the shares of worlds."""
    shown = [dimension for dimension in judgement.about.dimensions if judgement.verdicts.get(dimension.name)]
    if not shown:
        return None
    groups = {
        title(dimension.name): [
            Judged(long_date(date), span(verdict.relative), verdict.word)
            for date, verdict in judgement.verdicts[dimension.name].items()
        ]
        for dimension in shown
    }
    sample = declared(judgement.worlds)
    shares = {}
    for dimension, found in headlined(judgement, sample.shares) if sample else []:
        shares[title(dimension.name)] = {word: span(getattr(found, word)) for word in BEST_TO_WORST}
    draw = partial(cap_figure, groups, {title(dimension.name): dimension.delta for dimension in shown}, shares)
    caption = (
        "Left: how much lower each outcome is with Beijing than with an indifferent one, in the base world, with 95% "
        "Monte-Carlo intervals. Right: the share of the worlds of the declared box in which the claim holds, fails, is "
        f"undecided or reversed, by {until(judgement)}."
    )
    return Figure(
        "cap",
        draw,
        caption,
        "Effects of Beijing by dimension and date, and shares of worlds. The paragraph above and the tables below say the same.",
    )


def declared(worlds: Sequence[Sample]) -> Sample | None:
    """The sample under the declared measure, else the first there is."""
    return next((sample for sample in worlds if sample.measure == "declared"), worlds[0] if worlds else None)


def verdicts(judgement: Judgement) -> Section:
    """The table of verdicts, the four words, and what was declared beforehand."""
    rows = [
        (
            title(dimension.name),
            long_date(date),
            number(verdict.on),
            number(verdict.off),
            absolute(verdict.absolute, dimension),
            "nothing to be a share of" if verdict.relative is None else percent(verdict.relative),
            Word(verdict.word),
        )
        for dimension in judgement.about.dimensions
        for date, verdict in judgement.verdicts.get(dimension.name, {}).items()
    ]
    columns = ("dimension", "by", "mean with Beijing", "mean without", "held down by", "as a share of without", "verdict")
    blocks: list[Block] = [
        Table(
            "The cap in the base world. Brackets hold 95% Monte-Carlo intervals; outcomes count from the start.",
            columns,
            tuple(rows),
            "llrrrrl",
        ),
        Text("The words are judged in a fixed order:"),
        Items(FOUR_WORDS),
        Text(
            "Smallest effects of interest, declared before any run: "
            + "; ".join(f"{dimension.name}, {smallest(dimension)}" for dimension in judgement.about.dimensions)
            + ". Where the outcome without Beijing is as good as nil, only the absolute effect is judged."
        ),
        Text(_pairing(judgement)),
        Text(
            "An interval here measures only how many runs were made. It says nothing of whether the model or its numbers are "
            "right: for that, read in how many worlds the claim holds, where it fails, and how it fares when the model is "
            "written otherwise. Words are given one by one, without a correction for how many there are; a close call is "
            "settled by more runs.",
            "note",
        ),
    ]
    if judgement.hypotheses:
        blocks += [_hypotheses(judgement), Text(PARTS)]
    return Section("verdicts", "Verdicts by dimension and date", tuple(blocks))


def _hypotheses(judgement: Judgement) -> Table:
    countries = {need.country: country(need.country) for need in judgement.needs}
    rows = tuple(
        (
            plain(hypothesis.says),
            plain(hypothesis.refuted_by),
            "; ".join(
                f"**{word}** for {listed([countries.get(key, name(key)) for key in keys])}"
                for word, keys in by_word(hypothesis.words, hypothesis.words).items()
            ),
        )
        for hypothesis in judgement.hypotheses
    )
    caption = f"Hypotheses, declared before any run, and their verdicts by {until(judgement)}."
    return Table(caption, ("hypothesis", "what would refute it", "verdict"), rows, "lll")


def _pairing(judgement: Judgement) -> str:
    found = [(key, verdict) for key, dates in judgement.verdicts.items() if (verdict := at_headline(dates, judgement))]
    known = [verdict.correlation for _, verdict in found if verdict.correlation is not None]
    hurt = [key for key, verdict in found if verdict.pairing is not None and verdict.pairing > 1]
    text = "Both worlds meet the same shocks, so each run is its own comparison"
    if known:
        text += f"; the outcomes of a pair correlate at {number(min(known), 2)} to {number(max(known), 2)}"
    if hurt:
        text += f". For {listed(hurt)} pairing widens the interval rather than narrowing it"
    runs = {verdict.runs for _, verdict in found}
    return text + (f". Runs in each arm: {listed([f'{count:,}' for count in sorted(runs)])}." if runs else ".")


def _verdicts(judgement: Judgement) -> list[str]:
    found = headlined(judgement, judgement.verdicts)
    if not found:
        return ["No verdict was computed."]
    words = by_word({dimension.name: verdict.word for dimension, verdict in found}, (dimension.name for dimension, _ in found))
    told = {dimension.name: _held(dimension.name, verdict, how_much_lower(verdict, dimension)) for dimension, verdict in found}
    sentences = [f"In this model, with the numbers of the scenario “{plain(judgement.about.title)}” and by {until(judgement)}:"]
    if "holds" in words:
        sentences.append(
            f"**Beijing holds down {listed(words['holds'])}.** Compared with an indifferent Beijing, "
            f"{listed([told[key] for key in words['holds']])}."
        )
    if "fails" in words:
        it = "It" if "holds" in words else "Beijing"
        sentences.append(
            f"**{it} does not hold down {listed(words['fails'], 'or')}** by as much as was declared beforehand to matter: "
            f"{listed([told[key] for key in words['fails']])}."
        )
    if "reversed" in words:
        sentences.append(
            f"**For {listed(words['reversed'])} it is the reverse**: {listed([told[key] for key in words['reversed']])} with "
            "Beijing than without."
        )
    if "undecided" in words:
        sentences.append(
            f"**For {listed(words['undecided'])} the runs leave it undecided**: "
            f"{listed([told[key] for key in words['undecided']])}."
        )
    return [*sentences, *_dates(judgement)]


def _dates(judgement: Judgement) -> list[str]:
    """On what the claim holds at each date, where that is not the same throughout."""
    held = {
        date.date: [
            dimension.name
            for dimension in judgement.about.dimensions
            if (found := judgement.verdicts.get(dimension.name, {}).get(date.date)) and found.word == "holds"
        ]
        for date in judgement.about.dates
    }
    if len({tuple(each) for each in held.values()}) < 2:
        return []
    told = [f"by {long_date(date)} for {listed(each) or 'nothing'}" for date, each in held.items()]
    return [f"**The date matters**: it holds {listed(told)}."]


def _held(key: str, verdict: Verdict, effect: str) -> str:
    return f"{key} {'come out' if key in ('munitions', 'troops') else 'comes out'} {effect}"


def _how(judgement: Judgement) -> list[str]:
    holding = {dimension.name for dimension, found in headlined(judgement, judgement.verdicts) if found.word == "holds"}
    leading = {
        dimension.name: channels.leading
        for dimension, channels in headlined(judgement, judgement.channels)
        if dimension.name in holding
    }
    by = by_word(leading, leading)
    ways = {
        "threat": "through the punishment that is foreseen, more than through what Beijing does",
        "deed": "through what Beijing does, more than through what it threatens",
        "tied": "through threat and deed alike",
    }
    parts = [f"{listed(by[way])} {told}" for way, told in ways.items() if way in by]
    punishment = at_headline(judgement.punishment, judgement)
    if not parts:
        return []
    seen = ""
    if punishment:
        seen = (
            f" Punishment is seen in {share(punishment.share_punished.estimate)} of runs. Were it rarer, that would be no sign "
            "of a weak cap: a threat that is believed need not be carried out."
        )
    return [f"**Threat or deed.** Beijing holds down {listed(parts, '; and')}.{seen}"]


def _main_limit(judgement: Judgement) -> list[str]:
    main, other, unclear = [], [], []
    for dimension, found in headlined(judgement, judgement.attribution.get("complete", {})):
        if found.rival is None or all(each.share is None for each in found.limits):
            continue
        if above_zero(found.ahead):
            main.append(dimension.name)
        elif below_zero(found.ahead):
            other.append(f"{dimension.name} ({name(found.rival)})")
        else:
            unclear.append(dimension.name)
    parts = []
    if main:
        parts.append(f"Among all limits of the model, Beijing accounts for most on {listed(main)}.")
    if other:
        parts.append(f"{'Another' if main else 'Among all limits of the model, another'} accounts for more on {listed(other)}.")
    if unclear:
        parts.append(f"Whether Beijing or its strongest rival accounts for more on {listed(unclear)} cannot be told.")
    return [f"**Main limit.** {' '.join(parts)}"] if parts else []


def _tolerance(judgement: Judgement) -> list[str]:
    crossed, never = [], []
    for dimension, curve in headlined(judgement, judgement.tolerance.curves):
        words = set(curve.words)
        if curve.crossings and "holds" in words:
            crossed.append(f"{dimension.name} at {listed([number(each, 2) for each in curve.crossings])}")
        elif "holds" not in words:
            never.append(dimension.name)
    parts = []
    if crossed:
        parts.append(
            f"All else sampled, the effect crosses what was declared to matter for {listed(crossed)} on the axis of Beijing’s "
            "tolerance."
        )
    if never:
        parts.append(f"At no level of tolerance does it hold for {listed(never)}.")
    return [f"**Tolerance.** {' '.join(parts)}"] if parts else []


def _worlds(judgement: Judgement) -> list[str]:
    sample = declared(judgement.worlds)
    found = headlined(judgement, sample.shares) if sample else []
    if sample is None or not found:
        return []
    told = [
        f"{share(shares.holds.estimate)}{'' if place else ' of worlds'} for {dimension.name}"
        for place, (dimension, shares) in enumerate(found)
    ]
    return [
        f"**That is one world.** Over the declared box, in which {counted(len(judgement.about.box), 'number')} vary, the claim "
        f"holds in {listed(told)}. These are shares of that box under {MEASURES[sample.measure]}, not probabilities."
    ]


def _history(judgement: Judgement) -> list[str]:
    found = judgement.matched
    if found is None or not headlined(judgement, found.beside):
        return []
    told = in_short(judgement, found).replace("**", "")
    return [f"**History.** {told}" + (f" {plain(found.stale)}" if found.stale else "")]


def _variants(judgement: Judgement) -> list[str]:
    rows = judgement.variants.rows
    if not rows:
        return []
    always, broken = [], []
    for dimension in judgement.about.dimensions:
        words = [row.cells[dimension.name].word for row in rows if dimension.name in row.cells]
        if words and all(word == "holds" for word in words):
            always.append(dimension.name)
        elif "holds" in words:
            broken.append(f"{dimension.name} ({words.count('holds')} of {len(words)})")
    parts = []
    if always:
        parts.append(f"The mean over the box holds under all {len(rows)} ways of writing the model for {listed(always)}.")
    if broken:
        parts.append(
            f"{'It' if always else 'Whether the mean over the box holds'} depends on how the model is written for "
            f"{listed(broken)}."
        )
    if not parts:
        parts.append(f"The mean over the box holds under none of the {len(rows)} ways of writing the model, for any dimension.")
    return [f"**Ways of writing the model.** {' '.join(parts)}"]
