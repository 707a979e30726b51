"""The report of a judgement: a page, the same as Markdown, and as JSON."""

from collections.abc import Sequence
from pathlib import Path

from sim.paths import user_path
from sim.plots.style import Picture
from sim.reporting.document import Document, plain
from sim.reporting.html import page
from sim.reporting.lazy import ByName
from sim.reporting.markdown import markdown
from sim.runs.whole_files import reasons, write_whole
from sim.thesis.chapters import answer, evidence, how, limits, matched, record, worlds
from sim.thesis.judgement import Judgement
from sim.thesis.kept import list_files

CHAPTERS = (
    answer.question_and_answer,
    answer.verdicts,
    how.threat_or_deed,
    how.along_tolerance,
    how.ceiling,
    limits.main_limit,
    limits.needs,
    worlds.worlds,
    worlds.failing,
    matched.history,
    worlds.variants,
    worlds.rivals,
    evidence.diagnosis,
    evidence.naive,
    evidence.disagreements,
    record.claims,
    record.left_out,
    record.reproduce,
)


def compose(judgement: Judgement) -> Document:
    """Put the whole report together, in the order in which it is read."""
    about = judgement.about
    subtitle = (
        f"The thesis test on the scenario “{plain(about.title)}” (`{about.scenario}`), {about.months} months from {about.start}; "
        f"budget *{about.budget}*."
    )
    return Document(
        "Is Beijing the limit of the partnership between Russia and North Korea?",
        subtitle,
        tuple(chapter(judgement) for chapter in CHAPTERS),
    )


def figures(judgement: Judgement) -> ByName[Picture]:
    """Give every figure of the report by its name; each is drawn when it is first asked for."""
    return _pictures(compose(judgement))


def _pictures(document: Document) -> ByName[Picture]:
    return ByName("figure", {figure.name: figure.draw for figure in document.figures})


def write(judgement: Judgement, folder: Path | str, kinds: Sequence[str] = ("svg",)) -> list[Path]:
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
    document = compose(judgement)
    pictures = _pictures(document)
    drawings = {name: picture.to_bytes("svg") for name, picture in pictures.items()}
    files = {"report.html": page(document, drawings), "report.md": markdown(document, kinds[0])}
    contents = {name: text.encode() for name, text in files.items()}
    contents["report.json"] = (judgement.model_dump_json(indent=1) + "\n").encode()
    for name, picture in pictures.items():
        for kind in kinds:
            contents[f"figures/{name}.{kind}"] = drawings[name] if kind == "svg" else picture.to_bytes(kind)
    with reasons(folder):
        (folder / "figures").mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            write_whole(folder / name, content)
    written = [folder / name for name in contents]
    list_files(folder, written)
    return written
