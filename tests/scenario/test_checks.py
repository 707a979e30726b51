"""Scenarios that cannot be used: one message with every file, key and remedy, and never another exception."""

import copy
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.scenario.files import read_toml
from sim.scenario.scenario import Scenario

TOY = Path(__file__).parents[1] / "toy" / "toy.toml"
TEXT = TOY.read_text(encoding="utf-8")
TREE = Scenario.load(TOY).to_dict()
NUMBER = '{ value = 0.5, unit = "share", low = 0.0, high = 1.0, source = "mine" }'


def refuse(path: Path | str) -> str:
    """Give the message with which a scenario is refused."""
    with pytest.raises(UserError) as caught:
        Scenario.load(path)
    return str(caught.value)


def toy_with(folder: Path, text: str, name: str = "mine.toml") -> Path:
    """Write a file that extends the toy world."""
    path = folder / name
    path.write_text(f'extends = "{TOY}"\n{text}', encoding="utf-8")
    return path


def rule(**fields: str) -> str:
    """Write a rule in full, but for what is changed; an empty text drops a key."""
    words = {"presser": "grandia", "target": "ostia", "channel": "oil", "trigger": "visible_tie", "response": "linear"} | fields
    lines = [f'{name} = "{word}"' for name, word in words.items() if word]
    lines += [f"{name} = {NUMBER}" for name in ("strength", "rate_up", "rate_down", "leakage", "leakage_max", "leakage_growth")]
    lines += ['lag = { value = 1, unit = "months", low = 1, high = 1, source = "mine" }']
    lines += ['cost = { value = 1, unit = "million USD/month", low = 1, high = 1, source = "mine" }']
    return "[rules.mine]\n" + "\n".join(lines) + "\n"


def lane(**fields: str) -> str:
    """Write a lane in full, but for what is changed."""
    words = {"exporter": "grandia", "importer": "ostia", "good": "trade"} | fields
    numbers = {
        "volume": '{ value = 1, unit = "million USD/month", low = 1, high = 1, source = "mine" }',
        "price": '{ value = 1, unit = "million USD/million USD", low = 1, high = 1, source = "mine" }',
    }
    numbers |= dict.fromkeys(("margin", "margin_exporter", "substitutability", "substitutability_exporter"), NUMBER)
    return "[lanes.mine]\n" + "\n".join([f'{k} = "{v}"' for k, v in words.items()] + [f"{k} = {v}" for k, v in numbers.items()])


# What is written over the toy world, the key that is named, and a part of what is said of it.
WRONG = [
    # keys
    ('titel = "x"', "titel", "did you mean 'title'"),
    ("[countries.grandia]\nresolv = 0.5", "countries.grandia.resolv", "did you mean 'resolve'"),
    ("[countries.grandia]\nreserve = 0.5", "countries.grandia.reserve", "unknown here"),
    (
        rule(presser="").replace('target = "ostia"', 'target = "ostia"\npreser = "grandia"'),
        "rules.mine.preser",
        "did you mean 'presser'",
    ),
    (rule() + "from_month = 3", "rules.mine.from_month", "unknown here"),
    ("[world]\noil_prise = 80", "world.oil_prise", "did you mean 'oil_price'"),
    ("[variants]\nbargain = 'nash'", "variants.bargain", "did you mean 'bargaining'"),
    ("[countries.grandia]\nresolve = { valeu = 0.5 }", "countries.grandia.resolve.valeu", "did you mean 'value'"),
    ('"\\u001b[31m" = 3', "\\x1b[31m", "unknown here"),
    ('[rules.grandia_oil_valve]\ntrigger = "\\u001b[31m"', "rules.grandia_oil_valve.trigger", "'\\x1b[31m' is no known trigger"),
    # types
    ("months = 24.0", "months", "without a fraction, not 24.0"),
    ("months = true", "months", "must be a number"),
    ("months = '24'", "months", "must be a number"),
    ("months = 0", "months", "greater than or equal to 1"),
    ("months = -1", "months", "greater than or equal to 1"),
    ("months = 1000000000", "months", "less than or equal to"),
    ("title = 3", "title", "string"),
    ("title = ' '", "title", "not empty"),
    ('title = "\\u001b[31mred"', "title", "control characters"),
    ("countries = 3", "countries", "must be a table"),
    ("countries.grandia = 3", "countries.grandia", "must be a table"),
    ("world = []", "world", "must be a table"),
    ("variants = 'nash'", "variants", "must be a table"),
    ("[partnerships.marland_ostia]\npackage = 3", "partnerships.marland_ostia.package", "must be a table"),
    ("[partnerships.marland_ostia]\npackage.fuel = 3", "partnerships.marland_ostia.package.fuel", "must be a table"),
    ("knockouts = 'west'", "knockouts", "list"),
    ("knockouts = [3]", "knockouts.0", "string"),
    ("[countries.grandia]\nrole = 3", "countries.grandia.role", "string"),
    ("[countries.grandia]\nresolve = '0.5'", "countries.grandia.resolve", "must be a number or a table, not '0.5'"),
    ("[countries.grandia]\nresolve = true", "countries.grandia.resolve", "must be a number or a table, not True"),
    ("[countries.grandia]\nresolve = [0.5]", "countries.grandia.resolve", "must be a number or a table"),
    ("[countries.grandia]\nresolve.value = '0.5'", "countries.grandia.resolve.value", "must be a number"),
    ("[countries.grandia]\nresolve.value = true", "countries.grandia.resolve.value", "must be a number"),
    ("[countries.grandia]\nresolve.drawn = 1", "countries.grandia.resolve.drawn", "boolean"),
    ("[countries.grandia]\nresolve.unit = 1", "countries.grandia.resolve.unit", "string"),
    ("[countries.grandia]\nresolve.value = 2024-01-01", "countries.grandia.resolve.value", "must be a number"),
    # numbers
    ("[countries.grandia]\nresolve = nan", "countries.grandia.resolve.value", "finite"),
    ("[countries.grandia]\nresolve = inf", "countries.grandia.resolve.value", "finite"),
    ("[countries.grandia]\nresolve.high = inf", "countries.grandia.resolve.high", "finite"),
    ("[countries.grandia]\nresolve = 1.5", "countries.grandia.resolve.value", "outside [0, 1] share"),
    ("[countries.grandia]\nresolve.high = 1.5", "countries.grandia.resolve.high", "outside [0, 1] share"),
    ("[countries.grandia]\nresolve.value = 0.9", "countries.grandia.resolve.value", "outside its plausible range"),
    ("[countries.grandia]\nresolve.low = 0.6", "countries.grandia.resolve.value", "outside its plausible range"),
    ("[countries.grandia]\nresolve.low = 0.0\nresolve.measure = 'log'", "countries.grandia.resolve.low", "above zero"),
    ("[countries.grandia]\nresolve.measure = 'cubic'", "countries.grandia.resolve.measure", "'linear' or 'log'"),
    ("[countries.ostia]\nmunitions = -1", "countries.ostia.munitions.value", "outside [0, 1e+09] thousand rounds"),
    (f"[countries.ostia]\nmunitions = 1{'0' * 400}", "countries.ostia.munitions.value", "must be a number"),
    ("[countries.grandia]\nresolve.unit = 'percent'", "countries.grandia.resolve.unit", "it must be 'share'"),
    ("[countries.grandia]\nresolve.source = ''", "countries.grandia.resolve.source", "not empty"),
    (
        "[countries.newland]\nname = 'N'\nrole = 'leader'\noffer = 3",
        "countries.newland.offer",
        'give { value, unit = "million USD/month"',
    ),
    ("[rules.grandia_components]\ntolerance = 0.3", "rules.grandia_components.tolerance", "there is no value to replace"),
    (lane().replace("million USD/month", "thousand barrels/month"), "lanes.mine.volume.unit", "it must be 'million USD/month'"),
    # names
    ("[countries.'New Land']\nname = 'N'\nrole = 'ally'", "countries.New Land", "small letters"),
    ("[countries.rest_of_world]\nname = 'N'\nrole = 'ally'", "countries.rest_of_world", "is taken"),
    ("[countries.rules]\nname = 'N'\nrole = 'ally'", "countries.rules", "is taken"),
    ("[partnerships.grandia]\nbelligerent = 'marland'\nsupplier = 'ostia'", "partnerships.grandia", "is taken"),
    (
        "[partnerships.marland_ostia.package.leak]\nkind = 'oil'",
        "partnerships.marland_ostia.package.leak",
        "number of the partnership",
    ),
    # what must be known
    ("[variants]\nbargaining = 'nach'", "variants.bargaining", "did you mean 'nash'"),
    ("[variants]\nlearning = 'bays'", "variants.learning", "did you mean 'bayes'"),
    ("knockouts = ['beijing', '']", "knockouts", "empty name"),
    ("knockouts = ['beijin']", "knockouts", "did you mean 'beijing'"),
    ("[countries.grandia]\nrole = 'patrons'", "countries.grandia.role", "did you mean 'patron'"),
    (
        "[partnerships.marland_ostia.package.fuel]\nkind = 'oill'",
        "partnerships.marland_ostia.package.fuel.kind",
        "did you mean 'oil'",
    ),
    (rule(trigger="test"), "rules.mine.trigger", "did you mean 'tests'"),
    (rule(channel="oils"), "rules.mine.channel", "did you mean 'oil'"),
    (rule(response="liner"), "rules.mine.response", "did you mean 'linear'"),
    (rule(presser="grandja"), "rules.mine.presser", "did you mean 'grandia'"),
    (rule(target="osta"), "rules.mine.target", "did you mean 'ostia'"),
    (lane(exporter="grandja"), "lanes.mine.exporter", "did you mean 'grandia'"),
    (lane(importer="atlantis"), "lanes.mine.importer", "no country of this scenario"),
    (lane(good="spice"), "lanes.mine.good", "no known good"),
    (lane(good="money"), "lanes.mine.good", "no known good of a lane"),
    ("[partnerships.marland_ostia]\nsupplier = 'osta'", "partnerships.marland_ostia.supplier", "did you mean 'ostia'"),
    # what must fit together
    (
        "[partnerships.marland_ostia]\nsupplier = 'grandia'",
        "partnerships.marland_ostia.supplier",
        "role of patron; this place needs a supplier",
    ),
    (
        TEXT[TEXT.index("[partnerships.marland_ostia]") : TEXT.index("[lanes.")].replace("marland_ostia", "again"),
        "partnerships.again",
        "same partners",
    ),
    (rule(presser="rest_of_world"), "rules.mine.presser", "no country of this scenario"),
    (rule(target="grandia"), "rules.mine.target", "nobody presses itself"),
    (rule(target="marland"), "rules.mine.channel", "no lane of oil from 'grandia' to 'marland'"),
    (rule(presser="marland"), "rules.mine.channel", "no lane of oil from 'marland' to 'ostia'"),
    (rule(presser="marland", channel="trade"), "rules.mine.channel", "no lane of trade"),
    (rule(channel="oil_purchases"), "rules.mine.channel", "no lane of oil from 'ostia' to 'grandia'"),
    (rule(channel="secondary_sanctions"), "rules.mine.target", "needs a patron"),
    (rule(channel="arms_to_enemy"), "rules.mine.target", "needs a belligerent"),
    (rule(channel="interdiction", presser="ostia", target="grandia"), "rules.mine.target", "needs a belligerent or supplier"),
    (rule(channel="diplomatic", presser="ostia", target="grandia"), "rules.mine.target", "needs a belligerent or supplier"),
    (rule(channel="aid"), "rules.mine.size", "is a favour"),
    (rule(channel="security_guarantee"), "rules.mine.size", "is a favour"),
    (rule(response="best_response", presser="marland", channel="diplomatic"), "rules.mine.presser", "needs a patron"),
    (rule(trigger="tests"), "rules.mine.tolerance", "measured in tests/month"),
    (rule(trigger="visible_troops"), "rules.mine.width", "measured in person"),
    (lane(importer="grandia"), "lanes.mine.importer", "two ends"),
    # dates
    ("start = '2023-13'", "start", "must be a month"),
    ("start = '2023-8'", "start", "must be a month"),
    ("start = 2023-08-01", "start", "string"),
    ("start = '0001-01'", "start", "must be a month"),
    (rule() + 'from = "soon"', "rules.mine.from", "must be a month"),
    (rule() + 'from = "2002-01"\nuntil = "2001-12"', "rules.mine.from", "after until"),
    # remove
    ("remove = 'rules'", "remove", "list of addresses"),
    ("remove = [3]", "remove", "list of addresses"),
    ("remove = ['rules.grandia_oil_value']", "remove", "did you mean 'grandia_oil_valve'"),
    ("remove = ['']", "remove", "cannot remove"),
    ("remove = ['title.x']", "remove", "is no table"),
    ("remove = ['partnerships']", "partnerships", "at least one"),
    ("remove = ['world']", "world.oil_price", "is missing"),
    ("remove = ['variants']", "variants.learning", "is missing"),
    ("remove = ['title']", "title", "is missing"),
    ("remove = ['start']", "start", "is missing"),
    (
        "remove = ['grandia.concern']",
        "countries.grandia.concern",
        'visible tie of one): give { value, unit = "displeasure", low, high, source }',
    ),
    ("remove = ['marland_ostia.package']", "partnerships.marland_ostia.package", "at least one good"),
    ("remove = ['countries.grandia']", "lanes.grandia_ostia_oil.exporter", "no country of this scenario"),
    ("remove = ['lanes.grandia_ostia_oil']", "rules.grandia_oil_valve.channel", "no lane of oil"),
]


@pytest.mark.parametrize(("text", "key", "remedy"), WRONG, ids=[f"{key}-{said[:20]}" for _, key, said in WRONG])
def test_the_message_names_file_key_and_remedy(tmp_path: Path, text: str, key: str, remedy: str):
    message = refuse(toy_with(tmp_path, text))
    line = next((line for line in message.splitlines() if f"mine.toml: {key}: " in line and remedy in line), "")
    assert line, message
    assert "\x1b" not in message


def test_the_file_that_holds_the_wrong_key_is_named(tmp_path: Path):
    base = tmp_path / "base.toml"
    base.write_text(TEXT.replace("[countries.grandia]", "[countries.grandia]\ngreed = 3"), encoding="utf-8")
    middle = tmp_path / "middle.toml"
    middle.write_text(
        'extends = "base.toml"\n[countries.marland]\nfire = -3\n[countries.ostia]\ntroops.unit = "men"\n', encoding="utf-8"
    )
    last = tmp_path / "last.toml"
    last.write_text(
        'extends = "middle"\nremove = ["ostia.reserve"]\n[countries.ostia]\ntroops = 5\n[world]\noil_price = 0\n',
        encoding="utf-8",
    )
    lines = refuse(last).splitlines()
    for file, key in (
        ("base", "countries.grandia.greed"),
        ("middle", "countries.marland.fire.value"),
        ("middle", "countries.ostia.troops.unit"),
        ("last", "countries.ostia.reserve"),
        ("last", "world.oil_price.value"),
    ):
        assert any(line.strip().startswith(f"{tmp_path}/{file}.toml: {key}: ") for line in lines), (file, key)
    assert lines[0] == f"{last}: 5 problems:"


def test_who_changes_a_role_or_trigger_is_named_for_what_no_longer_fits(tmp_path: Path):
    message = refuse(toy_with(tmp_path, "[countries.grandia]\nrole = 'leader'\n[rules.grandia_snubs_ostia]\ntrigger = 'tests'\n"))
    for key in (
        "countries.grandia.offer: is missing",
        "countries.grandia.cover: is unknown",
        "rules.grandia_snubs_ostia.tolerance.unit: is 'dimensionless'; it must be 'tests/month'",
        "rules.grandia_snubs_ostia.width: is missing",
    ):
        assert f"mine.toml: {key}" in message


def test_all_problems_are_told_at_once(tmp_path: Path):
    text = "months = 0\nvariants.learning = 'x'\n[countries.grandia]\nresolve = nan\nrole = 'x'\n"
    text += "[lanes.grandia_ostia_oil]\nexporter = 'x'\n"
    keys = ("months", "variants.learning", "countries.grandia.role", "lanes.grandia_ostia_oil.exporter")
    message = refuse(toy_with(tmp_path, text))
    assert all(f"mine.toml: {key}: " in message for key in keys)


@pytest.mark.parametrize(
    "flood",
    [
        "[countries.grandia]\n" + "".join(f"x{i} = {i}\n" for i in range(20_000)),
        "remove = [\n" + "".join(f"'x{i}',\n" for i in range(20_000)) + "]\n",
    ],
    ids=["keys", "remove"],
)
def test_a_flood_of_problems_is_cut(tmp_path: Path, flood: str):
    message = refuse(toy_with(tmp_path, flood))
    assert "the first 100 problems" in message
    assert len(message.splitlines()) == 101


# --- files ----------------------------------------------------------------------------------------------------------------------

FILES: list[tuple[bytes, str]] = [
    (b"title = ", "is not TOML"),
    (b'title = "a"\ntitle = "b"', "is not TOML"),
    (b"[world]\n[world]\n", "is not TOML"),
    (b"months = 1\nmonths.x = 2\n", "is not TOML"),
    (b"\x80\x04\x95cos\nsystem\n", "is not UTF-8"),
    ('title = "Köln"'.encode("latin-1"), "is not UTF-8 (at byte 11)"),
    ('title = "x"'.encode("utf-16"), "is not UTF-8"),
    (b"\0" * 100, "is not TOML"),
    (b"#" * 5_000_000, "larger than 4 MB"),
    (b"a = " + b"[" * 3_000 + b"]" * 3_000, "is not TOML"),
    (b"a = [\n" + b"[\n" * 3_000 + b"]\n" * 3_001, "is not TOML"),
    (b".".join([b"a"] * 100) + b" = 1", "line 1: tables are nested deeper"),
    (b"a.b.c.d.e.f.g.h = {i = 1}", "nested deeper"),
    (b"\n".join(b"k%d" % number + b".a" * 700 + b" = 1" for number in range(900)), "line 1: tables are nested deeper"),
    (b"\n[" + b" . ".join([b"'a.b'", b'"c"', b"d"] * 250) + b"]", "line 2: tables are nested deeper"),
    (b'x = ["""a"""", {' + b"a." * 700 + b"a = 1}]", "line 1: tables are nested deeper"),
    (b"months = " + b"9" * 3_900, "must be"),
    (b"", "is missing"),
    (b"{}", "is not TOML"),
    (b"extends = 3", "must be the name"),
    (b"extends = ''", "must be the name"),
    (b"extends = 'bse'", "did you mean 'base'"),
    (b"extends = '.'", "there is no '.'"),
    (b'extends = "\\u0000"', "there is no"),
    (b"extends = 'file.toml'", "runs in a circle"),
    (b"extends = 'file'", "runs in a circle"),
    (b"extends = 'base'\nremove = ['x'", "is not TOML"),
]


@pytest.mark.parametrize(("content", "said"), FILES, ids=[f"{said[:12]}-{content[:12]!r}" for content, said in FILES])
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "file.toml"
    path.write_bytes(content)
    message = refuse(path)
    assert said in message
    assert "file.toml" in message


def test_points_within_texts_and_comments_are_no_tables(tmp_path: Path):
    dotted = ".".join("abcdefghijkl")
    lines = (
        f"# {dotted} {'x' * 5_000}",
        f'"{dotted}" = "{dotted}"',
        f"x = ['{dotted}', 1.5, '''\n{dotted}''']",
        f'y = """\n{dotted}"""',
    )
    path = toy_with(tmp_path, "\n".join(lines))
    assert read_toml(path).keys() == {"extends", dotted, "x", "y"}


def test_a_circle_of_three_is_shown(tmp_path: Path):
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.toml").write_text(f'extends = "{other}"')
    message = refuse(tmp_path / "a.toml")
    assert "c.toml: extends: runs in a circle" in message
    assert "a.toml → " in message


def test_a_circle_through_a_link_is_found(tmp_path: Path):
    (tmp_path / "a.toml").write_text('extends = "b"')
    (tmp_path / "b.toml").symlink_to(tmp_path / "a.toml")
    assert "runs in a circle" in refuse(tmp_path / "a.toml")


def test_folders_devices_and_absent_files(tmp_path: Path):
    assert "is a folder" in refuse(tmp_path)
    assert "did you mean 'base'" in refuse("bas")
    assert "no such file" in refuse(tmp_path / "none.toml")
    assert "no such file" in refuse("x" * 5_000)
    assert "no such file" in refuse("base\0")
    assert "is a folder" in refuse("")
    os.mkfifo(tmp_path / "pipe.toml")
    assert "is not an ordinary file" in refuse(tmp_path / "pipe.toml")
    assert "is not an ordinary file" in refuse("/dev/zero")


def test_the_working_folder_shortens_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    toy_with(tmp_path, "months = 0")
    monkeypatch.chdir(tmp_path)
    assert refuse("mine.toml").startswith("mine.toml: months: ")


# --- anything at all ------------------------------------------------------------------------------------------------------------

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["grandia", "oil", "tests"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=4,
)


def keys(tree: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """List every key of a tree."""
    return [
        key
        for name, inner in tree.items()
        for key in ((*above, name), *(keys(inner, (*above, name)) if isinstance(inner, dict) else ()))
    ]


def sound_or_refused(tree: dict[str, Any]) -> None:
    try:
        scenario = Scenario.from_dict(tree)
    except UserError:
        return
    assert Scenario.from_dict(scenario.to_dict()) == scenario


@settings(max_examples=80)
@given(st.lists(st.tuples(st.sampled_from(keys(TREE)), JUNK), min_size=1, max_size=3))
def test_junk_anywhere_is_refused_with_a_message_or_makes_a_sound_scenario(changes: list[tuple[tuple[str, ...], Any]]):
    tree = copy.deepcopy(TREE)
    for (*path, last), junk in changes:
        table: Any = tree
        for name in path:
            table = table.get(name) if isinstance(table, dict) else None
        if isinstance(table, dict):
            table[last] = junk
    sound_or_refused(tree)


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from([*TREE, "x"]), JUNK))
def test_junk_at_the_top(tree: dict[str, Any]):
    sound_or_refused(tree)


LINES = TEXT.splitlines()


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.text(max_size=8)), min_size=1, max_size=3))
def test_a_mangled_file_is_refused_or_loads(tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, str]]):
    lines = list(LINES)
    for at, text in changes:
        lines[at] = text + lines[at][len(text) :]
    path = tmp_path_factory.mktemp("mangled") / "mangled.toml"
    path.write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")
    try:
        Scenario.load(path)
    except UserError as caught:
        message = str(caught)
    else:
        return
    assert "mangled.toml" in message
