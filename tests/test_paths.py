"""Where shipped files are, and files of a user: every kind is read by the same means, whatever the editor and place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.errors import UserError
from sim.evidence import observations
from sim.experiments.design_tables import from_table
from sim.experiments.sweep_files import load_sweep
from sim.inference.declaration import Declaration as Inference
from sim.paths import evidence_folder, scenario_folder, user_path
from sim.runs.arguments import folder_path
from sim.runs.run_directory import whole_directory
from sim.scenario.scenario import Scenario
from sim.thesis.declaration import Declaration as Thesis

ROOT = Path(__file__).resolve().parents[1]
KINDS: dict[str, tuple[Path, Callable[[str | Path], Any]]] = {
    "scenario": (ROOT / "scenarios" / "base.toml", lambda path: Scenario.load(path).hash),
    "sweep": (ROOT / "scenarios" / "sweeps" / "tolerance_and_stock.toml", lambda path: load_sweep(path).scenario.hash),
    "thesis": (ROOT / "scenarios" / "thesis.toml", lambda path: Thesis.load(path).hash),
    "inference": (ROOT / "scenarios" / "inference.toml", lambda path: Inference.load(path).hash),
    "evidence": (ROOT / "sim" / "evidence" / "evidence.csv", observations),
    "points": (ROOT / "points.csv", lambda path: from_table(path).columns["china.resolve"].tolist()),
}


def test_shipped_files_are_found():
    assert (scenario_folder() / "base.toml").is_file()
    assert (evidence_folder() / "evidence.csv").is_file()


def test_a_checkout_comes_before_the_wheel(tmp_path: Path):
    package = tmp_path / "sim"
    for folder in (tmp_path / "scenarios", package / "_scenarios"):
        folder.mkdir(parents=True)
        (folder / "base.toml").touch()
    assert scenario_folder(package) == tmp_path / "scenarios"


def test_a_wheel_has_its_scenarios_inside(tmp_path: Path):
    package = tmp_path / "sim"
    (tmp_path / "scenarios").mkdir()  # another project's folder beside the installed package
    assert scenario_folder(package) == package / "_scenarios"


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


def test_a_tilde_is_the_home_folder(kind, tmp_path, monkeypatch):
    path, read, said = kind
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read(f"~/{path.name}") == said


def test_results_go_to_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with whole_directory("~/out/mine") as folder:
        (folder / "x").touch()
    assert (tmp_path / "home" / "out" / "mine" / "x").exists()
    assert folder_path("~/out", "out") == tmp_path / "home" / "out"
    assert not (tmp_path / "~").exists()


def test_a_tilde_of_no_user_is_the_name_of_a_file():
    assert user_path("~$points.csv") == Path("~$points.csv")


@pytest.mark.parametrize(
    "read", [Scenario.load, load_sweep, Thesis.load, Inference.load], ids=["scenario", "sweep", "thesis", "inference"]
)
@pytest.mark.parametrize("name", ["A" * 5_000, "a\0b.toml", "a" * 300 + "/b.toml"], ids=["long", "null", "a long folder"])
def test_a_name_that_no_file_can_have_is_refused_as_one_that_none_has(read, name):
    with pytest.raises(UserError, match="there is no such") as caught:
        read(name)
    assert str(caught.value).isprintable()


def test_a_sweep_may_name_a_scenario_by_a_name_that_no_file_can_have(tmp_path):
    (tmp_path / "swept.toml").write_text(
        f'title = "T"\nscenario = "{"A" * 5_000}"\ndesign = "sobol"\npoints = 2\nuncertainties = {{"*" = {{}}}}\n'
    )
    with pytest.raises(UserError, match="beside this file or among the shipped scenarios"):
        load_sweep(tmp_path / "swept.toml")


def test_signs_of_a_file_that_would_steer_a_terminal_are_written_out(tmp_path):
    (tmp_path / "points.csv").write_bytes(b"\x1b[2Jgrandia.resolve\n\0001\n")
    with pytest.raises(UserError, match=r"column \\x1b\[2Jgrandia.resolve: is '\\x001'") as caught:
        from_table(tmp_path / "points.csv")
    assert str(caught.value).isprintable()
