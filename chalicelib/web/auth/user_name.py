"""What the login form starts with: the User Name that this browser was told to remember, or that was just set up."""

from typing import NamedTuple
from urllib.parse import quote, unquote

from chalice.app import Response

from chalicelib.http import cookies
from chalicelib.http.request import Request

_KEPT, _ONCE = "kept", "once"
_LONGEST = 254


class UserName(NamedTuple):
    """`kept`: the reader asked this browser to remember it."""

    text: str = ""
    kept: bool = False


def known(request: Request) -> UserName:
    """Empty where this browser knows none."""
    how, _dot, text = request.cookies.get(cookies.USER_NAME, "").partition(".")
    return UserName(unquote(text)[:_LONGEST], how == _KEPT) if text and how in {_KEPT, _ONCE} else UserName()


def prefill(response: Response, email: str) -> Response:
    """The next login form starts with it; it goes with the browser, or at login."""
    return cookies.set_cookie(response, cookies.USER_NAME, _value(_ONCE, email))


def settle(response: Response, email: str, *, keep: bool) -> Response:
    """After login: remember it as asked, or forget what was known."""
    if keep:
        return cookies.set_lasting_cookie(response, cookies.USER_NAME, _value(_KEPT, email[:_LONGEST]))
    return cookies.clear_cookie(response, cookies.USER_NAME)


def _value(how: str, email: str) -> str:
    return f"{how}.{quote(email, safe='')}"
