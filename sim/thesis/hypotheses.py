"""The word for each declared hypothesis, from the sections of a judgement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.thesis.judgement import Hypothesis
from sim.thesis.judgement_base import Attribution, Channels, Date, Dimension, PartWord, Verdict, Word
from sim.thesis.judgement_worlds import Ceiling, Sample
from sim.thesis.problem import Setting
from sim.thesis.statistics.words import all_of, any_of, part_of
from sim.thesis.terms import in_bounds, word_of

HALF = 0.5


@dataclass(frozen=True)
class Evidence:
    """The sections on which hypotheses are judged."""

    headline: Date
    slope: float
    verdicts: Mapping[Dimension, Mapping[Date, Verdict]]
    channels: Mapping[Dimension, Mapping[Date, Channels]]
    attribution: Mapping[Dimension, Mapping[Date, Attribution]]
    worlds: Sample
    ceiling: Ceiling
    delay: Mapping[Date, Word]
    needs: Mapping[str, Word]


def cap(evidence: Evidence) -> dict[str, PartWord]:
    """The verdicts themselves."""
    return {name: dates[evidence.headline].word for name, dates in evidence.verdicts.items()}


def majority(evidence: Evidence) -> dict[str, PartWord]:
    """Whether the cap holds in more than half of the declared box."""
    return {name: in_bounds(dates[evidence.headline].holds, HALF) for name, dates in evidence.worlds.shares.items()}


def threat(evidence: Evidence) -> dict[str, PartWord]:
    """Whether the threat frees more than the deed: a part of the claim that Beijing caps."""
    words = {"threat": "holds", "deed": "fails", "neither": "fails", "tied": "undecided"}
    return {
        name: word_of(part_of(word, words[evidence.channels[name][evidence.headline].leading]))
        for name, word in cap(evidence).items()
    }


def main_limit(evidence: Evidence) -> dict[str, PartWord]:
    """Whether Beijing's limits account for more than the strongest other."""
    return {name: in_bounds(dates[evidence.headline].ahead) for name, dates in evidence.attribution.items()}


def ceiling(evidence: Evidence) -> dict[str, PartWord]:
    """Whether the upper end of the tie follows tolerance as far as declared, and ties crowd under an edge."""
    follows = in_bounds(evidence.ceiling.slope, evidence.slope)
    crowds = [in_bounds(each.excess) for each in evidence.ceiling.crowding]
    return {"visible tie": word_of(all_of(follows, any_of(*crowds)))}


def delay(evidence: Evidence) -> dict[str, PartWord]:
    """Whether the first visit comes later because of Beijing."""
    return {"first visit": evidence.delay[evidence.headline]}


def need(evidence: Evidence) -> dict[str, PartWord]:
    """Whether each partner loses more with its patron than with the other."""
    return dict(evidence.needs)


JUDGES: dict[str, Callable[[Evidence], dict[str, PartWord]]] = {
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
