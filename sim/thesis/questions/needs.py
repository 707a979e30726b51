"""Who needs whom? What each country loses with each of its ties cut: a premise of the article, shown and never scored."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations

import numpy as np

from sim.arrays import Array
from sim.experiments.arms import Tick, ensemble
from sim.numerals import number
from sim.plots.intervals import Span
from sim.plots.thesis_limits import need_figure
from sim.reporting.document import Block, Figure, Items, Section, Text
from sim.reporting.intervals import mean
from sim.reporting.records import Interval, Record, row
from sim.reporting.words import capital, listed, name
from sim.scenario.scenario import Scenario
from sim.thesis.estimates import country, not_computed, of, span
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.sampling import Arrays, common_of
from sim.thesis.statistics.words import PartWord, word
from sim.thesis.terms import word_of


def ties(scenario: Scenario) -> list[tuple[tuple[str, str], dict[str, float]]]:
    """Pairs of countries that have lanes or a partnership, each with the numbers that cut all of it."""
    cut = []
    for pair in combinations(scenario.countries, 2):
        numbers = {
            f"lanes.{lane_name}.volume": 0.0
            for lane_name, lane in scenario.lanes.items()
            if {lane.exporter, lane.importer} == set(pair)
        }
        for pact, partnership in scenario.partnerships.items():
            if {partnership.belligerent, partnership.supplier} == set(pair):
                numbers |= {f"{pact}.{row}.cap": 0.0 for row in partnership.package}
                numbers |= {f"{pact}.prestige": 0.0, f"{pact}.affinity": 0.0}
        if numbers:
            cut.append((pair, numbers))
    return cut


def simulate(problem: Problem, tick: Tick) -> Arrays:
    """Welfare of every country, as it is and with each tie of two countries cut: `welfare` (country, 1 + tie, run)."""
    cuts: list[Mapping[str, float]] = [{}, *(numbers for _, numbers in ties(problem.base))]
    runs = problem.budget.needs_runs
    values = {
        address: np.array([cut.get(address, problem.base.parameters[address].value) for cut in cuts])[:, None]
        for address in sorted({address for cut in cuts for address in cut})
    }
    found = ensemble(
        problem.base,
        (len(cuts), runs),
        keys=np.arange(runs),
        values=values,
        record=["welfare"],
        tick=tick,
        **common_of(problem, problem.outcomes[:1]),
    )
    places = [found.holders["welfare"].index(name) for name in problem.base.countries]
    return {"welfare": found.paths["welfare"].sum(axis=0)[places]}


class Need(Record):
    """Welfare that a country loses when all lanes between two countries, or their partnership, are cut."""

    country: str
    role: str
    partner: str
    loss: Interval
    """In million USD to the last date."""
    per_month: float
    rank: int
    """Among the partners of this country, 1 for the dearest loss."""


class Part(Record):
    """What a judgement holds of it."""

    needs: list[Need]
    """By loss, largest first."""


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find what each country loses with each tie."""
    base, lost = problem.base, losses(problem, done["needs"]["welfare"])
    averages = {key: mean(values) for key, values in lost.items()}
    needs = [
        Need(
            country=country,
            role=base.countries[country].role,
            partner=partner,
            loss=of(average),
            per_month=float(average.value) / problem.at[-1],
            rank=1 + sum(bool(other.value > average.value) for (who, _), other in averages.items() if who == country),
        )
        for (country, partner), average in averages.items()
    ]
    return Part(needs=sorted(needs, key=lambda need: -(need.loss.estimate or 0.0)))


def losses(problem: Problem, welfare: Array) -> dict[tuple[str, str], Array]:
    """Loss per run of each country with each partner, from welfare of shape (country, 1 + tie, run)."""
    countries, cuts = list(problem.base.countries), [pair for pair, _ in ties(problem.base)]
    return {
        (country, next(name for name in pair if name != country)): welfare[i, 0] - welfare[i, 1 + j]
        for i, country in enumerate(countries)
        for j, pair in enumerate(cuts)
        if country in pair
    }


def words(problem: Problem, done: Stages, findings: Findings) -> dict[str, PartWord]:
    """Whether each partner loses more with its patron than with the other."""
    base, lost = problem.base, losses(problem, done["needs"]["welfare"])
    partners: dict[str, list[str]] = {}
    for pair in base.partnerships.values():
        partners.setdefault(pair.belligerent, []).append(pair.supplier)
        partners.setdefault(pair.supplier, []).append(pair.belligerent)
    patrons = [name for name, country in base.countries.items() if country.role == "patron"]
    gaps = {one: mean(_dearest(lost, one, patrons) - _dearest(lost, one, others)) for one, others in partners.items()}
    return {one: word_of(word(gap.low, gap.high)) for one, gap in gaps.items()}


def _dearest(lost: Mapping[tuple[str, str], Array], country: str, others: Sequence[str]) -> Array:
    """Loss of a country with that of the others with which it would lose most, per run; nil where it has ties with none."""
    losses = [lost[country, other] for other in others if (country, other) in lost]
    return max(losses, key=lambda each: float(each.mean()), default=np.zeros_like(next(iter(lost.values()))))


def chapter(judgement: Findings) -> Section:
    """What each partner loses with each of its ties cut: a premise of the article, shown and never scored."""
    heading = "Who needs whom?"
    if not judgement.needs:
        return not_computed("needs", heading)
    drawn: dict[str, dict[str, Span]] = {}
    months = max((date.month for date in judgement.about.dates), default=1)
    for need in sorted(judgement.needs, key=_partners_first):
        found = span(need.loss)
        drawn.setdefault(name(need.country).title(), {})[name(need.partner).title()] = found._replace(
            value=found.value / months, low=found.low / months, high=found.high / months
        )
    draw = partial(need_figure, drawn, "million USD a month")
    sentences = _need_sentence(judgement)
    blocks: list[Block] = [
        Text(
            "The article takes it as given that each partner needs China more than the other. The model can be asked: all "
            "lanes between two countries, or their partnership, are cut, and each loses welfare by the formula of its role. "
            "This is a *premise*. It is shown, and is never counted for the cap: a partner may need China and still not be "
            "held back by it."
        ),
        Figure(
            "needs",
            draw,
            "Welfare lost when a tie is cut, mean per month to the last date, with 95% intervals.",
            "Losses of welfare by pair; the list below names the largest.",
        ),
        Items(tuple(sentences)),
        Text(
            "Welfare is counted in money by a stated formula (docs/odd.md). What a government values beyond that formula is "
            "not in it."
        ),
    ]
    return Section("needs", heading, tuple(blocks))


def _need_sentence(judgement: Findings) -> list[str]:
    texts = []
    ordered = sorted(judgement.needs, key=_partners_first)
    for who in dict.fromkeys(need.country for need in ordered):
        losses = [f"{country(need.partner)} ({number(need.per_month)})" for need in ordered if need.country == who]
        then = f", then {listed(losses[1:3])}" if losses[1:] else ""
        texts.append(f"{capital(country(who))} loses most without {losses[0]}{then}; in million USD a month.")
    return texts


def _partners_first(need: Need) -> tuple[bool, str, int]:
    """The two partners before all others, and for each country its dearest loss first."""
    return need.role not in ("belligerent", "supplier"), need.country, need.rank


QUESTION = Question(
    part=Part,
    find=find,
    stages=lambda problem: {"needs": simulate},
    simulated={"needs": "lanes between each two countries cut: who needs whom"},
    test="need",
    words=words,
    chapter=chapter,
    tables={"needs": lambda findings: map(row, findings.needs)},
)
