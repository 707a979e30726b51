"""A pressure rule at work: what it looks at, how hard it presses, what that harms, and what partners expect of it."""

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.knockouts import Removed
from sim.mechanisms.ledger import highest
from sim.mechanisms.parameters import RULE, STANCE_TRIGGERS
from sim.mechanisms.pressure import RESPONSES, advance, leak
from sim.model.partnership import Partnership
from sim.model.roles import Ally, Country, Partner, Patron, Supplier
from sim.scenario.tables import Rule as Entry


class Surroundings(Protocol):
    """What a rule can look at in the world around it. Arrays have shape (R,)."""

    month: int
    war_intensity: Array
    oil_price: Array
    suppliers: list[Supplier]
    partnerships: dict[str, Partnership]

    def alignment(self) -> Array:
        """Mean alignment of the allies."""

    def lost_dependence(self, partner: Partner) -> Array:
        """Fall of a partner's dependence on the patrons since the start."""


class Rule:
    """One rule of the scenario. Arrays have shape (R,).

    Parameters
    ----------
    name : str
        Its name in the scenario.
    entry : Entry
        Its channel, trigger, response and months there.
    presser, target : Country
        Who presses whom.
    ties : list of Partnership
        Those of the target.
    numbers : dict of ndarray
        Its parameters (see sim.mechanisms.parameters.RULE); tolerance, width and resolve fall back on the presser's.
    removed : Removed
        Limits that are knocked out.

    Attributes
    ----------
    level : ndarray
        Level of pressure, 0 to 1.
    strength, cost, size, discount, … : ndarray
        Its parameters by name; those that it goes without are nil.
    nothing : ndarray
        Zeros.
    cut : ndarray
        What of it takes effect: the level less what leaks.
    full_harm : ndarray
        Harm to the target at full effect, million USD a month (a carrot's worth where the channel is one).
    lanes : list of (ndarray, ndarray)
        Ordinary value of each lane that the channel narrows, and what the target gains from it per USD.
    """

    leakage: Array

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __init__(
        self,
        name: str,
        entry: Entry,
        presser: Country,
        target: Country,
        ties: list[Partnership],
        numbers: dict[str, Array],
        removed: Removed,
    ) -> None:
        self.name, self.presser, self.target, self.ties = name, presser, target, ties
        self.removed = removed
        self.channel, self.watched, self.response = CHANNELS[entry.channel], entry.trigger, RESPONSES[entry.response]
        self.first, self.last = entry.from_month, entry.until_month
        self.limit = self.channel.limit_for(presser.role)
        nothing = np.zeros_like(numbers["strength"])
        for spec in RULE:  # one that a rule may go without is nil there
            if spec.name != "resolve":
                setattr(self, spec.name, numbers.get(spec.name, nothing))
        self.of_stance = entry.trigger in STANCE_TRIGGERS
        self.tolerance = nothing if self.of_stance else numbers.get("tolerance", presser.tolerance)
        self.width = np.ones_like(nothing) if self.of_stance else numbers.get("width", presser.width)
        self.own_resolve = numbers.get("resolve")
        acts_on_conduct = (self.response.contingent or self.channel.carrot) and not self.of_stance
        # A patron's standing policy is no act on the tie, and a rule of its stance follows that; of the others every rule
        # belongs to its limit.
        self.out = self.limit if self.limit != "beijing" else "beijing_action" if acts_on_conduct else ""
        self.leaks = bool((self.leakage_max > self.leakage).any())
        self.lanes: list[tuple[Array, Array]] = []
        self.nothing = nothing
        self.full_harm = nothing
        self.level = self.cut = self.memory = nothing
        self.full_level = nothing  # its level if the presser's resolve were one: what others measure its acts by
        self.seen: Array | None = None
        self.idle_share = nothing
        self.restart_due = nothing
        self.will = np.ones_like(nothing)

    @property
    def resolve(self) -> Array:
        """How far it is carried out: by its own resolve or the presser's of this month; not at all where its limit is out."""
        return self.removed.swap(self.out, self.presser.resolve if self.own_resolve is None else self.own_resolve, 0.0)

    @property
    def kind(self) -> str:
        """The limit that it stands for, favours and snubs apart: `beijing`, `beijing_favour` or `beijing_snub`."""
        if self.channel.carrot:
            return f"{self.limit}_favour"
        return f"{self.limit}_snub" if self.channel.hinders == "summits" else self.limit

    def in_force(self, month: int) -> bool:
        """Whether the rule applies in a month counted from 1."""
        return self.first <= month <= self.last

    # --- what it looks at -------------------------------------------------------------------------------------------------

    def trigger(self, world: Surroundings) -> Array:
        """What it looks at: of its target where that has it, else of the strongest tie or of all."""
        target, name = self.target, self.watched
        suppliers = [target] if isinstance(target, Supplier) else world.suppliers
        match name:
            case "war_intensity":
                return world.war_intensity
            case "oil_price":
                return world.oil_price
            case "alignment":
                return target.alignment if isinstance(target, Ally) else world.alignment()
            case "tests" | "tension" | "instability":
                return highest([getattr(supplier, name) for supplier in suppliers], self.nothing)
            case "displeasure":
                return self.presser.displeasure(target.name)
            case "favour":
                return self.presser.favour(target.name)
            case "lost_dependence":
                partners = [target] if isinstance(target, Partner) else suppliers
                return highest([world.lost_dependence(partner) for partner in partners], self.nothing)
            case _:
                return highest([pair.seen[name] for pair in (self.ties or world.partnerships.values())], self.nothing)

    # --- how hard it presses ----------------------------------------------------------------------------------------------

    def press(self, world: Surroundings) -> None:
        """See the trigger, respond, and move the level of pressure.

        Target level = resolve · strength · response(seen trigger) · willingness, nil outside the months in force.
        """
        if not self.channel.good:  # the harm of lanes stands from the start
            self.weigh()
        in_force = self.in_force(world.month)
        trigger = self.trigger(world) if in_force else self.nothing
        called, shown = self._respond(trigger) if in_force else (self.nothing, self.nothing)
        self.level = advance(self.level, shown * self.resolve, self.rate_up, self.rate_down)
        if self.response.contingent:
            self.full_level = advance(self.full_level, called, self.rate_up, self.rate_down)
        if self.leaks:
            self.leakage = leak(self.leakage, self.level, self.leakage_max, self.leakage_growth)
        self._take_effect()

    @property
    def bluffs(self) -> bool:
        """Whether it can show more displeasure than is felt: a snub is a signal that costs little."""
        return self.watched == "displeasure" and self.channel.hinders == "summits"

    def _respond(self, trigger: Array) -> tuple[Array, Array]:
        """What the trigger, as it is seen, calls for at full resolve, and what is shown of it, which may be a bluff."""
        self.seen = trigger if self.seen is None else self.seen + (trigger - self.seen) / self.lag
        value = self.response.value(self.seen, self.tolerance, self.width, self.memory)
        shown = value
        if self.bluffs:
            displayed = np.minimum(self.seen * (1.0 + self.presser.bluff), 1.0)
            shown = self.response.value(displayed, self.tolerance, self.width, self.memory)
        if self.response.memory == "peak":
            self.memory = value
        elif self.response.memory == "last":
            self.memory = self.seen
        if self.response.deliberate:
            self.will = self._willingness()
        full = self.strength * self.will
        return full * value, full * shown

    def _willingness(self) -> Array:
        """How far its stance inclines a patron to act, nil to one: the colder (for a favour the warmer), the further."""
        assert isinstance(self.presser, Patron) and isinstance(self.target, Partner)
        stance = self.presser.stance[self.target.name]
        return 0.5 * (1.0 + stance if self.channel.carrot else 1.0 - stance)

    def _take_effect(self) -> None:
        """Cut what the channel can carry of the level, less what leaks; coming back from its floor costs something."""
        carried = self.channel.carries(self, self.level)
        self.cut = carried * (1.0 - self.leakage)
        if carried is not self.level:
            at_floor = (carried < self.level).astype(np.float64)
            self.restart_due = self.restart_cost * np.maximum(self.idle_share - at_floor, 0.0)
            self.idle_share = at_floor

    def bite(self) -> Array:
        """Share of the channel that full pressure would really close: strength, but for the pipeline's floor and leakage."""
        return self.channel.carries(self, self.strength) * (1.0 - self.leakage)

    def occasion(self) -> Array:
        """How far it has called for pressure by now, of its strength: the share that full resolve would have carried out."""
        return self.full_level / np.maximum(self.strength, EPSILON)

    # --- what it does -----------------------------------------------------------------------------------------------------

    def weigh(self) -> None:
        """Take the present harm at full effect."""
        self.full_harm = self.channel.harm(self)

    def passes(self) -> Array:
        """Share of what it narrows that is left; above one for a carrot, which widens."""
        return 1.0 + self.cut if self.channel.carrot else 1.0 - self.cut

    def harm(self) -> Array:
        """Harm to the target this month, million USD; negative for a carrot."""
        return -self.cut * self.full_harm if self.channel.carrot else self.cut * self.full_harm

    def favour(self) -> Array:
        """What a carrot is worth to the target this month, million USD."""
        return self.cut * self.full_harm

    def upkeep(self) -> Array:
        """Cost to the presser this month, million USD."""
        return self.channel.cost(self)

    # --- what partners expect of it ---------------------------------------------------------------------------------------

    def foreseen_by(self, pair: Partnership, month: int, *triggers: str) -> bool:
        """Whether partners weigh it in what they agree: a punishment of one of them that answers to a trigger named.

        A favour that follows a patron's stance counts too: it can be forgone.
        """
        avoidable = self.response.contingent and (not self.channel.carrot or self.watched == "favour")
        return avoidable and self.watched in triggers and pair in self.ties and self.in_force(month)

    def weight(self) -> Array:
        """Belief · horizon · stake of its target: expected punishment at full response, million USD a month.

        stake = stake_scale · what the rule can really close · harm at full effect · willingness.
        """
        target = self.target
        assert isinstance(target, Partner)
        believed = target.believed(self.presser.name)
        stake = target.stake_scale * self.bite() * self.full_harm * self.will
        limit = "beijing_threat" if self.limit == "beijing" else self.limit
        return self.removed.swap(limit, believed * target.horizon * stake, 0.0)
