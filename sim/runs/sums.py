"""The list of a finished folder: what kind it is, which program made it, and the SHA-256 sum of every file that matters.

It is written last, so a folder that has none is not finished. ``sha256sum -c sums.sha256`` reads it, too: lines that begin with
``#`` are comments there. The first of them is a JSON object, the last is the sum of all lines before it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from sim.errors import UserError
from sim.paths import user_path
from sim.runs.software import software
from sim.whole_files import write_whole

SUMS_FILE = "sums.sha256"
COMMENT = "# "

# What mends a folder of each kind.
REMEDIES = {
    "run": "run its scenario again, into another folder",
    "comparison": "compare the scenarios again, into another folder",
    "what-if": "ask again, into another folder",
    "sweep": "run the command that made the sweep again: it does what is missing or damaged anew and keeps the rest",
    "inference": "run the command that made the inference again: it goes on from its last state that is whole",
    "lock": "take the folder from the repository: it must never change",
    "thesis": "run the command that made the thesis test again: it does what is missing or damaged anew and keeps the rest",
}
ANY = "run the command that made the folder again"

State = tuple[int, ...]


@dataclass(frozen=True)
class Entry:
    """What a list says of a file."""

    sha256: str
    size: int

    @classmethod
    def of(cls, content: bytes) -> "Entry":
        """Make it from the content of a file."""
        return cls(hashlib.sha256(content).hexdigest(), len(content))


@dataclass(frozen=True)
class Sums:
    """The list of a folder, read.

    Attributes
    ----------
    folder : Path
        What it lies in.
    kind : str
        What the folder is: a key of `REMEDIES`.
    made_by : dict
        Versions of the program and of the libraries that matter, and a hash of the program's code.
    files : dict of Entry
        By path in the folder, with ``/``.
    finished : bool
        False for a sweep that has begun: its list holds all but its parts.
    """

    folder: Path
    kind: str
    made_by: Mapping[str, str]
    files: Mapping[str, Entry]
    finished: bool = True
    _right: dict[str, State] = field(default_factory=dict, repr=False, compare=False)

    def check_sizes(self) -> None:
        """See that every file is there in its size: a look at the folder, no content is read.

        Raises
        ------
        UserError
            That names the first that is not.
        """
        for name in self.files:
            self._state(name)

    def check(self, names: Iterable[str] | None = None) -> None:
        """See that files, by default all, have the content that was written. One that was right and is untouched is not read.

        Raises
        ------
        UserError
            That names the first that has not.
        """
        chosen = {name: self._state(name) for name in (self.files if names is None else names)}
        unread = [name for name, state in chosen.items() if self._right.get(name) != state]
        paths = [self.folder / name for name in unread]
        for name, path, found in zip(unread, paths, _sums(paths, self._remedy), strict=True):
            if not found.startswith(self.files[name].sha256):
                raise UserError(f"is damaged: it is not what was written; {self._remedy}", str(path))
            self._right[name] = chosen[name]

    @contextmanager
    def reading(self, *names: str) -> Iterator[Path]:
        """Check files, and give the path of the first to who reads them. What then goes wrong is a fault of theirs.

        A stranger can make a list that agrees with any files. What is in them is data, but need not be what this program writes.

        Raises
        ------
        UserError
            That names the file, if one is not what the list says, or cannot be read.
        """
        self.check(names)
        path = self.folder / names[0]
        try:
            yield path
        except UserError:
            raise
        except Exception as error:
            text = f"is not as this program writes it, though its sum agrees ({type(error).__name__}); {self._remedy}"
            raise UserError(text, str(path)) from error

    def write(self) -> None:
        """Write the list into its folder, unless it is there already."""
        head = {"kind": self.kind, "finished": self.finished, "made_by": dict(self.made_by)}
        names = sorted(self.files)
        head |= {"bytes": {name: self.files[name].size for name in names}}
        lines = [COMMENT + json.dumps(head, ensure_ascii=False), *(f"{self.files[name].sha256}  {name}" for name in names), ""]
        text = "\n".join(lines).encode()
        content = text + f"{COMMENT}{hashlib.sha256(text).hexdigest()}\n".encode()
        path = self.folder / SUMS_FILE
        if not path.is_file() or path.read_bytes() != content:
            write_whole(path, content)

    @property
    def _remedy(self) -> str:
        return REMEDIES.get(self.kind, ANY)

    def _state(self, name: str) -> State:
        """Tell a file from what it will be when it is written to again, and see that it has its size."""
        path, size = self.folder / name, self.files[name].size
        try:
            found = path.stat()
        except OSError:
            raise UserError(f"is missing; {self._remedy}", str(path)) from None
        if found.st_size != size or not path.is_file():
            text = f"is damaged: {found.st_size:,} bytes, where {size:,} were written"
            raise UserError(f"{text}; {self._remedy}", str(path))
        return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def expect(tree: Any, kinds: Mapping[str, Any]) -> None:
    """See that tables read from JSON hold what is needed, each of its kind: else a `KeyError` or `TypeError`."""
    for name, kind in kinds.items():
        if isinstance(kind, Mapping):
            expect(tree[name], kind)
        elif not isinstance(tree[name], kind):
            raise TypeError(name)


def sum_files(folder: Path, names: Iterable[str]) -> dict[str, Entry]:
    """Read files, given by their paths in a folder, and give their sums and sizes."""
    chosen = list(dict.fromkeys(names))
    paths = [folder / name for name in chosen]
    sums = _sums(paths, ANY)
    return {name: Entry(found, path.stat().st_size) for name, path, found in zip(chosen, paths, sums, strict=True)}


def write_sums(folder: Path, kind: str, names: Iterable[str]) -> None:
    """Write the list of a folder that is finished, over files that are whole."""
    Sums(folder, kind, software(), sum_files(folder, names)).write()


def add_sums(folder: Path, kind: str, names: Iterable[str]) -> None:
    """Write the list of a folder to which files have come: what it said of the others that are still there stays.

    Raises
    ------
    UserError
        If the folder is of another kind.
    """
    before = read_sums(folder, kind).files if kind_of(folder) else {}
    stay = {name: entry for name, entry in before.items() if (folder / name).is_file()}
    Sums(folder, kind, software(), {**stay, **sum_files(folder, names)}).write()


def kind_of(folder: Path) -> str | None:
    """Say what a folder is by its list; None where there is none that can be read."""
    try:
        return read_sums(folder).kind
    except UserError:
        return None


def read_sums(folder: Path, kind: str | None = None) -> Sums:
    """Read the list of a folder.

    Parameters
    ----------
    kind : str, optional
        What the folder has to be.

    Raises
    ------
    UserError
        If there is none, it is damaged, or the folder is of another kind.
    """
    path = folder / SUMS_FILE
    remedy = REMEDIES.get(kind or "", ANY)
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        what = "folder that this version has finished" if kind is None else f"finished {kind}"
        raise UserError(f"is no {what}: it has no {SUMS_FILE}; {remedy}", str(folder)) from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}; {remedy}", str(path)) from None
    head, files = _parsed(content, path, remedy)
    if kind not in (None, head["kind"]):
        raise UserError(f"is the folder of a {head['kind']}, not of a {kind}", str(folder))
    return Sums(folder, head["kind"], head["made_by"], files, head["finished"])


def check_listed(path: Path) -> None:
    """See that a file is what was written, if the folder that it lies in has a list that names it.

    Raises
    ------
    UserError
        If it is not, or the list is damaged.
    """
    if (path.parent / SUMS_FILE).exists():
        sums = read_sums(path.parent)
        sums.check([path.name] if path.name in sums.files else [])


def verify(folder: str | Path) -> list[Sums]:
    """Read every file of a run, comparison, sweep or thesis test and see that it has the content that was written.

    Returns
    -------
    list of Sums
        The list of the folder, then those of the folders inside that it names.

    Raises
    ------
    UserError
        That names the first file that is missing or damaged and the remedy; or the folder is not finished.
    """
    folder = user_path(folder)
    sums = read_sums(folder)
    sums.check()
    if not sums.finished:
        raise UserError(f"is not finished; {REMEDIES.get(sums.kind, ANY)}", str(folder))
    inside = [folder / name for name in sums.files if PurePosixPath(name).name == SUMS_FILE]
    return [sums, *(each for path in inside for each in verify(path.parent))]


def _parsed(content: bytes, path: Path, remedy: str) -> tuple[dict[str, Any], dict[str, Entry]]:
    """Take a list apart, after its last line has vouched for the others."""
    end = content.removesuffix(b"\n").rfind(b"\n") + 1
    text, last = content[:end], content[end:]
    if last != f"{COMMENT}{hashlib.sha256(text).hexdigest()}\n".encode():
        raise UserError(f"is damaged: it is not what was written; {remedy}", str(path))
    first, *lines = text.decode().removesuffix("\n").split("\n")
    head = json.loads(first.removeprefix(COMMENT))
    sums = {name: found for found, _, name in (line.partition("  ") for line in lines)}
    return head, {name: Entry(found, head["bytes"][name]) for name, found in sums.items()}


def _sums(paths: list[Path], remedy: str) -> list[str]:
    """SHA-256 of files, on all cores: hashing leaves Python's lock to others."""

    def one(path: Path) -> str:
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}; {remedy}", str(path)) from None

    if len(paths) < 2:
        return [one(path) for path in paths]
    with ThreadPoolExecutor() as threads:
        return list(threads.map(one, paths))
