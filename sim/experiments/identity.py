"""On which software the bytes of a sweep depend."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

from sim.paths import PACKAGE
from sim.runs.run_directory import versions


@cache
def software() -> dict[str, str]:
    """Versions of all that has a part in the bytes, and a hash of the program's own code, which a checkout may change."""
    return {**versions(), "scipy": version("scipy"), "pyarrow": version("pyarrow"), "code": code_hash()}


def code_hash() -> str:
    """First figures of the SHA-256 over the names and texts of the package's modules."""
    told = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        told.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes())
    return told.hexdigest()[:16]


def difference(worker: Mapping[str, str], caller: Mapping[str, str]) -> str:
    """Say in what the software of a worker is other than the caller's, and what to do; nothing where it is the same."""
    names = [name for name in {**caller, **worker} if worker.get(name) != caller.get(name)]
    others = [f"{name} {worker.get(name)} ({caller.get(name)})" for name in names if name != "code"]
    if others:
        return f"other versions than the caller: {', '.join(others)}; install the same on all"
    if names:
        remedy = "start Python and the workers again. The sweep then needs another folder, unless the edit is undone"
        return f"other code, though the same versions: a file of the program was edited after one of the two began; {remedy}"
    return ""
