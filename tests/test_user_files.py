"""Files that a user has written, whatever the editor and wherever they lie: every kind is read by the same means."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.evidence import observations
from sim.experiments.design_tables import from_table
from sim.experiments.sweep_files import load_sweep
from sim.matching.declaration import Declaration as Matching
from sim.scenario.scenario import Scenario
from sim.thesis.declaration import Declaration as Thesis

ROOT = Path(__file__).resolve().parents[1]
KINDS: dict[str, tuple[Path, Callable[[str | Path], Any]]] = {
    "scenario": (ROOT / "scenarios" / "base.toml", lambda path: Scenario.load(path).hash),
    "sweep": (ROOT / "scenarios" / "sweeps" / "tolerance_and_stock.toml", lambda path: load_sweep(path).scenario.hash),
    "thesis": (ROOT / "scenarios" / "thesis.toml", lambda path: Thesis.load(path).hash),
    "matching": (ROOT / "scenarios" / "matching.toml", lambda path: Matching.load(path).hash),
    "evidence": (ROOT / "sim" / "evidence" / "evidence.csv", observations),
    "points": (ROOT / "points.csv", lambda path: from_table(path).columns["china.resolve"].tolist()),
}


@pytest.fixture(params=KINDS)
def kind(request, tmp_path) -> tuple[Path, Callable[[str | Path], Any], Any]:
    """A file of each kind in a folder of its own, how it is read, and what it says."""
    source, read = KINDS[request.param]
    content = source.read_bytes() if source.exists() else b"china.resolve\n0.5\n"
    path = tmp_path / f"mine{source.suffix}"
    path.write_bytes(content)
    return path, read, read(path)


def test_a_mark_of_the_byte_order_changes_nothing(kind):
    path, read, said = kind
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(path) == said
