"""The page itself: one file of HTML, with its style, its script and all numbers within."""

import base64
import json
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.explorer.grid import FIELDS, LEVELS, Findings
from sim.mechanisms.quantities import OUTCOMES
from sim.runs.datasets import date_of
from sim.thesis.estimates import title
from sim.thesis.statistics.words import WORDS

MOST = 65_535  # the largest whole number of two bytes: a quantile is kept as so many parts of the range of its outcome
FOLDER = Path(__file__).parent


def page(found: Findings) -> str:
    """Give what was explored as a page that needs nothing beside it."""
    template, style, script = ((FOLDER / f"page.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    parts = {"TITLE": escape(found.scenario.title), "STYLE": style, "SCRIPT": script, "DATA": data(found)}
    return re.sub(r"\{\{(\w+)\}\}", lambda name: parts[name[1]], template)


def data(found: Findings) -> str:
    """What the script reads, as JSON that cannot end the element in which it stands."""
    outcomes = {outcome.name: outcome for outcome in OUTCOMES}
    fans, low, high = packed(found.grid.fans)
    content: dict[str, Any] = {
        "title": found.scenario.title,
        "name": found.scenario.name,
        "label": found.scenario.label,
        "question": " ".join(found.scenario.question.split()),
        "sliders": [
            {
                "address": slider.address,
                "title": slider.title,
                "texts": slider.texts,
                "values": slider.values,
                "own": slider.own,
                "source": slider.source,
                "weight": slider.weight,
            }
            for slider in found.sliders
        ],
        "outcomes": [
            {
                "name": name,
                "title": title(name),
                "meaning": outcomes[each.outcome].meaning,
                "unit": outcomes[each.outcome].unit,
                "delta": each.delta,
                "delta_abs": each.delta_abs,
                "low": low[place],
                "high": high[place],
            }
            for place, (name, each) in enumerate(found.declaration.dimensions.items())
        ],
        "months": _named(found, found.grid.months),
        "dates": _named(found, found.grid.dates),
        "levels": LEVELS,
        "fields": FIELDS,
        "words": WORDS,
        "runs": found.runs,
        "seed": found.seed,
        "hash": found.scenario.hash[:12],
        "fans": fans,
        "effects": text_of(found.grid.effects.astype("<f4")),
        "verdicts": text_of(found.grid.words),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _named(found: Findings, months: Sequence[int]) -> list[str]:
    return [date_of(month, found.scenario.start) for month in months]


def packed(fans: Array) -> tuple[str, list[float], list[float]]:
    """Quantiles as whole numbers of two bytes, with the ends of the range of each outcome.

    Parameters
    ----------
    fans : ndarray, shape (point, outcome, ...)
    """
    ends = np.moveaxis(fans, 1, 0).reshape(fans.shape[1], -1)
    low, high = np.minimum(ends.min(axis=1), 0.0), ends.max(axis=1)
    shape = (-1, *[1] * (fans.ndim - 2))
    wide = np.where(high > low, high - low, 1.0).reshape(shape)
    return text_of(np.rint((fans - low.reshape(shape)) / wide * MOST).astype("<u2")), low.tolist(), high.tolist()


def text_of(numbers: np.ndarray[Any, Any]) -> str:
    """The bytes of an array as text."""
    return base64.b64encode(numbers.tobytes()).decode("ascii")
