"""What does the record say? Probabilities before and after it, what moved them, and what they hang on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sim.errors import UserError
from sim.inference.answer import Answer
from sim.inference.declaration import Declaration
from sim.numerals import UNKNOWN, number, share
from sim.reporting.document import Block, Cell, Section, Table, Text, plain
from sim.reporting.labels import title
from sim.reporting.records import Record
from sim.reporting.tables import Rows
from sim.reporting.words import TO, counted
from sim.scenario.scenario import Scenario
from sim.thesis.brief import Told, pages, told
from sim.thesis.estimates import long_date
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages

KEY, TITLE = "record", "What the record says"
NUMBERS = 12  # numbers that are shown: those of which the record tells most
SHORT = 12  # figures of a hash


class Part(Record):
    """What a judgement holds of it."""

    answer: list[Told]
    """The answer on two pages, section by section; empty where the record says nothing."""
    record: Answer | None
    """What the record says, by inference; null where it says nothing."""
    no_record: str
    """Why it says nothing; empty if it does."""


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Take what the record says, and put it into plain words."""
    found = problem.record
    sections = () if found.answer is None else pages(found.answer, problem.headline)
    return Part(answer=told(sections), record=found.answer, no_record=found.missing)


def chapter(judgement: Findings) -> Section:
    """Every number behind the two pages."""
    answer: Answer | None = judgement.record
    if answer is None:
        return Section(KEY, TITLE, (Text(plain(judgement.no_record), "note"),))
    names = _Names(answer)
    tables = (
        _chances(answer, names), *_groups(answer), *_moves(answer), *_schools(answer), *_watch(answer), _numbers(answer, names),
    )  # fmt: skip
    return Section(KEY, TITLE, (*_how(answer), *tables, Text(f"Made by `{plain(answer.about.command)}`.")))


class _Names:
    """What people call the numbers and the beliefs of an answer; what is not found keeps its own name."""

    def __init__(self, answer: Answer) -> None:
        self.base = _loaded(Scenario.load, answer.about.scenario)
        declaration = _loaded(Declaration.load, answer.about.declaration)
        self.says: Mapping[str, str] = {name: each.says for name, each in declaration.alternatives.items()} if declaration else {}

    def number(self, address: str) -> str:
        """A number and its address: China: resolve (`china.resolve`)."""
        if self.base is None or address not in self.base.parameters:
            return f"`{address}`"
        return f"{plain(title(self.base, address))} (`{address}`)"

    def belief(self, belief: str) -> str:
        """Another belief: China: resolve (`china.resolve`), its range is half as wide."""
        name, _, address = belief.partition(": ")
        says = plain(self.says.get(name, name.replace("_", " ")))
        return f"{self.number(address)}, {says}" if address else says


def _loaded[T](load: Callable[[str], T], name: str) -> T | None:
    try:
        return load(name)
    except UserError:
        return None


def _how(answer: Answer) -> tuple[Block, ...]:
    about = answer.about
    evidence, error = number(about.log_evidence, 1), number(about.log_evidence_error, 1)
    text = (
        f"A posterior (Bayes) over {counted(len(answer.numbers), 'number')} and the chance events of each month, given "
        f"{counted(about.rows, 'row')} of the record to {long_date(about.until)}, as known by {about.vintage}. Its "
        f"{about.particles:,} draws are worth {number(about.effective_size, 0)} independent ones; the log marginal likelihood is "
        f"{evidence}\u00a0±\u00a0{error}. Beijing is taken out of the draws themselves, on their own chance events. Declaration "
        f"`{about.declaration}`, sha256 `{about.declaration_hash[:SHORT]}`; record `{about.record_hash[:SHORT]}`; budget "
        f"*{about.budget}*, seed {about.seed}."
    )
    return (Text(text),)


def _chances(answer: Answer, names: _Names) -> Table:
    rows = [
        (
            row.outcome,
            long_date(row.date),
            share(row.prior),
            f"{share(row.posterior)}\u00a0±\u00a0{number(100 * row.error, 1)}",
            f"{share(row.low)} ({names.belief(row.low_belief)})",
            f"{share(row.high)} ({names.belief(row.high_belief)})",
            str(row.not_told),
            f"{_percent(row.effect)} ({_percent(row.effect_q05)}{TO}{_percent(row.effect_q95)})",
        )
        for row in answer.headline
    ]
    caption = (
        f"Probability that Beijing holds an outcome down by more than {share(answer.about.delta)} of what it is without Beijing. "
        "The range is over the declared beliefs, the extreme ones named; beliefs with too few draws are counted. The effect is "
        "the mean, in brackets 90% of the draws; below zero the outcome is larger with Beijing."
    )
    columns = ("outcome", "by", "before", "after", "least", "most", "not told", "effect")
    return Table(caption, columns, tuple(rows), "llrrllrr")


def _groups(answer: Answer) -> list[Block]:
    rows = [
        (plain(row.says), str(row.rows), row.outcome, long_date(row.date), share(row.without), _change(row.change, row.error))
        for row in answer.groups or ()
        if abs(row.change) > row.error
    ]
    caption = "What each group of figures adds to the probability, in points. What is less than its error is left out."
    return _table(caption, ("group", "rows", "outcome", "by", "without", "adds"), rows, "lrllrr")


def _moves(answer: Answer) -> list[Block]:
    rows = [
        (long_date(row.until), plain(row.says), row.outcome, _change(row.change, row.error))
        for row in answer.moves or ()
        if abs(row.change) > row.error
    ]
    return _table("Months of the record that moved the probability, in points.", ("month", "what", "outcome", "by"), rows, "lllr")


def _schools(answer: Answer) -> list[Block]:
    rows = [
        (
            plain(row.title),
            f"{number(row.log_evidence, 1)}\u00a0±\u00a0{number(row.error, 1)}",
            f"{share(row.weight)} ({share(row.low)} to {share(row.high)})",
        )
        for row in answer.schools or ()
    ]
    caption = "Schools of thought weighed by the record, each as likely as the others before it."
    return _table(caption, ("school", "log marginal likelihood", "weight"), rows, "lrr")


def _watch(answer: Answer) -> list[Block]:
    rows = [
        (
            plain(row.says),
            long_date(row.by),
            share(row.chance),
            row.outcome,
            share(row.if_seen),
            share(row.if_not),
            number(100 * row.error, 1),
            number(row.nats),
        )
        for row in answer.watch
    ]
    columns = ("event", "by", "chance", "outcome", "if seen", "if not", "± of the difference", "nats")
    return _table("Events that would move the probability by more than its error.", columns, rows, "llrlrrrr")


def _numbers(answer: Answer, names: _Names) -> Table:
    most = sorted((row for row in answer.numbers if row.told > row.chance), key=lambda row: row.chance - row.told)[:NUMBERS]
    rows = tuple(
        (
            names.number(row.address),
            plain(row.unit),
            f"{number(row.prior_q50)} ({number(row.prior_q05)} to {number(row.prior_q95)})",
            f"{number(row.posterior_q50)} ({number(row.posterior_q05)} to {number(row.posterior_q95)})",
            number(row.told, 2),
        )
        for row in most
    )
    caption = f"Numbers of which the record tells most, of {len(answer.numbers)}: median and 90% before and after."
    return Table(caption, ("number", "unit", "before", "after", "told, nats"), rows, "llrrr")


def _percent(value: float | None) -> str:
    """A share to a tenth of a percent, finer than its error."""
    return UNKNOWN if value is None else f"{number(100 * value, 1)}%"


def _change(change: float, error: float) -> str:
    return f"{'+' if change > 0 else ''}{number(100 * change, 1)}\u00a0±\u00a0{number(100 * error, 1)}"


def _table(caption: str, columns: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], align: str) -> list[Block]:
    """A table, or nothing where it has no row."""
    return [Table(caption, columns, tuple(rows), align)] if rows else []


def _rows(pick: Callable[[Answer], Iterable[Record] | None]) -> Callable[[Findings], Rows]:
    def rows(findings: Findings) -> Iterable[dict[str, Any]]:
        answer = findings.record
        return [] if answer is None else [each.model_dump() for each in pick(answer) or ()]

    return rows


QUESTION = Question(
    part=Part,
    find=find,
    chapter=chapter,
    tables={
        "answer": lambda findings: (
            {"title": each.title, "sentence": line} for each in findings.answer for line in each.sentences
        ),
        "record": _rows(lambda answer: answer.headline),
        "record_figures": _rows(lambda answer: answer.record),
        "record_groups": _rows(lambda answer: answer.groups),
        "record_months": _rows(lambda answer: answer.months),
        "record_moves": _rows(lambda answer: answer.moves),
        "record_numbers": _rows(lambda answer: answer.numbers),
        "record_schools": _rows(lambda answer: answer.schools),
        "record_watch": _rows(lambda answer: answer.watch),
    },
)
