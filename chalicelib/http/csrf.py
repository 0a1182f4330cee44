"""Forms of other sites are refused: by a token that only our pages know, and by where the browser says a call began."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import shake_256
from hmac import compare_digest
from urllib.parse import urlsplit

from chalicelib.http import cookies
from chalicelib.http.request import SAFE_METHODS, Request
from chalicelib.kernel.errors import ForbiddenError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.observability import Refusal

FIELD = "csrf"
HEADER = "x-csrf-token"
MAX_MASKED = 200


class CsrfError(ForbiddenError):
    """The form does not come from a page of ours that is still good (403)."""

    def __init__(self, why: Refusal) -> None:
        self.why = why
        super().__init__(lazy_gettext("Nothing has changed. Reload the page and try again."))


def check(request: Request) -> None:
    """Raises CsrfError for an unsafe method without the right token or from another site."""
    if request.method in SAFE_METHODS or not request.access.needs_csrf:
        return
    if not _from_here(request):
        raise CsrfError(Refusal.ORIGIN)
    # Tested control: csrf-token-required
    if not _token_fits(request):
        raise CsrfError(Refusal.CSRF)


def mask(token: str, pad: str) -> str:
    """The token as a page shows it, other bytes in each: a fresh secret `pad`, and the token XORed with a stream of it.

    Pages are compressed, and their length must not let anybody guess the token (https://www.breachattack.com).
    """
    hidden = urlsafe_b64encode(_xor(token.encode(), pad)).rstrip(b"=")
    return f"{pad}.{hidden.decode()}"


def unmask(text: str) -> str:
    """The token in what `mask` gave; any other text as it is."""
    pad, dot, hidden = text.partition(".")
    if not dot or len(text) > MAX_MASKED:
        return text
    try:
        return _xor(urlsafe_b64decode(hidden + "=" * (-len(hidden) % 4)), pad).decode()
    except ValueError:
        return text


def _xor(value: bytes, pad: str) -> bytes:
    noise = shake_256(pad.encode()).digest(len(value))
    return bytes(one ^ other for one, other in zip(value, noise, strict=True))


def _from_here(request: Request) -> bool:
    site = request.header("sec-fetch-site")
    if site:
        # Tested control: csrf-same-origin
        return site == "same-origin"
    # Old browsers send Origin alone; "null" is what a page with no-referrer sends, and says nothing.
    origin = request.header("origin")
    return origin in {"", "null", _origin(request.services.settings.base_url)}


def _origin(url: str) -> str:
    """As browsers write it. What is compared with it is not taken apart: urlsplit would normalise a foreign host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _token_fits(request: Request) -> bool:
    sent = unmask(request.form.get(FIELD) or request.header(HEADER))
    expected = request.session.csrf if request.session else request.cookies.get(cookies.CSRF, "")
    well_formed = bool(request.session) or cookies.is_secret(expected)
    return well_formed and compare_digest(sent.encode(), expected.encode())
