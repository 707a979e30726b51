"""Put into the documents what their commands print today: ``uv run docs/make_transcripts.py``, after any change of results.

On a page that can be followed step by step, a block with a title is a file, a block of ``sh`` is typed, and the block of ``text``
after it is what comes out, in which a line ``…`` stands for any number of lines. This script follows every such page, each
in an empty folder, and brings its blocks of text up to date; a test fails while one of them is behind.
"""

import itertools
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

DOCS = Path(__file__).resolve().parent
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
ANYTHING = "…"


def pages() -> list[Path]:
    """Pages on which a block of text follows upon a command."""
    return [path for path in sorted(DOCS.rglob("*.md")) if _follows(path.read_text("utf-8"))]


def _follows(page: str) -> bool:
    languages = [language for language, _, _ in FENCE.findall(page)]
    return ("sh", "text") in itertools.pairwise(languages)


def follow(page: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Do in a folder what a page says, and give the page with what came out.

    Raises
    ------
    ValueError
        If a command fails without a message that the page shows, or a line on the page is nowhere in what it prints.
    """
    said = ""

    def step(block: re.Match[str]) -> str:
        nonlocal said
        language, title, body = block.groups()
        if title:
            (folder / title).write_text(body, "utf-8")
        elif language == "sh":
            said = _typed(body, folder, environment)
        elif language == "text":
            return block[0].replace(body, up_to_date(body, said))
        return block[0]

    return FENCE.sub(step, page)


def _typed(commands: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Type commands, and give what they print. Code 2 is that of a message to the user, which a page may show."""
    done = subprocess.run(
        ["bash", "-e", "-c", commands], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode not in (0, 2):
        raise ValueError(f"{commands}ends with code {done.returncode}:\n{done.stdout}")
    return done.stdout


def up_to_date(shown: str, said: str) -> str:
    """Replace each line that is shown by the printed line that is the same, or else begins alike up to its first digit."""
    printed, lines, loose = said.splitlines(), [], False
    for line in shown.splitlines():
        if line != ANYTHING:
            near = printed if loose else printed[:1]
            alike = [place for place, new in enumerate(near) if new == line] or [
                place for place, new in enumerate(near) if _beginning(new) == _beginning(line)
            ]
            if not alike:
                raise ValueError(f"the page shows '{line}', but what is printed is:\n{said}")
            lines.append(printed[alike[0]])
            printed = printed[alike[0] + 1 :]
        else:
            lines.append(line)
        loose = line == ANYTHING
    if printed and not loose:
        raise ValueError(f"the page ends before what is printed, which goes on:\n{'\n'.join(printed)}")
    return "".join(f"{line}\n" for line in lines)


def _beginning(line: str) -> str:
    return re.match(r"[^\d−-]*", line)[0].rstrip()  # type: ignore[index]


def here() -> dict[str, str]:
    """Environment in which the program is the one beside this Python."""
    return {**os.environ, "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))}


if __name__ == "__main__":
    for path in pages():
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(follow(path.read_text("utf-8"), Path(folder), here()), "utf-8")
        sys.stdout.write(f"{path}\n")
