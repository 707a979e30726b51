"""Finished stages, kept in files named by what they depend on: an interrupted test goes on from them."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sim.errors import UserError
from sim.runs.run_directory import versions
from sim.thesis.problem import Setting
from sim.thesis.stages import Arrays


def stage_file(folder: Path, setting: Setting, name: str) -> Path:
    """File of a stage. Its name changes with the scenario, the declaration, the budget and the versions of what computes."""
    others = [*setting.rivals, *(scenario for pair in setting.disagreements for scenario in pair)]
    depends = [
        setting.base.hash,
        [scenario.hash for scenario in others],
        setting.declaration.hash,
        setting.budget_name,
        versions(),
    ]
    if name == "matched" and setting.matched is not None:  # no other stage knows of it
        depends.append(setting.matched.scenario.hash)
    return folder / f"{hashlib.sha256(json.dumps(depends).encode()).hexdigest()[:16]}-{name}.npz"


def kept(folder: Path | None, setting: Setting, name: str, make: Callable[[], Arrays]) -> Arrays:
    """Give a stage's arrays from its file, or make them and keep them.

    Parameters
    ----------
    folder : Path or None
        Where stages are kept; None keeps nothing.
    make : callable
        Simulates the stage.

    Raises
    ------
    UserError
        If the folder cannot be written.
    """
    if folder is None:
        return make()
    path = stage_file(folder, setting, name)
    found = _read(path)
    if found is not None:
        return found
    arrays = make()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        partial.replace(path)  # whole or not at all
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", str(folder)) from None
    return arrays


def _read(path: Path) -> Arrays | None:
    """Read a file of a stage; None if there is none, or if it is damaged and the stage has to be made again."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
