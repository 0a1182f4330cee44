"""The reader's initials and photo at the head of each page. A cookie holds them, so that no page reads the profile.

It is about one person at one dealer, whom it names by a hash; of anybody else it says nothing. It is set where the
profile is read: at login, on a change of account, and on the page on which it is changed.
"""

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, unquote

from chalice.app import Response

from chalicelib.http import cookies
from chalicelib.http.request import Request
from chalicelib.profiles.model import Named
from chalicelib.rendering.contact import initials, initials_of_name

OWN_PHOTO = "/profile/photo.jpg"
_MAX_INITIALS = 4


@dataclass(frozen=True, slots=True)
class Avatar:
    """`photo` is the address of the small picture, empty where there is none."""

    initials: str
    photo: str = ""


def photo_address(version: str, *, path: str = OWN_PHOTO, small: bool = True) -> str:
    """Where a photo is, by the version that a browser may keep; empty where there is none."""
    return f"{path}?v={version}{'' if small else '&size=large'}" if version else ""


def letters_of(name: str, email: str) -> str:
    """What stands for somebody without a photo."""
    return initials_of_name(name) or initials(email)


def avatar(request: Request) -> Avatar | None:
    """Of who is logged in."""
    session = request.session
    if session is None:
        return None
    dealer_id = session.membership.dealer_id if session.membership else ""
    whose, _, rest = request.cookies.get(cookies.PROFILE, "").partition(".")
    if not rest or whose != _name(session.person_id, dealer_id):
        return Avatar(initials(session.email))
    letters, _, version = rest.partition(".")
    shown = unquote(letters)[:_MAX_INITIALS] or initials(session.email)
    return Avatar(shown, photo_address(version if version.isalnum() else ""))


def remember(response: Response, request: Request, *, person_id: str, dealer_id: str, shown: Named) -> Response:
    """Let the next pages show it. Nothing is set for somebody who has said nothing and had said nothing."""
    if shown.name or shown.photo:
        letters = quote(initials_of_name(shown.name), safe="")
        return cookies.set_cookie(response, cookies.PROFILE, f"{_name(person_id, dealer_id)}.{letters}.{shown.photo}")
    if cookies.PROFILE in request.cookies:
        return cookies.clear_cookie(response, cookies.PROFILE)
    return response


def _name(person_id: str, dealer_id: str) -> str:
    return sha256(f"{person_id}\n{dealer_id}".encode()).hexdigest()[:16]
