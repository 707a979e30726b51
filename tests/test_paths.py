from pathlib import Path

from sim.paths import evidence_folder, scenario_folder


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
