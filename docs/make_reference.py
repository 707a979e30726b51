"""Make the tables of docs/odd.md from the code: all that stands between its markers, and nothing else.

``python docs/make_reference.py`` writes them; a test fails while the page is behind the code.
"""

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from sim.mechanisms.bargaining import BARGAINS
from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.kinds import BY_KIND
from sim.mechanisms.knockouts import KNOCKOUTS, UNIONS
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.noise import SITES
from sim.mechanisms.package import KINDS
from sim.mechanisms.parameters import (
    ALLY,
    BELLIGERENT,
    COUNTRY,
    GOODS,
    LANE,
    LEADER,
    PACKAGE,
    PARTNER,
    PARTNERSHIP,
    PATRON,
    RULE,
    SUPPLIER,
    TRIGGERS,
    WORLD,
    Spec,
)
from sim.mechanisms.pressure import RESPONSES
from sim.mechanisms.quantities import ALL_ROLES, CONSERVED, DIMENSIONS, LIMITS, OUTCOMES, QUANTITIES, Outcome, Quantity
from sim.mechanisms.seasons import SEASONS
from sim.model.phases import PHASES

PAGE = Path(__file__).resolve().with_name("odd.md")
BEGIN, END = "<!-- made by docs/make_reference.py: {} -->", "<!-- end of {} -->"

# Who has which parameters, and from where in a scenario file. What partners share is told once.
HOLDERS: dict[str, tuple[Spec, ...]] = {
    "world, `[world]`": WORLD,
    "every country, `[countries.NAME]`": COUNTRY,
    "besides, a belligerent and a supplier": PARTNER,
    "besides, a belligerent": tuple(spec for spec in BELLIGERENT if spec not in PARTNER),
    "besides, a supplier": tuple(spec for spec in SUPPLIER if spec not in PARTNER),
    "besides, a patron": PATRON,
    "besides, a leader": LEADER,
    "besides, an ally": ALLY,
    "a partnership, `[partnerships.NAME]`": PARTNERSHIP,
    "a row of its package, `[partnerships.NAME.package.ROW]`": PACKAGE,
    "a lane, `[lanes.NAME]`": LANE,
    "a rule, `[rules.NAME]`": RULE,
}
# Modules whose numbers are part of the model; those of files, figures and memory are not.
ENGINE = (
    *("arrays", "mechanisms.noise", "mechanisms.seasons", "model.draws", "mechanisms.pressure", "mechanisms.channels"),
    *("mechanisms.package", "mechanisms.motives"),
    *("mechanisms.roots", "mechanisms.contract_curve", "mechanisms.bargaining", "mechanisms.red_line", "mechanisms.payment"),
    *("mechanisms.learning", "mechanisms.dependence", "mechanisms.ledger"),
    *("model.partnership", "model.rule", "model.foresight", "model.demand", "model.commerce"),
    *("model.binding_limits", "model.welfare"),
    *("model.state", "model.phases", "model.world", "runs.results"),
    *(f"model.roles.{role}" for role in ("country", "belligerent", "supplier", "patron", "leader", "ally")),
)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(name: str) -> str:
    """Set a name as code, and nothing as nothing."""
    return f"`{name}`" if name else ""


def number(value: float) -> str:
    """Write a number shortly; powers of ten that stand for 'any' as such."""
    if abs(value) == 1e9:
        return ("−" if value < 0 else "") + "10⁹"
    return f"{value:g}".replace("-", "−").replace("inf", "∞")


def sentence(thing: object) -> str:
    """First line of a docstring."""
    return (inspect.getdoc(thing) or "").splitlines()[0]


def phases() -> str:
    """The phases of a month, in their order."""
    return "\n".join(f"{place}. **{phase.__name__}**: {sentence(phase)}" for place, phase in enumerate(PHASES, 1))


def quantities() -> str:
    """What is recorded each month."""

    def holder(quantity: Quantity) -> str:
        every = quantity.holder != "country" or quantity.roles == ALL_ROLES
        return quantity.holder if every else ", ".join(quantity.roles)

    rows = [(code(q.name), q.unit, holder(q), q.meaning + ("" if q.default else " (kept on request)")) for q in QUANTITIES]
    return table(("quantity", "unit", "held by", "meaning"), rows)


def outcomes() -> str:
    """What is made of the months of a run."""

    def months(outcome: Outcome) -> str:
        return f"count above {number(outcome.above)}" if outcome.how == "count" else outcome.how

    rows = [(code(o.name), code(o.quantity), months(o), o.across, o.among, o.unit, o.meaning) for o in OUTCOMES]
    return table(("outcome", "of quantity", "months", "holders", "only", "unit", "meaning"), rows)


def parameters() -> str:
    """Every number that a scenario gives, by who has it."""
    parts = []

    def meaning(spec: Spec) -> str:
        if spec.default is not None:
            return f"{spec.meaning} ({number(spec.default)} if absent: {spec.why})"
        return spec.meaning + ("" if spec.required else " (may be absent)")

    for holder, specs in HOLDERS.items():
        rows = [(code(s.name), s.unit, f"{number(s.low)} to {number(s.high)}", meaning(s)) for s in specs]
        parts.append(f"**{holder[0].upper()}{holder[1:]}**\n\n" + table(("parameter", "unit", "bounds", "meaning"), rows))
        if specs is PACKAGE:
            rows = [(code(k), code(n), number(v), why) for k, given in BY_KIND.items() for n, (v, why) in given.items()]
            parts.append("Where a row states none, by its kind:\n\n" + table(("kind", "parameter", "value", "reason"), rows))
    return "\n\n".join(parts)


def goods() -> str:
    """Goods, their units, and whether the ledger conserves them."""
    rows = [(code(good), unit, "yes" if good in CONSERVED else "no") for good, unit in GOODS.items()]
    return table(("good", "unit", "conserved"), rows)


def kinds() -> str:
    """Kinds of rows of a package."""
    return table(("kind", "unit", "meaning"), [(code(name), GOODS[name], sentence(kind)) for name, kind in KINDS.items()])


def triggers() -> str:
    """What a rule may react to."""
    return table(("trigger", "unit"), [(code(name), unit) for name, unit in TRIGGERS.items()])


def responses() -> str:
    """Forms of reaction."""
    rows = []
    for name, form in RESPONSES.items():
        flags = ("yes" if form.contingent else "no", "yes" if form.deliberate else "no", form.memory)
        rows.append((code(name), *flags, f"{form.steepest:.6g}".replace("inf", "∞"), sentence(form.value)))
    return table(("response", "contingent", "deliberate", "memory", "steepest slope × width", "meaning"), rows)


def channels() -> str:
    """Means of pressure and favour."""
    rows = [
        (
            code(c.name),
            "favour" if c.carrot else "pressure",
            code(c.good),
            c.way,
            c.hinders,
            ", ".join(c.targets),
            c.limit or "west",
            "yes" if c.direct else "",
            c.meaning,
        )
        for c in CHANNELS.values()
    ]
    return table(
        ("channel", "is", "lanes of", "way", "hinders", "may be turned on", "limit unless a patron's", "direct", "meaning"), rows
    )


def knockouts() -> str:
    """Limits that can be taken away."""
    rows = [(code(name), " + ".join(code(part) for part in UNIONS.get(name, ())), text) for name, text in KNOCKOUTS.items()]
    return table(("knock-out", "is", "meaning"), rows)


def sites() -> str:
    """Numbers of the sites at which something is drawn."""
    return table(("site", "number"), [(code(name), place) for name, place in SITES.items()])


def variants() -> str:
    """Ways to bargain and to learn."""
    ways: dict[str, Mapping[str, object]] = {"bargaining": BARGAINS, "learning": LEARNING}
    rows = [(variant, code(name), sentence(way)) for variant, known in ways.items() for name, way in known.items()]
    return table(("variant", "name", "meaning"), rows)


def limits() -> str:
    """Limits and dimensions, with their codes."""
    rows = [(place, code(name)) for place, name in enumerate(LIMITS)]
    return table(("code", "limit"), rows) + "\n\nDimensions: " + ", ".join(code(name) for name in DIMENSIONS) + "."


def seasons() -> str:
    """Seasons of ordinary trade, January to December."""
    heads = ("season", *("J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D"))
    return table(heads, [(code(name), *map(number, months)) for name, months in SEASONS.items()])


def constants() -> str:
    """Named numbers of the engine's modules: those that no scenario changes."""
    rows = []
    for name in ENGINE:
        module = import_module(f"sim.{name}")
        lines = inspect.getsource(module).splitlines()
        for node in ast.parse("\n".join(lines)).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
                value = getattr(module, node.targets[0].id)
                if isinstance(value, int | float):
                    meaning = lines[node.lineno - 1].partition("#")[2].strip()
                    rows.append(
                        (
                            code(node.targets[0].id),
                            code(f"sim.{name}"),
                            value if isinstance(value, int) else repr(float(value)),
                            meaning,
                        )
                    )
    return table(("constant", "module", "value", "meaning"), rows)


TABLES: tuple[Callable[[], str], ...] = (
    phases,
    quantities,
    outcomes,
    parameters,
    goods,
    kinds,
    triggers,
    responses,
    channels,
    knockouts,
    sites,
    variants,
    limits,
    constants,
    seasons,
)


def fill(text: str) -> str:
    """Put the present tables between their markers.

    Raises
    ------
    ValueError
        If a table has no place in the text, or more than one.
    """
    for make in TABLES:
        begin, end = BEGIN.format(make.__name__), END.format(make.__name__)
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"{PAGE.name} needs the lines '{begin}' and '{end}', once each")
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n{make()}\n{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    PAGE.write_text(fill(PAGE.read_text("utf-8")), "utf-8")
