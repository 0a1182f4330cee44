"""Chromium as the tests drive it, a server for it, and what must never be seen in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import waitress
from chalice.app import Chalice
from playwright.sync_api import Browser, Page

from chalicelib.rendering.places import template_root
from infra.local.assets import Assets
from infra.local.gateway import Gateway, WsgiApp

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
WIDTHS = (1280, 375)
SCHEMES = ("light", "dark")
VIOLATIONS = "window.__csp = []; document.addEventListener('securitypolicyviolation', e => __csp.push(e.violatedDirective + ' ' + e.blockedURI))"


@contextmanager
def serving(app: Chalice) -> Iterator[str]:
    """The address at which `app` and its assets are served while the block runs, on a free port of localhost."""
    assets, gateway = Assets(template_root() / "assets"), Gateway(app)

    def front(environ: Any, start_response: Any) -> Any:
        chosen: WsgiApp = assets if environ["PATH_INFO"].startswith("/assets/") else gateway
        return chosen(environ, start_response)

    server = waitress.create_server(front, host="127.0.0.1", port=0, threads=4)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=5)


@contextmanager
def window(
    browser: Browser, *, width: int = 1280, scheme: Any = "light", scripts: bool = True, cookies: Any = ()
) -> Iterator[Page]:
    """A fresh window that notes every CSP report, script error and dialog, and fails for them at its end."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    context.add_cookies(list(cookies))
    context.set_default_timeout(8_000)
    page = context.new_page()
    seen: list[str] = []
    page.add_init_script(VIOLATIONS)
    page.on("pageerror", lambda error: seen.append(f"script error: {error}"))
    page.on("console", lambda message: seen.append(message.text) if "Content Security Policy" in message.text else None)
    page.on("dialog", lambda dialog: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss())[1])
    try:
        yield page
        assert not seen, seen
    finally:
        context.close()


def audit(page: Page) -> None:
    """Fails with one line for each thing that axe finds wrong, for a sideways scroll, and for a CSP report."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    wrong = [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert not wrong, "\n".join(wrong)
    assert page.evaluate("window.__csp") == []
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{overflow} px of sideways scroll"
