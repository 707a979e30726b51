"""When the power goes, nothing half is taken for whole, and the same call gives the same bytes."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from campaign import Call, Desk, calls

SCRIPT = str(Path(__file__).with_name("power_loss.py"))
MODELS = ("names first", "names last")


def lost(desk: Desk, call: Call, model: str, last: int) -> tuple[int, str]:
    """Call it until the power goes, and put what is on the disk in the place of what the program saw."""
    disk = desk.work.with_name("disk")
    process = desk.start(call, (sys.executable, SCRIPT, model, str(last), str(disk)))
    said = process.communicate(timeout=600)[1]
    if disk.exists():
        shutil.rmtree(desk.work)
        disk.rename(desk.work)
    return process.returncode, said


def campaign(folder: Path, call: Call, losses: int) -> int:
    """Let the power go at so many moments, evenly over a call, on both disks in turn; give the number of moments there are."""
    whole = Desk(folder / "whole")
    code, said = lost(whole, call, MODELS[0], -1)
    assert code == 0, said
    events, right = int(re.search(r"events: (\d+)", said)[1]), whole.contents()
    for number in range(losses):
        desk = Desk(folder / str(number))
        code, said = lost(desk, call, MODELS[number % 2], 1 + (events - 1) * number // max(losses - 1, 1))
        assert code == -9, said
        desk.check(right)
        desk.finish(call)
        assert desk.contents() == right
        assert desk.strays() == []
        desk.drop()
    return events


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform != "linux", reason="looks at files by the system's own folder of them")
@pytest.mark.parametrize(("name", "losses"), [("run", 16), ("sweep", 24), ("infer", 16), ("thesis", 16)])
def test_the_same_call_gives_the_same_bytes_after_the_power_has_gone(tmp_path, name, losses):
    events = campaign(tmp_path, calls(tmp_path / "given")[name], losses)
    print(f"{name}: {losses} of {events} moments")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at files by the system's own folder of them")
def test_a_run_survives_it(tmp_path):
    campaign(tmp_path, calls(tmp_path / "given")["run"], 2)
