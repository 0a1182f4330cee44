"""Who may open a route: an audience and, where it matters, a role and a module. Every route names one; no default."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.dealers.model import Module
from chalicelib.kernel.areas import Area
from chalicelib.kernel.roles import CUSTOMER_ROLES, STAFF_ROLES, Role
from chalicelib.kernel.scopes import TenantScope


class Audience(StrEnum):
    """What a caller must be. The comment says what anybody else gets."""

    PUBLIC = "public"  # anybody; may be cached
    VISITOR = "visitor"  # anybody; the page is private to its link or form and never cached
    LOGGED_IN = "logged_in"  # somebody logged in; else the login page
    MEMBER = "member"  # acting for a dealer or for a customer account; else the switcher
    CUSTOMER = "customer"  # acting for a customer account; staff get 404
    STAFF = "staff"  # acting for the dealer; customers get 404
    API_KEY = "api_key"  # a dealer's program with its key; else 401 as JSON
    WEBHOOK = "webhook"  # another service with its signature; else 401 as JSON


_OPEN = frozenset({Audience.PUBLIC, Audience.VISITOR})
_MACHINES = frozenset({Audience.API_KEY, Audience.WEBHOOK})
_WITHOUT_DEALER = _OPEN | {Audience.LOGGED_IN}
_MAX_BODY = {Audience.API_KEY: 16_384, Audience.WEBHOOK: 262_144, **dict.fromkeys(_OPEN, 16_384)}
"""Bytes; of all others MAX_FORM. The longest form that strangers have is a link's: a path, and 256 characters."""
MAX_FORM = 65_536
"""Bytes of a form behind login: every tick of a page of customers fits in a tenth of it."""
LARGEST_BODY = max(MAX_FORM, *_MAX_BODY.values())
"""What the firewall lets through too."""
_AREAS = {Module.INVOICES: Area.INVOICES, Module.DOCUMENTS: Area.DOCUMENTS, Module.MESSAGES: Area.MESSAGES}
"""What a customer's user needs beside the module itself."""
_ROLES = {Audience.STAFF: STAFF_ROLES, Audience.CUSTOMER: CUSTOMER_ROLES}


class SignedRequest(Protocol):
    """What a signature is checked over."""

    now: datetime

    @property
    def params(self) -> Mapping[str, str]:
        """The parts of the path that the route names."""

    @property
    def body(self) -> bytes:
        """The body as it was sent."""

    def header(self, name: str) -> str:
        """A header, or an empty text."""


Verifier = Callable[[SignedRequest], TenantScope]
"""Checks a webhook's signature and says whose event it is. Raises UnauthenticatedError."""


@dataclass(frozen=True, slots=True)
class Access:
    """`role` is the least that is let in, else 403. Without `module` switched on, the route is not found (404).

    The same for a customer's user who is kept from one of its `areas`: that of the module, and `area` beside it.

    `body_limit`: the largest body of the route in bytes, where it differs from the audience's.

    Raises ValueError for a combination that no caller could satisfy, and for a webhook that names no verifier.
    """

    audience: Audience
    role: Role | None = None
    module: Module | None = None
    area: Area | None = None
    verifier: Verifier | None = None
    body_limit: int | None = None

    def __post_init__(self) -> None:
        if self.role and self.role not in _ROLES.get(self.audience, ()):
            raise ValueError(f"{self.audience}: nobody has the role {self.role} there")
        if self.module and self.audience in _WITHOUT_DEALER:
            raise ValueError(f"{self.audience}: there is no dealer whose module it could be")
        if self.area and self.audience is not Audience.CUSTOMER:
            raise ValueError(f"{self.audience}: nobody is kept from an area there")
        if (self.verifier is not None) != (self.audience is Audience.WEBHOOK):
            raise ValueError(f"{self.audience}: webhooks, and only they, name a verifier")

    @property
    def is_open(self) -> bool:
        """Whether anybody is let in."""
        return self.audience in _OPEN

    @property
    def areas(self) -> frozenset[Area]:
        """What a customer's user has to be given for it."""
        if self.audience is not Audience.CUSTOMER:
            return frozenset()
        of_module = _AREAS.get(self.module) if self.module else None
        return frozenset(area for area in (of_module, self.area) if area)

    @property
    def is_machine(self) -> bool:
        """Whether programs call it: errors are JSON, and nobody is sent to a login page."""
        return self.audience in _MACHINES

    @property
    def max_body(self) -> int:
        """Bytes of a body, checked before it is read as anything."""
        return self.body_limit or _MAX_BODY.get(self.audience, MAX_FORM)

    @property
    def needs_csrf(self) -> bool:
        """Machines send a key or a signature and no cookie, so there is nothing to forge."""
        return not self.is_machine

    def __str__(self) -> str:
        """`staff, role admin`, `customer, module invoices`: as the list of acknowledged routes has it."""
        role = f", role {self.role}" if self.role else ""
        module = f", module {self.module}" if self.module else ""
        body = f", body {self.body_limit}" if self.body_limit else ""
        area = f", area {self.area}" if self.area else ""
        return f"{self.audience}{role}{module}{area}{body}"


PUBLIC = Access(Audience.PUBLIC)
VISITOR = Access(Audience.VISITOR)
LOGGED_IN = Access(Audience.LOGGED_IN)
MEMBER = Access(Audience.MEMBER)
CUSTOMER = Access(Audience.CUSTOMER)
CUSTOMER_INVOICES = Access(Audience.CUSTOMER, module=Module.INVOICES)
CUSTOMER_STATEMENTS = Access(Audience.CUSTOMER, module=Module.INVOICES, area=Area.STATEMENTS)
CUSTOMER_DISPUTES = Access(Audience.CUSTOMER, module=Module.INVOICES, area=Area.DISPUTES)
CUSTOMER_QUESTION = Access(Audience.CUSTOMER, module=Module.MESSAGES, area=Area.INVOICES)
"""A question about a transaction."""
CUSTOMER_ADMIN = Access(Audience.CUSTOMER, role=Role.ADMIN)
CUSTOMER_DOCUMENTS = Access(Audience.CUSTOMER, module=Module.DOCUMENTS)
CUSTOMER_MESSAGES = Access(Audience.CUSTOMER, module=Module.MESSAGES)
STAFF = Access(Audience.STAFF)
STAFF_DOCUMENTS = Access(Audience.STAFF, module=Module.DOCUMENTS)
STAFF_MESSAGES = Access(Audience.STAFF, module=Module.MESSAGES)
STAFF_ADMIN_MESSAGES = Access(Audience.STAFF, role=Role.ADMIN, module=Module.MESSAGES)
STAFF_SERVICE_MANAGER = Access(Audience.STAFF, role=Role.SERVICE_MANAGER)
STAFF_ADMIN = Access(Audience.STAFF, role=Role.ADMIN)
API_KEY = Access(Audience.API_KEY)
API_KEY_INVOICES = Access(Audience.API_KEY, module=Module.INVOICES)
