"""Kinds of items in a dealer's outbox: how each is composed, and what its fate means. A new kind is a line in KINDS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from chalicelib.customers.enrolment import operations as customers
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import OPEN
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import operations as staff
from chalicelib.dealers.staff import repo as staff_repo
from chalicelib.dealers.staff.model import StaffState
from chalicelib.identity.invitations import create_invitation
from chalicelib.identity.model import Kind, Membership, Role
from chalicelib.identity.tokens import NewLink
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import from_link_part, link_part
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.mail import messages
from chalicelib.mail.sender import Mail
from chalicelib.notifications.tools import Tools, letterhead
from chalicelib.rendering.format import formats

Payload = Mapping[str, Any]


class Bounce(NamedTuple):
    """A mail that came back from an address: what it was about, and why as SES says."""

    to: str
    about: Mapping[str, str]
    reason: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to send, what to note once it is sent, and what `returned` needs to know should it come back."""

    mail: Mail
    sent: Callable[[datetime], None]
    about: Mapping[str, str]


class OutboxKind(Protocol):
    """What dispatch asks of a kind."""

    def compose(self, scope: ImportScope, payload: Payload, *, tools: Tools, now: datetime) -> Letter | None:
        """The mail, or None where the item is overtaken. InvalidError, ConflictError: it will never be sent."""

    def uncertain(self, scope: ImportScope, payload: Payload) -> None:
        """Nobody knows whether it was sent: tell the staff."""

    def refused(self, scope: ImportScope, payload: Payload) -> None:
        """It cannot be sent to this address: tell the staff."""

    def returned(self, scope: ImportScope, bounce: Bounce, *, now: datetime, ids: Ids) -> bool:
        """It was sent, and came back: tell the staff. False where they know. Raises ConflictError: try again."""


class CustomerInvitation:
    """A customer is invited to one account."""

    def compose(self, scope: ImportScope, payload: Payload, *, tools: Tools, now: datetime) -> Letter | None:
        """None if it was cancelled, answered or repeated since it was queued."""
        ref, invitation_id = payload["account_ref"], payload["invitation_id"]
        portal = enrolments.portal(scope, ref)
        if portal is None or portal.invitation_id != invitation_id or portal.state not in OPEN:
            return None
        offered = Membership(scope.dealer_id, Kind.CUSTOMER, ref, payload["account_name"], invitation_id=invitation_id)
        link = _link(payload, offered, tools=tools, now=now)
        dealer = dealers.dealer(scope)
        mail = messages.invitation(
            tools.render,
            letterhead(dealer),
            to=payload["email"],
            link=tools.link(f"/i/{link.secret}"),
            ends=formats(dealer.locale, dealer.time_zone).date(link.expires_at),
            account_ref=ref,
            account_name=payload["account_name"],
        )
        about = {"account": link_part(ref), "invitation": invitation_id}
        return Letter(mail, lambda at: _invited(scope, ref, invitation_id, link, at), about)

    def uncertain(self, scope: ImportScope, payload: Payload) -> None:
        """The account's state says so."""
        customers.mark_uncertain(scope, ref=payload["account_ref"], invitation_id=payload["invitation_id"])

    def refused(self, scope: ImportScope, payload: Payload) -> None:
        """The account's state says so."""
        customers.mark_bounced(scope, ref=payload["account_ref"], invitation_id=payload["invitation_id"])

    def returned(self, scope: ImportScope, bounce: Bounce, *, now: datetime, ids: Ids) -> bool:
        """The account's state says so."""
        ref, invitation_id = from_link_part(bounce.about["account"]), bounce.about["invitation"]
        return customers.mark_returned(
            scope, ref=ref, invitation_id=invitation_id, reason=bounce.reason, now=now, ids=ids
        )


class StaffInvitation:
    """Somebody is invited to a dealer's staff."""

    def compose(self, scope: ImportScope, payload: Payload, *, tools: Tools, now: datetime) -> Letter | None:
        """None if it was answered or repeated since it was queued."""
        email, invitation_id = payload["email"], payload["invitation_id"]
        invited = staff_repo.invitation(scope, email)
        if invited is None or invited.invitation_id != invitation_id:
            return None
        offered = Membership(scope.dealer_id, Kind.STAFF, role=Role(payload["role"]), invitation_id=invitation_id)
        link = _link(payload, offered, tools=tools, now=now)
        dealer = dealers.dealer(scope)
        ends = formats(dealer.locale, dealer.time_zone).date(link.expires_at)
        address = tools.link(f"/i/{link.secret}")
        mail = messages.staff_invitation(tools.render, letterhead(dealer), to=email, link=address, ends=ends)
        about = {"invitation": invitation_id}
        return Letter(mail, lambda _: _advance(scope, payload, StaffState.INVITED, link.expires_at), about)

    def uncertain(self, scope: ImportScope, payload: Payload) -> None:
        """The list of staff says so."""
        _advance(scope, payload, StaffState.UNCERTAIN)

    def refused(self, scope: ImportScope, payload: Payload) -> None:
        """The list of staff says so."""
        _advance(scope, payload, StaffState.BOUNCED)

    def returned(self, scope: ImportScope, bounce: Bounce, *, now: datetime, ids: Ids) -> bool:
        """The list of staff says so."""
        invitation_id = bounce.about["invitation"]
        return staff.mark_returned(
            scope, email=bounce.to, invitation_id=invitation_id, reason=bounce.reason, now=now, ids=ids
        )


KINDS: Mapping[str, OutboxKind] = {
    customers.INVITATION: CustomerInvitation(),
    staff.INVITATION: StaffInvitation(),
}


def _link(payload: Payload, offered: Membership, *, tools: Tools, now: datetime) -> NewLink:
    return create_invitation(
        IdentityScope(),
        email=payload["email"],
        membership=offered,
        invitation_id=payload["invitation_id"],
        now=now,
        ids=tools.ids,
    )


def _invited(scope: ImportScope, ref: str, invitation_id: str, link: NewLink, at: datetime) -> None:
    customers.mark_invited(scope, ref=ref, invitation_id=invitation_id, expires_at=link.expires_at, now=at)


def _advance(scope: ImportScope, payload: Payload, state: StaffState, expires_at: datetime | None = None) -> None:
    staff.advance_invitation(
        scope,
        email=payload["email"],
        invitation_id=payload["invitation_id"],
        state=state,
        expires_at=expires_at,
    )
