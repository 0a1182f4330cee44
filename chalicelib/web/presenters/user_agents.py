"""A browser by name, from what it says of itself. Only for a person's own list; nothing is decided by it."""

from chalicelib.kernel.i18n import gettext as _

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """`Mozilla/5.0 (X11; Linux x86_64) ... Chrome/126.0 Safari/537.36` -> `Chrome on Linux`."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    browser = browser or _("A browser")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser
