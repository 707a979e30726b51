"""Asking what if: a scenario with an act and without it, run by run on the same shocks."""

from pathlib import Path

from sim.errors import UserError
from sim.mechanisms.quantities import DIMENSIONS
from sim.runs.arguments import whole_number
from sim.runs.ensemble import compare
from sim.runs.progress import Show
from sim.scenario.scenario import Scenario
from sim.scenario.tables import later
from sim.thesis.declaration import Declaration
from sim.whatif import found
from sim.whatif.act import EXAMPLE, PLACE, act, read
from sim.whatif.answer import Answer


def what_if(
    scenario: Scenario | str | Path,
    does: str,
    channel: str | None = None,
    *,
    on: str | None = None,
    strength: float | None = None,
    from_: str | None = None,
    until: str | None = None,
    size: float | None = None,
    runs: int = 1_000,
    months: int | None = None,
    seed: int = 0,
    processes: int | None = None,
    progress: Show = None,
) -> Answer:
    """Ask what an act would change: a scenario with it and without it, run by run on the same shocks.

    Parameters
    ----------
    scenario : Scenario, str or Path
        The world in which it is done, as in `sim.run`.
    does : str
        The act in plain words, "china cuts oil to north_korea by 50% from 2024-07 to 2025-06"; or, with ``channel`` and
        ``on``, the name of the country that acts.
    channel : str, optional
        By what means: a name of `sim.mechanisms.channels`, such as "oil".
    on : str, optional
        Name of the country on which it is turned.
    strength : float, optional
        Share of the channel that is closed, or of the favour that is given: 0.5 for half. All of it by default.
    from_, until : str, optional
        First and last month in force, "2024-07"; those of the scenario by default.
    size : float, optional
        Worth of a favour that opens no lane, million USD a month.
    runs, months, seed, processes, progress
        As in `sim.run`, for each of the two arms.

    Returns
    -------
    Answer
        The effect on each good with its 95% interval, how far the act was in force, what leaked, what took its place, and
        which limits bound. It prints as a few lines.

    Raises
    ------
    UserError
        If the act is not understood, or cannot be done in this scenario and these months; and as `sim.run`.
    """
    base = Scenario.load(scenario)
    horizon = base.months if months is None else whole_number(months, "months", 1)
    if not isinstance(does, str):
        raise UserError(f"needs a text, such as '{EXAMPLE}', not {type(does).__name__}", PLACE)
    if channel is None and on is None:
        if strength is not None or from_ or until or size is not None:
            raise UserError("give an act in words, or its presser with channel= and on=, but not both", PLACE)
        done = read(does, base, horizon)
    elif channel is None or on is None:
        raise UserError(f"needs both, channel= and on=, to say what '{does}' does to whom", PLACE)
    else:
        done = act(base, does, channel, on, 1.0 if strength is None else strength, from_, until, size, horizon)
    changed = done.added_to(base)
    data = compare(
        base,
        changed,
        labels=("without", "with"),
        runs=runs,
        months=horizon,
        seed=seed,
        record=[*found.RECORD, *(f"limit_{good}" for good in DIMENSIONS)],
        at=range(1, horizon + 1),
        processes=processes,
        progress=progress,
    )
    rule, span = next(name for name in changed.rules if name not in base.rules), done.months(base.start)
    window = slice(span.start - 1, span.stop - 1)
    judged = Declaration.load("thesis").dimensions
    ends = sorted({span.stop - 1, horizon})
    by_month = found.by_month(data, [each.outcome for each in judged.values()])
    return Answer(
        act=done,
        scenario=base,
        changed=changed,
        runs=runs,
        months=horizon,
        seed=seed,
        goods=found.goods(
            data,
            {good: (each.outcome, each.delta_abs) for good, each in judged.items()},
            {month: later(base.start, month - 1) for month in ends},
        ),
        bound=found.bound(data, [good for good in judged if good in DIMENSIONS], window),
        force=found.force(data, done, rule, changed, window),
        flows=found.flows(data, done, changed, window),
        rules=found.answers(data, rule, window),
        beside=found.beside(data, done, span.stop - 1),
        by_month={good: by_month[each.outcome] for good, each in judged.items()},
    )
