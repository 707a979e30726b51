"""The answer in one paragraph, the figure that shows it, and what stands behind it: the first section of the report."""

from dataclasses import replace
from functools import partial

from sim.numerals import number, share
from sim.plots.thesis_cap import Judged, cap_figure
from sim.reporting.document import Block, Figure, Items, Section, Text, plain
from sim.reporting.words import above_zero, below_zero, by_word, counted, listed, name
from sim.thesis.brief import pages
from sim.thesis.estimates import BEST_TO_WORST, at_headline, headlined, how_much_lower, long_date, span, title, until
from sim.thesis.in_short import good
from sim.thesis.question import Findings
from sim.thesis.questions.worlds import declared
from sim.thesis.terms import Verdict

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
    "What is larger without Beijing is what Beijing holds down. Each dimension is judged apart. A *world* is a state of the "
    "world: one value for every number that the declaration leaves open."
)
MEASURES = {"declared": "its declared measure", "linear": "a linear measure", "log": "a log measure"}


def front(judgement: Findings) -> tuple[Section, ...]:
    """The answer on two pages; where the record says nothing, that it does so, and the paragraph of the test."""
    if judgement.record is not None:
        found = pages(judgement.record, judgement.about.headline)
        return tuple(
            replace(each, blocks=(*each.blocks, *_limits(judgement))) if each.key == "before-after" else each for each in found
        )
    return (Section("answer", "The answer", (Text(paragraph(judgement), "lead"), Text(plain(judgement.no_record), "note"))),)


def _limits(judgement: Findings) -> list[Text]:
    """What limits each good most in the base world, so that a reader who is told what Beijing is not learns what is."""
    goods: dict[str, list[str]] = {}
    for dimension, found in headlined(judgement, judgement.attribution.get("complete", {})):
        if found.limits and found.limits[0].share is not None:
            goods.setdefault(name(found.limits[0].limit), []).append(good(dimension.name))
    if not goods:
        return []
    parts = [f"{limit} ({listed(held)})" for limit, held in goods.items()]
    return [Text(f"What holds them down most in the base scenario: {'; '.join(parts)}. Section 7 has the whole list.")]


def question_and_answer(judgement: Findings) -> Section:
    """The question, the paragraph that answers it, the figure that shows it, and what stands behind it."""
    blocks: list[Block] = [Text(QUESTION), Text(COMPARISON), Text(paragraph(judgement), "lead")]
    figure = answer_figure(judgement)
    if figure:
        blocks.append(figure)
    behind = (
        *_how(judgement),
        *_main_limit(judgement),
        *_tolerance(judgement),
        *_variants(judgement),
    )
    if behind:
        blocks += [Text("What stands behind the answer, each told in its own section:"), Items(behind)]
    return Section("base", "The question, and the answer in one world", tuple(blocks))


def paragraph(judgement: Findings) -> str:
    """The answer in plain words, from the verdicts and the shares of worlds."""
    return " ".join([*_verdicts(judgement), *_worlds(judgement)])


def answer_figure(judgement: Findings) -> Figure | None:
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


def _verdicts(judgement: Findings) -> list[str]:
    found = headlined(judgement, judgement.verdicts)
    if not found:
        return ["No verdict was computed."]
    words = by_word({dimension.name: verdict.word for dimension, verdict in found}, (dimension.name for dimension, _ in found))
    texts = {dimension.name: _held(dimension.name, verdict, how_much_lower(verdict, dimension)) for dimension, verdict in found}
    sentences = [f"In this model, with the numbers of the scenario “{plain(judgement.about.title)}” and by {until(judgement)}:"]
    if "holds" in words:
        sentences.append(
            f"**Beijing holds down {listed(words['holds'])}.** Compared with an indifferent Beijing, "
            f"{listed([texts[key] for key in words['holds']])}."
        )
    if "fails" in words:
        it = "It" if "holds" in words else "Beijing"
        sentences.append(
            f"**{it} does not hold down {listed(words['fails'], 'or')}** by as much as was declared beforehand to matter: "
            f"{listed([texts[key] for key in words['fails']])}."
        )
    if "reversed" in words:
        sentences.append(
            f"**For {listed(words['reversed'])} it is the reverse**: {listed([texts[key] for key in words['reversed']])} with "
            "Beijing than without."
        )
    if "undecided" in words:
        sentences.append(
            f"**For {listed(words['undecided'])} the runs leave it undecided**: "
            f"{listed([texts[key] for key in words['undecided']])}."
        )
    return [*sentences, *_dates(judgement)]


def _dates(judgement: Findings) -> list[str]:
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
    texts = [f"by {long_date(date)} for {listed(each) or 'nothing'}" for date, each in held.items()]
    return [f"**The date matters**: it holds {listed(texts)}."]


def _held(key: str, verdict: Verdict, effect: str) -> str:
    return f"{key} {'come out' if key in ('munitions', 'troops') else 'comes out'} {effect}"


def _how(judgement: Findings) -> list[str]:
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
    parts = [f"{listed(by[way])} {how}" for way, how in ways.items() if way in by]
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


def _main_limit(judgement: Findings) -> list[str]:
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


def _tolerance(judgement: Findings) -> list[str]:
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
            f"Beijing’s tolerance decides for {listed(crossed)}: below that level it holds the outcome down by enough to matter, "
            "above it by too little. All other numbers vary."
        )
    if never:
        parts.append(f"For {listed(never)} no level of tolerance is low enough.")
    return [f"**Tolerance.** {' '.join(parts)}"] if parts else []


def _worlds(judgement: Findings) -> list[str]:
    sample = declared(judgement.worlds)
    found = headlined(judgement, sample.shares) if sample else []
    if sample is None or not found:
        return []
    texts = [
        f"{share(shares.holds.estimate)}{'' if place else ' of worlds'} for {dimension.name}"
        for place, (dimension, shares) in enumerate(found)
    ]
    return [
        f"**That is one world.** Over the declared box, in which {counted(len(judgement.about.box), 'number')} vary, the claim "
        f"holds in {listed(texts)}. These are shares of that box under {MEASURES[sample.measure]}, not probabilities."
    ]


def _variants(judgement: Findings) -> list[str]:
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
