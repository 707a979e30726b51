"""Where the shipped files are: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def scenario_folder(package: Path = PACKAGE) -> Path:
    """Folder of the shipped scenarios: the checkout's own if there is one, so that an edit there takes effect."""
    checkout = package.parent / "scenarios"
    return checkout if (checkout / "base.toml").is_file() else package / "_scenarios"


def evidence_folder(package: Path = PACKAGE) -> Path:
    """Folder of the evidence tables, which lie inside the package in a checkout and in a wheel."""
    return package / "evidence"
