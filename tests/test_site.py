"""The documents as a site: made pages are those of the code, it builds without a warning, and it asks no other host."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import make_cli
import make_scenario
import pytest

ROOT = Path(__file__).resolve().parent.parent
ASKING = {  # attributes by which a page makes a browser ask for something
    *(("script", "src"), ("link", "href"), ("img", "src"), ("img", "srcset"), ("source", "src"), ("source", "srcset")),
    *(("iframe", "src"), ("embed", "src"), ("object", "data"), ("video", "src"), ("video", "poster"), ("audio", "src")),
    *(("use", "href"), ("image", "href"), ("form", "action"), ("input", "src"), ("track", "src"), ("base", "href")),
}
ELSEWHERE = re.compile(r"^\s*(\w+:)?//")
IN_STYLE = re.compile(r"@import\s+['\"]?([^'\";)]+)|url\(\s*['\"]?(?!data:|#)([^'\")]+)")


@pytest.mark.parametrize("script", [make_cli, make_scenario], ids=lambda script: script.__name__)
def test_a_made_page_is_that_of_the_code(script):
    current = script.PAGE.read_text("utf-8") == script.page()  # by itself, so that the message is not followed by two pages
    assert current, f"{script.PAGE.relative_to(ROOT)} is behind the code; run `uv run docs/{script.__name__}.py`"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site as it is built in CI, with warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


class Page(HTMLParser):
    """What a page makes a browser ask for, and what it leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.links: list[str] = []
        self.within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.within = tag
        for name, value in attrs:
            if (tag, name) in ASKING:
                self.asked += [part.split()[0] for part in (value or "").split(",") if part.strip()]
            elif name == "style":
                self.asked += styled(value or "")
            elif (tag, name) == ("a", "href"):
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        if self.within == "style":
            self.asked += styled(data)

    def handle_endtag(self, tag: str) -> None:
        self.within = ""


def styled(text: str) -> list[str]:
    return [first or second for first, second in IN_STYLE.findall(text)]


@pytest.mark.slow
def test_the_site_asks_no_other_host(site):
    pages, styles = list(site.rglob("*.html")), list(site.rglob("*.css"))
    assert len(pages) > 15
    assert styles
    asked = {path: Page(path.read_text("utf-8")).asked for path in pages}
    asked |= {path: styled(path.read_text("utf-8")) for path in styles}
    assert sum(map(len, asked.values())) > 100
    assert not [(path.name, what) for path, every in asked.items() for what in every if ELSEWHERE.match(what)]


@pytest.mark.slow
def test_all_that_the_site_asks_for_is_there(site):
    for page in site.rglob("*.html"):
        here = site if page.name == "404.html" else page.parent  # a page that is not found is shown at any address
        for what in Page(page.read_text("utf-8")).asked:
            path = what.split("#")[0].split("?")[0]
            assert (site / path.lstrip("/") if what.startswith("/") else here / path).exists(), f"{page.name}: {what}"
