"""An answer of an inference by hand, and changes of it."""

from pathlib import Path

from sim.inference.answer import Answer

EXAMPLE = Path(__file__).with_suffix(".json")
HEADLINE = "2028-07"


def answer(**changes) -> Answer:
    return Answer.model_validate_json(EXAMPLE.read_text("utf-8")).model_copy(update=changes)


def with_chances(chances, effect=0.1) -> Answer:
    made = answer()
    names = list(dict.fromkeys(row.outcome for row in made.headline))
    by_name = dict(zip(names, chances, strict=True))
    rows = [row.model_copy(update={"posterior": by_name[row.outcome], "effect": effect}) for row in made.headline]
    return made.model_copy(update={"headline": rows})


def at(made: Answer):
    return [row for row in made.headline if row.date == HEADLINE]
