"""Rival schools."""

import numpy as np
from small import BUDGET, TOY, declared, quiet, toy

from sim.experiments.arms import arms, ensemble
from sim.thesis.problem import bring_together
from sim.thesis.questions import rivals
from sim.thesis.questions.cap import judged as judged_by
from sim.thesis.sampling import common_of


def test_rival_schools_and_disagreements_come_from_their_scenarios(tmp_path):
    text = TOY.read_text("utf-8")
    (tmp_path / "patient.toml").write_text(text.replace('title = "Toy"', 'title = "A patient one"'))
    (tmp_path / "heuristic.toml").write_text(text.replace('bargaining = "nash"', 'bargaining = "heuristic"'))
    schools = [str(tmp_path / name) for name in ("patient.toml", "heuristic.toml")]
    asked = bring_together(toy(), declared(rivals=schools, disagreements=[[str(TOY), schools[1]]]), "quick")
    found = rivals.find(asked, {"rivals": rivals.simulate(asked, quiet)}, None).rivals
    assert [rival.title for rival in found] == ["A patient one", "Toy"]
    assert found[0].verdicts == judged_alone(asked)
    assert [second.name for _, second in asked.disagreements] == ["heuristic"]


def judged_alone(asked):
    """Verdicts of the toy world from as many runs as a school gets."""
    both = ensemble(
        toy(),
        (2, BUDGET["rival_runs"]),
        keys=np.arange(12),
        knockouts=arms((), ("beijing",), axes=1),
        **common_of(asked, asked.outcomes),
    ).outcomes[asked.last]
    make = judged_by(asked, both[:, 0], both[:, 1])
    return {name: make((place,)) for place, name in enumerate(asked.dimensions)}
