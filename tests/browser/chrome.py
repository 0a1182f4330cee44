"""A server for Chromium, windows of it, and what must never be seen in them."""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Literal

from chalice.app import Chalice
from playwright.sync_api import Browser, Dialog, Page
from waitress.server import create_server

from chalicelib.rendering.paths import template_root
from infra.local.api_gateway import ApiGateway, WsgiApp
from infra.local.assets import Assets
from tests.fixtures.waitress import running

Scheme = Literal["light", "dark"]
Look = tuple[int, Scheme]
"""The width of a window and its colour scheme."""
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
WIDTHS = (1280, 375)
NARROWEST = 320
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LOOKS: tuple[Look, ...] = tuple(zip(WIDTHS, SCHEMES, strict=True))
"""Each width and each scheme once: every page is seen so. The long proof sees it in every one of them."""
EVERY_LOOK: tuple[Look, ...] = tuple(product(WIDTHS, SCHEMES))
PHONE_FAULTS = """
() => {
  const shown = (element) => element.checkVisibility({ visibilityProperty: true })
    && !element.closest(".visually-hidden, .wide-only, .skip, thead, [aria-hidden=true]");
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const scroller = (element) => element && (scrolls(element) ? element : scroller(element.parentElement));
  const said = (fault, element) => `${fault}: ${element.outerHTML.replace(/\\s+/g, " ").slice(0, 160)}`;
  const wrong = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) wrong.push(`${scrollWidth - clientWidth} px of sideways scroll`);
  const controls = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  for (const control of [...document.querySelectorAll(controls)].filter(shown)) {
    const target = ["checkbox", "radio"].includes(control.type) ? control.labels[0] ?? control : control;
    const { width, height } = target.getBoundingClientRect();
    if (width < 44 || height < 43.9) wrong.push(said(`${width} x ${height} px for a finger`, control));
  }
  for (const table of [...document.querySelectorAll(".table-scroll")].filter(shown)) {
    if (table.scrollWidth > table.clientWidth + 1) wrong.push(said("a table that scrolls", table));
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || !shown(element) || scroller(element)) continue;
    range.selectNodeContents(texts.currentNode);
    const { left, right } = range.getBoundingClientRect();
    if (left < -1 || right > innerWidth + 1) wrong.push(said("text beyond the edge", element));
  }
  return wrong;
}
"""
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
    answer: Callable[[Dialog], None] | None = None,
    seen: list[str] | None = None,
) -> Iterator[Page]:
    """A fresh window that notes every CSP report, script error and dialog in `seen`, and fails for them at its end.

    A page with something typed is left. `answer` answers all dialogs instead.
    """
    seen = [] if seen is None else seen
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

    def refuse(dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.add_init_script(NOTE_VIOLATIONS)
    page.on("pageerror", lambda error: seen.append(f"script error: {error}"))
    page.on("console", lambda message: seen.append(message.text) if "Content Security Policy" in message.text else None)
    page.on("dialog", answer or refuse)
    try:
        yield page
        assert not seen, seen
    finally:
        context.close()


def audit_phone(page: Page) -> None:
    """Fails with one line for each thing that does not fit the narrowest phone, or is too small for a finger there."""
    page.set_viewport_size({"width": NARROWEST, "height": 700})
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    wrong = page.evaluate(PHONE_FAULTS)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    assert not wrong, "\n".join(wrong)


def audit_looks(page: Page, looks: Iterable[Look] = LOOKS) -> None:
    """The same for the page in each width and colour scheme."""
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        audit(page)


def audit(page: Page) -> None:
    """Fails with one line for each thing that axe finds wrong, for a sideways scroll, and for a CSP report."""
    if page.evaluate("!window.axe"):
        page.evaluate(AXE)
    # Stylesheets and media are not fetched anew: the rules that read them are off, or have nothing to look at here.
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    wrong = [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert not wrong, "\n".join(wrong)
    assert page.evaluate("window.__csp") == []
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{overflow} px of sideways scroll"


def wait_until(page: Page, expression: str, *, seconds: float = 20) -> None:
    """Until it is true in the page. Playwright's own wait evaluates text again from within, which our CSP forbids."""
    for _ in range(int(seconds * 20)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not true within {seconds} s: {expression}")
