"""What the user has set: a scenario, the numbers moved and the limits taken out. Plain data, without Solara."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from sim.dashboard.controls import lender, parameter_at
from sim.scenario.scenario import Scenario, scenario_names

HEAD = ("name", "title", "question")


@dataclass(frozen=True)
class Settings:
    """A scenario as it was chosen, and what was changed since. Every change gives new settings.

    Attributes
    ----------
    origin : Scenario
        As it was chosen.
    shipped : bool
        Whether it is one that ships, so that a file may extend it by name.
    numbers : mapping of str to float
        Parameters moved from the origin's values, by address.
    out : frozenset of str
        Limits that are out now, those of the origin included.
    head : mapping of str to str
        Name, title and question where a file gave its own.
    """

    origin: Scenario
    shipped: bool = True
    numbers: Mapping[str, float] = field(default_factory=dict)
    out: frozenset[str] = frozenset()
    head: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def chosen(cls, origin: Scenario, *, shipped: bool) -> Self:
        """Choose a scenario, unchanged."""
        return cls(origin, shipped, out=frozenset(origin.knockouts))

    @classmethod
    def of(cls, scenario: Scenario, parent: object) -> Self:
        """Take a loaded scenario as changes of the shipped one that it extends, where numbers and knock-outs are all.

        Else, and where it extends none that ships, it is taken as a whole.
        """
        if isinstance(parent, str) and parent in scenario_names():
            origin = Scenario.load(parent)
            head = {key: getattr(scenario, key) for key in HEAD}
            changed = cls(origin, True, _moved(origin, scenario), frozenset(scenario.knockouts), head)
            if changed.scenario.hash == scenario.hash:
                return changed
        return cls.chosen(scenario, shipped=False)

    @property
    def changed(self) -> bool:
        """Whether anything differs from the scenario as it was chosen."""
        return bool(self.numbers or self.head) or self.out != frozenset(self.origin.knockouts)

    def value(self, address: str) -> float:
        """Give the present value of a parameter, for a rule without its own that of its presser.

        Raises
        ------
        KeyError
            If there is no such parameter.
        """
        for known in (address, lender(self.origin, address) or address):
            if known in self.numbers:
                return self.numbers[known]
        return self.origin.parameters[lender(self.origin, address) or address].value

    def move(self, address: str, value: float) -> Self:
        """Move a parameter."""
        return replace(self, numbers={**self.numbers, address: value})

    def restore(self, address: str) -> Self:
        """Put a parameter back to what the scenario says."""
        return replace(self, numbers={other: value for other, value in self.numbers.items() if other != address})

    def knock(self, limit: str, *, out: bool) -> Self:
        """Take a limit out, or put it back."""
        return replace(self, out=self.out | {limit} if out else self.out - {limit})

    def patches(self) -> dict[str, Any]:
        """Give the changes by address, as `Scenario.set` takes them and a scenario file holds them."""
        if not self.changed:
            return {}
        changes: dict[str, Any] = {"name": f"{self.origin.name}_changed", "title": f"{self.origin.title}, changed"}
        changes |= {**self.head, "knockouts": sorted(self.out)}
        for address, value in self.numbers.items():
            if source := lender(self.origin, address):
                lent = self.origin.parameters[source].model_dump()
                changes[address] = {**lent, "value": value, "drawn": False, "source": "set in the dashboard"}
            else:
                changes[address] = {"value": value, "drawn": False} if self.origin.parameters[address].drawn else value
        return changes

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with all changes."""
        return self.origin.set(self.patches()) if self.changed else self.origin

    @property
    def arms(self) -> tuple[Scenario, Scenario]:
        """The two worlds of the comparison: with Beijing as it is set, and with an indifferent one."""
        with_beijing = self.knock("beijing", out=False).scenario
        return with_beijing, with_beijing.without("beijing")


def _moved(origin: Scenario, scenario: Scenario) -> dict[str, float]:
    """Give the numbers by which a scenario differs from another, those that the other knows."""
    moved = {}
    for address, parameter in scenario.parameters.items():
        old = parameter_at(origin, address)
        if old is not None and (address not in origin.parameters or (parameter.value, parameter.drawn) != (old.value, old.drawn)):
            moved[address] = parameter.value
    return moved
