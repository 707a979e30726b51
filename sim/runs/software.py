"""Which program makes a result: versions of all on which its bits depend, and a hash of the program's own code."""

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from sim.paths import PACKAGE


def versions() -> dict[str, str]:
    """Say on which versions the bits of a result depend."""
    try:
        project = version("beijing-cap")
    except PackageNotFoundError:
        project = "not installed"
    return {"beijing-cap": project, "numpy": np.__version__, "python": platform.python_version()}


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
