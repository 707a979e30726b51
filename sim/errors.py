"""Errors that a user can mend: one message, with the place and the remedy."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """Something the user gave cannot be used. The command line prints it and exits with code 2.

    Parameters
    ----------
    message : str
        What is wrong and how to mend it, in one or a few plain lines.
    place : str, optional
        File and key, or the option, where it is wrong.
    """

    def __init__(self, message: str, place: str = "") -> None:
        self.message = printable(message)
        self.place = printable(place)
        super().__init__(f"{self.place}: {self.message}" if place else self.message)


def printable(text: str) -> str:
    """Write signs that are not printed, but for the end of a line, as Python does: a file's text must not steer a terminal."""
    return "".join(sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1] for sign in text)


def install(extra: str) -> str:
    """Say how an extra of the project is installed, which no index has."""
    return f"in the project's folder, install with pip install '.[{extra}]', or call it with uv run --extra {extra}"


def suggest(name: object, known: Iterable[str]) -> str:
    """Say which known name is nearest to a wrong one, or list the known names when none is near."""
    names = sorted(known)
    near = get_close_matches(str(name), names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"known: {shown}" if names else "none is known here"
