"""What would decide it."""

from example import all_worlds_fail, changed, example

from sim.reporting.markdown import markdown
from sim.thesis.questions.diagnosis import Diagnoses
from sim.thesis.report import compose


def test_no_world_to_compare_is_said():
    assert "nothing can be compared" in markdown(compose(changed(all_worlds_fail)))


def test_a_single_question_with_nothing_to_compare_has_no_figure():
    nothing = {name: each.model_copy(update={"binding_worlds": 0}) for name, each in example().diagnosis.items()}
    assert list(Diagnoses(nothing).figures) == []
