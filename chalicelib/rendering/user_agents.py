"""A browser by name, from what it says of itself; nothing is decided by it."""

from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.origin import Origin, browser_and_system


def browser_name(agent: str) -> str:
    """`Mozilla/5.0 (X11; Linux x86_64) ... Chrome/126.0 Safari/537.36` -> `Chrome on Linux`."""
    return _on_system(*browser_and_system(agent))


def origin_in_words(origin: Origin | None) -> str:
    """`203.0.113.7, Firefox on Windows`; empty where nothing is known."""
    if origin is None:
        return ""
    browser = _on_system(origin.browser, origin.system) if origin.browser or origin.system else ""
    return ", ".join(filter(None, (origin.address, browser)))


def _on_system(browser: str, system: str) -> str:
    browser = browser or _("A browser")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser
