"""The gate before the page: who gets in, and how the rest is answered."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.dashboard.gate import guarded, policy

TOKEN = "a-secret"
COOKIE = "beijing-cap-8765=a-secret"
HERE = ("host", "127.0.0.1:8765")
KINDS = pytest.mark.parametrize("kind", ["http", "websocket"])


async def page(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the page"})
    else:
        await send({"type": "websocket.accept"})


def visit(kind, *headers, query=b"", app=page):
    """Send a request through the gate, and give what came back."""
    sent = []

    async def send(message):
        sent.append(message)

    lines = [(name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers]
    asyncio.run(guarded(app, TOKEN, policy("once"))({"type": kind, "headers": lines, "query_string": query}, None, send))
    return sent


def let_in(sent):
    return sent[0]["type"] == "websocket.accept" or sent[0].get("status") == 200


def refused(sent):
    return [each["type"] for each in sent] == ["websocket.close"] or sent[0].get("status") == 403


@KINDS
@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765"])
def test_the_page_itself_is_served_to_who_has_the_cookie(kind, host):
    assert let_in(visit(kind, ("host", host), ("cookie", COOKIE)))
    assert let_in(visit(kind, ("host", host), ("origin", f"http://{host}"), ("cookie", f"other=1; {COOKIE}; more=2")))


def test_the_token_is_taken_once_and_becomes_a_cookie():
    start, body = visit("http", HERE, query=b"token=a-secret")
    headers = dict(start["headers"])
    assert start["status"] == 303
    assert headers[b"location"] == b"/"
    assert headers[b"set-cookie"] == COOKIE.encode() + b"; Path=/; HttpOnly; SameSite=Lax"
    assert body["body"] == b""


@KINDS
@pytest.mark.parametrize("headers", [[], [("cookie", "beijing-cap-8765=wrong")], [("cookie", "beijing-cap-1=a-secret")]])
@pytest.mark.parametrize("query", [b"", b"token=", b"token=wrong", b"token=%ff", "token=é".encode()])
def test_without_the_token_nothing_is_served(kind, headers, query):
    assert refused(visit(kind, HERE, *headers, query=query))


@KINDS
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [HERE, HERE],
        [HERE, ("host", "elsewhere.example")],
        [("host", "elsewhere.example")],
        [("host", "127.0.0.1.elsewhere.example:8765")],
        [("host", "127.0.0.1:8765\tevil")],
        [("host", "127.0.0.1:8765 ")],
        [("host", "127.0.0.1:8765\n")],
        [("host", "user@127.0.0.1:8765")],
        [("host", "127.0.0.1:８765")],
        [("host", "[::1")],
        [HERE, ("origin", "https://elsewhere.example")],
        [HERE, ("origin", "http://127.0.0.1:9999")],
        [HERE, ("origin", "https://127.0.0.1:8765")],
        [HERE, ("origin", "null")],
    ],
)
def test_other_hosts_and_sites_are_refused_even_with_the_token(kind, headers):
    assert refused(visit(kind, *headers, ("cookie", COOKIE), query=b"token=a-secret"))


@KINDS
@given(host=st.binary(max_size=30), cookie=st.binary(max_size=30), query=st.binary(max_size=30))
def test_whatever_is_sent_without_the_token_is_refused(kind, host, cookie, query):
    assert refused(visit(kind, ("host", host), ("cookie", cookie), query=query))
    assert refused(visit(kind, HERE, ("cookie", cookie), query=query))


@pytest.mark.parametrize("status", ["ok", "refused", "failed"])
def test_every_answer_says_what_the_browser_must_not_do(status):
    async def failed(scope, receive, send):
        raise KeyError("session_id")

    sent = visit("http", HERE, *([] if status == "refused" else [("cookie", COOKIE)]), app=failed if status == "failed" else page)
    headers = dict(sent[0]["headers"])
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
    assert b"default-src 'none'" in headers[b"content-security-policy"]
    assert b"script-src 'self' 'nonce-once' 'unsafe-eval' blob:;" in headers[b"content-security-policy"]
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"same-origin"


@KINDS
def test_a_request_that_the_framework_fails_at_is_answered_in_one_line(kind):
    async def failing(scope, receive, send):
        if kind == "http":
            await send({"type": "http.response.start", "status": 500, "headers": []})
        raise KeyError("session_id")

    sent = visit(kind, HERE, ("cookie", COOKIE), app=failing)
    if kind == "http":
        assert [sent[0]["status"], sent[1]["body"]] == [400, b"This request cannot be answered."]
    else:
        assert sent == [{"type": "websocket.close", "code": 1008}]


def test_what_a_proxy_would_say_does_not_reach_the_page():
    seen = []

    async def looking(scope, receive, send):
        seen.extend(name for name, _ in scope["headers"])
        await page(scope, receive, send)

    visit(
        "http", HERE, ("cookie", COOKIE), ("x-forwarded-proto", "https"), ("x-script-name", "/x"), ("accept", "*/*"), app=looking
    )
    assert seen == [b"host", b"cookie", b"accept"]


def test_what_is_no_visit_goes_through():
    passed = []

    async def app(scope, receive, send):
        passed.append(scope["type"])

    visit("lifespan", app=app)
    assert passed == ["lifespan"]
