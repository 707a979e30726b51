"""The project as a whole: what it ships, what it loads, and how its parts may be named."""

import ast
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

import sim

SLOW_IMPORTS = ("numpy", "mesa", "pydantic", "pandas", "scipy", "matplotlib", "xarray", "h5netcdf", "pyarrow")


def loaded_by(code: str, folder: Path) -> set[str]:
    """Names of the modules that a fresh interpreter has loaded after running the code."""
    script = f"{code}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_else(root):
    assert "numpy" not in loaded_by("import sim", root)


def test_the_command_line_loads_nothing_slow_at_its_import(root):
    assert not loaded_by("import sim.cli.app", root).intersection(SLOW_IMPORTS)


def test_every_public_name_can_be_had_from_the_package():
    assert sim.__all__
    for name in sim.__all__:
        assert getattr(sim, name) is not None


def test_an_unknown_name_is_refused_as_in_any_module():
    with pytest.raises(AttributeError):
        sim.no_such_name  # noqa: B018


def test_no_module_bears_the_name_of_a_public_function(root):
    modules = {path.stem for path in (root / "sim").glob("*.py")} | {
        path.name for path in (root / "sim").iterdir() if path.is_dir()
    }
    assert not modules.intersection(sim.__all__)


# Tests that do not mirror their modules. What is mended has to leave this list.
NOT_MIRRORED = set()
CROSS_CUTTING = {
    "test_cluster_page.py": "the scripts of a page of the documents",
    "test_joint_draws.py": "worlds drawn together, from the table of a scenario to the runs",
    "test_contract.py": "whatever a user adds by a row of a table",
    "test_dashboard_document.py": "a page of the documents",
    "test_documents.py": "the commands of the documents",
    "test_every_number.py": "the numbers of the base scenario, each moved by itself",
    "test_examples.py": "worked examples of all rules",
    "test_goods.py": "what the partnership of the base scenario hands over",
    "test_gallery.py": "the gallery of the documents",
    "test_golden.py": "a run of the whole model",
    "test_hooks.py": "the checks before a commit",
    "test_installed.py": "the wheel",
    "test_invariants.py": "what holds in every world",
    "test_locked.py": "predictions that were locked",
    "test_notebooks.py": "the notebooks",
    "test_past.py": "shocks and events that are given, from a scenario's history to the runs",
    "test_odd.py": "the description of the model",
    "test_prior_predictive.py": "what the ranges of the base scenario must show",
    "test_project.py": "the project as a whole",
    "test_supply.py": "what is shipped and tested with",
    "test_served.py": "the dashboard as a process of the tests",
    "test_site.py": "the documents as a site",
    "dashboard/test_memory.py": "what tabs that were closed leave in memory",
    "inference/test_anywhere.py": "inference on a cluster, after a kill, and its memory",
    "inference/test_rolling_origins.py": "forecasts from five dates of the shipped record",
    "thesis/statistics/test_coverage.py": "how often the intervals of all estimators hold the truth",
    "thesis/test_known_answers.py": "worlds whose answer is known, through the whole test",
    "trust/test_kills.py": "calls that are killed",
    "trust/test_power_loss.py": "calls whose power goes",
    "trust/test_random_worlds.py": "worlds at and beyond their bounds",
    "trust/test_strange_files.py": "files and folders of strangers",
    "trust/test_surroundings.py": "places and ways to call the program",
    "test_what_ifs.py": "the shipped scenarios beside the base",
    "test_worlds_that_decide.py": "worlds on which the thesis test turns",
}


def modules_of(package: Path) -> dict[str, Path]:
    """Every module of a package by its dotted name."""
    names = {path: path.relative_to(package.parent).with_suffix("").parts for path in package.rglob("*.py")}
    return {".".join(parts[:-1] if parts[-1] == "__init__" else parts): path for path, parts in names.items()}


def imported(path: Path, modules: Collection[str]) -> set[str]:
    """Those of the modules that a file imports, anywhere in it: at its top, within a function, or for its types alone."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {name if name in modules else node.module for name in inner}
    return names & set(modules)


def circles(imports: Mapping[str, Collection[str]]) -> list[set[str]]:
    """Sets of modules each of which reaches all others of its set."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            waiting += (new := set(imports[waiting.pop()]) - seen)
            seen |= new
        return seen

    reach = {name: reached(name) for name in imports}
    found = {frozenset(other for other in reach[name] if name in reach[other]) for name in imports if name in reach[name]}
    return [set(circle) for circle in found]


def test_a_circle_of_modules_is_found_wherever_the_import_stands(tmp_path):
    package = tmp_path / "house"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "top.py").write_text("from house.left import x\n")
    (package / "left.py").write_text("def go():\n    from house import right\n")
    (package / "right.py").write_text("if TYPE_CHECKING:\n    import house.below\n")
    (package / "below.py").write_text("from house.left import go\n")
    modules = modules_of(package)
    imports = {name: imported(path, modules) for name, path in modules.items()}
    assert circles(imports) == [{"house.left", "house.right", "house.below"}]


def test_no_modules_import_each_other_in_a_circle(root):
    modules = modules_of(root / "sim")
    assert circles({name: imported(path, modules) for name, path in modules.items()}) == []


def is_mirrored(test: Path, root: Path) -> bool:
    """Whether a test file has the name of a module, or of the package, in the folder that its own mirrors."""
    mirrored, name = test.relative_to(root / "tests").parent, test.stem.removeprefix("test_")
    return (root / "sim" / mirrored / f"{name}.py").exists() or (name == mirrored.name and (root / "sim" / mirrored).is_dir())


def test_every_test_file_has_the_name_of_the_module_that_it_tests(root):
    tests = (root / "tests").rglob("test_*.py")
    astray = {test.relative_to(root / "tests").as_posix() for test in tests if not is_mirrored(test, root)}
    exempt = {path: [start for start in NOT_MIRRORED if path.startswith(start)] for path in astray}
    assert {path for path, starts in exempt.items() if not starts} == set(CROSS_CUTTING)
    assert {start for starts in exempt.values() for start in starts} == NOT_MIRRORED
