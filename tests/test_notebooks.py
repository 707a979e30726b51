"""Notebooks: stripped of output, from the public face only, as their pages show them; and they run from top to bottom."""

import ast
import re
import sys
import time
from pathlib import Path

import make_notebooks
import nbformat
import pytest
from nbclient import NotebookClient

import sim

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = ROOT / "docs" / "notebooks"
LIBRARIES = {"sim", "numpy", "pandas", "xarray", "matplotlib"}
WIDEST = 100  # letters that a line of code may have, so that a page shows nearly all of it
MOST_BYTES = 3_000_000  # of all pages and their pictures
MOST_SECONDS = 600  # of all notebooks together, on two processors
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
seconds: dict[str, float] = {}


def code(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def imported(path: Path) -> set[str]:
    """All that a notebook imports, by its full name."""
    found = set()
    for node in ast.walk(ast.parse("\n".join(cell.source for cell in code(path)))):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def public() -> set[str]:
    """What `sim` gives by name, and what its reference and the page on reports name besides."""
    text = "".join((ROOT / "docs" / page).read_text("utf-8") for page in ("reference/python.md", "thesis.md"))
    return {f"sim.{name}" for name in sim.__all__} | set(re.findall(r"sim(?:\.\w+)+", text))


def test_there_are_six():
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"0{number}" for number in range(1, 7)]


@each
def test_a_notebook_is_kept_without_output(path):
    assert all(not cell.outputs and cell.execution_count is None for cell in code(path))


@each
def test_a_notebook_uses_the_public_face_only(path):
    names = imported(path)
    assert {name.split(".")[0] for name in names} <= LIBRARIES | sys.stdlib_module_names
    assert {name for name in names if name.split(".")[0] == "sim"} <= public()


@each
def test_a_notebook_opens_with_its_question(path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    title, question = first.source.split("\n\n")[:2]
    assert title.startswith("# ")
    assert question.endswith("?")


@each
def test_code_in_a_notebook_fits_a_page(path):
    assert not [line for cell in code(path) for line in cell.source.splitlines() if len(line) > WIDEST]


@each
def test_a_page_is_that_of_its_notebook(path):
    expected, _ = make_notebooks.page(path.stem, nbformat.read(path, as_version=4))
    page = PAGES / f"{path.stem}.md"
    same = page.exists() and make_notebooks.without_output(page.read_text("utf-8")) == expected
    assert same, f"{page.relative_to(ROOT)} is behind; run `uv run docs/make_notebooks.py {path.stem}`"


def test_pages_show_the_pictures_that_are_there_and_stay_small():
    shown = {file for page in PAGES.glob("*.md") for file in re.findall(r"\]\(([^)]+\.png)\)", page.read_text("utf-8"))}
    assert shown == {path.name for path in PAGES.glob("*.png")}
    assert len(shown) > 15
    assert sum(path.stat().st_size for path in PAGES.iterdir()) < MOST_BYTES


@pytest.mark.slow
@each
def test_a_notebook_runs_from_top_to_bottom(path, tmp_path, monkeypatch):
    """In an empty folder, in which nothing of an earlier run can help; an error in any cell is raised here."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook, where = nbformat.read(path, as_version=4), {"metadata": {"path": str(tmp_path)}}
    begin = time.perf_counter()
    NotebookClient(notebook, kernel_name="python3", timeout=MOST_SECONDS, resources=where).execute()
    seconds[path.stem] = time.perf_counter() - begin


@pytest.mark.slow
def test_all_notebooks_together_take_less_than_ten_minutes():
    """Follows upon those above, which have to be in the same process; it shows their times with ``pytest -rP``."""
    if len(seconds) < len(NOTEBOOKS):
        pytest.skip("not all notebooks ran before, in this process")
    print(*(f"{taken:6.1f} s  {name}" for name, taken in seconds.items()), f"{sum(seconds.values()):6.1f} s  together", sep="\n")
    assert sum(seconds.values()) < MOST_SECONDS
