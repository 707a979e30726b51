"""Dated events of a single run, for the chronicle: read off the state, never invented."""

from dataclasses import dataclass, field

from sim.model.state import State

STEP = 0.1  # a rule's level has to move by this much, and a flow of the partners by twice this share, to be news
LANE_STEP = 0.05  # a pressed lane has to move by this share of its ordinary flow to be news
FEWEST_SOLDIERS = 100.0  # fewer in a month are no news
RUNG_BEGUN, RUNG_DONE = 1.0, 20.0  # points from which a rung of technology counts as begun, and as handed over


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in one month of one run.

    Parameters
    ----------
    month : int
        Month, counted from 1.
    kind : str
        One of: war_ends, treaty, visit, put_off, broken, first_munitions, munitions, first_troops, troops, troops_home,
        rung_begun, rung, oil_cap, meeting, pressure, lane, tests.
    who : tuple of str
        Countries, by address: those who act first.
    data : dict
        Numbers and names that belong to it, units in the key where they have one.
    """

    month: int
    kind: str
    who: tuple[str, ...]
    data: dict[str, float | str] = field(default_factory=dict)


class Watch:
    """Remembers a single run's last state and tells what has changed since."""

    def __init__(self, world: State) -> None:
        self.events: list[Event] = []
        self.levels = dict.fromkeys(world.rules, 0.0)
        self.at_war = True
        self.told: set[tuple[str, str]] = set()
        self.munitions = dict.fromkeys(world.partnerships, 0.0)
        self.troops = dict.fromkeys(world.partnerships, (0.0, 0.0))  # sent in all, and when last told
        self.lanes: dict[tuple[str, str, str], float] = {}

    def look(self, world: State) -> None:
        """Note what happened this month."""
        self.events = []
        if self.at_war and world.at_war.item() == 0.0:
            self.at_war = False
            self._add(world, "war_ends", tuple(b.name for b in world.belligerents))
        for name in world.partnerships:
            self._of_pair(world, name)
        for partner in world.partners:
            if partner.meeting.item():
                self._add(world, "meeting", (*_receiving(world, partner.name), partner.name))
        for name, rule in world.rules.items():
            level = rule.level.item()
            if rule.channel.meets:
                continue  # its level is a probability: meetings themselves are told
            if abs(level - self.levels[name]) >= STEP or (level < 0.01 <= self.levels[name]):
                data: dict[str, float | str] = {
                    "rule": name,
                    "channel": rule.channel.name,
                    "before": self.levels[name],
                    "after": level,
                }
                self._add(world, "pressure", (rule.presser.name, rule.target.name), data)
                self.levels[name] = level
        self._of_lanes(world)
        for supplier in world.suppliers:
            count = supplier.tests.item()
            if count >= 3.0:
                self._add(world, "tests", (supplier.name,), {"tests": count})

    def _add(self, world: State, kind: str, who: tuple[str, ...], data: dict[str, float | str] | None = None) -> None:
        self.events.append(Event(world.month, kind, who, data or {}))

    def _once(self, world: State, pair: str, kind: str, who: tuple[str, ...], data: dict[str, float | str]) -> None:
        """Note something that is news only the first time."""
        key = (pair, f"{kind}{data.get('rung', '')}")
        if key not in self.told:
            self.told.add(key)
            self._add(world, kind, who, data)

    def _of_pair(self, world: State, name: str) -> None:
        pair = world.partnerships[name]
        buyer, seller = pair.belligerent.name, pair.supplier.name
        rounds = pair.munitions_delivered.item()
        if pair.visit.item():
            self._add(world, "visit", (buyer, seller))
        if pair.visit_put_off.item():
            self._add(world, "put_off", (*_snubbing(world, (buyer, seller)), buyer, seller))
        if pair.treaty.item():
            self._add(world, "treaty", (buyer, seller))
        if pair.broken.item():
            self._add(world, "broken", (seller, buyer), {"thousand_rounds_agreed": pair.munitions_agreed.item()})
        elif rounds > 0.0 and (name, "first_munitions") not in self.told:
            self._once(world, name, "first_munitions", (seller, buyer), {"thousand_rounds": rounds})
            self.munitions[name] = rounds
        elif abs(rounds - self.munitions[name]) >= 2.0 * STEP * max(self.munitions[name], 1.0):
            self._add(world, "munitions", (seller, buyer), {"before": self.munitions[name], "thousand_rounds": rounds})
            self.munitions[name] = rounds
        self._of_troops(world, name)
        if not self.at_war and (name, "first_troops") in self.told and pair.troops_abroad.item() == 0.0:
            self._once(world, name, "troops_home", (seller, buyer), {})
        for i in pair.index["technology"]:
            points = pair.held[i].item()
            for kind, enough in (("rung_begun", RUNG_BEGUN), ("rung", RUNG_DONE)):
                if points >= enough:
                    self._once(world, name, kind, (buyer, seller), {"rung": pair.rows[i], "points": points})
        if pair.oil_delivered.item() > pair.oil_cap.item():
            self._once(world, name, "oil_cap", (buyer, seller), {"thousand_barrels": pair.oil_delivered.item()})

    def _of_troops(self, world: State, name: str) -> None:
        """Note the first soldiers, and then whenever twice as many have been sent as when it was last told."""
        pair = world.partnerships[name]
        who, now = (pair.supplier.name, pair.belligerent.name), pair.troops_sent.item()
        sent, told = self.troops[name][0] + now, self.troops[name][1]
        if now >= FEWEST_SOLDIERS and sent >= 2.0 * told:
            kind = "troops" if told else "first_troops"
            self.told.add((name, kind))
            self._add(world, kind, who, {"persons": sent})
            told = sent
        self.troops[name] = sent, told

    def _of_lanes(self, world: State) -> None:
        """Note how far the lanes that somebody presses have moved; ordinary trade of a pair is one flow, both ways."""
        now: dict[tuple[str, str, str], list[float]] = {}
        for lane in world.commerce.lanes:
            if lane.rules:
                ends = sorted((lane.exporter, lane.importer)) if lane.good == "trade" else (lane.exporter, lane.importer)
                sums = now.setdefault((*ends, lane.good), [0.0, 0.0])
                sums[0] += lane.flow.item()
                sums[1] += lane.demand.item()
        for (first, second, good), (flow, ordinary) in now.items():
            share = flow / ordinary if ordinary else 1.0
            before = self.lanes.get((first, second, good), 1.0)
            if abs(share - before) >= LANE_STEP:
                self._add(world, "lane", (first, second), {"good": good, "before": before, "share_of_ordinary": share})
                self.lanes[first, second, good] = share


def _snubbing(world: State, partners: tuple[str, ...]) -> tuple[str, ...]:
    """Name those who snub one of the partners this month."""
    rules = [rule for rule in world.rules.values() if rule.channel.hinders == "summits" and rule.target.name in partners]
    return tuple(dict.fromkeys(rule.presser.name for rule in rules if rule.cut.item() > 0.0))


def _receiving(world: State, partner: str) -> tuple[str, ...]:
    """Name those who may have received a partner's leader this month."""
    rules = [rule for rule in world.rules.values() if rule.channel.meets and rule.target.name == partner]
    return tuple(dict.fromkeys(rule.presser.name for rule in rules if rule.cut.item() > 0.0))
