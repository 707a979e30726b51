"""A sweep on disk: a manifest, the points, and Parquet parts that are whole or not there.

A part is written under another name, synced and renamed. Its name ends with the first figures of its SHA-256, and it bears
the identity of its sweep, so that one that is torn, damaged or of another sweep is known, and done again. Bytes of the
parts depend on the identity alone; times and hosts go to ``log.jsonl``.
"""

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UserError
from sim.experiments.plan import FORMAT
from sim.runs.run_directory import MANIFEST_FILE, REASONS, log

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.experiments.plan import Plan
    from sim.experiments.worker import Done

DESIGN_FILE = "design.parquet"
LOCK_FILE = ".lock"
PARTS, QUANTILES = "parts", "quantiles"
NEEDED = frozenset({"points", "runs", "months", "seed", "own_shocks", "record", "design", "levers", "units", "scenario_tables"})
KEPT = "; what was written is kept, and the same call goes on from there"
PART_NAME = re.compile(r"part-(\d{6,})-([0-9a-f]{16})\.parquet")
LEFT_OVER = re.compile(rf"\.{PART_NAME.pattern}\.part")


@dataclass(frozen=True)
class Store:
    """The directory of one sweep, held by this process alone. Made by `opened`."""

    folder: Path
    sweep: str
    kinds: tuple[str, ...]

    def whole(self) -> set[int]:
        """Numbers of the parts that are there in full. The others, and what a killed process left, are removed."""
        found = [self._whole(kind) for kind in self.kinds]
        both = set.intersection(*(set(each) for each in found))
        for each in found:
            for number in each.keys() - both:
                each[number].unlink()
        return both

    def _whole(self, kind: str) -> dict[int, Path]:
        found: dict[int, Path] = {}
        for path in sorted((self.folder / kind).iterdir()):
            name = PART_NAME.fullmatch(path.name)
            if name and _digest(path.read_bytes()) == name[2] and _sweep_of(path) == self.sweep:
                found[int(name[1])] = path
            elif name or LEFT_OVER.fullmatch(path.name):
                path.unlink()
        return found

    def log(self, event: str, **about: Any) -> None:
        """Append a line to the log, which is no part of the result."""
        with reasons(self.folder, KEPT):
            log(self.folder, event, **about)

    def write(self, done: "Done") -> None:
        """Put the files of one part in place.

        Raises
        ------
        UserError
            If the disk is full, or cannot be written for another reason. What was written before stays.
        """
        with reasons(self.folder, KEPT):
            for kind, content in zip(self.kinds, (done.part, done.quantiles), strict=False):
                _write(self.folder / kind / f"part-{done.number:06d}-{_digest(content)}.parquet", content)


@contextmanager
def opened(folder: Path, plan: "Plan") -> Iterator[Store]:
    """Open the directory of a sweep to write in it: a new one, or one that the same plan has begun.

    Raises
    ------
    UserError
        If it cannot be written, another process is at it, or it holds something else.
    """
    from filelock import FileLock, Timeout

    identity = plan.identity()
    sweep = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    kinds = (PARTS, QUANTILES) if plan.record else (PARTS,)
    with reasons(folder):
        _refuse_foreign(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK_FILE, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            text = "another process is at work in this folder; wait for it, or give another folder"
            raise UserError(text, str(folder)) from None
    try:
        with reasons(folder):
            _begin(folder, plan, {"sweep": sweep, **identity})
            for kind in kinds:
                (folder / kind).mkdir(exist_ok=True)
        yield Store(folder, sweep, kinds)
    finally:
        lock.release()


@contextmanager
def reasons(folder: Path, kept: str = "") -> Iterator[None]:
    """Say in plain words why a folder cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno in REASONS:
            raise UserError(REASONS[error.errno] + kept, str(folder)) from error
        raise


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds something and was not begun by a sweep."""
    if folder.exists() and not folder.is_dir():
        raise OSError(errno.ENOTDIR, "")
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if names and not is_sweep(folder):
        raise UserError("exists already and is no sweep; give another folder, nothing is overwritten", str(folder))


def _begin(folder: Path, plan: "Plan", manifest: dict[str, Any]) -> None:
    """Write points and manifest, or see that those that are there are the same."""
    import pyarrow as pa
    from pyarrow import parquet

    path, design = folder / MANIFEST_FILE, folder / DESIGN_FILE
    points = pa.BufferOutputStream()
    parquet.write_table(points_table(plan), points)
    if not path.exists():
        _write(design, bytes(points.getvalue()))
        full = {**manifest, "scenario_tables": [structure.scenario.to_dict() for structure in plan.structures]}
        _write(path, (json.dumps(full, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode())
        return
    before = read_manifest(folder)
    if before["sweep"] != manifest["sweep"]:
        names = [name for name in manifest if name != "sweep" and before.get(name) != manifest[name]]
        changed = [f"{name} ({_short(before.get(name))}, now {_short(manifest[name])})" for name in names]
        text = "holds another sweep, and the two must not be mixed; give another folder. What differs: "
        raise UserError(text + "; ".join(changed), str(folder))
    if not design.is_file() or design.read_bytes() != points.getvalue():
        _write(design, bytes(points.getvalue()))


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def is_sweep(folder: Path) -> bool:
    """Whether a folder was begun by a sweep."""
    return (folder / LOCK_FILE).exists()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a sweep.

    Raises
    ------
    UserError
        If there is none, or it is damaged.
    """
    path = folder / MANIFEST_FILE
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(manifest, dict) or "sweep" not in manifest:
            raise UserError("is not the manifest of a sweep", str(path))
        if manifest.get("format") != FORMAT or NEEDED - manifest.keys():
            raise UserError("was written by another version of the program; run the sweep again in another folder", str(path))
    except FileNotFoundError:
        raise UserError("is no sweep: it has no manifest", str(folder)) from None
    except (OSError, ValueError) as error:
        raise UserError(f"cannot be read: {error}", str(path)) from None
    return manifest


def points_table(plan: "Plan") -> "pa.Table":
    """Make the table of points: their number, and what each was given."""
    import numpy as np
    import pyarrow as pa

    units = plan.units()
    columns = {"point": np.arange(plan.points), **plan.columns}
    fields = [
        pa.field(name, pa.array(column[:1]).type, metadata={"unit": units[name]} if name in units else None)
        for name, column in columns.items()
    ]
    return pa.table([pa.array(column) for column in columns.values()], schema=pa.schema(fields))


def part_paths(folder: Path, kind: str = PARTS) -> list[Path]:
    """Paths of the parts, in the order of their numbers."""
    named = [(PART_NAME.fullmatch(path.name), path) for path in (folder / kind).iterdir()]
    return [path for _, path in sorted((int(name[1]), path) for name, path in named if name)]


def damaged_parts(folder: Path) -> list[Path]:
    """Parts whose bytes are not those that their names vouch for."""
    paths = [path for kind in (PARTS, QUANTILES) if (folder / kind).is_dir() for path in part_paths(folder, kind)]
    return [path for path in paths if _digest(path.read_bytes()) not in path.name]


def _write(path: Path, content: bytes) -> None:
    """Write a file that is whole or not there, whatever happens."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Bring a folder itself to the disk, where the system knows that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _sweep_of(path: Path) -> str:
    """Read the identity that a part bears."""
    from pyarrow import parquet

    metadata = parquet.read_schema(path).metadata or {}
    return bytes(metadata.get(b"sweep", b"")).decode()
