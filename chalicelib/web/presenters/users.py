"""A user of the dealership as a line of the list."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.dealers.staff.model import ROLE_LABELS, StaffState
from chalicelib.dealership_users.model import DealershipUser, Doubts, Protection
from chalicelib.identity.model import STRONG, FactorKind
from chalicelib.kernel.i18n import LazyText, lazy_gettext, ngettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.format import Formats

PROTECTED: dict[Protection, LazyText] = {
    Protection.YOURSELF: lazy_gettext("You"),
    Protection.ONLY_ADMIN: lazy_gettext("The only admin"),
    Protection.BOTH: lazy_gettext("You, the only admin"),
}
"""What stands in the place of the bin."""


FACTOR_LABELS: dict[FactorKind, LazyText] = {
    FactorKind.APP: lazy_gettext("App"),
    FactorKind.PASSKEY: lazy_gettext("Passkey"),
    FactorKind.EMAIL: lazy_gettext("Codes by email"),
    FactorKind.SMS: lazy_gettext("Codes by text message"),
}
_BOTH = lazy_gettext("App, passkey")


class UserLine(NamedTuple):
    """`detail`: what became of the invitation of somebody who is pending; `protected`: why there is no bin."""

    user: DealershipUser
    status: str
    tone: str
    icon: str
    role: str
    detail: str
    protected: str
    factor: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether they have an invitation, and have not joined."""
        return self.user.member.person_id is None


def line(user: DealershipUser, *, now: datetime, fmt: Formats) -> UserLine:
    """How this user is shown."""
    member = user.member
    role = str(ROLE_LABELS[member.role])
    protected = str(PROTECTED[user.protection]) if user.protection else ""
    if member.state is StaffState.ACTIVE:
        return UserLine(user, _("Active"), "ok", "check-circle", role, "", protected, _factor(user))
    detail, tone = _invitation(user, now=now, fmt=fmt)
    return UserLine(user, _("Pending"), tone, "envelope", role, detail, protected)


def _factor(user: DealershipUser) -> str:
    """`None` is a word for people too."""
    if user.factors >= STRONG:
        return str(_BOTH)
    known = [str(label) for kind, label in FACTOR_LABELS.items() if kind in user.factors]
    return known[0] if known else _("None")


def _invitation(user: DealershipUser, *, now: datetime, fmt: Formats) -> tuple[str, str]:
    """What became of it, and the colour of that."""
    day = fmt.near_date(fmt.today(user.member.since), fmt.today(now))
    match user.member.state:
        case StaffState.BOUNCED:
            return _("Not delivered"), "bad"
        case StaffState.UNCERTAIN:
            return _("Perhaps not sent"), "warn"
        case StaffState.QUEUED:
            return _("Being sent"), "info"
    if user.is_expired(now):
        return _("Invited %(day)s, expired", day=day), "warn"
    return _("Invited %(day)s", day=day), "info"


MAX_NAMED = 3


def doubts_in_words(doubts: Doubts) -> list[str]:
    """Sentences before the question whether to invite somebody all the same."""
    said = [_of_customer(one.account_number, one.account_name) for one in doubts.customers[:MAX_NAMED]]
    if more := len(doubts.customers[MAX_NAMED:]):
        said.append(ngettext("And to %(num)s more.", "And to %(num)s more.", more, num=more))
    if doubts.customers:
        said.append(_("Staff see all customers."))
    if doubts.new_domain:
        said.append(_("None of your users has an address at %(domain)s yet.", domain=doubts.new_domain))
    return said


def _of_customer(number: str, name: str) -> str:
    if number and name:
        return _("This address belongs to customer %(account)s, %(name)s.", account=number, name=name)
    return _("This address belongs to customer %(name)s.", name=name or number)
