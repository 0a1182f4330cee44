"""The cookies, all of this host alone, over TLS alone and out of reach of scripts."""

import re
from collections.abc import Sequence

from chalice.app import Response

from chalicelib.identity import pending_logins, trusted_browsers
from chalicelib.identity.devices import KEPT_FOR, MAX_PEOPLE

SESSION = "__Host-session"
CSRF = "__Host-csrf"
FLASH = "__Host-flash"
DEVICE = "__Host-device"
PENDING_LOGIN = "__Host-login"
"""A login between its two steps. It opens nothing but the second."""
TRUSTED = "__Host-remembered"
"""Spares the people who share this browser their second factor. The password is asked for all the same."""
DEALER = "__Host-dealer"
"""The slug of the dealer whose pages this browser saw last: the look of pages before login, and nothing else."""
NEW_KEY = "__Host-key"
"""Which form made an API key, from its redirect to the page that shows the key once. The key itself is not in it."""
RECOVERY_CODES = "__Host-codes"
"""New recovery codes, from the redirect after they were made to the page that shows them once and takes this away."""
USER_NAME = "__Host-user"
"""What the login form starts with."""
ACCOUNTS_STATUS = "__Host-accounts"
"""The status that somebody last filtered Customer Accounts by, and who: for the next time that they open it."""
PROFILE = "__Host-profile"
"""Initials and photo of who is logged in, for the head of the pages: `header_profile`."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_PAIR = re.compile(r"(?:^|;)\s*([^=;\s]+)=([!#-+\--:<-\[\]-~]*)(?=\s*(?:;|$))")
# Tested control: cookie-attributes
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"
_DEVICE_SECONDS = int(KEPT_FOR.total_seconds())
_A_YEAR = 365 * 24 * 60 * 60
_CODES_SECONDS = 10 * 60


def read(header: str) -> dict[str, str]:
    """Cookies by name, of two with one name the last; what is not written as RFC 6265 has it is left out.

    A fifth of what a request costs by itself was http.cookies, which also unquotes and knows attributes.
    """
    return dict(_PAIR.findall(header))


def is_secret(text: str) -> bool:
    """Whether `text` has the form of what `Ids.secret` makes, as a CSRF token from before login or a form's id."""
    return bool(_SECRET.fullmatch(text))


def set_cookie(response: Response, name: str, value: str) -> Response:
    """Adds a cookie that ends with the browser. Sessions end earlier on their own, in the store."""
    return _add(response, f"{name}={value}; {_ATTRIBUTES}")


def set_lasting_cookie(response: Response, name: str, value: str) -> Response:
    """Adds a cookie that outlives the browser by up to a year: for nothing that lets anybody in."""
    return _add(response, f"{name}={value}; {_ATTRIBUTES}; Max-Age={_A_YEAR}")


def clear_cookie(response: Response, name: str) -> Response:
    """Takes a cookie away."""
    return _add(response, f"{name}=; {_ATTRIBUTES}; Max-Age=0")


def devices(header: str) -> tuple[str, ...]:
    """The secrets of the device cookie; anything malformed is left out."""
    return tuple(secret for secret in header.split(".")[:MAX_PEOPLE] if _SECRET.fullmatch(secret))


def set_devices(response: Response, secrets: Sequence[str]) -> Response:
    """Lets the browser be known again by the people who logged in there, for half a year."""
    return _add(response, f"{DEVICE}={'.'.join(secrets)}; {_ATTRIBUTES}; Max-Age={_DEVICE_SECONDS}")


def set_pending_login(response: Response, secret: str) -> Response:
    """The browser whose login waits for the second step."""
    seconds = int(pending_logins.LIFE.total_seconds())
    return _add(response, f"{PENDING_LOGIN}={secret}; {_ATTRIBUTES}; Max-Age={seconds}")


def set_trusted(response: Response, secrets: Sequence[str]) -> Response:
    """The second factor is not asked for in this browser again for 30 days."""
    seconds = int(trusted_browsers.KEPT_FOR.total_seconds())
    return _add(response, f"{TRUSTED}={'.'.join(secrets)}; {_ATTRIBUTES}; Max-Age={seconds}")


def set_recovery_codes(response: Response, codes: Sequence[str]) -> Response:
    """The next page shows them. A page that did not arrive may be asked for again."""
    return _add(response, f"{RECOVERY_CODES}={'.'.join(codes)}; {_ATTRIBUTES}; Max-Age={_CODES_SECONDS}")


def set_session(response: Response, secret: str) -> Response:
    """Gives the browser its session: after login, after a switch (a new secret each time)."""
    return set_cookie(response, SESSION, secret)


def clear_session(response: Response) -> Response:
    """Takes the session away: after logout."""
    return clear_cookie(response, SESSION)


def copy_cookies(response: Response, other: Response) -> Response:
    """Adds what `other` sets: of two cookies with one name its own counts."""
    lines = other.headers.get("Set-Cookie", [])
    for line in [lines] if isinstance(lines, str) else lines:
        _add(response, line)
    return response


def _add(response: Response, line: str) -> Response:
    lines = response.headers.setdefault("Set-Cookie", [])
    if not isinstance(lines, list):
        msg = "Set-Cookie is always a list"
        raise TypeError(msg)
    lines.append(line)
    return response
