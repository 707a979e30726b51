"""The server of the page: on the loopback address alone, for those who have its token, and without any network."""

import gc
import multiprocessing
import os
import secrets
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress

import solara.settings

solara.settings.assets.proxy = True  # scripts and styles come from this server, which has them from solara-assets …
solara.settings.assets.cdn = "http://127.0.0.1:9/"  # … and from nowhere else, not even where a file is missing
solara.settings.storage.mutation_detection = False

import solara.server.settings  # noqa: E402

solara.server.settings.telemetry.mixpanel_enable = False
solara.server.settings.main.mode = "production"
solara.server.settings.main.root_path = ""  # whatever a request says
solara.server.settings.session.http_only = True
solara.server.settings.kernel.cull_timeout = "10m"  # of a tab that has gone without a word, as when its browser was killed
solara.server.settings.theme.show_banner = False
solara.server.settings.theme.title = "Is Beijing the limit?"

import solara.server.app  # noqa: E402
import solara.server.server  # noqa: E402
import solara.server.starlette  # noqa: E402
import starlette.staticfiles  # noqa: E402
import uvicorn  # noqa: E402

# Solara's own look-up deletes a folder of the installed assets when it is asked for by name, and calls for what is missing.
solara.server.starlette.StaticCdn.lookup_path = starlette.staticfiles.StaticFiles.lookup_path

import sim.dashboard.page as page  # noqa: E402
import sim.dashboard.tabs as tabs  # noqa: E402
from sim.dashboard.gate import guarded, policy  # noqa: E402
from sim.dashboard.helpers import Helpers  # noqa: E402
from sim.dashboard.local import HOST, bind, open_browser  # noqa: E402
from sim.dashboard.settings import Settings  # noqa: E402
from sim.dashboard.side_by_side import pair_of, run_both  # noqa: E402
from sim.dashboard.tally import Unwanted, stop_all  # noqa: E402
from sim.runs.processes import cores  # noqa: E402

PATIENCE = 2.0  # seconds that helpers have to end what they are at
INTERRUPTED = 130  # as the command line ends after an interrupt
Say = Callable[[str], None]


def serve(settings: Settings, port: int, *, browser: bool, say: Say) -> None:
    """Serve the page until it is interrupted, which ends the process.

    Parameters
    ----------
    settings : Settings
        What a page opens with.
    port : int
        On which port; 0 takes a free one.
    browser : bool
        Whether to open a browser.
    say : callable
        Takes each line for the user.

    Raises
    ------
    UserError
        If the port cannot be had.
    """
    page.start = settings
    tabs.give_back()
    bound = bind(port)
    page.helpers = Helpers(2) if cores() > 1 else None
    solara.server.app.apps["__default__"] = solara.server.app.AppScript("sim.dashboard.page")
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    token, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    read = solara.server.server.read_root
    solara.server.server.read_root = lambda *about, **more: _signed(read(*about, **more), nonce)
    app = guarded(solara.server.starlette.app, token, policy(nonce))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, proxy_headers=False))
    address = f"http://{HOST}:{bound.getsockname()[1]}/?token={token}"
    threading.Thread(target=_when_started, args=(server, address, browser, say), daemon=True).start()
    try:
        server.run(sockets=[bound])
    except KeyboardInterrupt:
        stop_all()
        if page.helpers is not None:
            threading.Timer(PATIENCE, _kill_helpers).start()
            page.helpers.shutdown(cancel_futures=True)
            gc.collect()  # their semaphores, which the system would keep
        sys.stdout.flush()
        # A page's thread may be at work in compiled code, which crashes when the interpreter is taken down around it.
        os._exit(INTERRUPTED)


def _kill_helpers() -> None:
    for process in multiprocessing.active_children():
        process.kill()


def _signed(content: str | None, nonce: str) -> str | None:
    """Give the scripts of Solara's page the nonce, by which the browser tells them from others."""
    return content and content.replace("<script", f'<script nonce="{nonce}"')


def _when_started(server: uvicorn.Server, address: str, browser: bool, say: Say) -> None:
    """Say where the page is, open a browser, and do a small ensemble so that the first large one need not load its parts."""
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.02)
    say(f"The dashboard is at {address} (stop it with Ctrl+C)")
    if browser and (problem := open_browser(address)):
        say(problem)
    with suppress(Unwanted):  # the program may be ended meanwhile
        run_both(pair_of(page.start), runs=20, helpers=page.helpers)
