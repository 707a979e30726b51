"""What must hold between the tables of a scenario: each check notes the key to mend and how."""

from collections.abc import Iterable, Mapping

from sim.errors import suggest
from sim.mechanisms.bargaining import BARGAINS
from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.ledger import REST_OF_WORLD
from sim.mechanisms.noise import EVENTS
from sim.mechanisms.package import KINDS
from sim.mechanisms.parameters import PARTNERSHIP, ROLES, STANCE_TRIGGERS, TRIGGERS
from sim.mechanisms.pressure import RESPONSES
from sim.mechanisms.quantities import PARTNERS
from sim.mechanisms.seasons import SEASONS
from sim.scenario.files import Key, Problems
from sim.scenario.tables import SECTIONS, TABLES, History, Lane, Parts, Rule, later

LANE_GOODS = ("munitions", "oil", "components", "trade", "labour")
PURE = ("dimensionless", "share")  # units in which a country's own tolerance and width can be meant
TOP = ("rest_of_world", *TABLES, *SECTIONS)


def cross_check(parts: Parts, problems: Problems) -> None:
    """Note all that does not fit together among the sound parts of a scenario."""
    check_head(parts, problems)
    check_names(parts, problems)
    for name, country in parts.countries.items():
        _known(country.role, ROLES, "role", ("countries", name, "role"), problems)
    check_partnerships(parts, problems)
    if parts.head.start and parts.head.months:
        for address, points in parts.paths.items():
            check_path(address, points, parts, problems)
    if parts.history is not None:
        check_history(parts.history, parts, problems)
    for name, lane in parts.lanes.items():
        check_lane(lane, ("lanes", name), parts, problems)
    for name, rule in parts.rules.items():
        check_rule(rule, ("rules", name), parts, problems)
        check_channel(rule, ("rules", name), parts, problems)


def check_head(parts: Parts, problems: Problems) -> None:
    """See that variants and knock-outs are known."""
    _known(parts.variants.bargaining, BARGAINS, "variant", ("variants", "bargaining"), problems)
    _known(parts.variants.learning, LEARNING, "variant", ("variants", "learning"), problems)
    for name in parts.head.knockouts:
        if not name:
            problems.add("holds an empty name; name a limit, or leave it away", ("knockouts",))
        _known(name, KNOCKOUTS, "knock-out", ("knockouts",), problems)


def check_path(address: str, points: Mapping[str, float], parts: Parts, problems: Problems) -> None:
    """See that a path covers every month that is run."""
    first, last = parts.head.start, later(parts.head.start, parts.head.months - 1)
    begins, ends = min(points), max(points)
    if begins > first:
        problems.add(f"begins in {begins}, after the start in {first}; add a number for {first}", ("paths", address), ("start",))
    if ends < last:
        text = f"ends in {ends}, before the horizon in {last}; add a number for {last}"
        problems.add(text, ("paths", address), ("start",), ("months",))


def check_history(history: History, parts: Parts, problems: Problems) -> None:
    """See that a history has a key and a draw for each world and month."""
    worlds = len(next(iter(parts.worlds.values()), ()))
    shape = (len(history.keys), worlds)
    if not history.keys or any(len(row) != worlds or min(row, default=0) < 0 for row in history.keys):
        problems.add(f"needs a key, a whole number from 0 on, for each of the {worlds} worlds", ("history", "keys"))
    known = [*(f"world.{name}" for name, kind in EVENTS.items() if kind == "world")]
    known += [f"{pair}.{name}" for pair in parts.partnerships for name, kind in EVENTS.items() if kind == "partnership"]
    known += [f"{min(x.exporter, x.importer)}.{max(x.exporter, x.importer)}.trade" for x in parts.lanes.values() if x.season]
    for address, draws in history.draws.items():
        key = ("history", "draws", address)
        if address not in known:
            problems.add(f"is no event and no shock of trade; {suggest(address, known)}", key)
        if len(draws) != shape[0] or any(len(row) != shape[1] for row in draws):
            problems.add(f"needs {shape[0]} lists of {shape[1]} numbers, one for each month and world", key)
        elif not all(0 <= number <= 1 for row in draws for number in row):
            problems.add("must hold numbers from 0 to 1", key)


def check_names(parts: Parts, problems: Problems) -> None:
    """Give each address one meaning: countries, partnerships and package rows do not take each other's names."""
    countries, partnerships = parts.named.get("country", []), parts.named.get("partnership", [])
    for section, names, taken in (
        ("countries", countries, TOP),
        ("partnerships", partnerships, (*TOP, *countries)),
    ):
        for name in names:
            if name in taken:
                problems.add(f"the name '{name}' is taken; choose another", (section, name))
    for partnership, rows in parts.rows.items():
        for row in rows:
            if row in {spec.name for spec in PARTNERSHIP}:
                problems.add(f"the name '{row}' is that of a number of the partnership; choose another", _row(partnership, row))


def check_partnerships(parts: Parts, problems: Problems) -> None:
    """See that partners exist in the right roles, each pair once, with a package of known kinds."""
    if not parts.named.get("partnership"):
        problems.add("there is none; a scenario needs at least one", ("partnerships",))
    seen: dict[tuple[str, str], str] = {}
    for name, partnership in parts.partnerships.items():
        key = ("partnerships", name)
        for role in PARTNERS:
            _country(getattr(partnership, role), (*key, role), parts, problems)
            _role(getattr(partnership, role), (role,), "this place", (*key, role), parts, problems)
        pair = (partnership.belligerent, partnership.supplier)
        if pair in seen:
            problems.add(f"has the same partners as '{seen[pair]}'; put all goods of a pair into one package", key)
        seen.setdefault(pair, name)
        if not parts.rows.get(name):
            problems.add("is empty; partners need at least one good to bargain over", (*key, "package"))
        for row, content in parts.rows.get(name, {}).items():
            _known(content.kind, KINDS, "kind", (*_row(name, row), "kind"), problems)


def check_lane(lane: Lane, key: Key, parts: Parts, problems: Problems) -> None:
    """See that a lane carries a known good between two ends that exist and differ, and moves in a known way."""
    _known(lane.good, LANE_GOODS, "good of a lane", (*key, "good"), problems)
    _known(lane.season, SEASONS, "season", (*key, "season"), problems)
    if lane.border and not lane.season:
        problems.add("needs a season, for only lanes that have one can close; 'even' is one", (*key, "border"))
    for end in ("exporter", "importer"):
        if getattr(lane, end) != REST_OF_WORLD:
            _country(getattr(lane, end), (*key, end), parts, problems)
    if lane.exporter and lane.exporter == lane.importer:
        problems.add(f"is '{lane.importer}', the exporter too; a lane needs two ends", (*key, "importer"))


def check_rule(rule: Rule, key: Key, parts: Parts, problems: Problems) -> None:
    """See that who, what and when of a rule exist, and that its trigger is measured in the unit of its tolerance."""
    _country(rule.presser, (*key, "presser"), parts, problems)
    _country(rule.target, (*key, "target"), parts, problems)
    if rule.presser and rule.presser == rule.target:
        problems.add(f"is '{rule.target}', the presser too; nobody presses itself", (*key, "target"), (*key, "presser"))
    _known(rule.trigger, TRIGGERS, "trigger", (*key, "trigger"), problems)
    _known(rule.response, RESPONSES, "response", (*key, "response"), problems)
    if rule.since and rule.until and rule.since > rule.until:
        problems.add(f"is '{rule.since}', after until = '{rule.until}'", (*key, "from"), (*key, "until"))
    response = RESPONSES.get(rule.response)
    if response is None:
        return
    if response.deliberate:
        _role(rule.presser, ("patron",), f"response '{rule.response}'", (*key, "presser"), parts, problems, (*key, "response"))
    if rule.trigger in STANCE_TRIGGERS:
        why = f"trigger '{rule.trigger}' is a patron's stance toward a partner, which"
        _role(rule.presser, ("patron",), why, (*key, "presser"), parts, problems, (*key, "trigger"))
        _role(rule.target, PARTNERS, why, (*key, "target"), parts, problems, (*key, "trigger"))
    unit = TRIGGERS.get(rule.trigger, PURE[0])
    for number in ("tolerance", "width"):
        given = f"{'.'.join(key)}.{number}" in parts.given
        if rule.trigger in STANCE_TRIGGERS:
            if given:
                text = f"is not used: the presser's motives make it where the trigger is '{rule.trigger}'; remove it"
                problems.add(text, (*key, number), (*key, "trigger"))
        elif response.contingent and unit not in PURE and not given:
            text = f"is missing: trigger '{rule.trigger}' is measured in {unit}, so the rule needs its own {number} in that unit"
            problems.add(text, (*key, number), (*key, "trigger"), (*key, "response"))


def check_channel(rule: Rule, key: Key, parts: Parts, problems: Problems) -> None:
    """See that the channel exists, can be turned on this target, and has what it works through: lanes or a size."""
    _known(rule.channel, CHANNELS, "channel", (*key, "channel"), problems)
    channel = CHANNELS.get(rule.channel)
    if channel is None:
        return
    _role(rule.target, channel.targets, f"channel '{rule.channel}'", (*key, "target"), parts, problems, (*key, "channel"))
    ends = channel.ends(rule.presser, rule.target)
    lanes = [lane for lane in parts.lanes.values() if lane.good == channel.good and (lane.exporter, lane.importer) in ends]
    if channel.good and not lanes:
        needed = " or ".join(f"from '{exporter}' to '{importer}'" for exporter, importer in ends)
        text = f"is '{rule.channel}', but there is no lane of {channel.good} {needed}; add one or remove the rule"
        problems.add(text, (*key, "channel"), *(gone for gone in problems.removed if gone[0] == "lanes"))
    if channel.carrot and not channel.good and f"{'.'.join(key)}.size" not in parts.given:
        problems.add(
            f"is missing: channel '{rule.channel}' is a favour that opens no lane, and size says what it is worth",
            (*key, "size"),
            (*key, "channel"),
        )


def _row(partnership: str, row: str) -> Key:
    return ("partnerships", partnership, "package", row)


def _known(name: str, registry: Iterable[str], what: str, key: Key, problems: Problems) -> None:
    if name and name not in registry:
        problems.add(f"'{name}' is no known {what}; {suggest(name, registry)}", key)


def _country(name: str, key: Key, parts: Parts, problems: Problems) -> None:
    countries = parts.named.get("country", [])
    if name and name not in countries:
        problems.add(f"'{name}' is no country of this scenario; {suggest(name, countries)}", key, ("countries", name))


def _role(name: str, roles: tuple[str, ...], why: str, key: Key, parts: Parts, problems: Problems, *also: Key) -> None:
    """Note a country that plays none of the roles."""
    country = parts.countries.get(name)
    if country and country.role in ROLES and country.role not in roles:
        text = f"'{name}' plays the role of {country.role}; {why} needs a {' or '.join(roles)}"
        problems.add(text, key, ("countries", name, "role"), *also)
