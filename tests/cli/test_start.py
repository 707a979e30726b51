"""An interrupt ends the program with its code and without a traceback, whatever it is doing; a second one is not needed."""

import os
import signal
import subprocess
import sys

import pytest

WITHIN = """
import os, signal, sys
from sim.cli import start

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "slow_one":
            os.kill(os.getpid(), getattr(signal, sys.argv[1]))
            try:
                import zipfile  # in which an exception would be lost, or leave a half
            except BaseException as error:
                print("broken", error)
        return None

sys.meta_path.insert(0, Slow())
run = start.main

import sim.cli.app as app

def work():
    try:
        import slow_one
    except ImportError:
        print("loaded", flush=True)
    import time
    time.sleep(30)

app.main = work
run()
"""


SWALLOWED = {
    "the first numbers of Sobol": """
from numpy.lib.npyio import NpzFile

inner = NpzFile.__getitem__

def interrupted(self, key):
    if key == "vinit":
        os.kill(os.getpid(), signal.SIGINT)
    return inner(self, key)

NpzFile.__getitem__ = interrupted
from scipy.stats import qmc

qmc.Sobol(30, rng=0).random(8).sum()
print("drawn", flush=True)
""",
    "the end of an object": """
class Held:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

held = Held()
del held
print("drawn", flush=True)
""",
}


@pytest.mark.parametrize("work", SWALLOWED.values(), ids=SWALLOWED)
def test_an_interrupt_that_would_be_swallowed_comes_again(root, work):
    lines = [f"    {line}" for line in work.strip().splitlines()]
    script = "\n".join(
        [
            "import os, signal, sys, time",
            "import sim.cli.app as app, sim.cli.start as start",
            "def work():",
            *lines,
            "    time.sleep(30)",
            "app.main = work",
            "start.main()",
        ]
    )
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=25)
    assert (done.returncode, done.stdout, done.stderr) == (130, "drawn\n", "")


def test_an_interrupt_at_the_very_end_says_nothing(root):
    script = (
        "import atexit, os, signal\nimport sim.cli.app as app, sim.cli.start as start\napp.main = lambda: None\nstart.main()\n"
    )
    script += "class Held:\n    def __del__(self):\n        os.kill(os.getpid(), signal.SIGINT)\natexit.register([Held()].clear)"
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupt_within_an_import_waits_for_its_end(root, name):
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", WITHIN, name], env=environment, capture_output=True, text=True, timeout=25)
    assert (done.returncode, done.stdout, done.stderr) == (130, "loaded\n", "")


def test_what_is_ignored_stays_ignored(root):
    script = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nimport sim.cli.app as app, sim.cli.start as start\n"
    script += "app.main = lambda: print(signal.getsignal(signal.SIGINT).name)\nstart.main()"
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "SIG_IGN\n"
