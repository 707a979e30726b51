"""Where the shipped files are, beside the package in a checkout and inside it in an installed wheel; and a user's own files."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from sim.errors import UserError

PACKAGE = Path(__file__).resolve().parent


def scenario_folder(package: Path = PACKAGE) -> Path:
    """Folder of the shipped scenarios: the checkout's own if there is one, so that an edit there takes effect."""
    checkout = package.parent / "scenarios"
    return checkout if (checkout / "base.toml").is_file() else package / "_scenarios"


def evidence_folder(package: Path = PACKAGE) -> Path:
    """Folder of the evidence tables, which lie inside the package in a checkout and in a wheel."""
    return package / "evidence"


def glossary_file(package: Path = PACKAGE) -> Path:
    """Table of the words of the project: the documents' own in a checkout, and a copy of it inside the package in a wheel."""
    checkout = package.parent / "docs" / "glossary.md"
    return checkout if checkout.is_file() else package / "_glossary.md"


def user_path(path: str | PathLike[str]) -> Path:
    """Give the path that a user has written. A ``~`` at its start is the home folder, or that of a user there is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # there is no such user: it is the name of a file then, as in a shell
        return Path(path)


def exists(path: Path) -> bool:
    """Whether there is something at a path that a stranger may have written: a name too long, say, names nothing."""
    try:
        return path.exists()
    except (OSError, ValueError):  # also a null character
        return False


def show(path: Path) -> str:
    """Give the path as a user would write it: relative to the working folder where it lies in it."""
    absolute = path.absolute()
    here = Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else path)


def read_text(path: Path, most: int) -> str:
    """Read a text that a stranger may have written, of at most so many bytes, without the mark that some editors put first.

    Raises
    ------
    UserError
        If it is a folder or no ordinary file, cannot be read, is too large, or is not UTF-8.
    """
    with ordinary(path), path.open("rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise UserError(f"is larger than {most // 1_000_000} MB; no file of this kind is", show(path))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"is not UTF-8 (at byte {error.start + 1}); save it as UTF-8", show(path)) from None


@contextmanager
def ordinary(path: Path) -> Iterator[None]:
    """See that a path leads to an ordinary file, before it is opened and read within.

    A device may never end, and a pipe keeps its reader waiting.

    Raises
    ------
    UserError
        If it does not, or the system refuses to read it.
    """
    try:
        if path.is_dir():
            raise UserError("is a folder; name a file in it", show(path))
        if path.exists() and not path.is_file():
            raise UserError("is not an ordinary file", show(path))
        yield
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", show(path)) from None
