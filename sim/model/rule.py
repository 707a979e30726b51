"""A pressure rule at work: it sees a trigger, responds, and moves its level of pressure."""

import numpy as np

from sim.arrays import Array
from sim.mechanisms.knockouts import Removed
from sim.mechanisms.pressure import CHANNELS, RESPONSES, advance, leak, limit_of
from sim.model.roles import Country, Patron, Supplier


class Rule:
    """One rule of the scenario. Arrays have shape (R,).

    Parameters
    ----------
    name : str
        Its name in the scenario.
    presser, target : Country
        Who presses whom.
    channel, trigger, response : str
        By what means, in answer to what, in which form.
    first, last : int
        Months, counted from 1, in which it is in force.
    numbers : dict of ndarray
        Its parameters (see sim.mechanisms.parameters.RULE); tolerance, width and resolve fall back on the presser's.
    removed : Removed
        Limits that are knocked out.

    Attributes
    ----------
    level : ndarray
        Level of pressure, 0 to 1.
    cut : ndarray
        What of it takes effect: the level less what leaks.
    full_harm : ndarray
        Harm to the target at full effect, million USD a month (a carrot's worth where the channel is one).
    """

    def __init__(
        self,
        name: str,
        presser: Country,
        target: Country,
        channel: str,
        trigger: str,
        response: str,
        first: int,
        last: int,
        numbers: dict[str, Array],
        removed: Removed,
    ) -> None:
        self.name, self.presser, self.target, self.trigger = name, presser, target, trigger
        self.channel = CHANNELS[channel]
        self.response = RESPONSES[response]
        self.first, self.last = first, last
        self.limit = limit_of(channel, presser.role)
        nothing = np.zeros_like(numbers["strength"])
        self.strength, self.lag, self.cost = numbers["strength"], numbers["lag"], numbers["cost"]
        self.rate_up, self.rate_down = numbers["rate_up"], numbers["rate_down"]
        self.leakage, self.leakage_max = numbers["leakage"], numbers["leakage_max"]
        self.leakage_growth = numbers["leakage_growth"]
        self.size = numbers.get("size", nothing)
        self.minimum_flow = numbers.get("minimum_flow", nothing)
        self.restart_cost = numbers.get("restart_cost", nothing)
        self.discount = numbers.get("discount", nothing)
        self.tolerance = numbers.get("tolerance", presser.tolerance)
        self.width = numbers.get("width", presser.width)
        self.resolve = numbers.get("resolve", presser.resolve)
        acts_on_conduct = self.response.contingent or self.channel.carrot
        # A patron's standing policy is no act on the tie; of the others every rule belongs to its limit.
        out = self.limit if self.limit != "beijing" else "beijing_action" if acts_on_conduct else ""
        self.resolve = removed.swap(out, self.resolve, 0.0)
        self.leaks = bool((self.leakage_max > self.leakage).any())
        self.nothing = nothing
        self.full_harm = nothing
        self.level = self.cut = self.memory = nothing
        self.full_level = nothing  # its level if the presser's resolve were one: what others measure its acts by
        self.seen: Array | None = None
        self.idle_share = nothing
        self.restart_due = nothing
        self.will = np.ones_like(nothing)

    def in_force(self, month: int) -> bool:
        """Whether the rule applies in a month counted from 1."""
        return self.first <= month <= self.last

    def foreseeable(self, trigger: str) -> bool:
        """Whether partners can avoid it by what they agree: a punishment that answers to the trigger named."""
        return self.trigger == trigger and self.response.contingent and not self.channel.carrot

    def press(self, month: int, trigger: Array) -> None:
        """See the trigger, respond, and move the level of pressure.

        Target level = resolve · strength · response(seen trigger) · willingness, nil outside the months in force.
        """
        called = self.strength * self._respond(trigger) if self.in_force(month) else self.nothing
        target = called * self.resolve
        self.level = advance(self.level, target, self.rate_up, self.rate_down)
        if self.response.contingent:
            self.full_level = advance(self.full_level, called, self.rate_up, self.rate_down)
        if self.leaks:
            self.leakage = leak(self.leakage, self.level, self.leakage_max, self.leakage_growth)
        self.cut = self.level * (1.0 - self.leakage)
        if self.channel.name == "oil":
            self._throttle()

    def _respond(self, trigger: Array) -> Array:
        """Response to the trigger as it is seen, times willingness."""
        self.seen = trigger if self.seen is None else self.seen + (trigger - self.seen) / self.lag
        value = self.response.value(self.seen, self.tolerance, self.width, self.memory)
        if self.response.memory == "peak":
            self.memory = value
        elif self.response.memory == "last":
            self.memory = self.seen
        if self.response.deliberate:
            self.will = self.willingness()
            value = value * self.will
        return value

    def _throttle(self) -> None:
        """A pipeline cannot run below its minimum flow, and one that stood there costs something to bring back."""
        throttled = np.minimum(self.level, 1.0 - self.minimum_flow)
        self.cut = throttled * (1.0 - self.leakage)
        at_floor = (throttled < self.level).astype(np.float64)
        self.restart_due = self.restart_cost * np.maximum(self.idle_share - at_floor, 0.0)
        self.idle_share = at_floor

    def bite(self) -> Array:
        """Share of the channel that full pressure would really close: strength, but for the pipeline's floor and leakage."""
        return np.minimum(self.strength, 1.0 - self.minimum_flow) * (1.0 - self.leakage)

    def willingness(self) -> Array:
        """How far acting pays the presser; one for all but a patron that weighs it."""
        if not isinstance(self.presser, Patron):
            return np.ones_like(self.strength)
        instability = self.target.instability if isinstance(self.target, Supplier) else 0.0 * self.strength
        return self.presser.willingness(self.target.role, instability, self.cost)

    def upkeep(self) -> Array:
        """Cost to the presser this month, million USD."""
        cost = self.cost * self.level
        return cost + self.restart_due if self.channel.name == "oil" else cost

    def harm(self) -> Array:
        """Harm to the target this month, million USD; negative for a carrot."""
        return -self.cut * self.full_harm if self.channel.carrot else self.cut * self.full_harm
