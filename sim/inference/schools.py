"""Which school does the record favour? The marginal likelihood of each, over all that it leaves open."""

from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import softmax

from sim.arrays import Array
from sim.inference.declaration import Budget, Declaration
from sim.inference.procedure import at_it, budget_of, declared_with, plan_of, reached
from sim.inference.setting import bring_together
from sim.paths import user_path
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 20_000  # of the errors of the marginal likelihoods, for the intervals of the weights


def schools(
    scenario: str | Path | Scenario = "base",
    declaration: str | Path | Declaration = "inference",
    *,
    until: str = "2024-12",
    vintage: str | None = None,
    evidence: str | Path | None = None,
    budget: str | Budget = "quick",
    seed: int | None = None,
    out: str | Path | None = None,
    executor: Executor | None = None,
    processes: int | None = None,
    progress: bool | None = None,
) -> "pd.DataFrame":
    """Weigh schools by the record, each as likely as the others before it.

    A school is a scenario. What it says otherwise than ``scenario`` holds; the numbers that it leaves open vary as declared.

    Parameters
    ----------
    scenario, declaration, until, vintage, evidence, budget, seed, out, executor, processes, progress
        As in `sim.infer`; each school has a folder of its own in ``out``.

    Returns
    -------
    pandas.DataFrame
        ``school``, ``title``, ``log_evidence`` with its ``error``, ``weight`` with the ends ``low`` and ``high`` of its 95
        percent interval, and how many numbers vary, ``numbers``. The likeliest school comes first.
    """
    import pandas as pd

    base, declared = Scenario.load(scenario), declared_with(declaration, seed)
    rows = []
    for name in declared.questions.schools:
        school = Scenario.load(name)
        setting = bring_together(
            school, declared, budget_of(declared, budget), until, vintage, evidence, pinned=_said_otherwise(school, base)
        )
        plan = plan_of(setting)
        folder = None if out is None else user_path(out) / school.name
        with at_it(setting, plan, folder, executor, processes, progress) as (simulator, store, bar):
            value, error = reached(plan, simulator, store, bar).log_evidence
        rows.append(
            {"school": name, "title": school.title, "log_evidence": value, "error": error, "numbers": len(setting.priors)}
        )
    found = pd.DataFrame(rows)
    return found.assign(**weights(found["log_evidence"].to_numpy(), found["error"].to_numpy())).sort_values(
        "weight", ascending=False, ignore_index=True
    )


def _said_otherwise(school: Scenario, base: Scenario) -> tuple[str, ...]:
    """Addresses of numbers that a school gives, or gives another value."""
    own = base.parameters
    return tuple(name for name, each in school.parameters.items() if name not in own or each.value != own[name].value)


def weights(log_evidence: Array, error: Array) -> dict[str, Array]:
    """Weights of schools that are equally likely before the record, with the ends of their 95 percent intervals."""
    drawn = log_evidence + error * np.random.default_rng(0).standard_normal((DRAWS, len(log_evidence)))
    low, high = np.quantile(softmax(drawn, axis=1), (0.025, 0.975), axis=0)
    return {"weight": softmax(log_evidence), "low": low, "high": high}
