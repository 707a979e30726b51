"""The findings of history matching in plain words, as Markdown."""

from collections.abc import Mapping, Sequence

from sim.matching.found import Contest, Explained, Group, Matching, Pair, Parameter, Score, ScoredFigure
from sim.matching.words import listed, number, rank_word, span, table, three
from sim.numerals import share as percent

MOST_PARAMETERS = 25
MOST_PROFILES = 12
MOST_PAIRS = 12
NARROW = 0.9  # spread from which a parameter counts as narrowed


PICTURES = {
    "waves": "How far worlds lie from the record, wave by wave",
    "record": "The worlds that are left, and the record",
    "ranges": "What the record leaves of each range",
    "profiles": "What is left along each parameter",
    "pairs": "Pairs that trade off",
    "scores": "Scores of the forecasts, and how often the bands hold the record",
}


def report(found: Matching, pictures: Mapping[str, str] | None = None) -> str:
    """Write the report.

    Parameters
    ----------
    pictures : mapping, optional
        Path of a picture relative to the report, by its name in `PICTURES`; those that are there are shown.

    Returns
    -------
    str
        Markdown.
    """
    shown = pictures or {}
    sections = [
        _head(found),
        _waves(found),
        _picture("waves", shown),
        _groups(found),
        _figures(found),
        _picture("record", shown),
        _parameters(found),
        _picture("ranges", shown),
        _picture("profiles", shown),
        _pairs(found),
        _picture("pairs", shown),
        _explained(found.explained) if found.explained else "",
        _score(found.score, found.about.until) if found.score else _no_score(found),
        _picture("scores", shown),
        _declared(found),
        _again(found),
    ]
    return "\n\n".join(section.strip() for section in sections if section) + "\n"


def _picture(name: str, shown: Mapping[str, str]) -> str:
    return f"![{PICTURES[name]}]({shown[name]})" if name in shown else ""


def summary(found: Matching) -> list[str]:
    """Say in a few sentences what was found."""
    lines = [_left(found), *_told(found.parameters, found.pairs)]
    missed = [figure.id for figure in found.figures if figure.reached == "not reached"]
    strained = [figure.id for figure in found.figures if figure.reached == "within discrepancy"]
    if missed:
        lines.append(f"No world of the box reaches {listed(missed)}, not even within the declared discrepancy.")
    if strained:
        lines.append(
            f"No world's mean comes as far as {listed(strained)}: only chance and the declared discrepancy keep worlds from "
            "being ruled out by these figures."
        )
    lines += [_contest(contest, found.explained) for contest in (found.explained.contests if found.explained else ())]
    return lines


def worst_of(group: Group, found: Matching) -> str:
    """Name the figure of a group that rules out most, and on which side of it the worlds lie that it rules out."""
    figure = next(each for each in found.figures if each.id == group.worst)
    if not figure.too_low + figure.too_high:
        return "none"
    sides = {"too low": figure.too_low, "too high": figure.too_high}
    most = max(sides, key=lambda word: sides[word])
    return f"{figure.id}, {' and '.join(word for word, share in sides.items() if share >= 0.005 or word == most)}"


def _head(found: Matching) -> str:
    about = found.about
    lines = [
        f"# {about.title} and the record to {about.until}",
        f"{about.figures} figures known by {about.vintage} ({about.evidence} evidence), {found.waves[0].worlds:,} worlds a wave "
        f"of {about.runs} runs each. A world is ruled out where its {rank_word(about.rank)} implausibility over groups of "
        f"figures reaches {about.cut:g}. Shares are of worlds in the declared box, and no probabilities.",
        *(f"- {line}" for line in summary(found)),
    ]
    return "\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[2:])


def _left(found: Matching) -> str:
    first = found.waves[0]
    worst = max(found.groups, key=lambda group: group.ruled)
    by_highest = (
        f"; were the highest implausibility to count, {percent(found.strictest)} would be" if found.about.rank > 1 else ""
    )
    return (
        f"Of the whole box {percent(first.share)} is not ruled out{by_highest}. By itself, {worst.says} would rule out most, "
        f"{percent(worst.ruled)}. In all {found.left:,} worlds are left; {found.stopped}."
    )


def _told(parameters: Sequence[Parameter], pairs: Sequence[Pair]) -> list[str]:
    known = [each for each in parameters if each.informed]
    narrow = [each for each in known if each.spread < NARROW]
    lines = [
        f"The record tells something beyond chance of {len(known)} of {len(parameters)} parameters, and narrows "
        f"{len(narrow) or 'none'} of them by a tenth or more of its spread."
    ]
    if narrow:
        lines[0] = lines[0][:-1] + f": {listed([each.address for each in sorted(narrow, key=lambda each: each.spread)])}."
    if pairs:
        most = pairs[0]
        lines.append(
            f"{len(pairs)} pairs of parameters trade off, where no group rules a world out. The strongest are {most.first} and "
            f"{most.second}, with a rank correlation of {most.correlation:+.2f}."
        )
    return lines


def _contest(contest: Contest, explained: Explained | None) -> str:
    assert explained is not None
    says = {each.name: each.says for each in explained.held}
    first, second = says[contest.first], says[contest.second]
    before, after = contest.before, contest.after
    shares = (
        f"{first} alone holds {explained.outcome} down in {percent(after['first'])} of the worlds that are left (of the whole "
        f"box {percent(before['first'])}), {second} alone in {percent(after['second'])} ({percent(before['second'])})"
    )
    if contest.told_apart and min(before["first"], before["second"]) < explained.least:
        return f"The declared box tells {first} and {second} apart by itself, so that the record has no part in it: {shares}."
    if contest.told_apart:
        return f"The record tells {first} and {second} apart: {shares}."
    return f"The record cannot tell {first} and {second} apart: {shares}."


def _waves(found: Matching) -> str:
    rows = [
        (
            wave.number,
            f"{wave.worlds:,}",
            percent(wave.volume),
            f"{wave.left:,}",
            percent(wave.share),
            number(wave.quantiles["overall"][2]),
            wave.failed or "",
        )
        for wave in found.waves
    ]
    heads = ("wave", "worlds", "volume of its box", "left", "share left", "median implausibility", "failed")
    return f"## Waves\n\n{table(heads, rows)}\n\nNo further wave: {found.stopped}."


def _groups(found: Matching) -> str:
    rows = [
        (
            group.says,
            group.figures,
            percent(group.ruled),
            worst_of(group, found),
            percent(group.ruled_of_others),
            percent(group.left_without),
            ", ".join(group.informs) or "nothing",
            ", ".join(group.needed_for) or "nothing",
        )
        for group in sorted(found.groups, key=lambda group: -group.ruled)
    ]
    single = [
        (each.title, each.figures, percent(each.ruled), percent(each.left_without), ", ".join(each.informs) or "nothing")
        for each in sorted(found.series, key=lambda each: -each.ruled)
    ]
    heads = (
        "group",
        "figures",
        "rules out alone",
        "most of it by",
        "… of what the others leave",
        "left without it",
        "tells by itself of",
        "needed to tell of",
    )
    return (
        "## What each group rules out\n\nA group is taken away in turn. Where it rules out less of what the others leave than of "
        f"the whole box, they foretell it.\n\n{table(heads, rows)}\n\nThe same series by series, where the rest of a group "
        f"stays:\n\n{table(('series', 'figures', 'rules out alone', 'left without it', 'tells by itself of'), single)}"
    )


def _figures(found: Matching) -> str:
    heads = ("row", "series", "to", "record", "box", "left", "inside", "rules out as too low, too high", "reached")
    rows = [
        (
            figure.id + (f" since {figure.since}" if figure.since else ""),
            figure.series,
            figure.to,
            f"{span(figure.low, figure.high)} {figure.unit}",
            three(figure.prior),
            three(figure.matched),
            percent(figure.inside),
            f"{percent(figure.too_low)}, {percent(figure.too_high)}",
            figure.reached,
        )
        for figure in found.figures
    ]
    return (
        "## Every figure\n\nMeans of worlds: the middle one and, in brackets, nine in ten, of the whole box and of what is left. "
        f"`inside` is the share of the box whose mean lies in the range of the record.\n\n{table(heads, rows)}"
    )


def _parameters(found: Matching) -> str:
    known = sorted((each for each in found.parameters if each.informed), key=lambda each: -each.distance)
    heads = ("parameter", "declared", "left", "unit", "spread", "distance", "p")
    rows = [
        (
            each.address,
            f"{number(each.low)} to {number(each.high)}",
            three(each.left),
            each.unit,
            f"{each.spread:.2f}",
            f"{each.distance:.3f}",
            f"{each.p_value:.0e}",
        )
        for each in known[:MOST_PARAMETERS]
    ]
    text = (
        "## What the record tells of parameters\n\n`spread` is that of the worlds that are left over that of the box: 1 where "
        "nothing is narrowed. `distance` is the largest between their distributions, `p` its probability by chance; "
        f"those listed lie beyond 0.05 over all {len(found.parameters)} sides together.\n\n"
    )
    if not rows:
        return text + "Nothing: what is left lies as evenly in the box as chance would have it."
    more = f"\n\nAnd {len(known) - MOST_PARAMETERS} more, in `matching.json`." if len(known) > MOST_PARAMETERS else ""
    return text + table(heads, rows) + more + _profiles(found)


def _profiles(found: Matching) -> str:
    rows = [
        (profile.address, *("" if share is None else f"{100 * share:.0f}" for share in profile.share))
        for profile in found.profiles[:MOST_PROFILES]
    ]
    slices = [f"{place + 1}" for place in range(len(rows[0]) - 1)] if rows else []
    return (
        "\n\nShare not ruled out, in percent, in each tenth of the declared range, lowest first (the lowest implausibility of "
        f"each tenth is in `matching.json`):\n\n{table(('parameter', *slices), rows)}"
        if rows
        else ""
    )


def _pairs(found: Matching) -> str:
    if not found.pairs:
        return "## Pairs that trade off\n\nNone beyond chance."
    rows = [(pair.first, pair.second, f"{pair.correlation:+.2f}") for pair in found.pairs[:MOST_PAIRS]]
    return (
        "## Pairs that trade off\n\nRank correlation among the worlds that no group rules out, beyond chance over all pairs.\n\n"
        f"{table(('one', 'other', 'rank correlation'), rows)}"
    )


def _explained(found: Explained) -> str:
    rows = [
        (
            each.says,
            percent(each.before.estimate),
            f"{percent(each.after.estimate)} ({percent(each.after.low)} to {percent(each.after.high)})",
            f"{len(each.informed)} of {each.parameters}" + (f": {', '.join(each.informed)}" if each.informed else ""),
        )
        for each in found.held
    ]
    heads = ("explanation", "of the box", "of what is left", "of its parameters the record tells of")
    contests = "\n".join(f"- {_contest(contest, found)}" for contest in found.contests)
    return (
        f"## Explanations\n\nAn explanation holds `{found.outcome}` down in a world where it is lower by "
        f"{percent(found.effect)} or more than without its limits ({found.worlds[0]:,} worlds of the box, "
        f"{found.worlds[1]:,} of what is left).\n\n"
        f"{table(heads, rows)}\n\n{contests}\n\nTwo are told apart where one of them, by itself, is left in less than "
        f"{percent(found.least)} of the worlds."
    )


def _score(score: Score, until: str) -> str:
    rows = [
        (
            each.title,
            each.matched.figures,
            f"{percent(each.matched.within_50)}, {percent(each.matched.within_90)}",
            number(each.matched.crps),
            number(each.prior.crps),
            "none" if each.last_value is None else number(each.last_value),
            "none" if each.trend is None else number(each.trend),
            each.unit,
        )
        for each in score.by_series
    ]
    heads = ("series", "figures", "within 50, 90%", "what is left", "whole box", "last value", "linear trend", "unit")
    all_of_them = [
        ("worlds that are left", *_shares(score.matched.within_50, score.matched.within_90, score.matched.within_90_discrepancy)),
        ("whole box", *_shares(score.prior.within_50, score.prior.within_90, score.prior.within_90_discrepancy)),
    ]
    skipped = f"\n\nNot scored: {len(score.skipped)} rows, with reasons in `matching.json`." if score.skipped else ""
    return (
        f"## After {until}\n\n{score.matched.figures} figures ({score.table}) that were not fitted, against {score.runs:,} runs. "
        f"A figure lies within a band where its range meets it. {_single(score.figures)}Totals so far, and means over "
        "periods that began earlier, count months that were fitted, too: their test is milder.\n\n"
        f"{table(('forecast', 'within 50%', 'within 90%', 'within 90%, with discrepancy'), all_of_them)}\n\n"
        f"Continuous ranked probability scores, lower is better; for a single number it is the distance from the range. "
        "A range is taken at its point that is kindest to a forecast. So a single number within it costs nothing, while a band "
        "costs its own width even where the range holds all of it.\n\n"
        f"{table(heads, rows)}\n\nThe worlds that are left do better than {_beaten(score)}.{skipped}"
    )


def _single(figures: Sequence[ScoredFigure]) -> str:
    """Say how often the bands hold those figures that are one number: a wide range is met by almost any band."""
    exact = [each for each in figures if each.low is not None and each.low == each.high]
    if not exact:
        return ""
    shares = [
        sum(each.forecast[low] <= each.low <= each.forecast[high] for each in exact if each.low is not None) / len(exact)
        for low, high in ((1, 3), (0, 4))
    ]
    return (
        f"Of the {len(exact)} that are one number and no range, {percent(shares[0])} lie within the band of 50% and "
        f"{percent(shares[1])} within that of 90%. "
    )


def _beaten(score: Score) -> str:
    """Say on how many series the worlds that are left do better than each other forecast that there is."""
    others = {
        "the whole box": [each.prior.crps for each in score.by_series],
        "the last value": [each.last_value for each in score.by_series],
        "the linear trend": [each.trend for each in score.by_series],
    }
    parts = []
    for name, values in others.items():
        pairs = [
            (each.matched.crps, value)
            for each, value in zip(score.by_series, values, strict=True)
            if each.matched.crps is not None and value is not None
        ]
        parts.append(f"{name} on {sum(own < other for own, other in pairs)} of {len(pairs)} series")
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _shares(*values: float) -> list[str]:
    return [percent(value) for value in values]


def _no_score(found: Matching) -> str:
    return (
        f"## After {found.about.until}\n\nNothing to score: the evidence has no figure after {found.about.until}. Give a table "
        "of later observations with `--score`, or fit to an earlier month."
    )


def _declared(found: Matching) -> str:
    rows = [
        (each.group, each.title, percent(each.relative), f"{number(each.floor)} {each.unit}", each.reason)
        for each in found.about.discrepancies
    ]
    heads = ("group", "series", "relative", "at least", "because")
    reasons: dict[tuple[str, str], list[str]] = {}
    for each in found.about.left_out:
        reasons.setdefault((each.series, each.reason), []).append(each.id)
    out = [(series, listed(ids), reason) for (series, reason), ids in sorted(reasons.items())]
    return (
        f"## What was declared\n\nDeclaration `{found.about.declaration}`, hash {found.about.declaration_hash[:12]}. The "
        "discrepancy is a standard deviation: how far the model may lie from a figure for reasons of its own.\n\n"
        f"{table(heads, rows)}"
        + (f"\n\nFigures that are not compared:\n\n{table(('series', 'rows', 'because'), out)}" if out else "")
    )


def _again(found: Matching) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in found.about.versions.items())
    return f"## How to make this again\n\n```sh\npython {found.about.command}\n```\n\nWritten with {versions}."
