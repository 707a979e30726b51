"""The server of the page, visited as it is: with its token, without it, and with requests that no page makes."""

import http.client
import re
import socket
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from served import Served, packages

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CULLING = "import solara.server.settings as s, sim.dashboard.server\ns.kernel.cull_timeout = '1s'\n"
ASSETS = "/_solara/cdn/@widgetti/solara-vuetify3-app@5.1.0"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    packages()
    running = Served("--no-browser", cwd=tmp_path_factory.mktemp("work"), first=CULLING)
    yield running
    assert not re.search("Traceback|Error|Exception|Warning", running.stop())


@pytest.fixture(scope="module")
def cookie(served):
    answer = ask(served, "GET", "/?" + urlsplit(served.address).query)
    assert answer.status == 303
    return answer.headers["set-cookie"].split(";")[0]


def ask(served, method, path, **headers):
    visit = http.client.HTTPConnection(urlsplit(served.origin).netloc, timeout=30)
    visit.request(method, path, headers=headers)
    answer = visit.getresponse()
    answer.text = answer.read().decode(errors="replace")
    visit.close()
    return answer


@contextmanager
def line(served, request: str):
    """Send a request as it stands, and give the first line of the answer while the connection is open."""
    with socket.create_connection(("127.0.0.1", urlsplit(served.origin).port), timeout=30) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        yield connection.makefile("rb").readline().decode()


def upgrade(served, path: str, *headers: str):
    """Ask for a websocket."""
    lines = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + 22 * "A" + "=="]
    return line(served, "\n".join([f"GET {path} HTTP/1.1", f"Host: {urlsplit(served.origin).netloc}", *lines, *headers, "", ""]))


def test_only_the_token_opens_the_page(served, cookie):
    assert ask(served, "GET", "/").status == 403
    assert ask(served, "GET", "/?token=wrong").status == 403
    assert ask(served, "GET", f"{ASSETS}/dist/fonts.css").status == 403
    answer = ask(served, "GET", "/", cookie=cookie)
    assert answer.status == 200
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_only_the_token_opens_the_websocket(served, cookie):
    path, own = "/jupyter/api/kernels/one/channels", "Origin: " + served.origin.rstrip("/")
    for asked, headers, answer in (
        (f"{path}?session_id=page", (), "403"),
        (f"{path}?session_id=page&{urlsplit(served.address).query}", (), "403"),  # it comes by cookie alone
        (f"{path}?session_id=page", (f"Cookie: {cookie}", "Origin: http://127.0.0.1:9"), "403"),
        (f"{path}?session_id=page", (f"Cookie: {cookie}", own), "101"),
        (path, (f"Cookie: {cookie}", own), "403"),  # strange
    ):
        with upgrade(served, asked, *headers) as first:
            assert f" {answer} " in first, asked


def test_hosts_are_taken_to_the_letter(served, cookie):
    host = urlsplit(served.origin).netloc
    for named in (f"{host}\tevil", f"{host} evil", "evil", "127.0.0.2", f"x{host}", f"{host}\nHost: evil"):
        with line(served, f"GET / HTTP/1.1\nHost: {named}\nCookie: {cookie}\nConnection: close\n\n") as first:
            assert re.search(r" 40[03] ", first), named


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_solara/api/close/x"),
        ("POST", "/_solara/api/evict/x"),
        ("GET", "/static/%00"),
        ("GET", "/_solara/cdn/%00"),
        ("GET", "/_solara/cdn/../../../../etc/hostname"),
        ("GET", "/_solara/cdn/..%2f..%2f..%2f..%2fetc%2fhostname"),
        ("GET", "/_solara/cdn/not-there/x.js"),
        ("GET", "/static/" + 3000 * "a"),
        ("DELETE", "/"),
    ],
)
def test_a_strange_request_is_refused_in_one_line(served, cookie, method, path):
    answer = ask(served, method, path, cookie=cookie)
    assert 400 <= answer.status < 500
    assert answer.text.count("\n") == 0
    assert "Traceback" not in answer.text


def test_what_a_proxy_would_say_changes_nothing(served, cookie):
    strange = {"x-forwarded-proto": "gopher", "x-forwarded-host": "evil", "x-script-name": "/evil", "script-name": "/evil"}
    answer = ask(served, "GET", "/", cookie=cookie, **strange)
    assert answer.status == 200
    assert "evil" not in answer.text


def test_a_folder_of_the_assets_outlives_being_asked_for(served, cookie):
    assert ask(served, "GET", ASSETS, cookie=cookie).status == 404
    assert ask(served, "GET", f"{ASSETS}/dist/fonts.css", cookie=cookie).status == 200


def kernels(served, cookie) -> int:
    found = re.search(r'"kernels": \{\s*"total": (\d+)', ask(served, "GET", "/resourcez", cookie=cookie).text)
    return int(found[1])


def until(true) -> None:
    end = time.monotonic() + 90
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_tab_that_went_without_a_word_is_given_up(served, cookie):
    until(lambda: kernels(served, cookie) == 0)
    with upgrade(served, "/jupyter/api/kernels/gone/channels?session_id=page", f"Cookie: {cookie}") as first:
        assert " 101 " in first
        until(lambda: kernels(served, cookie) == 1)
    until(lambda: kernels(served, cookie) == 0)
