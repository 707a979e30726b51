"""The report of a judgement: a page, the same as Markdown, and as JSON."""

from collections.abc import Sequence
from pathlib import Path

from sim.numerals import number, share
from sim.paths import user_path
from sim.plots.style import Picture
from sim.reporting.document import Block, Cell, Code, Document, Items, Section, Table, Text, plain
from sim.reporting.html import page
from sim.reporting.lazy import ByName
from sim.reporting.markdown import markdown
from sim.reporting.words import listed
from sim.thesis.answer import front, question_and_answer
from sim.thesis.estimates import title
from sim.thesis.question import Findings
from sim.thesis.questions import QUESTIONS
from sim.thesis.questions.disagreement import SIMULATED
from sim.thesis.stage_cache import list_files, refuse_other
from sim.whole_files import at_work, make_folder, reasons, write_whole

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


def compose(judgement: Findings) -> Document:
    """Put the whole report together, in the order in which it is read."""
    about = judgement.about
    subtitle = (
        f"The thesis test on the scenario “{plain(about.title)}” (`{about.scenario}`), {about.months} months from {about.start}; "
        f"budget *{about.budget}*."
    )
    if judgement.record is not None:
        subtitle += f" What the record says comes from an inference by budget *{judgement.record.about.budget}*."
    first, *others = (each.chapter for each in QUESTIONS if each.chapter and not each.appendix)
    last = (each.chapter for each in QUESTIONS if each.chapter and each.appendix)
    chapters = (first, question_and_answer, *others, left_out, reproduce, *last)
    return Document(
        "Is Beijing the limit of the partnership between Russia and North Korea?",
        subtitle,
        tuple(chapter(judgement) for chapter in chapters),
        front(judgement),
    )


def figures(judgement: Findings) -> ByName[Picture]:
    """Give every figure of the report by its name; each is drawn when it is first asked for."""
    return _pictures(compose(judgement))


def _pictures(document: Document) -> ByName[Picture]:
    return ByName("figure", {figure.name: figure.draw for figure in document.figures})


def write(judgement: Findings, folder: Path | str, kinds: Sequence[str] = ("svg",)) -> list[Path]:
    """Write the report of a judgement into a folder, which is made if need be.

    Parameters
    ----------
    judgement : Judgement
    folder : path
    kinds : sequence of str
        Formats of the figures beside the page, ``svg`` or ``png``; the Markdown shows the first. The page has its own inside.

    Returns
    -------
    list of Path
        ``report.html``, which needs nothing beside it, ``report.md``, ``report.json``, and the figures.
    """
    folder = user_path(folder)
    about = judgement.about
    with at_work(folder), reasons(folder):  # first, so that who has to wait is told before the figures are drawn
        refuse_other(folder, about.scenario_hash, about.declaration_hash, about.budget)
        contents = _contents(judgement, kinds)
        written = [folder / name for name in contents]
        make_folder(folder / "figures")
        for path, content in zip(written, contents.values(), strict=True):
            write_whole(path, content)
        list_files(folder, written)
    return written


def _contents(judgement: Findings, kinds: Sequence[str]) -> dict[str, bytes]:
    """Content of each file of a report, by its place in the folder."""
    document = compose(judgement)
    pictures = _pictures(document)
    drawings = {name: picture.to_bytes("svg") for name, picture in pictures.items()}
    files = {"report.html": page(document, drawings), "report.md": markdown(document, kinds[0])}
    contents = {name: text.encode() for name, text in files.items()}
    contents["report.json"] = (judgement.model_dump_json(indent=1) + "\n").encode()
    for name, picture in pictures.items():
        for kind in kinds:
            contents[f"figures/{name}.{kind}"] = drawings[name] if kind == "svg" else picture.to_bytes(kind)
    return contents


def left_out(judgement: Findings) -> Section:
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


def reproduce(judgement: Findings) -> Section:
    """Commands, hashes, seeds, versions, runs, and the declared box in full."""
    about = judgement.about
    command = about.command if about.command.startswith(("uv ", "beijing-cap")) else f"uv run {about.command}"
    rows: list[tuple[Cell, ...]] = [
        ("base scenario", f"`{about.scenario}`, sha256 `{about.scenario_hash}`"),
        ("declaration", f"`{about.declaration}`, sha256 `{about.declaration_hash}`"),
        ("budget", about.budget),
        ("seeds", listed([f"{use} {seed}" for use, seed in about.seeds.items()])),
        ("versions", listed([f"{package} {version}" for package, version in about.versions.items()])),
    ]
    simulated = {name: what for each in QUESTIONS for name, what in each.simulated.items()}
    runs: tuple[tuple[Cell, ...], ...] = tuple(
        (stage.replace("_", " "), simulated.get(stage, SIMULATED), f"{count:,}") for stage, count in about.runs.items()
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
