"""Notebooks: stripped of output, from the public face only, and they run from top to bottom."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import sim

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code(path) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@each
def test_a_notebook_is_kept_without_output(path):
    assert all(not cell.outputs and cell.execution_count is None for cell in code(path))


@each
def test_a_notebook_uses_the_public_face_only(path):
    lines = "\n".join(line for cell in code(path) for line in cell.source.splitlines() if not line.startswith(("%", "!")))
    for node in ast.walk(ast.parse(lines)):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert not node.module.startswith("sim."), ast.unparse(node)
            if node.module == "sim":
                assert {name.name for name in node.names} <= set(sim.__all__), ast.unparse(node)
        if isinstance(node, ast.Import):
            assert not any(name.name.startswith("sim.") for name in node.names), ast.unparse(node)


@pytest.mark.slow
@each
def test_a_notebook_runs_from_top_to_bottom(path, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, kernel_name="python3", timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
