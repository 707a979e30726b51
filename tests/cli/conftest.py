"""The command line in this process, where everything is loaded. A real process is started only where it is what is tested."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sim.cli.app import main


@dataclass(frozen=True)
class Done:
    """What a command has left."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(tmp_path, monkeypatch, capsys) -> Callable[..., Done]:
    """Run a command in an empty folder, and see that it ends with its code and without a traceback."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, code: int = 0) -> Done:
        monkeypatch.setattr(sys, "argv", ["run_sim.py", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capsys.readouterr()
        assert end.value.code == code, shown.err
        assert "Traceback" not in shown.err
        return Done(end.value.code, shown.out, shown.err)

    return run
