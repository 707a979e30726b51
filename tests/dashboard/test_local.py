"""The machine at hand: ports, browsers, and visitors that are none."""

import asyncio
import socket
import webbrowser

import pytest

from sim import UserError
from sim.dashboard.local import HOST, bind, local_only, open_browser


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


def visit(kind, **headers):
    """Send a request through the guard, and give what came back: 'app' if it was let through."""
    sent = []

    async def app(scope, receive, send):
        sent.append("app")

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    asyncio.run(local_only(app)(scope, None, send))
    return sent


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8765"},
        {"host": "localhost:8765", "origin": "http://localhost:8765"},
        {"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765"},
    ],
)
def test_the_page_itself_is_served(kind, headers):
    assert visit(kind, **headers) == ["app"]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "elsewhere.example"},
        {"host": "127.0.0.1.elsewhere.example:8765"},
        {"host": "[::1"},
        {"host": "127.0.0.1:8765", "origin": "https://elsewhere.example"},
        {"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:9999"},
        {"host": "127.0.0.1:8765", "origin": "null"},
    ],
)
def test_other_sites_are_refused(kind, headers):
    answer = visit(kind, **headers)
    assert "app" not in answer
    assert answer[0].get("status") == 403 or answer[0]["type"] == "websocket.close"


def test_what_is_no_visit_goes_through():
    assert visit("lifespan") == ["app"]
