"""The register of claims, what the model leaves out, and how to get every number again."""

from sim.reporting.document import Block, Cell, Code, Items, Section, Table, Text, Word, plain
from sim.reporting.words import above_zero, after, below_zero, counted, listed, number, share, two
from sim.thesis.chapters.common import not_computed, title
from sim.thesis.judgement import Claim, Experiment, Judgement
from sim.thesis.judgement_worlds import Matched

MOST = 3  # experiments told of a claim

LEFT_OUT = (
    "**Six governments as single minds.** Factions, firms and publics have no part, but for Chinese firms that comply with "
    "foreign sanctions.",
    "**One month is one step.** Crises that rise and end within weeks are not seen.",
    "**Talk has no price.** Flattery, rank among friends and personal sympathy between leaders change no flow (claim 38).",
    "**No lethal aid from China.** There is no lane for it, so its absence is built in and proves nothing (claim 16).",
    "**The front is a demand for shells.** Manoeuvre, air power and drones are not modelled; a war's end is a hazard or a "
    "date, not a decision.",
    "**Nuclear deterrence and the risk of escalation** enter only through tests, alignment and South Korea's red line.",
    "**Technology is points on four rungs.** Nobody knows what was handed over; the points stand for stages, not for "
    "documents or experts.",
    "**Welfare and harm are in money** by stated formulas; what governments want beyond that is folded into a few weights, "
    "most of them assumed.",
    "**The verdict over the box does not use history.** All its worlds count, whether or not they fit the record; those that the "
    "record does not rule out are judged apart, beside it.",
)
STAGES = {
    "effect": "the base world with and without Beijing, its threat and its deeds: verdicts, threat or deed, punishment, delay",
    "tolerance": "worlds of the box at each level of Beijing's tolerance: the curve, the slope of the ceiling",
    "attribution": "sets of limits removed, on common draws: values of the limits",
    "relaxation": "sets of limits relaxed, on common draws: values of the limits",
    "needs": "lanes between each two countries cut: who needs whom",
    "claims": "the numbers of each claim moved from low to high: the register of claims",
    "explored worlds": "worlds on the seed for exploration: where boxes are sought",
    "worlds": "worlds on the seed for confirmation: shares, boxes scored, crowding, events, the naive observer's cases",
    "worlds, linear": "the same under a linear measure: shares",
    "worlds, log": "the same under a log measure: shares",
    "histories": "single histories month by month: the naive observer of one history",
    "matched": "worlds that the record does not rule out, with and without Beijing: does history change it",
    "variants": "worlds under each way of writing the model",
    "rivals": "each school's scenario with and without Beijing",
}
DISAGREEMENT = "sets of differences between two scenarios: what explains a disagreement"
BEARING = {
    "cap": "for the cap",
    "weak cap": "a little for it",
    "rival": "names another limit",
    "against": "against it",
    "context": "context",
}


def claims(judgement: Judgement) -> Section:
    """All claims of the article, and what was found of each."""
    heading = "The article's claims, and what was found of each"
    if not judgement.claims:
        return not_computed("claims", heading)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            str(claim.number),
            plain(claim.claim),
            f"{claim.kind}; {BEARING.get(claim.bearing, claim.bearing)}",
            _found(claim),
            Word(claim.word) if claim.word else ("never scored" if claim.kind == "premise" else ""),
        )
        for claim in judgement.claims
    )
    blocks: list[Block] = [
        Text(
            f"The article makes {len(judgement.claims)} claims. Each has a *kind* (a premise is taken as given, a mechanism "
            "works within the model, an outcome comes out of it) and a *bearing* on the thesis. A word stands only where a "
            "result bears on the claim directly. Where numbers are moved from the low to the high end of their ranges, all "
            "else stays at the base; that a mechanism moves an outcome in the model does not show that it does so in the world."
        ),
        Table("The register of claims.", ("no.", "claim", "kind and bearing", "what was found", "word"), rows, "lllll"),
    ]
    return Section("claims", heading, tuple(blocks))


def _found(claim: Claim) -> str:
    """What was found, with the experiments that move most; a number that moves nothing is named too."""
    moving = sorted((each for each in claim.experiments if _moves(each)), key=_size, reverse=True)
    by_address: dict[str, list[str]] = {}
    for each in moving[:MOST]:
        by_address.setdefault(each.address, []).append(_moved(each))
    parts = [f"`{address}` takes {listed(told)}" for address, told in by_address.items()]
    idle = [address for address in dict.fromkeys(each.address for each in claim.experiments) if address not in _addresses(moving)]
    sentences = [claim.found]
    if parts:
        more = f"; {counted(len(moving) - MOST, 'smaller change')} besides" if len(moving) > MOST else ""
        sentences.append(f"From low to high, {'; '.join(parts)}{more}.")
    if idle:
        sentences.append(f"No change beyond chance comes of {listed([f'`{address}`' for address in idle])}.")
    return " ".join(sentences)


def _addresses(experiments: list[Experiment]) -> set[str]:
    return {each.address for each in experiments}


def _moves(found: Experiment) -> bool:
    return above_zero(found.change) or below_zero(found.change)


def _size(found: Experiment) -> float:
    """Change beside the level, so that outcomes of different units can be ranked."""
    return abs(found.high - found.low) / max(abs(found.low), abs(found.high), 1e-12)


def _moved(found: Experiment) -> str:
    low, high = two(found.low, found.high)
    return f"{found.outcome.replace('_', ' ')} from {low} to {high}{after(found.unit)}"


def left_out(judgement: Judgement) -> Section:
    """Limits of the model in words."""
    blocks: list[Block] = [
        Text("A verdict is about the model. What the model leaves out, the verdict leaves out too:"),
        Items(LEFT_OUT),
    ]
    if judgement.about.left_out:
        names = listed([f"`{address}`" for address in judgement.about.left_out])
        blocks.append(
            Text(
                "Numbers with a plausible range that the declaration keeps at their value, so that no world varies them: "
                f"{names}."
            )
        )
    blocks.append(Text("The model is described in full in docs/odd.md, and what stands for each claim in docs/claims.md."))
    return Section("left-out", "What the model leaves out", tuple(blocks))


def reproduce(judgement: Judgement) -> Section:
    """Commands, hashes, seeds, versions, runs, and the declared box in full."""
    about = judgement.about
    command = about.command if about.command.startswith(("uv ", "beijing-cap")) else f"uv run {about.command}"
    rows: list[tuple[Cell, ...]] = [
        ("base scenario", f"`{about.scenario}`, sha256 `{about.scenario_hash}`"),
        ("declaration", f"`{about.declaration}`, sha256 `{about.declaration_hash}`"),
        *_matched(judgement.matched),
        ("budget", about.budget),
        ("seeds", listed([f"{use} {seed}" for use, seed in about.seeds.items()])),
        ("versions", listed([f"{package} {version}" for package, version in about.versions.items()])),
    ]
    runs: tuple[tuple[Cell, ...], ...] = tuple(
        (stage.replace("_", " "), STAGES.get(stage, DISAGREEMENT), f"{count:,}") for stage, count in about.runs.items()
    )
    box: tuple[tuple[Cell, ...], ...] = tuple(
        (f"`{side.address}`", number(side.low), number(side.high), side.unit, side.measure, plain(side.source))
        for side in about.box
    )
    sizes: tuple[tuple[Cell, ...], ...] = tuple(
        (title(dimension.name), plain(dimension.meaning), dimension.unit, share(dimension.delta), number(dimension.delta_abs))
        for dimension in about.dimensions
    )
    blocks: list[Block] = [
        Text("The same command gives the same numbers, on the same versions and kind of processor:"),
        Code((command,)),
        Table("What was judged, by which declaration, and with what.", ("what", "value"), tuple(rows), "ll"),
        Text(
            "Everything above stands, unrounded, in `report.json`. Its fields are named and explained in "
            "docs/thesis.schema.json. What was explored, such as the boxes in which the claim fails, was confirmed on the "
            "other seed. Each shock is keyed by seed, site, month and run, so both arms of a pair meet the same one even after "
            "they have drifted apart."
        ),
        Table("Runs simulated for each stage.", ("stage", "what", "runs"), runs, "llr"),
        Table(
            "The dimensions, and the smallest effects of interest.",
            ("dimension", "outcome", "unit", "relative", "absolute"),
            sizes,
            "lllrr",
        ),
        Table(
            "The declared box: every number that varies from world to world.",
            ("number", "low", "high", "unit", "measure", "source"),
            box,
            "lrrlll",
        ),
    ]
    return Section("reproduce", "How to reproduce every number", tuple(blocks))


def _matched(found: Matched | None) -> list[tuple[Cell, ...]]:
    """The worlds that the record does not rule out: which, for what, and the command that finds them."""
    if found is None:
        return []
    told = f"`{plain(found.scenario)}`, sha256 `{found.scenario_hash}`"
    if found.matched_to:
        told += f", matched to `{plain(found.matched_to)}`, sha256 `{found.matched_to_hash}`, by `{plain(found.command or '')}`"
    return [("matched worlds", told)]
