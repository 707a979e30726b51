"""The tables of a scenario: what may stand in each."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from sim.mechanisms.kinds import PACKAGES
from sim.mechanisms.parameters import GOODS, PACKAGE, PRICES, ROLES, SCOPES, TRIGGERS, Spec
from sim.scenario.files import Key, Tree

FOREVER = 10**9
LONGEST_NAME = 100  # bytes of a name that folders bear, with room for what is added to it
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    if not line or not line.isprintable():
        raise ValueError("must be a text that is not empty and has no control characters")
    return line


def _of_a_folder(name: str) -> str:
    if name.startswith(".") or set(name) & set("/\\:") or len(name.encode()) > LONGEST_NAME:
        raise ValueError(f"must do as the name of a folder: no / \\ or :, no dot in front, at most {LONGEST_NAME} bytes")
    return name


def _sha(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("must be a SHA-256: 64 digits from 0 to f")
    return text


Text = Annotated[str, AfterValidator(_one_line)]
FolderName = Annotated[Text, AfterValidator(_of_a_folder)]
# Recorded months are dates in nanoseconds, which end in 2262.
MONTH = r"^(1[789]|2[01])\d\d-(0[1-9]|1[0-2])$"
Month = Annotated[str, Field(pattern=MONTH)]


class Table(BaseModel):
    """A table with fixed keys, each described below it. Nothing is converted: a text is no number and true is no number."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)

    @classmethod
    def in_file(cls) -> dict[str, str]:
        """List its keys in a file, with the names of their attributes."""
        return {info.alias or name: name for name, info in cls.model_fields.items() if not info.exclude}


class Parameter(Table):
    """A number with its unit, plausible range, measure of that range, and source; ``drawn``: each run draws it."""

    value: float
    """what it is unless a run is given another"""
    unit: str
    """its unit, which is fixed for each number"""
    low: float
    """lower end of what is plausible"""
    high: float
    """upper end of what is plausible"""
    measure: Literal["linear", "log"] = "linear"
    """scale on which that range is sampled"""
    source: Text
    """where it is from, or the word assumption"""
    drawn: bool = False
    """whether each run draws it from its range"""


class Variants(Table):
    """How the partners bargain, and how they learn."""

    bargaining: str
    """how the partners agree on a package"""
    learning: str
    """how they learn of the resolve of those who press"""


class Head(Table):
    """What a scenario says of itself."""

    name: FolderName
    """how folders, texts and figures call it; that of the file unless given"""
    title: Text
    """a few words for people"""
    question: Text
    """what it asks, in a paragraph"""
    start: Month
    """first month"""
    months: Annotated[int, Field(ge=1, le=720)]
    """how many to run"""
    knockouts: list[str] = []
    """limits that are taken out"""


def _as_tuples(given: Any) -> Any:
    return tuple(_as_tuples(each) for each in given) if isinstance(given, list) else given


class History(Table):
    """Shocks of the first months of each world of ``worlds``: its runs go on from a history that agrees with the record."""

    seed: Annotated[int, Field(ge=0, lt=2**63)]
    """seed of these shocks"""
    keys: Annotated[tuple[tuple[int, ...], ...], BeforeValidator(_as_tuples)]
    """replicate keys: a list for each month, with one for each world"""
    draws: dict[str, Annotated[tuple[tuple[float, ...], ...], BeforeValidator(_as_tuples)]] = {}
    """uniform numbers by event or shock of trade, such as `russia_north_korea.visit` or `china.north_korea.trade`"""


class Origin(Table):
    """How the joint draws of ``worlds`` were found from the record."""

    scenario: Text
    """name of what was fitted to it"""
    hash: Annotated[str, AfterValidator(_sha)]
    """its SHA-256; when that changes, the worlds belong to what it was"""
    until: Month
    """last month that was fitted"""
    vintage: Text
    """date by which the figures had to be known"""
    command: Text
    """what finds them again"""


class Country(Table):
    """A government and the role that it plays."""

    name: Text
    """how texts and figures call it"""
    role: str
    """what it has and does, and which numbers it needs"""


class Row(Table):
    """One good of a package."""

    kind: str
    """what is handed over"""


class Partnership(Table):
    """Two partners and the package that they bargain over."""

    belligerent: str
    """name of the country that buys"""
    supplier: str
    """name of the country that sells"""
    package: Annotated[dict[str, Row], Field(exclude=True)] = {}


class Lane(Table):
    """One good that moves from one country to another each month."""

    exporter: str
    """name of a country, or rest_of_world"""
    importer: str
    """name of a country, or rest_of_world"""
    good: str
    """what moves"""
    season: str = ""
    """how it moves over the year, with growth and shocks besides; a lane without one stands still"""
    border: bool = False
    """whether floods and epidemics may close the border that it crosses, which needs a season"""


class Rule(Table):
    """Who presses whom, by what, in answer to what. Months are counted from 1 at the start; both ends are included."""

    presser: str
    """name of the country that presses, or grants a favour"""
    target: str
    """name of the country that it presses"""
    channel: str
    """by what means"""
    trigger: str
    """in answer to what"""
    response: str
    """form of the answer"""
    since: Annotated[Month | None, Field(alias="from")] = None
    """first month in which it is in force; the first of the scenario unless given"""
    until: Month | None = None
    """last month in which it is in force; the last of the scenario unless given"""
    from_month: Annotated[int, Field(exclude=True)] = 1
    until_month: Annotated[int, Field(exclude=True)] = FOREVER


MODELS: dict[str, type[Table]] = {"country": Country, "partnership": Partnership, "package": Row, "lane": Lane, "rule": Rule}
SECTIONS = {"countries": "country", "partnerships": "partnership", "lanes": "lane", "rules": "rule"}
TABLES = ("variants", "world", "worlds", "history", "origin", "paths")
PARAMETERS = TypeAdapter(dict[str, Parameter])


@dataclass
class Parts:
    """A scenario taken apart. An unsound key has been noted and stands empty, an unsound parameter stands in ``given`` alone."""

    head: Head
    variants: Variants
    countries: dict[str, Country] = field(default_factory=dict)
    partnerships: dict[str, Partnership] = field(default_factory=dict)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    paths: dict[str, dict[str, float]] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    named: dict[str, list[str]] = field(default_factory=dict)
    worlds: dict[str, tuple[float, ...]] = field(default_factory=dict)
    origin: Origin | None = None
    history: History | None = None


@dataclass(frozen=True)
class Holder:
    """A table that holds parameters, with its key in the file and the address under which they are known."""

    scope: str
    key: Key
    address: str
    content: Tree

    def fields(self) -> Tree:
        """Its fixed keys."""
        return {name: self.content[name] for name in self.keys() if name in self.content}

    def keys(self) -> dict[str, str]:
        """Names of its fixed keys."""
        return MODELS[self.scope].in_file() if self.scope in MODELS else {}

    def specs(self) -> tuple[Spec, ...]:
        """Its parameters: those of its role if it is a country, those of its kind if it is a row of a package."""
        if self.scope == "package":
            return PACKAGES.get(str(self.content.get("kind")), PACKAGE)
        if self.scope != "country":
            return SCOPES[self.scope]
        role = self.content.get("role")
        return ROLES[role] if isinstance(role, str) and role in ROLES else ()

    def unit(self, spec: Spec) -> str:
        """Give the unit of one of its parameters, or nothing where the good or trigger that decides it is unknown."""
        name = str(self.content.get("good", self.content.get("kind")))
        good, price = GOODS.get(name, ""), PRICES.get(name, "")
        trigger = TRIGGERS.get(str(self.content.get("trigger")), "")
        if (("{good}" in spec.unit or "{price}" in spec.unit) and not good) or ("{trigger}" in spec.unit and not trigger):
            return ""
        return spec.unit.replace("{good}", good).replace("{price}", price).replace("{trigger}", trigger)

    def deciders(self) -> tuple[Key, ...]:
        """Keys that decide which parameters it needs, and in which units."""
        return tuple((*self.key, name) for name in ("role", "good", "kind", "trigger") if name in self.content)


def count_months(date: str) -> int:
    """Months from year nil to a date "YYYY-MM"."""
    year, month = date.split("-")
    return 12 * int(year) + int(month)


def later(date: str, months: int) -> str:
    """The date a number of months after another, both "YYYY-MM"."""
    year, month = divmod(count_months(date) - 1 + months, 12)
    return f"{year:04d}-{month + 1:02d}"
