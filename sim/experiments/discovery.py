"""Where an outcome is high or low: boxes of parameters by PRIM, found on half of the points and scored on the other."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from sim.errors import UserError
from sim.experiments.prim import find_boxes, rescore
from sim.mechanisms.noise import Array

if TYPE_CHECKING:
    import pandas as pd

SPLIT_SEED = 0


def discovered(columns: Mapping[str, Array], hits: ArrayLike) -> "pd.DataFrame":
    """Boxes in which the points that hit are dense.

    Parameters
    ----------
    columns : mapping of ndarray, shape (points,)
        Parameters by address.
    hits : array of bool, shape (points,)
        Which points have what is sought.

    Returns
    -------
    pandas.DataFrame
        A row for each box and each parameter that it restricts: ``box`` (1 is the best), ``parameter``, ``low``, ``high``
        (NaN where open), ``quasi_p``; and of the box, scored on the half that did not find it: ``coverage``, ``density``
        with its 95 % interval, ``mass``, and ``base``, the share of hits among all points.

    Raises
    ------
    UserError
        If there is nothing to tell apart: no parameter, or all or none of the points hit.
    """
    import pandas as pd

    found = np.asarray(hits, dtype=bool)
    if not columns:
        raise UserError("no parameter varies; boxes need some", "discover")
    if found.all() or not found.any():
        which = "all" if found.all() else "none"
        raise UserError(f"{which} of the {len(found):,} points have what is sought; choose another threshold", "discover")
    worlds = np.column_stack(list(columns.values()))
    # Points of a design come in an order that means something: a random half avoids it.
    half = np.random.default_rng(SPLIT_SEED).permutation(len(found)) % 2 == 0
    names = list(columns)
    rows = []
    for number, box in enumerate(find_boxes(worlds[half], found[half]), start=1):
        scored = rescore(box, worlds[~half], found[~half])
        about = {
            "coverage": float(scored.coverage.value),
            "density": float(scored.density.value),
            "density_low": float(scored.density.low),
            "density_high": float(scored.density.high),
            "mass": scored.mass,
            "base": float(found.mean()),
        }
        for place in box.restricted:
            low, high = (edge if np.isfinite(edge) else np.nan for edge in (box.low[place], box.high[place]))
            sides = {"box": number, "parameter": names[place], "low": low, "high": high, "quasi_p": float(box.quasi_p[place])}
            rows.append({**sides, **about})
    return pd.DataFrame(rows)
