"""The machine at hand: ports and browsers."""

import socket
import webbrowser

import pytest

from sim import UserError
from sim.dashboard.local import HOST, bind, open_browser


def test_a_port_is_taken_on_the_loopback_address_only():
    with bind(0) as bound:
        host, port = bound.getsockname()
        assert host == HOST
        assert port > 0


def test_a_port_in_use_is_refused_in_plain_words():
    with bind(0) as first, pytest.raises(UserError, match="is in use; name another"):
        bind(first.getsockname()[1])


def test_a_port_that_is_not_allowed_is_refused_in_plain_words(monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(UserError, match="is not allowed for you"):
        bind(80)


def test_no_display_and_no_browser_are_said(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(webbrowser, "open", lambda address: pytest.fail("a browser without a display"))
    assert "no display" in open_browser("http://127.0.0.1:1")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    assert "No browser could be opened" in open_browser("http://127.0.0.1:1")

    def fail(address):
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "open", fail)
    assert "No browser could be opened" in open_browser("http://127.0.0.1:1")
    monkeypatch.setattr(webbrowser, "open", lambda address: True)
    assert open_browser("http://127.0.0.1:1") == ""
