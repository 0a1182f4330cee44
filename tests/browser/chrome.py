"""A server for Chromium, windows of it, and what must never be seen in them."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chalice.app import Chalice
from playwright.sync_api import Browser, Dialog, Page
from waitress.server import create_server

from chalicelib.rendering.paths import template_root
from infra.local.api_gateway import ApiGateway, WsgiApp
from infra.local.assets import Assets
from tests.fixtures.waitress import running

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
WIDTHS = (1280, 375)
SCHEMES = ("light", "dark")
NOTE_VIOLATIONS = """
window.__csp = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__csp.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


@contextmanager
def serving(app: Chalice) -> Iterator[str]:
    """The address at which `app` and its assets are served while the block runs, on a free port of localhost."""
    assets, gateway = Assets(template_root() / "assets"), ApiGateway(app)

    def front(environ: Any, start_response: Any) -> Any:
        chosen: WsgiApp = assets if environ["PATH_INFO"].startswith("/assets/") else gateway
        return chosen(environ, start_response)

    listener = socket.create_server(("127.0.0.1", 0))
    server = create_server(front, sockets=[listener], threads=4)
    with running(server):
        yield f"http://localhost:{listener.getsockname()[1]}"


@contextmanager
def window(
    browser: Browser,
    *,
    width: int = 1280,
    scheme: Any = "light",
    scripts: bool = True,
    touch: bool = False,
    cookies: Any = (),
) -> Iterator[Page]:
    """A fresh window that notes every CSP report, script error and dialog, and fails for them at its end."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=scripts,
        reduced_motion="reduce",
        has_touch=touch,
        is_mobile=touch,
    )
    context.add_cookies(list(cookies))
    context.set_default_timeout(8_000)
    page = context.new_page()
    seen: list[str] = []

    def refuse(dialog: Dialog) -> None:
        seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.add_init_script(NOTE_VIOLATIONS)
    page.on("pageerror", lambda error: seen.append(f"script error: {error}"))
    page.on("console", lambda message: seen.append(message.text) if "Content Security Policy" in message.text else None)
    page.on("dialog", refuse)
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
