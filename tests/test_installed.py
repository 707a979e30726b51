"""The project as a stranger gets it: a wheel in an empty environment, used from an empty folder, by the book."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import make_transcripts
import pytest
import xarray as xr

import sim

ROOT = Path(__file__).resolve().parent.parent
OLDEST = "3.12"  # has to be there; of the others those are tested that are
VERSIONS = (OLDEST, "3.13")
NEXT = "3.14"  # for which wheels have to exist
TESTED = ROOT / "constraints.txt"  # versions of all that is needed
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")

pytestmark = pytest.mark.slow


def outside(*programs: Path) -> dict[str, str]:
    """Environment without a trace of this project, with folders of programs before all others. No Python is fetched."""
    kept = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")}
    return kept | {"PATH": os.pathsep.join([*map(str, programs), kept["PATH"]]), "UV_PYTHON_DOWNLOADS": "never"}


def call(command: list[str | Path], folder: Path) -> str:
    """Run a command in a folder, and give what it prints."""
    done = subprocess.run(list(map(str, command)), cwd=folder, env=outside(), capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def interpreter(version: str) -> str | None:
    """Find a Python of a version on this machine; none is fetched."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [sys.executable, shutil.which(f"python{version}"), *sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python")))]
    ask = "import sys; print('{}.{}'.format(*sys.version_info))"
    for python in filter(None, found):
        told = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)  # a shim may be there for nothing
        if told.stdout.strip() == version:
            return python
    return None


@pytest.fixture(scope="module")
def uv() -> str:
    """Where uv is."""
    found = os.environ.get("UV") or shutil.which("uv")
    assert found, "uv is not to be found; install it with: pip install uv"
    return found


@pytest.fixture(scope="module")
def wheel(uv, tmp_path_factory) -> Path:
    """The wheel, built by way of the source distribution."""
    dist = tmp_path_factory.mktemp("dist")
    call([uv, "build", "--python", sys.executable, "--out-dir", dist, ROOT], dist)
    assert len(list(dist.glob("*.tar.gz"))) == 1
    (built,) = dist.glob("*.whl")
    return built


def install(version: str, uv: str, wheel: str, home: Path, *options: str | Path) -> Path:
    """Install the wheel, with extras or not, into a new environment, and give the folder of its programs."""
    python = interpreter(version)
    if python is None:
        assert version != OLDEST, f"Python {OLDEST} is not to be found, and has to be"
        pytest.skip(f"Python {version} is not to be found on this machine")
    call([uv, "venv", "--python", python, home], home.parent)
    bin_folder = home / ("Scripts" if os.name == "nt" else "bin")
    call([uv, "pip", "install", "--python", bin_folder / "python", *options, wheel], home.parent)
    return bin_folder


@pytest.fixture(scope="module", params=VERSIONS)
def installed(request, uv, wheel, tmp_path_factory) -> Path:
    """Programs of an environment that has the wheel and what it needs."""
    return install(request.param, uv, str(wheel), tmp_path_factory.mktemp("home") / "venv")


@pytest.fixture(scope="module")
def whole(uv, wheel, tmp_path_factory) -> Path:
    """The same with what pages ask their reader to install."""
    return install(OLDEST, uv, f"{wheel}[cluster]", tmp_path_factory.mktemp("home") / "venv")


def test_the_wheel_has_the_package_and_nothing_else(wheel):
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"sim"}


def test_the_shipped_files_are_those_of_the_wheel(installed, tmp_path):
    names = call([installed / "python", "-c", "import sim; print(*sim.scenario_names())"], tmp_path).split()
    assert names == list(sim.scenario_names())
    data = "import sim, pathlib; print(*pathlib.Path(sim.__file__).parent.rglob('*.csv'))"
    evidence = call([installed / "python", "-c", data], tmp_path)
    assert "evidence.csv" in evidence
    assert "series_monthly.csv" in evidence
    assert str(ROOT) not in evidence


def test_the_main_job_runs(installed, tmp_path):
    call([installed / "beijing-cap", "run", "base", "--runs", "200", "--out", "first"], tmp_path)
    names = {path.name for path in (tmp_path / "first").iterdir()}
    assert names == {"outcomes.parquet", "trajectories.nc", "manifest.json", "sums.sha256", "log.jsonl", "figures"}
    assert "bit for bit" in call([installed / "beijing-cap", "replay", "first", "7"], tmp_path)


@pytest.mark.parametrize("version", [*VERSIONS[1:], NEXT])
def test_every_python_gives_the_same_bytes(version, uv, wheel, tmp_path):
    """With one set of versions of all else, that of CI."""
    for each in (OLDEST, version):
        programs = install(each, uv, str(wheel), tmp_path / f"venv-{each}", "--constraint", TESTED)
        call([programs / "beijing-cap", "run", "base", "--runs", "200", "--out", each], tmp_path)
    tables = [(tmp_path / each / "outcomes.parquet").read_bytes() for each in (OLDEST, version)]
    assert tables[0] == tables[1]
    oldest, other = (
        xr.load_dataset(tmp_path / each / "trajectories.nc") for each in (OLDEST, version)
    )  # the file tells its Python
    assert list(oldest.variables) == list(other.variables)
    assert [name for name in oldest.variables if oldest[name].values.tobytes() != other[name].values.tobytes()] == []


@pytest.mark.parametrize("installed", VERSIONS[1:], indirect=True)  # the tutorial, followed below, does so with the oldest
def test_the_thesis_test_runs(installed, tmp_path):
    call([installed / "beijing-cap", "thesis", "--budget", "quick", "--out", "verdict"], tmp_path)
    assert {"report.html", "report.md", "report.json"} <= {path.name for path in (tmp_path / "verdict").iterdir()}


@pytest.mark.parametrize("page", make_transcripts.pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_can_be_followed_to_the_letter(page, whole, tmp_path):
    """Another processor rounds otherwise, which moves a printed figure by one in its last digit, and no figure by more."""
    text = page.read_text("utf-8")
    told = make_transcripts.follow(text, tmp_path, outside(whole))
    assert NUMBER.split(told) == NUMBER.split(text), "run `uv run docs/make_transcripts.py`"
    moved = [(shown, now) for shown, now in zip(NUMBER.findall(text), NUMBER.findall(told), strict=True) if not close(shown, now)]
    assert not moved, "run `uv run docs/make_transcripts.py`"


@pytest.mark.parametrize(
    ("shown", "now", "same"),
    [("92.4", "92.3", True), ("92.4", "92.2", False), ("1,000", "1,001", True), ("0.07", "0.1", False), ("7", "9", False)],
)
def test_only_the_last_digit_of_a_figure_may_differ(shown, now, same):
    assert close(shown, now) is same


def close(shown: str, now: str) -> bool:
    """Tell whether two printed figures have the same places and differ by one in the last at most."""
    places = [len(figure.partition(".")[2]) for figure in (shown, now)]
    apart = Decimal(shown.replace(",", "")) - Decimal(now.replace(",", ""))
    return places[0] == places[1] and abs(apart.scaleb(places[0])) <= 1


def test_wheels_of_all_that_is_needed_exist_for_the_next_python(uv, tmp_path):
    wanted = ["--python-version", NEXT, "--only-binary", ":all:", "--all-extras", "--no-header", "--no-annotate"]
    told = call([uv, "pip", "compile", ROOT / "pyproject.toml", *wanted], tmp_path)
    assert "numpy==" in told
    assert "mesa==" in told
