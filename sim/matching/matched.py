"""The worlds that are left as files: a table of all, and a scenario that draws from some of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.matching.setting import Setting
from sim.matching.wave import Wave
from sim.paths import user_path
from sim.scenario.files import Tree, toml_text
from sim.scenario.scenario import Origin, Scenario, scenario_names

if TYPE_CHECKING:
    import pandas as pd

FIGURES = 6  # significant, of the numbers in the scenario


def worlds_table(setting: Setting, waves: Sequence[Wave], rank: Sequence[Array]) -> "pd.DataFrame":
    """Make the table of worlds that are left: wave, world, implausibility, those by group, then the numbers by address.

    Parameters
    ----------
    rank : sequence of ndarray, shape (world,)
        Implausibility at the rank that counts, by wave.
    """
    import pandas as pd

    frames = []
    for wave, overall in zip(waves, rank, strict=True):
        rows = np.flatnonzero(wave.left)
        heads = pd.DataFrame(
            {
                "wave": np.full(len(rows), wave.number),
                "world": rows,
                "implausibility": overall[rows],
                **_by_group(setting, wave, rows),
            }
        )
        numbers = pd.DataFrame(wave.values[rows], columns=list(setting.addresses))
        frames.append(pd.concat([heads, numbers], axis=1))
    return pd.concat(frames, ignore_index=True)


def implausibility_table(setting: Setting, waves: Sequence[Wave], rank: Sequence[Array]) -> "pd.DataFrame":
    """Make the table of all worlds of all waves: wave, world, implausibility, those by group, and whether it is left."""
    import pandas as pd

    frames = []
    for wave, overall in zip(waves, rank, strict=True):
        rows = np.arange(len(wave.left))
        columns = {"wave": np.full(len(rows), wave.number), "world": rows, "implausibility": overall}
        frames.append(pd.DataFrame({**columns, **_by_group(setting, wave, rows), "left": wave.left}))
    return pd.concat(frames, ignore_index=True)


def _by_group(setting: Setting, wave: Wave, rows: NDArray[np.intp]) -> dict[str, Array]:
    return {f"implausibility of {name}": found[rows] for name, found in zip(setting.groups, wave.by_group, strict=True)}


def chosen(setting: Setting, left: Array) -> dict[str, list[float]]:
    """Choose worlds for the matched scenario by lot, so that they are spread as those that are left: columns by address.

    Parameters
    ----------
    left : ndarray, shape (world, side)
    """
    rng = np.random.default_rng(setting.declaration.seed)
    rows = np.sort(rng.permutation(len(left))[: setting.declaration.kept])
    return {
        address: [float(f"{number:.{FIGURES}g}") for number in left[rows, place]]
        for place, address in enumerate(setting.addresses)
    }


def origin(setting: Setting, command: str) -> Origin:
    """Say how the worlds were found, for whoever judges over them."""
    base = setting.base
    return Origin(scenario=base.name, hash=base.hash, until=setting.until, vintage=setting.vintage, command=command)


def matched_text(setting: Setting, matched: Scenario, source: str | Path | Scenario) -> str:
    """Write the matched scenario: it extends what was matched, by name or path; what is neither is written in full."""
    whole = matched.to_dict()
    tree: Tree = {
        "title": f"{setting.base.title}, matched to {setting.until}",
        "question": (
            f"What may come, in worlds that the record to {setting.until} does not rule out? They are a sample of what is left "
            f"of the box of '{setting.declaration.name}', and no probability is attached to them."
        ),
    }
    parent = _parent(setting.base, source)
    if parent is None:
        return toml_text({**whole, "name": "matched", **tree})
    return toml_text({"extends": parent, **tree, "origin": whole["origin"], "worlds": whole["worlds"]})


def _parent(base: Scenario, source: str | Path | Scenario) -> str | None:
    """What the matched scenario can extend."""
    if isinstance(source, Scenario):
        return base.name if base.name in scenario_names() and Scenario.load(base.name).hash == base.hash else None
    return str(source) if source in scenario_names() else str(user_path(source).resolve())
