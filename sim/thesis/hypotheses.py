"""The word for each declared hypothesis, from the sections of a judgement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.reporting.records import Interval
from sim.thesis.judgement import Hypothesis
from sim.thesis.judgement_base import Attribution, Channels, Date, Dimension, Verdict, Word
from sim.thesis.judgement_worlds import Ceiling, Sample
from sim.thesis.problem import Setting

HALF = 0.5


@dataclass(frozen=True)
class Evidence:
    """The sections on which hypotheses are judged."""

    headline: Date
    verdicts: Mapping[Dimension, Mapping[Date, Verdict]]
    channels: Mapping[Dimension, Mapping[Date, Channels]]
    attribution: Mapping[Dimension, Mapping[Date, Attribution]]
    worlds: Sample
    ceiling: Ceiling
    delay: Mapping[Date, Word]
    needs: Mapping[str, Word]


def above(found: Interval, edge: float = 0.0) -> Word:
    """`holds` where the whole interval lies above an edge, `fails` where none of it does, else `undecided`."""
    if found.low is not None and found.low > edge:
        return "holds"
    return "fails" if found.high is not None and found.high <= edge else "undecided"


def cap(evidence: Evidence) -> dict[str, Word]:
    """The verdicts themselves."""
    return {name: dates[evidence.headline].word for name, dates in evidence.verdicts.items()}


def majority(evidence: Evidence) -> dict[str, Word]:
    """Whether the cap holds in more than half of the declared box."""
    return {name: above(dates[evidence.headline].holds, HALF) for name, dates in evidence.worlds.shares.items()}


def threat(evidence: Evidence) -> dict[str, Word]:
    """Whether the threat frees more than the deed."""
    words: dict[str, Word] = {"threat": "holds", "deed": "fails", "neither": "fails", "tied": "undecided"}
    return {name: words[dates[evidence.headline].leading] for name, dates in evidence.channels.items()}


def main_limit(evidence: Evidence) -> dict[str, Word]:
    """Whether Beijing's limits account for more than the strongest other."""
    found: dict[str, Word] = {}
    for name, dates in evidence.attribution.items():
        ahead = dates[evidence.headline].ahead
        found[name] = "undecided" if ahead is None else above(ahead)
    return found


def ceiling(evidence: Evidence) -> dict[str, Word]:
    """Whether the upper end of the tie follows tolerance more than half of the way, and ties crowd under an edge."""
    follows = above(evidence.ceiling.slope, HALF)
    crowds = [above(each.excess) for each in evidence.ceiling.crowding]
    best: Word = "holds" if "holds" in crowds else "undecided" if "undecided" in crowds else "fails"
    words = {follows, best}
    return {"visible tie": "fails" if "fails" in words else "undecided" if "undecided" in words else "holds"}


def delay(evidence: Evidence) -> dict[str, Word]:
    """Whether the first visit comes later because of Beijing."""
    return {"first visit": evidence.delay[evidence.headline]}


def need(evidence: Evidence) -> dict[str, Word]:
    """Whether each partner loses more with its patron than with the other."""
    return dict(evidence.needs)


JUDGES: dict[str, Callable[[Evidence], dict[str, Word]]] = {
    "cap": cap,
    "majority": majority,
    "threat": threat,
    "main_limit": main_limit,
    "ceiling": ceiling,
    "delay": delay,
    "need": need,
}


def judged(setting: Setting, evidence: Evidence) -> list[Hypothesis]:
    """All declared hypotheses with their words."""
    return [
        Hypothesis(name=name, says=each.says, refuted_by=each.refuted_by, test=each.test, words=JUDGES[each.test](evidence))
        for name, each in setting.declaration.hypotheses.items()
    ]
