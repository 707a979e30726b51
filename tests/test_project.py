"""The project as a whole: what it ships, what it loads, and how its parts may be named."""

import subprocess
import sys
from pathlib import Path

import pytest

import sim

SLOW_IMPORTS = ("pandas", "scipy.stats", "matplotlib", "xarray", "h5netcdf", "pyarrow")


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
