"""The one writer of whole files: a file is there in full and on the disk, or it is not there, whatever happens.

What is unfinished has a name of its own until then, and is locked by who works at it. So what a killed process has left is known:
nobody holds it.
"""

import errno
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.errors import UserError

LOCK_FILE = ".lock"  # in a folder that is worked on for long
TOKEN = 8  # digits that tell what is unfinished from others
UNFINISHED = re.compile(rf"\.(.+)\.[0-9a-f]{{{TOKEN}}}\.part")  # its name, with the name that it will have
TEMPORARY = "beijing-cap-"  # how the name of a folder begins that goes with its process

# What keeps a folder from being written, in words that say what to do.
REASONS = {
    errno.ENOSPC: "the disk is full; free some space or give another folder",
    errno.EDQUOT: "your disk quota is used up; free some space or give another folder",
    errno.EFBIG: "the file grows beyond what is allowed; lift the limit (ulimit -f), or give a folder on another disk",
    errno.EROFS: "the disk is read-only; give another folder",
    errno.EACCES: "no permission to write there; give another folder",
    errno.EPERM: "no permission to write there; give another folder",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.ENOENT: "cannot be made there; give another folder",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EISDIR: "is a folder; give another name",
    errno.ENOTEMPTY: "the folder exists by now; give another name",
    errno.EEXIST: "the folder exists by now; give another name",
}


@contextmanager
def reasons(place: Path, kept: str = "") -> Iterator[None]:
    """Say in plain words, with a `UserError`, why a place cannot be written, and ``kept``, what is kept nevertheless."""
    try:
        yield
    except OSError as error:
        if error.errno in REASONS:
            raise UserError(REASONS[error.errno] + kept, str(place)) from error
        raise


@contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """Make a folder if need be, keep other processes from working in it, and remove what killed ones have left unfinished.

    Raises
    ------
    UserError
        If another is at it, or it cannot be written.
    """
    from filelock import FileLock, Timeout

    with reasons(folder):
        make_folder(folder)
        lock = FileLock(folder / LOCK_FILE, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            text = "another process is at work in this folder; wait for it, or give another folder"
            raise UserError(text, str(folder)) from None
    try:
        for path in folder.rglob(".*.part"):
            with held(path) as free:
                if free and UNFINISHED.fullmatch(path.name) and path.is_file():
                    path.unlink()
        yield
    finally:
        lock.release()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, bring it to the disk, and put it in its place; what was there before is replaced.

    The name it has until then is its own, so that two writers do not meet. A process that is killed leaves it behind.
    """
    part = unfinished(path)
    try:
        with part.open("xb") as file, held(part):
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync(path.parent)


def unfinished(path: Path) -> Path:
    """Give a name beside a path, for what will have that name."""
    return path.with_name(f".{path.name}.{secrets.token_hex(TOKEN // 2)}.part")


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Lock a file or folder itself. False where another has it, or the system cannot tell: Windows, some networks' disks."""
    handle = None
    if os.name == "posix":
        import fcntl

        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if handle is not None:
                os.close(handle)
            handle = None
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


@contextmanager
def temporary_folder(what: str) -> Iterator[Path]:
    """Give a folder that goes with the context."""
    folder = Path(tempfile.mkdtemp(prefix=f"{TEMPORARY}{what}-"))
    try:
        with held(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove(path: Path) -> None:
    """Remove a file or folder as far as that can be done."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are not there, and bring their names to the disk."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync(each.parent)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk, where the system knows that of one that is only read."""
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
