"""What is printed, on streams of every kind: it never costs a result that is there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAYS = "{'title': 'Chōsen → 朝鮮 é 🚀'}"


def say(shell: str, then: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Have a process print a text of many signs with its streams as the shell says, and then do something."""
    script = f"import json, sys; from sim.cli.streams import prepare_streams; prepare_streams(); says = {SAYS}\n"
    script += "for _ in range(9_000): print(json.dumps(says, ensure_ascii=False))\nsys.stdout.flush()\n" + then
    line = f"set -o pipefail; '{sys.executable}' -c \"$SCRIPT\" {shell}"
    given = {**os.environ, "SCRIPT": script, **environment}
    return subprocess.run(["bash", "-c", line], cwd=ROOT, env=given, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252", "iso-8859-1", "gbk"])
def test_a_terminal_of_another_encoding_gets_what_it_can_show_and_json_stays_json(encoding):
    done = say("", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode(encoding).splitlines()[0]) == {"title": "Chōsen → 朝鮮 é 🚀"}


@pytest.mark.parametrize("reader", ["| true", "| head -1 > /dev/null", "2>&1 | true", ">&-", "2>&-", ">&- 2>&-"])
def test_a_reader_that_has_had_enough_is_no_fault(reader):
    done = say(reader, "print('end', file=sys.stderr)")
    assert done.returncode == 0
    assert done.stderr in (b"", b"end\n")


def test_output_that_cannot_be_written_is_not_taken_for_the_result():
    done = say("> /dev/full")
    assert b"UserError: standard output: cannot be written: No space left on device" in done.stderr
    assert done.returncode == 1  # that of the traceback, of which `main` makes a message and 2: not 120, of a second failure


def test_the_number_of_a_closed_stream_is_not_given_to_a_file(tmp_path):
    path = tmp_path / "result"
    done = say(">&- 2>&-", f"file = open({str(path)!r}, 'w'); assert file.fileno() > 2")
    assert done.returncode == 0


def test_the_command_line_says_so_in_one_line():
    line = f"'{sys.executable}' run_sim.py --help > /dev/full"
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    said = "error: standard output: cannot be written: No space left on device; send it elsewhere\n"
    assert (done.returncode, done.stderr) == (2, said)


def test_a_terminal_is_told_at_once_that_something_happens():
    script = "import pty, sys; sys.exit(pty.spawn([sys.executable, 'run_sim.py', 'scenarios']) >> 8)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=60, check=True)
    assert done.stdout.startswith("loading …\r".encode())
    plain = subprocess.run([sys.executable, "run_sim.py", "scenarios"], cwd=ROOT, capture_output=True, timeout=60, check=True)
    assert plain.stderr == b""
