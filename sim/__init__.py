"""Six governments, simulated: is Beijing the limit of the Russia–North Korea partnership?

The public names are loaded when first used, so that nothing heavy is imported for what does not need it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.errors import UserError
    from sim.experiments.crossings import crossing
    from sim.experiments.saved import open_sweep
    from sim.experiments.sweeps import sweep
    from sim.explorer.exploring import explore
    from sim.inference.procedure import infer
    from sim.mechanisms.pressure import response
    from sim.model.single_run import SingleRun
    from sim.model.world import World
    from sim.reporting.chronicle import tell
    from sim.reporting.exports import export
    from sim.runs.ensemble import compare, run
    from sim.runs.run_directory import open_run
    from sim.runs.sums import verify
    from sim.scenario.scenario import Scenario, scenario_names
    from sim.thesis.verdict import diagnose, disagree, judge, naive_observer
    from sim.whatif.asked import what_if

_HOME = {
    "Scenario": "scenario.scenario",
    "SingleRun": "model.single_run",
    "UserError": "errors",
    "World": "model.world",
    "compare": "runs.ensemble",
    "crossing": "experiments.crossings",
    "diagnose": "thesis.verdict",
    "disagree": "thesis.verdict",
    "explore": "explorer.exploring",
    "export": "reporting.exports",
    "infer": "inference.procedure",
    "judge": "thesis.verdict",
    "naive_observer": "thesis.verdict",
    "open_run": "runs.run_directory",
    "open_sweep": "experiments.saved",
    "response": "mechanisms.pressure",
    "run": "runs.ensemble",
    "scenario_names": "scenario.scenario",
    "sweep": "experiments.sweeps",
    "tell": "reporting.chronicle",
    "verify": "runs.sums",
    "what_if": "whatif.asked",
}

__all__ = [
    "Scenario",
    "SingleRun",
    "UserError",
    "World",
    "compare",
    "crossing",
    "diagnose",
    "disagree",
    "explore",
    "export",
    "infer",
    "judge",
    "naive_observer",
    "open_run",
    "open_sweep",
    "response",
    "run",
    "scenario_names",
    "sweep",
    "tell",
    "verify",
    "what_if",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    return getattr(import_module(f"sim.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
