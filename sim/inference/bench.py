"""What samplers work with: what is asked, where it runs, the folder of their states, and what is shown meanwhile."""

import sys
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.errors import UserError, suggest
from sim.experiments.executors import workers
from sim.inference.declaration import Budget, Declaration
from sim.inference.questions import Arms, posterior_arms
from sim.inference.sampler import ISLANDS, Plan, State, sample
from sim.inference.setting import Setting, bring_together
from sim.inference.simulation import Shared, Simulator
from sim.inference.store import opened
from sim.runs.progress import LINE_SECONDS, is_shown
from sim.scenario.scenario import Scenario
from sim.whole_files import temporary_folder

FEWEST_STEPS = 4  # from the prior to the posterior, by which it is judged whether processes are worth their start


@dataclass(frozen=True)
class Inquiry:
    """What is to be inferred: see `sim.infer`."""

    base: Scenario
    declaration: Declaration
    budget: Budget
    until: str
    vintage: str | None
    evidence: str | Path | None
    pinned: Collection[str] = ()

    def part(self, **changes: Any) -> "Inquiry":
        """A smaller one with something changed, by the budget that is declared for parts."""
        return replace(self, budget=self.budget.part or self.budget, **changes)

    def setting(self) -> Setting:
        """Bring it together with the record."""
        return bring_together(
            self.base, self.declaration, self.budget, self.until, self.vintage, self.evidence, pinned=self.pinned
        )


@dataclass(frozen=True)
class Sampled:
    """A posterior as particles, and those at the temperatures at which the sampler stopped on its way."""

    setting: Setting
    plan: Plan
    simulator: Simulator
    state: State
    stops: dict[float, State]

    @property
    def arms(self) -> Arms:
        """Its particles run on, with and without the limit that is asked about."""
        return posterior_arms(self.setting, self.simulator, self.state)


@dataclass(frozen=True)
class Bench:
    """Where samplers run, a folder for their states, and a bar."""

    crew: Executor | None
    folder: Path
    bar: "Shown"

    def sampled(self, setting: Setting, *names: str) -> Sampled:
        """Go to the posterior, from the last state in the folder of these names where there is one."""
        plan = plan_of(setting)
        about = f"{' '.join(names)}: " if names else ""
        simulator = Simulator(Shared.of(setting), self.crew)
        with opened(self.folder.joinpath(*names), setting, plan) as store:

            def tell(state: State) -> None:
                store.save(state, keep=state.temperature in plan.stops)
                temperature = state.steps[-1].temperature
                self.bar.say(f"{about}temperature {temperature:.3f}, effective size {state.worth:.0f}")

            self.bar.say(f"{about}prior")
            state = sample(plan, simulator, store.load(), tell, self.bar.tick)
            return Sampled(setting, plan, simulator, state, store.stops())


@contextmanager
def bench(
    plan: Plan, folder: Path | None, executor: Executor | None, processes: int | None, progress: bool | None
) -> Iterator[Bench]:
    """Give what samplers work with; the folder is by default one that goes."""
    with temporary_folder("infer") if folder is None else nullcontext(folder) as place:
        work = (plan.bank + plan.particles * (FEWEST_STEPS * plan.moves + plan.last)) * plan.months
        with workers(executor, processes, work, plan.particles) as crew, Shown(progress) as bar:
            yield Bench(crew, place, bar)


def plan_of(setting: Setting) -> Plan:
    """Sizes of the sampler for a setting."""
    declared, sizes = setting.declaration, setting.budget
    powers = {other.likelihood for other in declared.alternatives.values()}
    return Plan(
        numbers=len(setting.priors),
        shock_coordinates=len(setting.shocks) * setting.months,
        months=setting.months,
        shocks=declared.shocks,
        bank=_even(max(sizes.bank, sizes.particles)),
        particles=_even(sizes.particles),
        moves=sizes.moves,
        last=sizes.last,
        effective=declared.effective,
        seed=declared.seed,
        stops=tuple(sorted(power for power in powers if 0.0 < power < 1.0)),
    )


def _even(count: int) -> int:
    """Round up to as many on each island."""
    return -(-count // ISLANDS) * ISLANDS


def declared_with(source: str | Path | Declaration, seed: int | None) -> Declaration:
    """Load a declaration, with another seed if one is given."""
    declaration = Declaration.load(source)
    return declaration if seed is None else declaration.changed(seed=seed)


def budget_of(declaration: Declaration, budget: str | Budget) -> Budget:
    """Look a budget up by its name, or take one as it is."""
    if isinstance(budget, Budget):
        return budget
    if budget not in declaration.budgets:
        raise UserError(f"there is no budget '{budget}'; {suggest(budget, declaration.budgets)}", "budget")
    return declaration.budgets[budget]


class Shown:
    """Runs done so far and what the sampler is at: a bar, or a line a minute where nobody looks at one."""

    def __init__(self, show: bool | None) -> None:
        from tqdm.auto import tqdm

        bar = is_shown(show)
        self._lines = show is None and not bar and sys.stderr is not None
        self._bar = tqdm(unit=" runs", unit_scale=True, delay=1.0, disable=not bar, leave=False)
        self._said = time.monotonic()
        self.tick = self._bar.update

    def say(self, text: str) -> None:
        """Say what is being done, or reached."""
        self._bar.set_description(text)
        if self._lines and time.monotonic() - self._said >= LINE_SECONDS:
            self._said = time.monotonic()
            print(text, file=sys.stderr, flush=True)

    def __enter__(self) -> "Shown":
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()
