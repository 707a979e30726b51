"""A sweep on a real Dask cluster: a scheduler and two workers on the loopback address, one of which is killed."""

import signal
import subprocess
import sys
import threading
import time
import warnings

import pytest
from sweeping import ENVIRONMENT, contents, sweep

from sim.errors import UserError
from sim.experiments import executors
from sim.experiments.executors import dask_executor

pytestmark = pytest.mark.slow


@pytest.fixture
def cluster(tmp_path):
    """Address of a scheduler, and the processes of its workers."""
    pytest.importorskip("distributed")  # here, as it takes a second to load
    said = (tmp_path / "scheduler.txt").open("w+")
    dask = [sys.executable, "-m", "dask"]
    scheduler = subprocess.Popen(
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        stdout=said,
        stderr=said,
        cwd=tmp_path,
        env=ENVIRONMENT,
    )
    try:
        address = _address(tmp_path / "scheduler.txt")
        command = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        workers = [subprocess.Popen(command, stdout=said, stderr=said, cwd=tmp_path, env=ENVIRONMENT) for _ in range(2)]
        try:
            _wait_for_workers(address)
            yield address, workers
        finally:
            for worker in workers:
                worker.kill()
    finally:
        scheduler.kill()
        said.close()


def _address(path):
    for _ in range(600):
        for line in path.read_text().splitlines():
            if "Scheduler at:" in line:
                return line.split()[-1]
        time.sleep(0.1)
    raise AssertionError(path.read_text())


def _wait_for_workers(address):
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)


def test_the_bytes_are_those_of_one_process_even_when_a_worker_dies(cluster, tmp_path):
    address, workers = cluster
    serial = sweep(tmp_path / "serial").directory
    folder = tmp_path / "cluster"

    def kill_one():
        while len(list(folder.glob("parts/part-*"))) < 3:
            time.sleep(0.01)
        workers[0].send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    with dask_executor(address) as executor:
        killer.start()
        found = sweep(folder, executor=executor)
    killer.join()
    assert workers[0].wait() == -signal.SIGKILL
    assert found.complete
    assert contents(folder) == contents(serial)


def test_where_nothing_answers_it_says_so(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("sim.experiments.executors.CONNECT_SECONDS", 1)
    with pytest.raises(UserError, match="no Dask scheduler answers at tcp://127"), dask_executor("tcp://127.0.0.1:9"):
        pass


def test_a_cluster_without_workers_is_told_of_and_the_sweep_goes_on_when_one_joins(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(executors, "LOOK_SECONDS", 0.5)
    address, workers = cluster
    joined = []
    over = threading.Event()

    def replace():
        while len(list((tmp_path / "sweep").glob("parts/part-*"))) < 3 and not over.wait(0.01):
            pass
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        over.wait(2.0)
        joined.append(subprocess.Popen(workers[0].args, cwd=tmp_path, env=ENVIRONMENT))

    killer = threading.Thread(target=replace)
    killer.start()
    try:
        with dask_executor(address) as executor, warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            assert sweep(tmp_path / "sweep", executor=executor).complete
        told = [str(each.message) for each in told if each.category is RuntimeWarning]
        assert [text.partition(";")[0] for text in told] == ["the Dask cluster has no workers any more"]
    finally:
        over.set()
        killer.join()
        for worker in joined:
            worker.kill()
