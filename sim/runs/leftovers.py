"""What killed processes have left: unfinished files and folders, and temporary ones, that no process holds any more."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.runs.run_directory import is_lock
from sim.whole_files import TEMPORARY, UNFINISHED, held

YOUNG_SECONDS = 60.0  # what is younger may not be locked yet


@dataclass(frozen=True)
class Leftover:
    """A file or folder of a process that is dead, and its size in bytes."""

    path: Path
    size: int


def clean(folder: Path, *, remove: bool = False) -> list[Leftover]:
    """Find what killed processes have left in a folder, at any depth, and in the system's folder for temporary files.

    What somebody holds, has just been made, or belongs to another user is not named, nor is what the same call goes on from.

    Parameters
    ----------
    folder : Path
        Where to look; links are not followed.
    remove : bool
        Whether to remove it, too.

    Returns
    -------
    list of Leftover
        What is provably dead, and now removed if that was asked.
    """
    found = []
    for path in (*_unfinished(folder), *_temporary()):
        with held(path) as free:
            if free and _is_old(path):
                found.append(Leftover(path, _size(path)))
                if remove:
                    _remove(path)
    return found


def _unfinished(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        for name in sorted((*folders, *files)):
            if UNFINISHED.fullmatch(name) or is_lock(Path(place, name)):
                yield Path(place, name)
        folders[:] = sorted(name for name in folders if not UNFINISHED.fullmatch(name))


def _temporary() -> Iterator[Path]:
    try:
        yield from sorted(Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"))
    except OSError:  # no such folder can be written
        return


def _is_old(path: Path) -> bool:
    about = path.lstat()
    own = about.st_uid == os.getuid()
    return own and time.time() - about.st_ctime > YOUNG_SECONDS


def _size(path: Path) -> int:
    return sum(each.lstat().st_size for each in (path, *path.rglob("*")) if not each.is_dir())


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
        name = UNFINISHED.fullmatch(path.name)
        if name:  # the lock of its place, which a killed process leaves beside it
            _unlock(path.with_name(f".{name[1]}.lock"))
    else:
        path.unlink()


def _unlock(path: Path) -> None:
    """Remove a lock file that nobody holds."""
    with held(path) as free:
        if free:
            path.unlink()
