"""Make constraints.txt, the versions and hashes that are tested, and docs/sbom.json, what is installed with the program.

`uv run docs/make_supply.py` makes both. `uv run --no-project docs/make_supply.py --check` tells, before anything is installed,
whether uv still resolves to what was tested.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
SBOM = ROOT / "docs" / "sbom.json"
UV = os.environ.get("UV", "uv")  # uv names itself to what it runs
EXPORT = f"{UV} export --quiet --all-extras --all-groups --no-emit-project --no-header --no-annotate"  # for all platforms
SHIPPED = f"{UV} sync --quiet --all-extras --no-default-groups --no-editable --no-compile-bytecode"
LISTED = f"{UV} tool run --quiet --from cyclonedx-bom cyclonedx-py environment --output-reproducible --pyproject pyproject.toml"
LEFT_OUT = ("description", "externalReferences")  # prose and addresses


def told(command: str, *more: str) -> str:
    """Run a command in the project's folder and give what it prints."""
    return subprocess.run([*command.split(), *more], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def bill(python: str) -> str:
    """Give the bill of materials of an environment as CycloneDX JSON, with the licence that each package declares."""
    found: dict[str, Any] = json.loads(told(LISTED, python))
    found["components"] = [
        {key: value for key, value in each.items() if key not in LEFT_OUT}
        for each in found["components"]
        if each["name"] != "beijing-cap"
    ]
    for each in (found["metadata"]["component"], found["metadata"]):
        for key in (*LEFT_OUT, "tools"):
            each.pop(key, None)
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Make both files, or check the first."""
    constraints = told(EXPORT)
    if "--check" in sys.argv[1:]:
        if constraints != CONSTRAINTS.read_text("utf-8"):
            sys.exit(
                "constraints.txt is not what uv resolves today: look at what has changed, and make it with docs/make_supply.py"
            )
        return
    CONSTRAINTS.write_text(constraints, "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        place = os.environ | {"UV_PROJECT_ENVIRONMENT": f"{folder}/shipped"}
        subprocess.run(SHIPPED.split(), cwd=ROOT, check=True, env=place)
        SBOM.write_text(bill(f"{folder}/shipped"), "utf-8")


if __name__ == "__main__":
    main()
