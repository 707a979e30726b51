"""The machine at hand: a port of its loopback address, a browser on it, and no visitors from other sites."""

import os
import socket
import sys
import webbrowser
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from sim.errors import UserError

HOST = "127.0.0.1"
LOCAL = (HOST, "localhost")
App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def bind(port: int) -> socket.socket:
    """Take a port of the loopback address.

    Raises
    ------
    UserError
        If it is in use, or not allowed.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name != "nt":  # there, this would allow two servers on one port
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        bound.listen()
    except OSError as error:
        bound.close()
        why = "is not allowed for you" if isinstance(error, PermissionError) else "is in use"
        raise UserError(f"port {port} {why}; name another, or 0 for any that is free", "--port") from None
    return bound


def open_browser(address: str) -> str:
    """Open a browser, or say why none was opened."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "There is no display here, so no browser was opened: open that address yourself."
    try:
        opened = webbrowser.open(address)
    except (webbrowser.Error, OSError):
        opened = False
    return "" if opened else "No browser could be opened: open that address yourself."


def local_only(app: App) -> App:
    """Refuse what does not come from a page of this server: other sites that a browser has open could reach it as well."""

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
            host, origin = f"//{headers.get(b'host', '')}", headers.get(b"origin", "")
            if _name(host) not in LOCAL or (origin and urlsplit(origin).netloc != urlsplit(host).netloc):
                await _refuse(scope["type"], send)
                return
        await app(scope, receive, send)

    return guarded


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


async def _refuse(kind: str, send: Any) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"This page is for the machine that it runs on."})
