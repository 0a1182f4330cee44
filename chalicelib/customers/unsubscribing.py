"""Mails that somebody unsubscribes from by the link in one of them, without a login."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.alerts import operations, repo
from chalicelib.alerts.kinds import BY_NAME, AlertChannel, AlertKind
from chalicelib.dealers.staff_mails import operations as staff_mails
from chalicelib.dealers.staff_mails.model import DAILY_MAIL, EVENT_LABELS, StaffEvent
from chalicelib.identity import queries as identity
from chalicelib.identity import unsubscribe_links
from chalicelib.identity.unsubscribe_links import UnsubscribeLink
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import Text, lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, TenantScope

_STAFF = "staff."
"""Begins the kinds of mails to staff."""
DAILY_LABEL = lazy_gettext("All that has happened in a day")


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a link stops: the mails of a kind to a person at the dealer of the scope, or to one of its staff.

    `staff_event` is an event that staff are mailed of, or DAILY_MAIL; empty where there is a `kind`.
    """

    scope: TenantScope
    person_id: str
    kind: AlertKind | None
    staff_event: str = ""

    @property
    def label(self) -> Text:
        """What the mails are about."""
        if self.kind:
            return self.kind.label
        return DAILY_LABEL if self.staff_event == DAILY_MAIL else EVENT_LABELS[StaffEvent(self.staff_event)]


def new_secret(scope: TenantScope, kind: AlertKind, *, person_id: str, now: datetime, ids: Ids) -> str:
    """The secret of a link for a mail of this kind. Raises ValueError for a must: nobody can unsubscribe from those."""
    # Tested control: no-way-out-of-a-must
    if kind.must:
        raise ValueError(f"nobody can unsubscribe from {kind.name}")
    link = UnsubscribeLink(scope.dealer_id, person_id, kind.name)
    return unsubscribe_links.new_link(IdentityScope(), link, now=now, ids=ids)


def new_staff_secret(scope: TenantScope, name: str, *, person_id: str, now: datetime, ids: Ids) -> str:
    """The same for a mail to one of the staff, by the name of its event or DAILY_MAIL."""
    link = UnsubscribeLink(scope.dealer_id, person_id, _STAFF + name)
    return unsubscribe_links.new_link(IdentityScope(), link, now=now, ids=ids)


def subscription(secret: str, *, now: datetime) -> Subscription:
    """What the link stops. Raises NotFoundError for one that works no longer."""
    link = unsubscribe_links.live_link(IdentityScope(), secret, now=now)
    staff_event = link.kind.removeprefix(_STAFF) if link.kind.startswith(_STAFF) else ""
    if staff_event in {*StaffEvent, DAILY_MAIL}:
        return Subscription(TenantScope(link.dealer_id), link.person_id, None, staff_event)
    kind = BY_NAME.get(link.kind)
    if kind is None or kind.must:
        raise NotFoundError(unsubscribe_links.ENDED)
    return Subscription(TenantScope(link.dealer_id), link.person_id, kind)


def is_mailed(found: Subscription) -> bool:
    """Whether such mails are still sent."""
    if found.kind is None:
        return staff_mails.is_mailed(found.scope, found.staff_event, person_id=found.person_id)
    return AlertChannel.EMAIL in repo.preferences(found.scope, found.person_id).channels(found.kind)


def unsubscribe(found: Subscription, *, now: datetime, ids: Ids) -> None:
    """No more of them. The same again changes nothing, and so does it of somebody whom the dealer knows no more."""
    held = identity.memberships(IdentityScope(), found.person_id)
    if not any(one.dealer_id == found.scope.dealer_id for one in held):
        return
    if found.kind is None:
        staff_mails.stop_mails(found.scope, found.staff_event, person_id=found.person_id, now=now, ids=ids)
        return
    operations.stop_mails(found.scope, found.kind, person_id=found.person_id, now=now, ids=ids)
