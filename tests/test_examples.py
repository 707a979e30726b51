"""The worked examples of tests/examples: numbers that a reader can check by hand, against the code."""

import csv
import tomllib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from engine import HERE

from sim.mechanisms.bargaining import Habit, nash
from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.contract_curve import ContractCurve, Terms, Threat, surplus
from sim.mechanisms.dependence import dependence
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.ledger import Ledger
from sim.mechanisms.motives import Motives, Sight, aim, forbearance, tolerance
from sim.mechanisms.package import KINDS, Good, Stance
from sim.mechanisms.payment import Purse, settle
from sim.mechanisms.pressure import RESPONSES, advance, leak
from sim.model.roles import Ally, Belligerent, Country, Patron, Supplier
from sim.model.roles.country import ACCOUNTS
from sim.model.rule import Rule

FOLDER = HERE / "examples"
NEAR = 1e-7


def examples(name: str, table: str = "example") -> list[Any]:
    listed = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))[table]
    return [
        pytest.param(example, id=f"{example.get('rule') or example.get('kind') or i}: {example['because'][:50]}")
        for i, example in enumerate(listed)
    ]


def arrays(numbers: dict[str, float]) -> dict[str, np.ndarray]:
    return {name: np.array([number]) for name, number in numbers.items()}


def check(found: Callable[[str], Any], expected: dict[str, float], tolerance: float = NEAR) -> None:
    for name, number in expected.items():
        assert float(np.asarray(found(name)).item()) == pytest.approx(number, rel=tolerance, abs=tolerance), name


# --- pressure -------------------------------------------------------------------------------------------------------------

LINES = [line for line in (FOLDER / "responses.csv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
ANSWERS = list(csv.DictReader(LINES))


@pytest.mark.parametrize("row", ANSWERS, ids=[f"{row['response']} at {row['trigger']}" for row in ANSWERS])
def test_response(row: dict[str, str]):
    given = (np.array([number]) for number in (float(row["trigger"]), 0.2, 0.4, float(row["memory"])))
    assert RESPONSES[row["response"]].value(*given).item() == pytest.approx(float(row["value"]), abs=NEAR)


def test_every_response_has_an_example():
    assert {row["response"] for row in ANSWERS} == RESPONSES.keys()


def at_work(kind: type, numbers: dict[str, float], accounts: tuple[str, ...] = ()) -> SimpleNamespace:
    """Something with the state that a method of ``kind`` reads and writes, its accounts in a real ledger."""
    one = SimpleNamespace(name="it", ledger=Ledger(("it",), 1), **{k: v for k, v in arrays(numbers).items() if k not in accounts})
    for name in accounts:
        one.ledger.make(ACCOUNTS[name], "it", np.array([numbers[name]]))
        setattr(one, name, one.ledger.account(ACCOUNTS[name], "it"))
    return one


def apply(rule: str, given: dict[str, float], **also: Any) -> dict[str, Any]:
    """Do what the example's rule says, and give the numbers that it leaves behind."""
    numbers = arrays(given)
    match rule:
        case "advance":
            return {"level": advance(**numbers)}
        case "leak":
            return {"leakage": leak(**numbers)}
        case "throttle":
            valve = at_work(Rule, given)
            valve.channel = CHANNELS["oil"]
            Rule._take_effect(valve)
            return vars(valve)
        case "comply":
            patron = at_work(Patron, given)
            Patron.comply(patron, numbers["pressure"])
            return vars(patron)
        case "forbearance":
            motives = Motives(**{field: numbers[f"of_{field}"] for field in Motives.__dataclass_fields__})
            sight = Sight(**{field: numbers[field] for field in Sight.__dataclass_fields__})
            role = also["role"]
            return {
                "held": forbearance(motives, sight, numbers["outlook"], role),
                "aim": aim(motives, sight, numbers["outlook"], role),
                "tolerance": tolerance(motives, sight, numbers["outlook"], role),
            }
        case "available" | "quality":
            return {rule: getattr(Supplier, rule)(at_work(Supplier, given))}
        case "test_mean":
            return {rule: Supplier.test_mean(at_work(Supplier, given), numbers["pressure"], numbers["troops_abroad"])}
        case "live":
            supplier = at_work(Supplier, given)
            Supplier.live(supplier, numbers["alignment"], numbers["technology"], numbers["imports_lost"])
            return vars(supplier)
        case "align":
            ally = at_work(Ally, given)
            Ally.align(ally, numbers["tests"], numbers["technology"], numbers["visible_tie"])
            return vars(ally)
        case "gap":
            buyer = at_work(Belligerent, given)
            return {rule: Belligerent.gap(buyer, numbers["intensity"], numbers["at_war"], numbers["elsewhere"])}
        case "manpower":
            return {rule: Belligerent.manpower(at_work(Belligerent, given), numbers["intensity"])}
        case "meet_incursion":
            buyer = at_work(Belligerent, given)
            Belligerent.meet_incursion(buyer, numbers["draws"], int(given["month"]), numbers["at_war"])
            return vars(buyer)
        case "ship":
            supplier = at_work(Supplier, given)
            Supplier.ship(supplier, numbers["rounds"])
            return vars(supplier)
        case "produce":
            buyer = at_work(Belligerent, given, ("munitions",))
            Belligerent.produce(buyer)
            return vars(buyer)
        case "fight":
            buyer = at_work(Belligerent, given, ("munitions",))
            used = Belligerent.fight(buyer, numbers["intensity"], numbers["delivered"], numbers["effective"])
            return vars(buyer) | {"used": used}
        case "burn_oil":
            country = at_work(Country, given, ("oil_stock",))
            Country.burn_oil(country, numbers["exported"], numbers["imported"])
            return vars(country)
        case "balance_budget":
            country = at_work(Country, given, ("treasury",))
            Country.balance_budget(country)
            return vars(country)
        case _:
            raise AssertionError(f"no example can be of '{rule}'")


@pytest.mark.parametrize("example", [*examples("pressure.toml"), *examples("governments.toml")])
def test_rule(example: dict[str, Any]):
    done = apply(example["rule"], example["given"], **{key: example[key] for key in ("role",) if key in example})
    check(done.__getitem__, example["expect"])


# --- bargain --------------------------------------------------------------------------------------------------------------


def stance(given: dict[str, float]) -> Stance:
    """A stance in which all that an example leaves out is nil."""
    return Stance(**{name: np.array([given.get(name, 0.0)]) for name in Stance.__dataclass_fields__})


@pytest.mark.parametrize("example", examples("package.toml"))
def test_package_row(example: dict[str, Any]):
    good = Good(**arrays({"weight": 1.0, "reference": 1.0, "contingent": 0.0, "opens": 0.0} | example["given"]))
    row = KINDS[example["kind"]](good, stance(example["stance"]), held=np.array([example.get("held", 0.0)]))
    terms = Terms(
        **{
            name: getattr(row, name)[np.newaxis]
            for name in ("benefit", "curvature", "overdraw", "available", "cap", "easing", "strained")
        },
        weight=np.zeros((1, 1)),
        visibility=np.zeros((1, 1)),
        kinked=(0,),
        plain=(),
        **arrays(
            {
                "already": 0.0,
                "prestige": 1.0,
                "backlash": 1.0,
                "openness_weight": 1.0,
                "concealment_cost": 1.0,
                "concealment_max": 0.0,
                "leak": 1.0,
            }
        ),
    )
    quantity = ContractCurve(terms).package(np.zeros(1)).quantity[0]
    check(lambda name: quantity if name == "quantity" else getattr(row, name), example["expect"])


def test_every_kind_of_good_has_an_example():
    assert {example.values[0]["kind"] for example in examples("package.toml")} == KINDS.keys()


def of_one_good(*threats: Threat, **changes: float) -> Terms:
    one = {
        "benefit": 10.0,
        "curvature": 1.0,
        "overdraw": 0.0,
        "available": 0.0,
        "cap": 100.0,
        "weight": 0.1,
        "visibility": 10.0,
        "easing": 1.0,
        "strained": 1.0,
    }
    both = {
        "already": 0.0,
        "prestige": 50.0,
        "backlash": 0.2,
        "openness_weight": 0.2,
        "concealment_cost": 200.0,
        "concealment_max": 0.8,
        "leak": 0.4,
    }
    rows = {name: np.array([[number]]) for name, number in one.items()}
    return Terms(**rows, kinked=(), plain=(), **arrays(both | changes), threats=list(threats))


@pytest.mark.parametrize("example", examples("bargain.toml"))
def test_package_at_a_price_of_the_visible_tie(example: dict[str, Any]):
    terms = of_one_good()
    package = ContractCurve(terms).package(np.array([example["caution"]]))
    check(lambda name: surplus(terms, package) if name == "surplus" else getattr(package, name), example["expect"])


@pytest.mark.parametrize("example", examples("bargain.toml", "choice"))
def test_package_that_partners_choose(example: dict[str, Any]):
    numbers = arrays({name: example[name] for name in ("tolerance", "width", "weight")})
    threat = Threat("beijing", RESPONSES[example["response"]], memory=np.zeros(1), on_supplier=np.zeros(1), **numbers)
    terms = of_one_good(threat, openness_weight=0.0, concealment_max=0.0)
    package = nash(ContractCurve(terms), Habit(np.zeros(1), np.zeros(1)), *np.ones((3, 1)))
    check(lambda name: getattr(package, name), example["expect"], tolerance=0.01)


# --- payment, belief, dependence --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", examples("payment.toml"))
def test_payment(example: dict[str, Any]):
    done = settle(**arrays(example["given"]), purse=Purse(**arrays(example["purse"])))
    check(lambda name: getattr(done, name), example["expect"])


@pytest.mark.parametrize("example", examples("learning.toml"))
def test_belief(example: dict[str, Any]):
    belief, weight = LEARNING[example["rule"]](*arrays(example["given"]).values())
    check({"belief": belief, "weight": weight}.__getitem__, example["expect"])


def test_every_way_of_learning_has_an_example():
    assert {example.values[0]["rule"] for example in examples("learning.toml")} == LEARNING.keys()


@pytest.mark.parametrize("example", examples("dependence.toml"))
def test_dependence(example: dict[str, Any]):
    found = dependence(*([np.array([number]) for number in example[part]] for part in ("value", "lost", "everything")))
    assert found.item() == pytest.approx(example["expect"], abs=NEAR)
