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
        self.message = message
        self.place = place
        super().__init__(f"{place}: {message}" if place else message)


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
