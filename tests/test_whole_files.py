"""A file is there in full or not there, and why it cannot be written is said in plain words."""

import os

import pytest

from sim.errors import UserError
from sim.whole_files import at_work, held, reasons, write_whole


def test_what_was_there_is_replaced_and_nothing_else_stays(tmp_path):
    for content in (b"one", b"two"):
        write_whole(tmp_path / "file", content)
        assert (tmp_path / "file").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_who_works_in_a_folder_removes_what_the_dead_have_left_and_nothing_that_is_held(tmp_path):
    (tmp_path / "inner").mkdir()
    dead, living = tmp_path / "inner" / ".one.01234567.part", tmp_path / ".two.01234567.part"
    for path in (dead, living, tmp_path / ".mine.part"):
        path.touch()
    with held(living), at_work(tmp_path):
        assert (dead.exists(), living.exists()) == (os.name != "posix", True)
        with pytest.raises(UserError, match="another process is at work"), at_work(tmp_path):
            pass
    assert (tmp_path / ".mine.part").exists()


def test_on_an_error_what_was_there_stays_and_nothing_else(tmp_path, monkeypatch):
    write_whole(tmp_path / "file", b"one")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(UserError, match="file: the disk is full"), reasons(tmp_path / "file"):
        write_whole(tmp_path / "file", b"two")
    assert (tmp_path / "file").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
