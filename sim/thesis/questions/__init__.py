"""The questions of the thesis test, a file each, in the order in which they are asked, reported and written as JSON."""

from sim.thesis.question import Question
from sim.thesis.questions import (
    cap,
    ceiling,
    claims,
    delay,
    diagnosis,
    disagreement,
    failing,
    limits,
    naive,
    needs,
    record,
    rivals,
    threat,
    tolerance,
    variants,
    worlds,
)

QUESTIONS: tuple[Question, ...] = tuple(
    module.QUESTION
    for module in (
        record,  # first, as it is the headline
        cap,
        threat,
        tolerance,
        ceiling,
        delay,
        limits,
        needs,
        worlds,
        failing,
        variants,
        rivals,
        diagnosis,
        naive,
        disagreement,
        claims,  # last, as they are judged by what all others found
    )
)
