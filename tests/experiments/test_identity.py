"""Whether a worker with other software is told of, and by its reason."""

from dataclasses import replace

import pytest

from sim.errors import UserError
from sim.experiments.identity import difference
from sim.experiments.sweep_arguments import SweepArguments
from sim.experiments.worker import Shared, do_packed
from sim.runs.software import software


def test_the_same_software_has_no_difference():
    assert difference(software(), dict(software())) == ""


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"numpy": "9.9"}, r"worker on .* has other versions than the caller: numpy .* \(9\.9\); install the same on all"),
        ({"code": "0" * 16, "scipy": "9.9"}, r"other versions than the caller: scipy .* \(9\.9\); install"),
        (
            {"code": "0" * 16},
            r"other code, though the same versions: a file of the program was edited .* start Python and the workers",
        ),
    ],
)
def test_a_worker_says_whether_its_versions_or_its_code_are_others(changed, message):
    plan = SweepArguments("base", ["china.goodwill"], points=2, months=1).plan()
    shared = replace(Shared.of(plan, "it", 0), software={**software(), **changed})
    with pytest.raises(UserError, match=message):
        do_packed((shared.pack(), next(plan.tasks())))
