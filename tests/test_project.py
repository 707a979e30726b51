"""The project as a whole: what it ships, what it loads, and how its parts may be named."""

import os
import shutil
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
    assert not loaded_by("import sim.cli", root).intersection(SLOW_IMPORTS)


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


def run(command: list[str | Path], folder: Path) -> str:
    """Run a command in a folder, with no trace of this project on the path, and give what it prints."""
    environment = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run(list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_a_wheel_works_from_an_empty_folder(root, tmp_path):
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv, "uv is not to be found; install it with: pip install uv"
    dist, home, work = tmp_path / "dist", tmp_path / "venv", tmp_path / "work"
    work.mkdir()
    run([uv, "build", "--out-dir", dist, root], work)
    (wheel,) = dist.glob("*.whl")
    assert len(list(dist.glob("*.tar.gz"))) == 1
    run([uv, "venv", "--python", sys.executable, home], work)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    run([uv, "pip", "install", "--python", python, wheel], work)

    names = run([python, "-c", "import sim; print(*sim.scenario_names())"], work).split()
    assert names == list(sim.scenario_names())
    evidence = run([python, "-c", "import sim, pathlib; print(*pathlib.Path(sim.__file__).parent.rglob('*.csv'))"], work)
    assert "evidence.csv" in evidence
    assert "series_monthly.csv" in evidence
    assert str(root) not in evidence
    run([python.with_name("beijing-cap"), "run", "base", "--runs", "20", "--out", "first"], work)
    assert {"outcomes.parquet", "trajectories.nc", "manifest.json"} <= {path.name for path in (work / "first").iterdir()}
