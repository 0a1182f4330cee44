"""The portal's own pages for Chromium, in this process, and the cookies of who is logged in there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from app import app
from chalicelib import services, settings
from chalicelib.http import cookies
from chalicelib.identity import operations
from chalicelib.identity.model import ClientInfo
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from tests.browser.chrome import serving
from tests.fixtures.cast import PASSWORD, Member
from tests.sweeps.scenario import Scenario

NOW = datetime.fromisoformat("2024-06-05T09:00:00+00:00")
"""The moment at which all browser tests begin."""


@contextmanager
def serving_portal(ids: Ids, now: datetime, *, storage: str = "") -> Iterator[str]:
    """The address of the portal while the block runs, which it knows; it is always `now` there.

    `storage`: where files may be sent to.
    """
    with serving(app) as at:
        known = settings.load().model_copy(update={"base_url": at, "bucket_origins": storage})
        with services.use(Services(settings=known, mail=RecordingSender(), clock=lambda: now, ids=ids)):
            yield at


def logged_in(member: Member, ids: Ids, now: datetime, at: str) -> list[Any]:
    """The cookie of a new session of this person, from an address of its own."""
    client = ClientInfo(f"2001:db8::{ids.random_bytes(2).hex()}", "Chromium")
    opened = operations.log_in(IdentityScope(), email=member.email, password=PASSWORD, client=client, now=now, ids=ids)
    return [session_cookie(opened.secret, at)]


def logged_in_as(caller: str, scenario: Scenario, at: str) -> list[Any]:
    """The cookie of a caller of the sweeps, who may be logged in nowhere."""
    with scenario.visiting(scenario.callers()[caller]) as visitor:
        secret = visitor.cookies.get(cookies.SESSION, "")
    return [session_cookie(secret, at)] if secret else []


def session_cookie(secret: str, at: str) -> dict[str, Any]:
    """As the portal sets it: Chromium sends a Secure cookie to localhost without TLS, too."""
    url = at.replace("http:", "https:")
    return {"name": cookies.SESSION, "value": secret, "url": url, "secure": True, "httpOnly": True, "sameSite": "Lax"}
