"""Run the notebooks and make a page of each: ``uv run docs/make_notebooks.py``, after any change of them or of results.

A page is the notebook as Markdown, with what its cells gave below them, between two marks. A test fails while the rest of a page
is not the notebook of today. It runs nothing, so a change of results does not show there.
"""

import itertools
import os
import re
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
PAGES = ROOT / "docs" / "notebooks"
BEGIN, END = "<!-- what came out -->", "<!-- end -->"
MADE = re.compile(rf"{BEGIN}\n.*?\n{END}\n\n", re.DOTALL)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
WIDTH = 92  # letters in a line of a page
WIDGET = "application/vnd.jupyter.widget-view+json"  # progress bars, which are gone by the end
# What pandas puts around a table, and what keeps the site from laying it out as its own.
FRAME = re.compile(r"<style.*?</style>|</?div>|<p>.*?</p>| (border|class|style)=\"[^\"]*\"", re.DOTALL)


def run(name: str) -> nbformat.NotebookNode:
    """Run a notebook from top to bottom, in an empty folder, and give it with what came out."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ.pop("MPLBACKEND", None)  # the notebook's own
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    return notebook


def page(name: str, notebook: nbformat.NotebookNode) -> tuple[str, dict[str, bytes]]:
    """Lay out a notebook as Markdown, and give it with the pictures that it shows, by the names of their files."""
    text, heading, pictures, numbers = "", name, {}, itertools.count(1)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text += cell.source.replace("](../docs/", "](../") + "\n\n"
            heading = [heading, *HEADING.findall(cell.source)][-1]
            continue
        text += f"```py\n{cell.source}\n```\n\n"
        shown = []
        for output in cell.outputs:
            if picture := output.get("data", {}).get("image/png"):
                file = f"{name}-{next(numbers)}.png"
                pictures[file] = b64decode(picture)
                shown.append(f"![{heading}, figure]({file})")
            elif made := _text(output):
                shown.append(made)
        text += f"{BEGIN}\n\n{'\n\n'.join(shown)}\n\n{END}\n\n" if shown else ""
    return text.rstrip("\n") + "\n", pictures


def _text(output: dict[str, Any]) -> str:
    """Give what is printed as a block of text, and a table of pandas as HTML; nothing of progress bars and warnings."""
    data = output.get("data", {})
    if output["output_type"] == "stream":
        return _block(output["text"]) if output["name"] == "stdout" else ""
    if WIDGET in data:
        return ""
    if "dataframe" in data.get("text/html", ""):
        return re.sub(r"\n\s*", "\n", FRAME.sub("", data["text/html"])).strip()
    return _block(data["text/plain"]) if "text/plain" in data else ""


def _block(text: str) -> str:
    """Give what is printed as a block of text, long lines broken as a notebook would show them."""
    lines = [fill(line, WIDTH, subsequent_indent="    ") if len(line) > WIDTH else line for line in text.rstrip().splitlines()]
    return "\n".join(("```text", *lines, "```"))


def without_output(text: str) -> str:
    """Give a page without what came out: what it is before its notebook is run."""
    return MADE.sub("", text + "\n").rstrip("\n") + "\n"


def names(chosen: list[str]) -> Iterator[str]:
    """Give the names of the notebooks, or those that are chosen."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if not chosen or path.stem in chosen:
            yield path.stem


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for name in names(sys.argv[1:]):
        text, pictures = page(name, run(name))
        for old in PAGES.glob(f"{name}-*.png"):
            old.unlink()
        for file, content in pictures.items():
            (PAGES / file).write_bytes(content)
        (PAGES / f"{name}.md").write_text(text, "utf-8")
        sys.stdout.write(f"{PAGES / name}.md\n")
