"""What shows how far the work is."""

import io
import sys

import pytest

from sim import run
from sim.runs import progress


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_without_a_terminal_there_is_a_line_a_minute(clock, capsys):
    with progress.progress(1_000, None) as shown:
        for second in (30, 59, 61, 90, 122):
            clock[0] = float(second)
            shown.update(100)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert lines[2] == "500 runs in 2.0 min, 4 runs/s"
    assert lines[0] == "30%: 300 of 1,000 runs, 5 runs/s, 2 min left"


def test_a_terminal_sees_a_bar(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    assert progress.progress(10, None, done=3).n == 3


def test_a_notebook_sees_a_bar_where_a_log_gets_lines(monkeypatch):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    assert not progress.is_shown(None)
    monkeypatch.setitem(sys.modules, "ipykernel", progress)
    assert progress.is_shown(None)
    assert not progress.is_shown(False)


@pytest.mark.parametrize("show", [None, True, False])
def test_a_closed_standard_error_is_told_nothing(clock, monkeypatch, capsys, show):
    monkeypatch.setattr(sys, "stderr", None)
    with progress.progress(1_000, show) as shown:
        clock[0] = 61.0
        shown.update(100)
    assert capsys.readouterr().out == ""


def test_what_is_not_to_be_shown_is_not(capsys):
    with progress.progress(10, False) as shown:
        shown.update(10)
    assert capsys.readouterr().err == ""


def test_a_caller_is_told_of_runs_and_can_end_the_work():
    told = []
    run("base", runs=20, months=4, record=[], progress=told.append)
    assert told == [5.0] * 4

    class Enough(Exception):
        pass

    def end(runs):
        raise Enough

    with pytest.raises(Enough):
        run("base", runs=20, months=4, record=[], progress=end)
