"""The gate before the page: who has the token and comes from this machine gets in; what is strange is answered in one line."""

import hmac
import re
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

HOST_NAME = re.compile(rb"(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?")
PROXIED = re.compile(rb"x-.*|forwarded|script-name|accept-encoding")  # no proxy stands before the page, and nothing needs packing

STRANGER = "This page is for the machine that it runs on, and for pages of its own."
NO_TOKEN = "Open the address that the command has printed: it holds a token."
STRANGE = "This request cannot be answered."


def policy(nonce: str) -> str:
    """Give the Content-Security-Policy of the page: scripts of this server that bear the nonce may run, and none put into it.

    Vue compiles its templates in the browser (``unsafe-eval``) and loads what it has compiled (``blob:``). Vuetify writes styles.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self' blob:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def guarded(app: App, token: str, content_policy: str) -> App:
    """Let in who names this machine as host, comes from no other site, and has the token.

    The token comes once as ``/?token=…`` and from then on as a cookie.

    Parameters
    ----------
    app : ASGI application
    token : str
        The secret of this server, fit for a cookie.
    content_policy : str
        The Content-Security-Policy of every answer.
    """

    async def gate(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        begun = False

        async def answer(message: dict[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                if message["status"] >= 500:
                    raise RuntimeError("the application has failed")
                message = {**message, "headers": [*message["headers"], *_safety(content_policy)]}
            begun = True
            await send(message)

        host = _host(scope)
        if host is None:
            await _answer(scope, answer, 403, STRANGER)
        elif scope["type"] == "http" and _same(_asked(scope), token.encode()):
            kept = _cookie(host, token) + b"; Path=/; HttpOnly; SameSite=Lax"
            await _answer(scope, answer, 303, "", [(b"location", b"/"), (b"set-cookie", kept)])
        elif not any(_same(cookie, _cookie(host, token)) for cookie in _cookies(scope)):
            await _answer(scope, answer, 403, NO_TOKEN)
        else:
            headers = [(name, value) for name, value in scope["headers"] if not PROXIED.fullmatch(name)]
            try:
                await app({**scope, "headers": headers}, receive, answer)
            except Exception:  # of the framework, about the request: the page's own errors are shown on the page
                if not begun:
                    await _answer(scope, answer, 400, STRANGE)

    return gate


def _header(scope: dict[str, Any], name: bytes) -> list[bytes]:
    return [value for each, value in scope["headers"] if each == name]


def _host(scope: dict[str, Any]) -> bytes | None:
    """Give the host that a request names, if it is this machine and the request is from a page of that very host or from none."""
    hosts = _header(scope, b"host")
    if len(hosts) != 1 or not HOST_NAME.fullmatch(hosts[0]):
        return None
    return hosts[0] if all(origin == b"http://" + hosts[0] for origin in _header(scope, b"origin")) else None


def _asked(scope: dict[str, Any]) -> bytes:
    with suppress(ValueError):
        return parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0].encode("utf-8", "replace")
    return b""


def _cookie(host: bytes, token: str) -> bytes:
    """Name the cookie after the port: a browser has one jar for all servers of a host, and two dashboards may be open."""
    return b"beijing-cap-%s=%s" % (host.partition(b":")[2] or b"80", token.encode())


def _cookies(scope: dict[str, Any]) -> list[bytes]:
    return [each.strip() for line in _header(scope, b"cookie") for each in line.split(b";")]


def _same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)


def _safety(content_policy: str) -> Iterable[tuple[bytes, bytes]]:
    return (
        (b"content-security-policy", content_policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),  # without any, a closing tab could not name its origin and would be refused
        (b"cross-origin-resource-policy", b"same-origin"),
    )


async def _answer(scope: dict[str, Any], send: Any, status: int, why: str, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": why.encode()})
