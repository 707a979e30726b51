"""The ODD page is complete, its tables are those of the code, and its draws can be made from the page alone."""

import re
from calendar import month_name
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.noise import MOST_EVENTS, SITES, SLOTS, TINY, Noise
from sim.mechanisms.parameters import SCOPES
from sim.mechanisms.pressure import RESPONSES
from sim.model.draws import expand_numbers
from sim.model.phases import PHASES
from sim.scenario.scenario import Scenario

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = (DOCS / "odd.md").read_text("utf-8")
COMMAND = "uv run python docs/make_reference.py"
ELEMENTS = (
    "Purpose and patterns",
    "Entities, state variables and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialization",
    "Input data",
    "Submodels",
)
CONCEPTS = (
    *("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction"),
    *("Stochasticity", "Collectives", "Observation"),
)


@pytest.fixture(scope="module")
def reference():
    """The generator of the tables, which is a script and no module of the package."""
    spec = spec_from_file_location("make_reference", DOCS / "make_reference.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(page: str) -> str:
    """What is written by hand: the page without its made tables."""
    return re.sub(r"<!-- made by .*?<!-- end of \w+ -->", "", page, flags=re.DOTALL)


def part(title: str) -> str:
    """Hand-written text of one section, to the next of the same depth or a higher one."""
    found = re.search(rf"^(#+) [\d.]* ?{re.escape(title)}$", PAGE, re.MULTILINE)
    assert found, f"no section '{title}'"
    rest = PAGE[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return written(rest[: end.start()] if end else rest)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def test_the_tables_are_those_of_the_code(reference):
    current = reference.fill(PAGE) == PAGE  # by itself, so that the message is not followed by two pages
    assert current, f"docs/odd.md is behind the code; run `{COMMAND}`"


def test_a_table_without_a_place_is_missed(reference):
    with pytest.raises(ValueError, match="end of sites"):
        reference.fill(PAGE.replace("<!-- end of sites -->", ""))


def test_every_parameter_has_a_holder_in_the_appendix(reference):
    shown = {spec for specs in reference.HOLDERS.values() for spec in specs}
    assert shown == {spec for specs in SCOPES.values() for spec in specs}


def test_the_seven_elements_stand_in_their_order():
    assert tuple(re.findall(r"^## \d\. (.*)$", PAGE, re.MULTILINE)) == ELEMENTS


def test_the_eleven_design_concepts_stand_in_their_order():
    assert tuple(re.findall(r"^\*\*([^*]+?)\.\*\*", part("Design concepts"), re.MULTILINE)) == CONCEPTS


def test_each_phase_has_its_submodel_in_the_order_of_the_month():
    titles = re.findall(r"^### 7\.\d+ (\w+)$", PAGE, re.MULTILINE)
    assert [title.lower() for title in titles if title.lower() in {p.__name__ for p in PHASES}] == [p.__name__ for p in PHASES]


@pytest.mark.parametrize("scope", SCOPES)
def test_each_parameter_stands_in_the_text_of_a_submodel(scope):
    text = part("Entities, state variables and scales") + part("Submodels")
    assert {spec.name for spec in SCOPES[scope]} <= words(text)


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("Knock-outs", {*KNOCKOUTS} - {"beijing"}),  # which is two of the others
        ("Draws", {*SITES}),
        ("Press", {*RESPONSES, *(name for name, channel in CHANNELS.items() if not channel.good)}),
    ],
)
def test_each_name_is_explained_in_its_section(section, names):
    assert names <= words(part(section))


def test_each_work_that_is_cited_is_listed():
    text, listed = written(PAGE).split("## References")
    cited = re.findall(r"([A-Z][a-z]+|McKelvey)(?: et al\.| and [A-Z][a-zA-Z]+)?,? (\d{4})\b", text)
    assert len(cited) > 10
    for author, year in cited:
        if author not in month_name:
            assert re.search(rf"^- {author}\b.*\({year}\)", listed, re.MULTILINE), f"{author} {year}"


# --- symbols ------------------------------------------------------------------------------------------------------------------

OPERATORS = {"Σ", "Π"}


def symbols(text: str) -> set[str]:
    """Single letters with their marks, without index or power: x̂ of `x̂`, q of `q_g²`; operators apart."""
    tokens = re.findall(r"[^\W\d]\w*[\u0300-\u036f′*]*", text)
    heads = {re.sub(r"_\w*|[²³]", "", token) for token in tokens if token[0].isalpha()}
    return {head for head in heads if sum(map(str.isalnum, head)) == 1} - OPERATORS


def listed_symbols() -> set[str]:
    return symbols(" ".join(re.findall(r"^\| ([^|]+) \|", part("Symbols"), re.MULTILINE)))


def test_every_symbol_of_an_equation_is_in_the_table():
    equations = re.findall(r"^```\n(.*?)^```$", part("Submodels"), re.DOTALL | re.MULTILINE)
    assert len(equations) > 30
    assert symbols("\n".join(equations)) <= listed_symbols()


def test_no_symbol_of_the_table_is_idle():
    assert listed_symbols() <= symbols(part("Submodels").replace(part("Symbols"), ""))


def test_symbols_are_told_from_words_numbers_and_operators():
    found = symbols("x̂ = Σ_g b_g q_g² + κ_old · strength + L̄ · G′ − 10⁻⁹ ½ S* shrink′ 2Γ")
    assert found == {"x̂", "b", "q", "κ", "L̄", "G′", "S*", "Γ"}


# --- draws, made from the page and the paper that it cites, without NumPy ---------------------------------------------------

WORD = 2**64


def philox(counter: list[int], key: tuple[int, int]) -> list[int]:
    """Philox 4×64 with 10 rounds (Salmon et al. 2011)."""
    a, b, c, d = counter
    k, m = key
    for _ in range(10):
        left, right = 0xD2E7470EE14C6C93 * a, 0xCA5A826395121157 * c
        a, b, c, d = (right // WORD) ^ b ^ k, right % WORD, (left // WORD) ^ d ^ m, left % WORD
        k, m = (k + 0x9E3779B97F4A7C15) % WORD, (m + 0xBB67AE8584CAA73B) % WORD
    return [a, b, c, d]


def uniform(seed: int, site: str, slot: int, month: int, key: int) -> float:
    """One uniform number, as section 7.1 has it."""
    words_made = philox([key // 4 + 1, month, 0, 0], (seed, SITES[site] * SLOTS + slot))
    return (words_made[key % 4] >> 11) * 2.0**-53


keys = st.lists(st.integers(0, 5_000), min_size=1, max_size=6)


@given(
    seed=st.integers(0, 2**64 - 1), site=st.sampled_from([*SITES]), slot=st.integers(0, 9), month=st.integers(0, 60), runs=keys
)
def test_a_draw_can_be_made_from_the_page(seed, site, slot, month, runs):
    drawn = Noise(seed, np.array(runs)).uniform(site, slot, month)
    assert drawn.tolist() == [uniform(seed, site, slot, month, key) for key in runs]


@given(seed=st.integers(0, 2**64 - 1), key=st.integers(0, 5_000), rate=st.floats(0.0, 6.0))
def test_normal_and_poisson_numbers_are_made_by_inversion(seed, key, rate):
    noise, u = Noise(seed, np.array([key])), uniform(seed, "war", 0, 3, key)
    assert noise.normal("war", 0, 3).item() == ndtri(max(u, TINY))
    below, term, count = 0.0, np.exp(-rate), 0
    for k in range(1, MOST_EVENTS + 1):
        below += term
        count += u >= below
        term = term * rate / k
    assert noise.poisson("war", 0, 3, np.array([rate])).item() == count


def places() -> dict[str, str]:
    """Addresses and their places, as the table of section 7.1 gives them."""
    return dict(re.findall(r"^\| `([\w.]+\.\w+)` \| `([\w.]+)` \|$", part("Draws"), re.MULTILINE))


def test_a_drawn_parameter_can_be_made_from_the_page():
    assert len(places()) == 6
    base = Scenario.load("base").set({address: {"drawn": True} for address in (*places(), "russia.stake_scale")})
    numbers = expand_numbers(base, Noise(7, np.arange(3, 9)), 6, {})
    for address, place in {**places(), "russia.stake_scale": "belligerent0.stake_scale"}.items():
        number = base.parameters[address]
        shares = np.array([uniform(7, "parameter", crc32(place.encode()), 0, key) for key in range(3, 9)])
        low, high = np.log([number.low, number.high]) if number.measure == "log" else (number.low, number.high)
        made = low + (high - low) * shares
        np.testing.assert_allclose(numbers[address], np.exp(made) if number.measure == "log" else made, rtol=1e-14)
