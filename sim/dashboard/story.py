"""A single run that remembers what it went through: an ordinary Mesa model that a page can step."""

from dataclasses import dataclass

from sim.model.events import Event
from sim.model.world import World
from sim.plots.network import Flow
from sim.reporting.chronicle import tell
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Trace:
    """One trajectory that is shown: a recorded quantity, added up or averaged over its holders."""

    quantity: str
    title: str
    unit: str
    mean: bool = False
    scale: float = 1.0


BEIJING = Trace("pressure", "Beijing's strongest pressure", "%", scale=100.0)
TRACES = (
    Trace("munitions_delivered", "Shells delivered", "thousand a month"),
    Trace("technology", "Technology handed over so far", "points of 100"),
    Trace("troops_abroad", "Soldiers abroad", "persons"),
    Trace("oil_delivered", "Oil given in kind", "thousand barrels a month"),
    Trace("openness", "How openly the tie is shown", "%", mean=True, scale=100.0),
    BEIJING,
)


class Story(World):
    """One run of a scenario, with its events and trajectories so far. It stops at the scenario's last month.

    Parameters
    ----------
    setting : Scenario
        Not called scenario, as Mesa's controls put one of its own under that name.
    chance : int
        Which chance events it meets: the number of the run.
    months : int
        Months to go through at once.
    """

    def __init__(self, setting: Scenario, chance: int = 0, months: int = 0) -> None:
        super().__init__(setting, runs=1, first=chance)
        self.news: list[Event] = []
        self.paths: dict[str, list[float]] = {trace.title: [] for trace in TRACES}
        for _ in range(min(months, setting.months)):
            self.step()

    def step(self) -> None:
        """Advance by one month, or do nothing at the end."""
        if self.month < self.setting.months:
            super().step()
            self.news += self.events()
            for trace in TRACES:
                self.paths[trace.title].append(trace.scale * self._now(trace))
        self.running = self.month < self.setting.months

    def _now(self, trace: Trace) -> float:
        if trace is BEIJING:
            levels = [rule.level.item() for rule in self.rules.values() if rule.limit == "beijing" and not rule.channel.carrot]
            return max(levels, default=0.0)
        values = self.read(trace.quantity)[:, 0]
        return float(values.mean() if trace.mean and values.size else values.sum())

    @property
    def chronicle(self) -> list[str]:
        """A sentence for each month in which something happened."""
        return tell(self.news, self.setting)

    @property
    def flows(self) -> list[Flow]:
        """What moved in the last month, million USD, the partners' money included; before the first, ordinary trade alone."""
        if not self.month:
            return [Flow(lane.exporter, lane.importer, lane.good, lane.value.item()) for lane in self.commerce.lanes]
        flows = [Flow(flow.exporter, flow.importer, flow.good, flow.value.item()) for flow in self.commerce.flows.values()]
        paid = [Flow(p.belligerent.name, p.supplier.name, "money", p.payment.item()) for p in self.partnerships.values()]
        return flows + paid
