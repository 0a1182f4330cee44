"""The switcher's list: what somebody may act for, by dealer, with balances where that is cheap."""

from dataclasses import dataclass
from unicodedata import combining, normalize

from chalicelib.dealers.model import Dealer
from chalicelib.dealers.staff.model import ROLE_LABELS
from chalicelib.dealers.suspension import suspended_for_staff, unavailable
from chalicelib.http.authorization import needs_second_factor
from chalicelib.http.request import Request
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger.access import AccountShutError
from chalicelib.ledger.model import AccountHead
from chalicelib.ledger.queries import account_snapshot
from chalicelib.rendering.format import formats

MAX_SEARCH_LENGTH = 100
WITH_BALANCE = 12
"""Each balance is two small reads; a person with more accounts searches."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line: `balance` in words, or empty where it is not known."""

    key: str
    name: str
    detail: str
    balance: str = ""
    note: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A dealer and one's accounts there. `suspended`: why none of them can be chosen."""

    dealer: Dealer
    choices: tuple[Choice, ...]
    suspended: str = ""

    @property
    def initials(self) -> str:
        """`Moorbeck Machinery` -> `MM`."""
        return "".join(word[0] for word in self.dealer.name.split()[:2]).upper()


def choices(request: Request, memberships: list[Membership], text: str) -> list[Group]:
    """By the dealer's name, then by the account's. `text` is found in names and numbers, without case and accents."""
    by_dealer: dict[str, list[Membership]] = {}
    for membership in memberships:
        by_dealer.setdefault(membership.dealer_id, []).append(membership)
    wanted, groups = _fold(text[:MAX_SEARCH_LENGTH]), []
    for dealer_id, own in by_dealer.items():
        dealer = request.services.dealer_of(TenantScope(dealer_id))
        found = [one for one in own if wanted in _fold(f"{dealer.name} {one.account_name} {one.account_number}")]
        cheap = len(memberships) <= WITH_BALANCE and not dealer.suspended
        lines = [_choice(request, dealer, one, cheap=cheap) for one in found]
        if lines:
            groups.append(Group(dealer, tuple(sorted(lines, key=lambda line: _fold(line.name))), _why(dealer, found)))
    return sorted(groups, key=lambda group: _fold(group.dealer.name))


def _why(dealer: Dealer, memberships: list[Membership]) -> str:
    if not dealer.suspended:
        return ""
    is_staff = any(one.kind is MembershipKind.STAFF for one in memberships)
    return suspended_for_staff(dealer) if is_staff else unavailable(dealer.name)


def _choice(request: Request, dealer: Dealer, membership: Membership, *, cheap: bool) -> Choice:
    session = request.session
    current = session is not None and session.membership is not None and session.membership.key == membership.key
    if membership.kind is MembershipKind.STAFF or membership.account_ref is None:
        return Choice(membership.key, _("Dealership staff"), str(ROLE_LABELS[membership.role]), current=current)
    number = membership.account_number
    shut = session is None or session.short_password or needs_second_factor(request, session, membership)
    # Tested control: switcher-shows-after-factor
    balance, note = _balance(request, dealer, membership) if cheap and not shut else ("", "")
    detail = _("Account %(account)s", account=number) if number else ""
    return Choice(membership.key, membership.account_name or number, detail, balance, note, current)


def _balance(request: Request, dealer: Dealer, membership: Membership) -> tuple[str, str]:
    try:
        head = _head(request, dealer, membership)
    except AccountShutError:
        return "", _("No access")
    if head is None:
        return "", _("No figures yet")
    if head.archived:
        return "", _("Archived")
    fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
    words = _("Nothing to pay") if head.balance == 0 else _("In credit") if head.balance < 0 else _("To pay")
    return fmt.money(head.balance, head.facts.currency), words


def _head(request: Request, dealer: Dealer, membership: Membership) -> AccountHead | None:
    person_id = request.session.person_id if request.session else ""
    today = local_date(request.now, dealer.time_zone)
    try:
        scope = request.services.customer_scope_of(person_id, membership)
        ref = scope.ledger_ref
        return account_snapshot(scope, ref=ref, today=today).head if ref else None
    except NotFoundError:
        return None


def _fold(text: str) -> str:
    return "".join(c for c in normalize("NFKD", text) if not combining(c)).casefold()
