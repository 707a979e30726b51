"""Predictions written down before what they are about can be known, in a folder that does not change from then on."""

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import UserError
from sim.inference.posterior import Posterior
from sim.inference.procedure import as_csv
from sim.inference.scoring import PERIODS
from sim.runs.software import versions
from sim.runs.sums import Entry, Sums
from sim.scenario.files import toml_text
from sim.whole_files import LOCK_FILE, at_work, write_whole

if TYPE_CHECKING:
    import pandas as pd

KIND = "lock"


def lock(made: Sequence[Posterior], folder: str | Path, to: str, commit: str) -> list[Path]:
    """Write what several inferences of one setting forecast, with all that they took for granted.

    Parameters
    ----------
    made : sequence of Posterior
        Of one scenario, record and budget, each with a seed of its own, and with the schools weighed.
    folder : path
        New or empty: a lock is never written over.
    to : str
        Last month that is forecast, "YYYY-MM".
    commit : str
        That of the program's repository.

    Returns
    -------
    list of Path
        The tables, as CSV and as Parquet: ``forecasts``, by series and month, quarter and year; ``chances``, that Beijing holds
        down an outcome by a date; ``schools``, weighed by the record; ``numbers``, the prior and the posterior of each. Then the
        scenario and the declaration, which has the prior, and ``about.json``, the list of all that made them.

    Raises
    ------
    UserError
        If the folder holds anything.
    """
    place = Path(folder)
    first = made[0].setting
    tables: dict[str, Callable[[Posterior], pd.DataFrame]] = {
        "forecasts": lambda each: _forecasts(each, to),
        "chances": lambda each: each.verdict,
        "schools": lambda each: _given(each.schools),
        "numbers": lambda each: each.numbers,
    }
    with at_work(place):
        if any(path.name != LOCK_FILE for path in place.iterdir()):
            raise UserError("holds something already, and a lock is never written over; give another folder", str(place))
        contents: dict[str, bytes] = {}
        for name, table in tables.items():
            joined = _by_seed(made, table)
            contents |= {f"{name}.csv": as_csv(joined), f"{name}.parquet": _parquet(joined)}
        contents["scenario.toml"] = toml_text(first.base.to_dict()).encode()
        contents["declaration.toml"] = toml_text(first.declaration.model_dump(mode="json", exclude_none=True)).encode()
        contents["about.json"] = (json.dumps(_about(made, to, commit), indent=1) + "\n").encode()
        for name, content in contents.items():
            write_whole(place / name, content)
        Sums(place, KIND, versions(), {name: Entry.of(content) for name, content in contents.items()}).write()
    (place / LOCK_FILE).unlink(missing_ok=True)
    return [place / name for name in contents]


def _forecasts(made: Posterior, to: str) -> "pd.DataFrame":
    import pandas as pd

    return pd.concat([made.forecasts(to, period, mapped=True).assign(period=period) for period in PERIODS], ignore_index=True)


def _given(table: "pd.DataFrame | None") -> "pd.DataFrame":
    if table is None:
        raise UserError("weigh the schools as well: parts='schools'", "lock")
    return table


def _by_seed(made: Sequence[Posterior], table: "Callable[[Posterior], pd.DataFrame]") -> "pd.DataFrame":
    import pandas as pd

    return pd.concat([table(each).assign(seed=each.plan.seed) for each in made], ignore_index=True)


def _parquet(table: "pd.DataFrame") -> bytes:
    buffer = BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _about(made: Sequence[Posterior], to: str, commit: str) -> dict[str, object]:
    setting = made[0].setting
    return {
        "until": setting.until,
        "vintage": setting.vintage,
        "to": to,
        "scenario": {"name": setting.base.name, "hash": setting.base.hash},
        "declaration": setting.declaration.hash,
        "record": {"read": [row.id for row in setting.read], "hash": setting.fingerprint},
        "commit": commit,
        "versions": versions(),
        "inferences": [
            {
                "seed": each.plan.seed,
                "command": each.command,
                "particles": len(each.state.particles),
                "effective_size": round(each.effective_size),
                "log_marginal_likelihood": each.log_evidence,
                "error": each.log_evidence_error,
            }
            for each in made
        ],
    }
