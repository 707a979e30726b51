"""A sweep on disk: a manifest, the points, and Parquet parts that are whole or not there.

A part's name ends with the first figures of its SHA-256, and it bears the identity of its sweep, so that one that is torn,
damaged or of another sweep is known, and done again. The list of sums holds manifest and points when the sweep begins, and the
parts as well when it is finished. Bytes of all depend on the identity alone; times and hosts go to ``log.jsonl``.
"""

import errno
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UserError
from sim.experiments.plan import FORMAT
from sim.runs.run_directory import MANIFEST_FILE, log
from sim.runs.software import software
from sim.runs.sums import Entry, Sums, expect, kind_of, read_sums
from sim.whole_files import LOCK_FILE, at_work, make_folder, reasons, write_whole

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.experiments.plan import Plan
    from sim.experiments.worker import Done

KIND = "sweep"
DESIGN_FILE = "design.parquet"
PARTS, QUANTILES = "parts", "quantiles"
NO_IDENTITY = ("sweep", "scenario_tables")  # what a manifest has besides the identity of the sweep
KEPT = "; what was written is kept, and the same call goes on from there"
MANIFEST = {  # what is read of one
    **dict.fromkeys(("points", "runs", "months", "seed"), int),
    **dict.fromkeys(("at", "record", "shape", "scenario_tables"), list),
    **dict.fromkeys(("levers", "units", "scenarios"), dict),
    "own_shocks": bool,
    "sweep": str,
    "design": {"kind": str, "about": dict, "columns": list},
}
FIGURES = 16  # of the sum of a part, in its name
PART_NAME = re.compile(rf"part-(\d{{6,}})-([0-9a-f]{{{FIGURES}}})\.parquet")


@dataclass(frozen=True)
class Store:
    """The directory of one sweep, held by this process alone. Made by `opened`."""

    folder: Path
    sweep: str
    kinds: tuple[str, ...]
    _entries: dict[str, Entry] = field(default_factory=dict, repr=False)

    def whole(self) -> set[int]:
        """Numbers of the parts that are there in full. The others are removed."""
        found = [self._whole(kind) for kind in self.kinds]
        both = set.intersection(*(set(each) for each in found))
        for each in found:
            for number in each.keys() - both:
                each[number].unlink()
                del self._entries[each[number].relative_to(self.folder).as_posix()]
        return both

    def _whole(self, kind: str) -> dict[int, Path]:
        found: dict[int, Path] = {}
        for path in sorted((self.folder / kind).iterdir()):
            name = PART_NAME.fullmatch(path.name)
            entry = Entry.of(path.read_bytes()) if name else None
            if name and entry and entry.sha256.startswith(name[2]) and _sweep_of(path) == self.sweep:
                found[int(name[1])] = path
                self._entries[f"{kind}/{path.name}"] = entry
            elif name:
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
                entry = Entry.of(content)
                name = f"{kind}/part-{done.number:06d}-{entry.sha256[:FIGURES]}.parquet"
                write_whole(self.folder / name, content)
                self._entries[name] = entry

    def finish(self) -> None:
        """Write the list of sums with all parts: from then on the sweep is finished."""
        with reasons(self.folder, KEPT):
            begun = read_sums(self.folder, KIND)
            replace(begun, files={**begun.files, **self._entries}, finished=True).write()


@contextmanager
def opened(folder: Path, plan: "Plan") -> Iterator[Store]:
    """Open the directory of a sweep to write in it: a new one, or one that the same plan has begun.

    Raises
    ------
    UserError
        If it cannot be written, another process is at it, or it holds something else.
    """
    identity = plan.identity()
    sweep = _digest_of(identity)
    tables = [structure.scenario.to_dict() for structure in plan.structures]
    manifest = {"sweep": sweep, **identity, "scenario_tables": tables}
    kinds = (PARTS, QUANTILES) if plan.record else (PARTS,)
    with reasons(folder):
        _refuse_foreign(folder, _text(manifest))
    with at_work(folder):
        with reasons(folder):
            _begin(folder, manifest, {DESIGN_FILE: _design(plan), MANIFEST_FILE: _text(manifest)})
            for kind in kinds:
                make_folder(folder / kind)
        yield Store(folder, sweep, kinds)


def _refuse_foreign(folder: Path, manifest: bytes) -> None:
    """Refuse a folder that holds something and was not begun by a sweep, or by this one, whose list is lost."""
    if folder.exists() and not folder.is_dir():
        raise OSError(errno.ENOTDIR, "")
    path = folder / MANIFEST_FILE
    begun = is_sweep(folder) or (folder / LOCK_FILE).exists() or (path.is_file() and path.read_bytes() == manifest)
    if folder.exists() and any(folder.iterdir()) and not begun:
        raise UserError("exists already and is no sweep; give another folder, nothing is overwritten", str(folder))


def _begin(folder: Path, manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Write points, manifest and their list, where they are not there already; refuse what another sweep has left."""
    before = _manifest_of(folder)
    if before and before["sweep"] != manifest["sweep"]:
        names = [name for name in manifest if name not in NO_IDENTITY and before.get(name) != manifest[name]]
        changed = [f"{name} ({_short(before.get(name))}, now {_short(manifest[name])})" for name in names]
        text = "holds another sweep, and the two must not be mixed; give another folder. What differs: "
        raise UserError(text + "; ".join(changed), str(folder))
    if not before and (folder / PARTS).is_dir():
        for path in sorted((folder / PARTS).glob("part-*.parquet")):
            if _sweep_of(path) not in ("", manifest["sweep"]):
                raise UserError("holds parts of another sweep, and its manifest is damaged; give another folder", str(folder))
    for name, content in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            write_whole(path, content)
    Sums(folder, KIND, software(), {name: Entry.of(content) for name, content in files.items()}, finished=False).write()


def _manifest_of(folder: Path) -> dict[str, Any] | None:
    """Read the manifest of a sweep that was begun; None if there is none, or it is not what was written."""
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        identity = {name: value for name, value in found.items() if name not in NO_IDENTITY}
        return found if found["sweep"] == _digest_of(identity) else None
    except (OSError, ValueError, AttributeError, LookupError, TypeError, RecursionError):
        return None


def _digest_of(identity: Mapping[str, Any]) -> str:
    """SHA-256 of an identity. The order counts: that of the levers is the order in which the points are numbered."""
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


def _text(manifest: Mapping[str, Any]) -> bytes:
    return (json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _design(plan: "Plan") -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    points = pa.BufferOutputStream()
    parquet.write_table(points_table(plan), points)
    return bytes(points.getvalue())


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def is_sweep(folder: Path) -> bool:
    """Whether a folder is that of a sweep, finished or begun."""
    return kind_of(folder) == KIND


def sums_of(folder: Path) -> Sums:
    """Read the list of a sweep; while it is not finished the parts that are there are added, for which their names vouch.

    Raises
    ------
    UserError
        If it is no sweep, or the list is damaged.
    """
    sums = read_sums(folder, KIND)
    if sums.finished:
        return sums
    there = [path for kind in (PARTS, QUANTILES) if (folder / kind).is_dir() for path in (folder / kind).iterdir()]
    named = [(path, PART_NAME.fullmatch(path.name)) for path in there]
    parts = {path.relative_to(folder).as_posix(): Entry(name[2], path.stat().st_size) for path, name in named if name}
    return replace(sums, files={**sums.files, **parts})


def part_names(sums: Sums, kind: str) -> list[str]:
    """Names of the parts in a list, in the order of their numbers."""
    named = [(PART_NAME.fullmatch(name.removeprefix(f"{kind}/")), name) for name in sums.files]
    return [name for _, name in sorted((int(found[1]), name) for found, name in named if found)]


def read_manifest(sums: Sums) -> dict[str, Any]:
    """Read the manifest of a sweep.

    Raises
    ------
    UserError
        If it is missing or damaged, or another version wrote it.
    """
    with sums.reading(MANIFEST_FILE) as path:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if manifest.get("format") != FORMAT:
            raise UserError("was written by another version of the program; run the sweep again in another folder", str(path))
        expect(manifest, MANIFEST)
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


def _sweep_of(path: Path) -> str:
    """Read the identity that a part bears; nothing from what is no part."""
    from pyarrow import ArrowException, parquet

    try:
        metadata = parquet.read_schema(path).metadata or {}
    except (OSError, ArrowException):
        return ""
    return bytes(metadata.get(b"sweep", b"")).decode(errors="replace")
