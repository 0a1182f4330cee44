"""The request as a view sees it: input decoded, the person known, the scope made from the session and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from json import loads
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from chalice.app import Request as ChaliceRequest

from chalicelib.customers.impersonation.model import Impersonation
from chalicelib.dealers.model import SLUG, Dealer, PublicDealer
from chalicelib.dealers.suspension import SuspendedError
from chalicelib.http import cookies
from chalicelib.http.access import Access
from chalicelib.identity.model import Session
from chalicelib.kernel.errors import InvalidError, NotFoundError, TooLargeError, UnsupportedMediaTypeError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.scopes import CustomerScope, DealerScope, IdentityScope, ImportScope, TenantScope
from chalicelib.rendering.format import Formats, formats
from chalicelib.services import Services

T = TypeVar("T")
MAX_FIELDS = 2_000
MAX_HEADER = 8_192
"""Characters of a header. API Gateway takes 10,240 bytes of all together: a longer one counts as not sent."""
READ = frozenset({"application/x-www-form-urlencoded", "application/json"})
_LOOKING_AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Headers by which browsers, and what is built into them, say that nobody may ever look at what they fetch."""
SAFE_METHODS = frozenset({"GET", "HEAD"})
DEFAULT_FORMATS = ("en-GB", "Europe/London", "")


class Request:
    """One request. `scope` is set by authorization before a view runs; `dealer` is None before login.

    `impersonation`: as which customer a member of staff sees this page.
    """

    def __init__(self, raw: ChaliceRequest, params: Mapping[str, str], access: Access, services: Services) -> None:
        event = raw.to_original_event()
        self.raw = raw
        self.access = access
        self.services = services
        self.now: datetime = services.clock()
        self.method: str = raw.method
        self.path: str = event.get("path") or raw.path
        self.params = {name: unquote(value) for name, value in params.items()}
        self.query_all: dict[str, list[str]] = dict(event.get("multiValueQueryStringParameters") or {})
        self.query = {name: values[-1] for name, values in self.query_all.items()}
        self.headers: Mapping[str, str] = raw.headers
        self.htmx = self.header("hx-request") == "true"
        self.scope: IdentityScope | TenantScope = IdentityScope()
        self.new_csrf: str | None = None
        self.impersonation: Impersonation | None = None

    def header(self, name: str) -> str:
        """A request header, or an empty text."""
        value = str(self.headers.get(name, "") or "")
        return value if len(value) <= MAX_HEADER else ""

    @cached_property
    def id(self) -> str:
        """Names this request in the logs and on an error page."""
        return str(self.raw.context.get("requestId") or self.services.ids.ulid(self.now))

    @cached_property
    def address(self) -> str:
        """The visitor's address: as CloudFront reports it, or the connection's where no origin secret is set.

        Authorization has refused calls with a wrong secret before; X-Forwarded-For is never read.
        """
        if self.services.settings.origin_secrets:
            return self.header("cloudfront-viewer-address").rpartition(":")[0].strip("[]")
        return self.connection_address

    @property
    def connection_address(self) -> str:
        """Whose connection it is: of calls through the distribution, the distribution's."""
        # Tested control: address-from-connection
        return str(self.raw.context.get("identity", {}).get("sourceIp", ""))

    @cached_property
    def cookies(self) -> dict[str, str]:
        """Cookies by name."""
        return cookies.read(self.header("cookie"))

    def require_readable(self) -> None:
        """Raises UnsupportedMediaTypeError for a body that says to be neither a form nor JSON."""
        kind = self.header("content-type").partition(";")[0].strip().lower()
        if kind and kind not in READ:
            raise UnsupportedMediaTypeError(lazy_gettext("Send a form or JSON"))

    @cached_property
    def form_all(self) -> dict[str, list[str]]:
        """The fields of a posted form, each with all its values. Raises InvalidError if it cannot be read."""
        if not self.header("content-type").startswith("application/x-www-form-urlencoded"):
            return {}
        found: dict[str, list[str]] = {}
        try:
            pairs = parse_qsl(self._text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
        except ValueError:
            raise InvalidError(lazy_gettext("We could not read what was sent")) from None
        for name, value in pairs:
            found.setdefault(name, []).append(value)
        return found

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a posted form; of several values the last."""
        return {name: values[-1] for name, values in self.form_all.items()}

    @cached_property
    def json(self) -> Any:
        """The posted JSON. Raises InvalidError if it is none."""
        try:
            return loads(self._text)
        except (ValueError, RecursionError):  # ValueError also of a number with more digits than Python reads
            raise InvalidError(lazy_gettext("The body is not JSON")) from None

    @cached_property
    def body(self) -> bytes:
        """The body as it was sent: what a webhook's signature is over. Raises TooLargeError."""
        body = self.raw.raw_body
        sent: bytes = body.encode() if isinstance(body, str) else body
        if len(sent) > self.access.max_body:
            raise TooLargeError(lazy_gettext("That is too large"))
        return sent

    @cached_property
    def _text(self) -> str:
        try:
            return self.body.decode()
        except UnicodeDecodeError:
            raise InvalidError(lazy_gettext("We could not read what was sent")) from None

    @cached_property
    def session(self) -> Session | None:
        """The session of the cookie, if it is alive."""
        secret = self.cookies.get(cookies.SESSION)
        return self.services.session_of(secret, self.now) if secret else None

    @property
    def person(self) -> Session | None:
        """Who is logged in: for templates, which show the name and the email, and for whom they act.

        A member of staff who sees the portal as a customer acts for that customer.
        """
        if self.session and self.impersonation:
            return replace(self.session, membership=self.impersonation.membership, only_membership=True)
        return self.session

    @cached_property
    def dealer(self) -> Dealer | None:
        """The dealer of the scope, or of the session's current membership."""
        if isinstance(self.scope, TenantScope):
            return self.services.dealer_of(self.scope)
        membership = self.session.membership if self.session else None
        return self.services.dealer_of(TenantScope(membership.dealer_id)) if membership else None

    @cached_property
    def remembered_dealer(self) -> PublicDealer | None:
        """For somebody who is not logged in: the dealer that a mailed link names, or whose pages this browser saw last.

        It gives a page its look, and nobody access.
        """
        slug = self.query.get("at") or self.cookies.get(cookies.DEALER, "")
        if self.session or not re.fullmatch(SLUG, slug):
            return None
        try:
            return self.services.public_dealer_at(slug)
        except (NotFoundError, SuspendedError):
            return None

    @property
    def brand(self) -> Dealer | PublicDealer | None:
        """The dealer whose branding the page has."""
        return self.dealer or self.remembered_dealer

    @cached_property
    def fmt(self) -> Formats:
        """Formats in the dealer's time zone and currency, and the reader's locale."""
        dealer = self.brand
        if dealer is None:
            return formats(*DEFAULT_FORMATS)
        wanted = self.session.language if self.session else ""
        locale = dealer.language_of(wanted) if isinstance(dealer, Dealer) else dealer.locale
        return formats(locale, dealer.time_zone, dealer.currency)

    @property
    def tenant_scope(self) -> TenantScope:
        """The scope of MEMBER views: a DealerScope or a CustomerScope; and of webhooks, as their verifier made it."""
        return _the(TenantScope, self.scope)

    @property
    def own_session(self) -> Session:
        """The session of LOGGED_IN and MEMBER views, which nobody reaches without one."""
        if self.session is None:
            raise NotFoundError
        return self.session

    @property
    def is_looked_at(self) -> bool:
        """Whether somebody sees the answer. Programs that look ahead send HEAD, or say that they fetch it before."""
        ahead = any("prefetch" in self.header(name).lower() for name in _LOOKING_AHEAD)
        # Tested control: prefetch-counts-for-nothing
        return self.method != "HEAD" and not ahead

    @property
    def dealer_scope(self) -> DealerScope:
        """The scope of STAFF views."""
        return _the(DealerScope, self.scope)

    @property
    def customer_scope(self) -> CustomerScope:
        """The scope of CUSTOMER views."""
        return _the(CustomerScope, self.scope)

    @property
    def import_scope(self) -> ImportScope:
        """The scope of API_KEY views."""
        return _the(ImportScope, self.scope)

    @cached_property
    def csrf(self) -> str:
        """The token that forms carry: the session's, or before login that of the CSRF cookie, made if need be."""
        if self.session:
            return self.session.csrf
        token = self.cookies.get(cookies.CSRF, "")
        if not cookies.is_secret(token):
            token = self.new_csrf = self.services.ids.secret()
        return token

    @property
    def sent_from(self) -> str:
        """The page of ours on which the reader pressed the button, as path and query; empty where that is not known."""
        address = urlsplit(self.header("hx-current-url") or self.header("referer"))
        own = urlsplit(self.services.settings.base_url)
        if (address.scheme, address.netloc) != (own.scheme, own.netloc):
            return ""
        return f"{address.path}?{address.query}" if address.query else address.path

    def here(self, **changes: str | int | None) -> str:
        """This page's address with some of its query changed; None takes a part away. For links that keep filters."""
        query = {**self.query, **{name: None if value is None else str(value) for name, value in changes.items()}}
        kept = {name: value for name, value in query.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path


def _the(kind: type[T], scope: object) -> T:
    if not isinstance(scope, kind):
        msg = f"this route's access gives no {kind.__name__}"
        raise TypeError(msg)
    return scope
