"""The command that shows and removes what killed processes have left."""

import os
import tempfile

import pytest

from sim.runs import leftovers


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nothing can be proved")
def test_the_command_shows_and_removes(command, tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "YOUNG_SECONDS", -1.0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    part = tmp_path / "out" / ".batch.01234567.part"
    part.mkdir(parents=True)
    (part / "file").write_text("four")
    (tmp_path / "out" / ".batch.lock").touch()
    shown = command("clean").out.splitlines()
    assert shown[0] == "out/.batch.01234567.part: 4 bytes"
    assert shown[1].startswith("remove it with: ")
    assert shown[1].endswith(" clean out --yes")
    assert part.is_dir()
    assert command("clean", "out", "--yes").out == "out/.batch.01234567.part: 4 bytes, removed\n"
    assert list((tmp_path / "out").iterdir()) == []
    assert command("clean").out == "nothing is left of killed processes\n"
    assert "nowhere: is no folder" in command("clean", "nowhere", code=2).err
