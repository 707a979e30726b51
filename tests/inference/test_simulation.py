"""Particles simulated: the same in any company and on any executor, and going on from their own history."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from small_inference import TINY, WATCHED, blank_rows, dated, declaration, table

from sim.inference.sampler import Plan, prior_particles
from sim.inference.setting import bring_together
from sim.inference.simulation import IMPOSSIBLE, Ahead, Shared, Simulator
from sim.mechanisms.quantities import OUTCOMES
from sim.scenario.scenario import Scenario

MONTHS = 5
PLAN = Plan(6, MONTHS, MONTHS, 1024, 300, 60, 2, 1, 0.5, seed=4)


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    happened = dated([False, True, False, False, False], [False] * MONTHS)
    path = table(tmp_path_factory.mktemp("record") / "record.csv", [*blank_rows(), *WATCHED, *happened])
    return bring_together(Scenario.load("base"), declaration(), TINY, "2023-12", evidence=path)


@pytest.fixture(scope="module")
def shared(setting):
    return Shared.of(setting)


@pytest.fixture(scope="module")
def particles():
    return prior_particles(PLAN, 40, 0)


@pytest.fixture(scope="module")
def whole(shared, particles):
    return Simulator(shared).evaluate(particles)


def same_bits(one, other):
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in vars(one))


def test_a_particle_is_the_same_whatever_the_chunk(shared, particles, whole):
    assert same_bits(Simulator(shared, chunk=7).evaluate(particles), whole)
    assert same_bits(Simulator(shared).evaluate(particles[3:4]), whole[3:4])


def test_a_particle_is_the_same_on_other_processes(shared, particles, whole):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        told = []
        assert same_bits(Simulator(shared, pool).evaluate(particles, told.append), whole)
    assert sum(told) == len(particles)


def test_the_record_is_followed_and_its_probability_is_a_part(setting, whole):
    assert setting.happened["russia_north_korea.visit"] == (2,)
    events = whole.parts[-1]
    assert (events < 0).all()
    assert (whole.log_likelihood >= IMPOSSIBLE).all()
    assert whole.draws.shape == (2, MONTHS, 40)


def test_a_particle_goes_on_from_the_history_that_was(setting, shared, particles, whole):
    """What it says of the record is the same, and the summit falls in its month."""
    ahead = Ahead((MONTHS, 8), setting.targets)
    course = Simulator(shared).go_on(ahead, particles, whole.draws)
    assert course.predicted.tobytes() == whole.predicted.tobytes()
    visits = course.outcomes[0, [outcome.name for outcome in OUTCOMES].index("visits")]
    lasting = whole.parts[-1] > IMPOSSIBLE / 2  # where the war had ended, no summit could be held
    assert lasting.mean() > 0.9
    assert (visits[lasting] == 1.0).all()


def test_going_on_does_not_depend_on_chunks(shared, particles, whole):
    ahead = Ahead((8,))
    once = Simulator(shared).go_on(ahead, particles, whole.draws)
    assert same_bits(Simulator(shared, chunk=9).go_on(ahead, particles, whole.draws), once)


def test_without_a_limit_the_shocks_are_the_same(shared, particles, whole):
    """A limit that does nothing takes nothing away: the arms agree where Beijing never acts."""
    idle = particles.z.copy()
    idle[[prior.address for prior in shared.priors].index("china.concern")] = -8.0  # it minds nearly nothing
    idle[[prior.address for prior in shared.priors].index("china.goodwill")] = 8.0
    calm = type(particles)(idle, particles.keys)
    found = Simulator(shared).evaluate(calm)
    on, off = (
        Simulator(shared).go_on(Ahead((8,), knockouts=taken), calm, found.draws).outcomes for taken in ((), ("beijing_action",))
    )
    rounds = [outcome.name for outcome in OUTCOMES].index("munitions")
    assert on[0, rounds] == pytest.approx(off[0, rounds], rel=1e-6)
