"""What is tested is what constraints.txt and the bill of materials say. Whether it is what uv resolves today, CI asks."""

import json
import re
import tomllib
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"^(\S+?)==(\S+)(?: ; (.+?))? \\$((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?$)+)", re.MULTILINE)


@pytest.fixture(scope="module")
def pins(root) -> dict[str, set[str]]:
    """Give the versions of each package."""
    found: dict[str, set[str]] = {}
    for name, version, *_ in PIN.findall((root / "constraints.txt").read_text("utf-8")):
        found.setdefault(name, set()).add(version)
    return found


@pytest.fixture(scope="module")
def declared(root) -> dict[str, list[str]]:
    """Give what the project asks for, by what asks."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    extras, groups = project["project"]["optional-dependencies"], project["dependency-groups"]
    return {"": project["project"]["dependencies"], **extras, **{f"group {name}": asked for name, asked in groups.items()}}


@pytest.fixture(scope="module")
def components(root) -> dict[str, dict]:
    bill = json.loads((root / "docs" / "sbom.json").read_text("utf-8"))
    return {canonicalize_name(each["name"]): each for each in bill["components"]}


def test_there_is_nothing_but_versions_conditions_and_hashes(root):
    assert not PIN.sub("", (root / "constraints.txt").read_text("utf-8")).strip()


def test_all_that_the_project_asks_for_is_pinned_within_its_bounds(pins, declared):
    for each in map(Requirement, (asked for group in declared.values() for asked in group)):
        assert pins[canonicalize_name(each.name)], each
        assert all(each.specifier.contains(version) for version in pins[canonicalize_name(each.name)]), each


def test_what_is_installed_here_is_what_is_pinned(pins):
    here = {canonicalize_name(each.name): each.version for each in distributions()}
    assert {name: version for name, version in here.items() if name in pins and version not in pins[name]} == {}


def test_the_bill_lists_what_is_installed_with_the_program(pins, declared, components):
    assert {name for name, each in components.items() if each["version"] not in pins[name]} == set()
    for group, asked in declared.items():
        if not group.startswith("group "):
            assert {canonicalize_name(Requirement(each).name) for each in asked} <= components.keys()


def test_the_bill_says_licences_and_names_no_place(root, components):
    assert {name for name, each in components.items() if not each.get("licenses")} <= {
        "asttokens",
        "partd",
        "rich-click",
    }  # say none
    assert set(re.findall(r"https?://[^/\"]+", (root / "docs" / "sbom.json").read_text("utf-8"))) <= {"http://cyclonedx.org"}
