"""What inference gives back: particles that the record has left, what is made of them, and a scenario that goes on from them."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import logsumexp, ndtri

from sim.arrays import Array
from sim.errors import UserError, install, suggest
from sim.inference.answer import Answer
from sim.inference.answering import answer_of
from sim.inference.priors import values
from sim.inference.questions import Arms, asked_months, headline_table, verdict_table
from sim.inference.record import last_month
from sim.inference.sampler import Plan, State, systematic
from sim.inference.scoring import PERIODS, asked, forecast_table, score, summary_table
from sim.inference.setting import Setting
from sim.inference.simulation import Shared, Simulator, shock_draws
from sim.inference.watching import watch_table
from sim.numerals import number, share
from sim.runs.datasets import date_of
from sim.scenario.files import Tree, toml_text
from sim.scenario.scenario import History, Origin, Scenario, scenario_names

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.05, 0.5, 0.95)
EVEN_STREAM = 20_000  # of the draw of particles that all weigh alike
WORLDS = 200  # particles that a scenario draws from unless told otherwise


@dataclass(frozen=True, repr=False)
class Posterior:
    """Particles, each one vector of numbers and one history of shocks that agrees with the record as far as it weighs.

    Attributes
    ----------
    setting : Setting
        What was inferred.
    plan : Plan
        Sizes of the sampler.
    state : State
        Where the sampler came to.
    command : str
        What makes this again.
    directory : Path or None
        Where the files are.
    prior, arms : Arms
        Draws of the prior and the particles, each with and without the limit that is asked about.
    halved : dict of Arms
        Particles under a record that counts less, by the name of the alternative.
    months, moves, groups, schools : DataFrame, optional
        Parts that were asked for: see `sim.inference.parts`.
    """

    setting: Setting
    plan: Plan
    state: State
    command: str
    directory: Path | None
    prior: Arms
    arms: Arms
    halved: dict[str, Arms] = field(default_factory=dict)
    months: "pd.DataFrame | None" = None
    moves: "pd.DataFrame | None" = None
    groups: "pd.DataFrame | None" = None
    schools: "pd.DataFrame | None" = None

    @property
    def draws(self) -> "pd.DataFrame":
        """The numbers of every particle: a row for each, a column for each address."""
        import pandas as pd

        return pd.DataFrame(values(self.setting.priors, self.state.particles.z[: len(self.setting.priors)]))

    @property
    def weights(self) -> Array:
        """Weights of the particles, shape (particle,); they sum to one."""
        return self.state.weights / self.state.weights.sum()

    @property
    def log_evidence(self) -> float:
        """Log of the marginal likelihood."""
        return self.state.log_evidence[0]

    @property
    def log_evidence_error(self) -> float:
        """Its standard error, by the scatter of islands."""
        return self.state.log_evidence[1]

    @cached_property
    def even(self) -> State:
        """Particles drawn by their weights, so that all weigh alike."""
        rng = np.random.default_rng([self.plan.seed, EVEN_STREAM])
        chosen = systematic(self.weights, len(self.weights), rng)
        return replace(self.state, particles=self.state.particles[chosen], found=self.state.found[chosen])

    @property
    def effective_size(self) -> float:
        """Independent draws that the particles are worth, by the scatter of islands."""
        return self.state.worth

    @property
    def steps(self) -> "pd.DataFrame":
        """Diagnostics: each temperature, with effective size, log evidence so far, ancestors and acceptance by kind of step."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "temperature": step.temperature,
                    "effective": step.effective,
                    "log_evidence": float(logsumexp(step.log_evidence) - np.log(len(step.log_evidence))),
                    "ancestors": step.ancestors,
                    "runs": step.runs,
                    **{f"accepted {name}": rate for name, rate in step.accepted.items()},
                }
                for step in self.state.steps
            ]
        )

    @property
    def numbers(self) -> "pd.DataFrame":
        """Every number that varies, before and after: family, quantiles, and what the record tells of it.

        ``told`` is the Kullback–Leibler divergence in nats of a normal with the mean and deviation of the posterior's standard
        normal coordinate from the prior's, and ``chance`` what it would be by chance alone for so many independent draws.
        """
        import pandas as pd

        chance = 1.0 / max(self.effective_size, 1.0)
        rows = []
        for prior, z in zip(self.setting.priors, self._numbers, strict=True):
            mean, deviation = float(z.mean()), float(z.std())
            told = 0.5 * (mean**2 + deviation**2 - 1.0) - float(np.log(max(deviation, 1e-9)))
            before, after = prior.value(ndtri(np.array(LEVELS))), np.quantile(prior.value(z), LEVELS)
            row: dict[str, Any] = {
                "address": prior.address,
                "unit": self.setting.base.parameters[prior.address].unit,
                "family": prior.family,
            }
            row |= {f"prior_q{round(100 * q):02d}": float(x) for q, x in zip(LEVELS, before, strict=True)}
            row |= {f"posterior_q{round(100 * q):02d}": float(x) for q, x in zip(LEVELS, after, strict=True)}
            rows.append(row | {"told": told, "chance": chance})
        return pd.DataFrame(rows).sort_values("told", ascending=False, ignore_index=True)

    @property
    def pairs(self) -> "pd.DataFrame":
        """Pairs of numbers that the record ties together: correlations of their coordinates, the strongest first."""
        import pandas as pd

        matrix = np.atleast_2d(np.corrcoef(self._numbers))
        first, second = np.triu_indices(len(matrix), 1)
        found = pd.DataFrame(
            {
                "first": np.array(self.setting.addresses)[first],
                "second": np.array(self.setting.addresses)[second],
                "correlation": matrix[first, second],
            }
        )
        return found.reindex(found["correlation"].abs().sort_values(ascending=False).index).reset_index(drop=True)

    @property
    def parts(self) -> "pd.DataFrame":
        """Parts of the likelihood: rows, and the mean log likelihood of the particles."""
        import pandas as pd

        readings = {reading.name: reading for reading in self.setting.readings}
        return pd.DataFrame(
            [
                {
                    "part": name,
                    "says": readings[name].says if name in readings else "dated events",
                    "rows": len(readings[name].rows) if name in readings else sum(map(len, self.setting.happened.values())),
                    "log_likelihood": float(part.mean()),
                }
                for name, part in zip(self.setting.parts, self.even.found.parts, strict=True)
            ]
        )

    @property
    def record(self) -> "pd.DataFrame":
        """Rows of the record beside what the prior and the particles say of them, errors of those who count left aside."""
        import pandas as pd

        rows = []
        for place, target in enumerate(self.setting.targets):
            before, after = self.prior.on.predicted, self.even.found.predicted
            row: dict[str, Any] = {
                "id": target.observation.id,
                "series": target.series.name,
                "kind": target.series.kind,
                "date": date_of(int(np.flatnonzero(target.weights)[-1]) + 1, self.setting.base.start),
                "low": target.low,
                "high": target.high,
                "unit": target.series.unit,
            }
            for name, samples in (("prior", before), ("posterior", after)):
                found = np.quantile(samples[place], LEVELS)
                row |= {f"{name}_q{round(100 * q):02d}": float(x) for q, x in zip(LEVELS, found, strict=True)}
            rows.append(row)
        return pd.DataFrame(rows)

    @property
    def left_out(self) -> "pd.DataFrame":
        """Rows of the record that are not read, and why."""
        import pandas as pd

        rows = [{"id": row.id, "series": row.series, "reason": reason} for row, reason in self.setting.left_out]
        return pd.DataFrame(rows, columns=["id", "series", "reason"])

    @cached_property
    def verdict(self) -> "pd.DataFrame":
        """Probability that the limit holds each outcome down, by date and belief, before and after (`verdict_table`)."""
        return verdict_table(self.setting, self.prior, self.arms, self.halved)

    @property
    def headline(self) -> "pd.DataFrame":
        """The same by outcome and date, with the range over all beliefs."""
        return headline_table(self.verdict)

    @property
    def watch(self) -> "pd.DataFrame":
        """What to watch for next, and what each event would tell (`watch_table`)."""
        return watch_table(self.setting, self.state.found.predicted, self.arms)

    def forecasts(self, to: str | None = None, period: str = "quarter", *, mapped: bool = False) -> "pd.DataFrame":
        """Forecasts by series and period up to a month, "YYYY-MM", by default the last of the scenario (`forecast_table`).

        ``period`` is month, quarter or year: totals are those by its end, anything else is that of the period. ``mapped`` adds
        series that the record has and the declaration does not read.
        """
        if period not in PERIODS:
            raise UserError(f"there is no period '{period}'; {suggest(period, PERIODS)}", "period")
        if to is None and period == "quarter" and not mapped:
            return self._forecasts
        base = self.setting.base
        months = base.months if to is None else last_month(base, to, "to")
        return forecast_table(self.setting, self._simulator, self.even, months, period, mapped=mapped)

    def scores(self, table: str | Path | None = None) -> "pd.DataFrame":
        """Score the forecasts on later figures, a row for each: those of a table, by default of the shipped record."""
        what = asked(self.setting, table)
        return score(self.setting, self.plan, self._simulator, self.even, what)

    def score_summary(self, table: str | Path | None = None) -> "pd.DataFrame":
        """Score them by series, and over all."""
        return summary_table(self.scores(table))

    def scenario(self, worlds: int = WORLDS) -> Scenario:
        """A scenario whose runs go on from the history that was, each from that of one particle.

        Parameters
        ----------
        worlds : int
            Particles to draw from, at most as many as there are.
        """
        count = len(self.state.particles)
        if not 1 <= worlds <= count:
            raise UserError(f"must be from 1 to {count:,}, the number of particles, not {worlds}", "worlds")
        rng = np.random.default_rng(self.plan.seed)
        chosen = np.sort(rng.permutation(count)[:worlds])
        columns = {address: column.tolist() for address, column in values(self.setting.priors, self._numbers[:, chosen]).items()}
        particles, declaration = self.even.particles[chosen], self.setting.declaration
        shocks = shock_draws(particles, len(self.setting.priors), len(self.setting.shocks))
        given = {
            **dict(zip(self.setting.happened, self.even.found.draws[..., chosen], strict=True)),
            **dict(zip(self.setting.shocks, shocks, strict=True)),
        }
        history = History(
            seed=declaration.seed,
            keys=tuple(map(tuple, particles.keys.tolist())),
            draws={address: tuple(map(tuple, draws.tolist())) for address, draws in given.items()},
        )
        base = self.setting.base
        origin = Origin(
            scenario=base.name, hash=base.hash, until=self.setting.until, vintage=self.setting.vintage, command=self.command
        )
        return base.with_worlds(columns, origin, history)

    def scenario_text(self, worlds: int = WORLDS) -> str:
        """The same as the text of a TOML file."""
        made, base = self.scenario(worlds).to_dict(), self.setting.base
        tree: Tree = {
            "title": f"{base.title}, as the record to {self.setting.until} leaves it",
            "question": (
                f"What may come, after what has been? Each run goes on from one history that agrees with the record to "
                f"{self.setting.until}: the summits and the treaty in their months, and numbers and shocks that make it likely."
            ),
        }
        shipped = base.name in scenario_names() and Scenario.load(base.name).hash == base.hash
        if not shipped:
            return toml_text({**made, "name": "posterior", **tree})
        return toml_text({"extends": base.name, **tree, **{name: made[name] for name in ("origin", "worlds", "history")}})

    def answer(self) -> Answer:
        """All that a report needs, as plain data: made of the tables above."""
        return self._answer

    def to_arviz(self) -> Any:
        """ArviZ `InferenceData`, for its diagnostics and plots: posterior, prior, and log likelihood by part.

        Raises
        ------
        UserError
            If ArviZ is not installed.
        """
        try:
            import arviz
        except ImportError:
            raise UserError(f"ArviZ is not there; {install('inference')}", "to_arviz") from None
        before = values(self.setting.priors, self.prior.particles.z[: len(self.setting.priors)])
        after = values(self.setting.priors, self._numbers)
        return arviz.from_dict(
            posterior={name: column[None] for name, column in after.items()},
            prior={name: column[None] for name, column in before.items()},
            log_likelihood={name: part[None] for name, part in zip(self.setting.parts, self.even.found.parts, strict=True)},
        )

    def summary(self) -> str:
        """Tell in a few sentences what was found."""
        return "\n".join([self._title(), *self._sentences()])

    @cached_property
    def _answer(self) -> Answer:
        return answer_of(self)

    @cached_property
    def _forecasts(self) -> "pd.DataFrame":
        return forecast_table(self.setting, self._simulator, self.even, self.setting.base.months)

    @property
    def _simulator(self) -> Simulator:
        return Simulator(Shared.of(self.setting))

    @property
    def _numbers(self) -> Array:
        """Standard normal coordinates of the numbers, shape (number, particle), of particles that all weigh alike."""
        return self.even.particles.z[: len(self.setting.priors)]

    def _title(self) -> str:
        known, until = self.setting.vintage, self.setting.until
        return f"{self.setting.declaration.title}: {len(self.setting.targets)} rows to {until}, known by {known}."

    def _sentences(self) -> list[str]:
        last = date_of(max(self._months()), self.setting.base.start)
        delta, limit = share(self.setting.declaration.questions.delta), self.setting.declaration.questions.knockout
        known, count = self.setting.vintage, len(self.state.particles)
        worth = number(self.effective_size, 0)
        found = [
            f"{count:,} particles are worth {worth} independent draws; log marginal likelihood "
            f"{self.log_evidence:.1f} ± {self.log_evidence_error:.1f}."
        ]
        for row in self.headline.itertuples():
            if row.date == last:
                found.append(
                    f"Given what was known by {known}, the probability that {limit} holds down {row.outcome} by more than "
                    f"{delta} by {last} is {row.posterior:.2f} ± {row.error:.2f} (before: {row.prior:.2f}); under other beliefs "
                    f"it is {row.low:.2f} ({row.low_belief}) to {row.high:.2f} ({row.high_belief})."
                )
        return found

    def _months(self) -> tuple[int, ...]:
        return asked_months(self.setting.declaration.questions, self.setting.base)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        told = "".join(f"<li>{escape(line)}</li>" for line in self._sentences())
        return f"<p><strong>{escape(self._title())}</strong></p><ul>{told}</ul>"
