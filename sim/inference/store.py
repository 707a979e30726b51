"""The sampler's states on disk: each whole, with its sum, so that a call that was killed goes on from the last of them."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from sim.errors import UserError
from sim.experiments.identity import behaviour
from sim.inference.sampler import Plan, State, Step
from sim.inference.setting import Setting
from sim.inference.simulation import Evaluation, Particles
from sim.mechanisms.pressure import RESPONSES
from sim.runs.datasets import date_of
from sim.runs.software import software
from sim.runs.sums import Entry, Sums, kind_of, read_sums
from sim.whole_files import LOCK_FILE, at_work, reasons, write_whole

KIND = "inference"
IDENTITY_FILE = "identity.json"
STATE = re.compile(r"(state|stop)-\d+\.parquet")
# What has to be the same for a call to go on in a folder, and what it is called.
SAME = {
    "scenario": "scenario",
    "declaration": "declaration",
    "until": "last month",
    "vintage": "vintage",
    "record": "record",
    "plan": "budget or seed",
    "pinned": "numbers that vary",
    "behaviour": "version of the program",
}


def identity(setting: Setting, plan: Plan) -> dict[str, Any]:
    """Say by what a state is known again: everything on which its bits depend."""
    return {
        "scenario": setting.base.hash,
        "declaration": setting.declaration.hash,
        "until": setting.until,
        "vintage": setting.vintage,
        "record": setting.fingerprint,
        "plan": json.loads(json.dumps(asdict(plan))),
        "pinned": list(setting.addresses),
        "behaviour": behaviour(RESPONSES),
    }


@dataclass
class Store:
    """A folder that this process alone writes states into. Made by `opened`."""

    folder: Path
    setting: Setting
    entries: dict[str, Entry]

    def load(self) -> State | None:
        """Read the last state that is whole; None where there is none, or a stop before it is damaged."""
        if not all(self._is_whole(name) for name in self.entries if name.startswith("stop-")):
            return None
        for name in sorted((name for name in self.entries if name.startswith("state-")), reverse=True):
            if self._is_whole(name):
                return read_state((self.folder / name).read_bytes())
        return None

    def _is_whole(self, name: str) -> bool:
        try:
            return Entry.of((self.folder / name).read_bytes()) == self.entries[name]
        except OSError:
            return False

    def stops(self) -> dict[float, State]:
        """Read the states at the temperatures at which the sampler stopped on its way."""
        names = (name for name in self.entries if name.startswith("stop-"))
        states = (read_state((self.folder / name).read_bytes()) for name in sorted(names))
        return {state.temperature: state for state in states}

    def save(self, state: State, *, keep: bool = False) -> None:
        """Write a state, then the list that names it; what came before goes, unless it was to be kept."""
        content = state_bytes(self.setting, state)
        name = f"state-{len(state.steps):03d}.parquet"
        written = {name: content, **({f"stop-{len(state.steps):03d}.parquet": content} if keep else {})}
        old = [other for other in self.entries if other.startswith("state-") and other != name]
        self.put(written, without=old)
        for other in old:
            (self.folder / other).unlink(missing_ok=True)

    def put(self, contents: Mapping[str, bytes], without: list[str] | None = None, *, finished: bool = False) -> None:
        """Write files, each whole or not at all, then the list of sums."""
        with reasons(self.folder, "; the states that were written are kept, and the same call goes on"):
            for name, content in contents.items():
                write_whole(self.folder / name, content)
                self.entries[name] = Entry.of(content)
            for name in without or ():
                self.entries.pop(name, None)
            Sums(self.folder, KIND, software(), dict(self.entries), finished).write()


@contextmanager
def opened(folder: Path, setting: Setting, plan: Plan) -> Iterator[Store]:
    """Open a folder for an inference: a new one, or one that the same inference has begun.

    Raises
    ------
    UserError
        If it cannot be written, another process is at it, or it holds something else.
    """
    now = identity(setting, plan)
    if folder.exists() and not folder.is_dir():
        raise UserError("is a file; give a folder", str(folder))
    begun = kind_of(folder) == KIND if folder.is_dir() else False
    content = (json.dumps(now, indent=1) + "\n").encode()
    others = [path for path in folder.iterdir() if path.name != LOCK_FILE] if folder.is_dir() else []
    if others and not begun and not _is_identity(folder / IDENTITY_FILE, content):  # of this one, whose list is lost
        raise UserError("holds something else than an inference; give another folder, nothing is overwritten", str(folder))
    with at_work(folder):
        store = Store(folder, setting, {})
        if begun:
            store.entries.update(read_sums(folder, KIND).files)
            if store.entries.get(IDENTITY_FILE) != Entry.of(content):
                before = _identity_of(folder)
                differ = [text for name, text in SAME.items() if before.get(name) != now[name]]
                text = f"holds another inference, with another {', '.join(differ)}; give another folder"
                raise UserError(text, str(folder))
        if IDENTITY_FILE not in store.entries or not _is_identity(folder / IDENTITY_FILE, content):
            store.put({IDENTITY_FILE: content})
        for path in folder.iterdir():  # which a process that was killed had not listed yet, or not yet removed
            if STATE.fullmatch(path.name) and path.name not in store.entries:
                path.unlink()
        yield store


def _is_identity(path: Path, content: bytes) -> bool:
    """Whether a file is there in full that says which inference a folder holds, and says that it is this one."""
    return path.is_file() and path.read_bytes() == content


def _identity_of(folder: Path) -> dict[str, Any]:
    try:
        read_sums(folder, KIND).check([IDENTITY_FILE])
        found: dict[str, Any] = json.loads((folder / IDENTITY_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"cannot be read ({error}); give another folder", str(folder / IDENTITY_FILE)) from None
    return found


def state_bytes(setting: Setting, state: State) -> bytes:
    """Write a state as Parquet: a row for each particle, bit for bit."""
    months = [date_of(month, setting.base.start) for month in range(1, setting.months + 1)]
    shocks = [f"{address} {month}" for address in setting.shocks for month in months]
    numbers = [*setting.addresses, *shocks]
    blocks = {
        "z": (state.particles.z, numbers),
        "key": (state.particles.keys, months),
        "log_likelihood": (state.found.parts, setting.parts),
        "says": (
            state.found.predicted,
            [f"{each.observation.id} {each.series.name} {each.series.kind}" for each in setting.targets],
        ),
        "draw": (
            state.found.draws.reshape(-1, len(state.particles)),
            [f"{event} {month}" for event in setting.happened for month in months],
        ),
    }
    arrays = {f"{block}: {name}": row for block, (rows, names) in blocks.items() for name, row in zip(names, rows, strict=True)}
    about = {
        "sizes": state.sizes,
        "sway": state.sway.tolist(),
        "steps": [asdict(step) for step in state.steps],
        "draws": state.found.draws.shape[:2],
    }
    table = pa.table(arrays).replace_schema_metadata({"state": json.dumps(about)})
    sink = BytesIO()
    parquet.write_table(table, sink, use_dictionary=False, write_page_checksum=True)
    return sink.getvalue()


def read_state(content: bytes) -> State:
    """Read what `state_bytes` has written."""
    table = parquet.read_table(BytesIO(content))
    about = json.loads(table.schema.metadata[b"state"])

    def block(name: str, kind: type[np.generic] = np.float64) -> Any:
        columns = [column for column in table.column_names if column.startswith(f"{name}: ")]
        rows = [table.column(column).to_numpy() for column in columns]
        return np.array(rows, dtype=kind).reshape(len(rows), table.num_rows)

    draws = block("draw").reshape(*about["draws"], table.num_rows)
    return State(
        Particles(block("z"), block("key", np.int64)),
        Evaluation(block("log_likelihood"), block("says"), draws),
        tuple(about["sizes"]),
        np.array(about["sway"]),
        tuple(Step(**{**step, "log_evidence": tuple(step["log_evidence"])}) for step in about["steps"]),
    )
