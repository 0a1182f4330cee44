"""What a phone's first visit loads and waits for: bytes and Largest Contentful Paint of three pages in Chromium."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext

from app import app
from chalicelib.http import cookies
from tests.bench.frame.accounts import dealer_with
from tests.bench.frame.portal import logged_in
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row
from tests.bench.frame.world import aws
from tests.browser.chrome import serving
from tests.fixtures.browser import PHONE, launched

VISITS = 5
LOGIN = "/login"
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 768_000 / 8}
"""Lighthouse's slow 4G: 150 ms there and back, 1.6 Mbit/s down."""

PROCESSOR_SLOWDOWN = 4
LARGEST_PAINT = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({type: "largest-contentful-paint", buffered: true});
})"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A first visit with nothing cached: milliseconds to the largest paint, bytes over the wire, requests."""

    paint: float
    size: float
    requests: int


@measurement
def page_weight(folder: Path) -> Iterator[Row]:
    with aws(folder), logged_in(dealer_with(100)), serving(app) as url, launched() as browser:
        pages = {"login": LOGIN, "My Transactions": "/transactions", "invoice": _invoice(browser, url)}
        seen = {name: [_visit(browser, url, path) for _ in range(VISITS)] for name, path in pages.items()}
    how = f"a phone's first visit: slow 4G, a processor {PROCESSOR_SLOWDOWN} x slower, HTTP/1.1; the median of {VISITS}"
    for name, visits in seen.items():
        paint = median(visit.paint for visit in visits) / 1000
        size = median(visit.size for visit in visits) / 1000
        yield row(f"{name}: Largest Contentful Paint", paint, "s", at_most=2.2, how=how)
        yield row(f"{name}: weight", size, "KB", at_most=160, how=f"{visits[0].requests} requests; {how}")


def _invoice(browser: Browser, url: str) -> str:
    context = _context(browser, url)
    page = context.new_page()
    page.goto(f"{url}/transactions")
    path = page.locator("a[data-invoice]").first.get_attribute("href")
    context.close()
    assert path
    return path


def _visit(browser: Browser, url: str, path: str) -> Visit:
    context = _context(browser, url, has_session=path != LOGIN)
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.send("Network.emulateNetworkConditions", SLOW_4G)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR_SLOWDOWN})
    sizes: list[float] = []
    protocol.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"{url}{path}", wait_until="networkidle")
    paint: float = page.evaluate(LARGEST_PAINT)
    context.close()
    return Visit(paint, sum(sizes), len(sizes))


def _context(browser: Browser, url: str, *, has_session: bool = True) -> BrowserContext:
    """A phone with nothing cached, logged in or not."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True)
    if has_session:
        secure = url.replace("http:", "https:")  # Chromium sends a Secure cookie to localhost without TLS, too
        context.add_cookies([{"name": cookies.SESSION, "value": "s" * 43, "url": secure, "secure": True}])
    return context
