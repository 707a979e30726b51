"""Options that commands share, and the commands that they print."""

import shlex
import sys

import pytest

from sim.cli.options import typed


@pytest.mark.parametrize(
    ("program", "uv", "start"),
    [
        ("run_sim.py", False, [sys.orig_argv[0], "run_sim.py"]),
        ("my work/run_sim.py", True, ["uv", "run", "my work/run_sim.py"]),
        ("/opt/bin/beijing-cap-of-mine", False, ["/opt/bin/beijing-cap-of-mine"]),
        ("/opt/bin/beijing-cap", True, ["uv", "run", "beijing-cap"]),
        ("/usr/bin/sh", False, ["sh"]),
    ],
    ids=["script", "script by uv", "not on the path", "command by uv", "on the path"],
)
def test_a_printed_command_begins_as_the_user_began_and_its_words_are_whole(monkeypatch, program, uv, start):
    monkeypatch.setattr(sys, "argv", [program])
    monkeypatch.delenv("UV_RUN_RECURSION_DEPTH", raising=False)
    if uv:
        monkeypatch.setenv("UV_RUN_RECURSION_DEPTH", "1")
    assert shlex.split(typed("plot", "my sweep/it's", 3)) == [*start, "plot", "my sweep/it's", "3"]
