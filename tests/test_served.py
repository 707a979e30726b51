"""The dashboard as a process of its own leaves nothing behind."""

import subprocess

import pytest
import served


def test_a_server_that_does_not_start_in_time_is_ended(monkeypatch, tmp_path):
    popen, started = subprocess.Popen, []
    monkeypatch.setattr(subprocess, "Popen", lambda *about, **more: started.append(popen(*about, **more)) or started[0])
    monkeypatch.setattr(served, "START", 0.0)
    with pytest.raises(AssertionError):
        served.Served("--no-browser", cwd=tmp_path)
    assert started[0].returncode is not None
