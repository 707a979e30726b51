"""Which school does the record favour? The marginal likelihood of each, over all that it leaves open."""

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import softmax

from sim.arrays import Array
from sim.inference.bench import Bench, Inquiry
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 20_000  # of the errors of the marginal likelihoods, for the intervals of the weights


def schools(inquiry: Inquiry, at: Bench) -> "pd.DataFrame":
    """Weigh the schools that are declared by the record, each as likely as the others before it.

    A school is a scenario. What it says otherwise than the inquiry's own holds; the numbers that it leaves open vary as declared.

    Returns
    -------
    pandas.DataFrame
        ``school``, ``title``, ``log_evidence`` with its ``error``, ``weight`` with the ends ``low`` and ``high`` of its 95
        percent interval, and how many numbers vary, ``numbers``. The likeliest school comes first.
    """
    import pandas as pd

    rows = []
    for name in inquiry.declaration.questions.schools:
        school = Scenario.load(name)
        setting = inquiry.part(base=school, pinned=_said_otherwise(school, inquiry.base)).setting()
        value, error = at.sampled(setting, "schools", school.name).state.log_evidence
        rows.append(
            {"school": name, "title": school.title, "log_evidence": value, "error": error, "numbers": len(setting.priors)}
        )
    found = pd.DataFrame(rows, columns=["school", "title", "log_evidence", "error", "numbers"])
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
