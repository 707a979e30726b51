"""The machine at hand: a port of its loopback address, and a browser on it."""

import os
import socket
import sys
import webbrowser

from sim.errors import UserError

HOST = "127.0.0.1"


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
