"""On which software the bytes of a sweep depend."""

import hashlib
from functools import cache
from importlib.metadata import version

from sim.paths import PACKAGE
from sim.run_directory import versions


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
