"""The scripts of docs/cluster.md, run as they stand: real schedulers and workers, and stand-ins for the commands of a queue."""

import os
import re
import shutil
import socket
import subprocess
import sys

import make_transcripts
import pytest
from sweeping import ENVIRONMENT, ROOT, contents

PAGE = (ROOT / "docs" / "cluster.md").read_text("utf-8")
FILES = {title: text for _, title, text in make_transcripts.FENCE.findall(PAGE) if title}
TASKS = 2

# What a queue does, on this machine: srun does a command once for each task; sbatch starts a script and says its number.
COMMANDS = {
    "beijing-cap": f'exec "{sys.executable}" "{ROOT}/run_sim.py" "$@"',
    "dask": f'exec "{sys.executable}" -m dask "$@"',
    "python": f'exec "{sys.executable}" "$@"',
    "srun": "\n".join(
        ["trap 'kill $(jobs -p)' TERM", f"for _ in $(seq {TASKS}); do", '"$@" --host 127.0.0.1 &', "done", "wait", "wait"]
    ),
    "sbatch": 'job=$(mktemp) && cp "${@: -1}" "$job"; nohup bash "$job" >/dev/null 2>&1 & echo "Submitted batch job $!"',
    "scancel": 'kill "$@" 2>/dev/null || true',
}


@pytest.fixture
def office(tmp_path):
    """A folder with the files of the page, and an environment in which their commands are found."""
    commands = tmp_path / "commands"
    commands.mkdir()
    for name, body in COMMANDS.items():
        (commands / name).write_text(f"#!/bin/bash\n{body}\n")
        (commands / name).chmod(0o755)
    folder = tmp_path / "office"
    folder.mkdir()
    # The script for Slurm makes all nodes compute alike; what it is compared with computes as they do.
    alike = dict(re.findall(r'^export (NPY_DISABLE_CPU_FEATURES)="(.*?)"', FILES["sweep.sbatch"], re.MULTILINE))
    assert alike
    for name, text in FILES.items():
        (folder / name).write_text(_here(text), "utf-8")
    return folder, {**ENVIRONMENT, **alike, "PATH": f"{commands}:{os.environ['PATH']}"}


def _here(text):
    """The same text for the loopback address, at a port that is free, and with few runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = text.replace("8786", str(port)).replace("--port 0", "--host 127.0.0.1 --port 0")
    text = re.sub(r"points=\d+, runs=\d+", "points=64, runs=2, months=3", text)
    return text.replace("SLURMCluster(**jobs)", "SLURMCluster(**jobs, scheduler_options={'host': '127.0.0.1'})")


def _run(command, folder, environment):
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def alone(office):
    """What one machine gives, without Dask."""
    folder, environment = office
    _run(["beijing-cap", "sweep", "tolerance_and_stock", "--out", "alone"], folder, environment)
    return contents(folder / "alone")


@pytest.mark.slow
def test_the_script_for_one_machine_gives_the_same_bytes(office, alone):
    pytest.importorskip("distributed")
    folder, environment = office
    _run(["bash", "local.sh"], folder, environment)
    assert contents(folder / "grid") == alone


@pytest.mark.slow
def test_the_script_for_slurm_does_too_and_goes_on_where_it_stopped(office, alone):
    pytest.importorskip("distributed")
    folder, environment = office
    _run(["beijing-cap", "sweep", "tolerance_and_stock", "--out", "grid"], folder, environment)
    next((folder / "grid" / "parts").iterdir()).unlink()
    _run(["bash", "sweep.sbatch"], folder, environment)
    assert contents(folder / "grid") == alone


@pytest.mark.slow
def test_workers_that_a_queue_starts_one_by_one_do_a_sweep(office):
    pytest.importorskip("dask_jobqueue")
    folder, environment = office
    _run(["python", "jobqueue.py"], folder, environment)
    said = _run(["beijing-cap", "sensitivity", "grid", "munitions"], folder, environment)
    assert said


@pytest.mark.slow
def test_the_pods_run_commands_that_exist():
    yaml = pytest.importorskip("yaml")
    volume, job = yaml.safe_load_all(FILES["sweep.yaml"])
    spec = job["spec"]
    pods = {"job": spec["job"], "worker": spec["cluster"]["spec"]["worker"], "scheduler": spec["cluster"]["spec"]["scheduler"]}
    arguments = {name: pod["spec"]["containers"][0]["args"] for name, pod in pods.items()}
    commands = {"beijing-cap": ["run_sim.py"], "dask": ["-m", "dask"]}
    for command, verb, *options in arguments.values():
        known = subprocess.run(
            [sys.executable, *commands[command], verb, "--help"], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True
        ).stdout
        for option in options:
            assert not option.startswith("--") or option in known, option
    claimed = spec["job"]["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]
    assert claimed == volume["metadata"]["name"]
    selected = spec["cluster"]["spec"]["scheduler"]["service"]["selector"]["dask.org/cluster-name"]
    assert selected == job["metadata"]["name"]


def test_the_scripts_are_sound_bash():
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    for name in ("local.sh", "sweep.sbatch"):
        subprocess.run(["bash", "-n"], input=FILES[name], text=True, check=True)
