"""The dashboard as a process of its own, for the tests that visit it."""

import atexit
import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
START = 180.0  # seconds that a start may take on a busy machine
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+/)\?token=\S+")


# The command line, with a word about every name that is looked up and every address that is called outside this machine.
WATCHED = """
import sys
def watch(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1"):
        print("Error: called", arguments[1], flush=True)
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "localhost", None):
        print("Error: looked up", arguments[0], flush=True)
sys.addaudithook(watch)
from sim.cli.start import main
main()
"""


def needed(found: object, what: str) -> None:
    """Skip where something is missing, but fail in CI."""
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is not to be found")


def packages() -> None:
    """Skip where the extra is missing."""
    for package in ("solara", "solara_assets", "altair"):
        needed(find_spec(package), package)


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


class Served:
    """The command as a process, whose output goes into a file, with a line for each call to another machine."""

    def __init__(self, *arguments: str, cwd: Path, first: str = "") -> None:
        self.log = cwd / "printed.txt"
        with self.log.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", first + WATCHED, "dashboard", *arguments, "--port", "0"],
                cwd=cwd,
                env=environment(PYTHONPATH=str(ROOT)),
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        atexit.register(self.process.kill)  # where a test fails before it stops it
        try:
            self.address, self.origin = self._started()
        except BaseException:  # such as an interrupt of the tests
            self.process.kill()
            self.process.wait()
            raise

    def _started(self) -> tuple[str, str]:
        """Wait until it has printed where it is."""
        end = time.monotonic() + START
        while not (found := ADDRESS.search(self.printed)):
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < end, self.printed
            time.sleep(0.1)
        return found[0], found[1]

    @property
    def printed(self) -> str:
        return self.log.read_text("utf-8")

    def stop(self) -> str:
        """Interrupt it, and give what it has printed."""
        self.process.terminate()
        self.process.wait(timeout=90)
        return self.printed
