"""What somebody may act for, by dealer: with the figures of each account, or for the menu in the header without."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from unicodedata import combining, normalize

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer, Module
from chalicelib.dealers.staff.model import ROLE_LABELS
from chalicelib.dealers.suspension import suspended_for_staff, unavailable
from chalicelib.http.authorization import needs_second_factor
from chalicelib.http.request import Request
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.areas import Area
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger.access import AccountShutError
from chalicelib.ledger.queries import AccountSummary, account_summary
from chalicelib.rendering.format import Formats, formats
from chalicelib.web.presenters.freshness import Freshness

MAX_SEARCH_LENGTH = 100
WITH_FIGURES = 50
"""Accounts of one page with figures, which take two or three small reads each; a person with more searches."""
IN_MENU = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One line. `balance`, and what is `overdue` or else a `note`, in words; empty where they are not known.

    `unread`: notifications of the account. `others`: how many accounts it is the master of.
    """

    key: str
    name: str
    detail: str
    current: bool = False
    balance: str = ""
    overdue: str = ""
    note: str = ""
    unread: int = 0
    others: int = 0


class Total(NamedTuple):
    """What all accounts of one currency owe, of one dealer."""

    balance: str
    overdue: str


@dataclass(frozen=True, slots=True)
class Group:
    """A dealer and one's accounts there. `suspended`: why none of them can be chosen.

    `totals`: one for each currency that several of the accounts have. `fresh`: as of when figures are true, None
    without any.
    """

    dealer: Dealer
    choices: tuple[Choice, ...]
    fmt: Formats
    suspended: str = ""
    totals: tuple[Total, ...] = ()
    fresh: Freshness | None = None

    @property
    def initials(self) -> str:
        """`Moorbeck Machinery` -> `MM`."""
        return "".join(word[0] for word in self.dealer.name.split()[:2]).upper()


class _Line(NamedTuple):
    """A choice with the figures behind it, None where none are known or shown."""

    choice: Choice
    summary: AccountSummary | None = None


def choices(request: Request, memberships: Sequence[Membership], text: str) -> list[Group]:
    """By the dealer's name, then by the account's. `text` is found in names and numbers, without case and accents."""
    found = _found(request, memberships, text)
    has_figures = sum(len(own) for _, own in found) <= WITH_FIGURES
    return [_group(request, dealer, own, with_figures=has_figures) for dealer, own in found]


def menu(request: Request, memberships: Sequence[Membership]) -> list[Group]:
    """The same without figures: the first few, of dealers whose portal is open."""
    groups, left = [], IN_MENU
    for dealer, own in _found(request, memberships, ""):
        shown, left = own[:left], left - len(own[:left])
        if shown and not dealer.suspended:
            groups.append(_group(request, dealer, shown, with_figures=False))
    return groups


def _found(request: Request, memberships: Sequence[Membership], text: str) -> list[tuple[Dealer, list[Membership]]]:
    by_dealer: dict[str, list[Membership]] = {}
    for membership in memberships:
        by_dealer.setdefault(membership.dealer_id, []).append(membership)
    wanted, found = _fold(text[:MAX_SEARCH_LENGTH]), []
    for dealer_id, own in by_dealer.items():
        dealer = request.services.dealer_of(TenantScope(dealer_id))
        matching = [one for one in own if wanted in _fold(f"{dealer.name} {one.account_name} {one.account_number}")]
        if matching:
            found.append((dealer, sorted(matching, key=lambda one: _fold(one.account_name or one.account_number))))
    return sorted(found, key=lambda one: _fold(one[0].name))


def _group(request: Request, dealer: Dealer, own: Sequence[Membership], *, with_figures: bool) -> Group:
    fmt = formats(request.fmt.locale, dealer.time_zone, dealer.currency)
    lines = [_line(request, dealer, one, fmt, with_figures=with_figures and not dealer.suspended) for one in own]
    known = [line.summary for line in lines if line.summary]
    return Group(
        dealer,
        tuple(line.choice for line in lines),
        fmt,
        suspended=_why(dealer, own),
        totals=_totals(known, fmt),
        fresh=_freshness(request, dealer) if known else None,
    )


def _why(dealer: Dealer, memberships: Iterable[Membership]) -> str:
    if not dealer.suspended:
        return ""
    is_staff = any(one.kind is MembershipKind.STAFF for one in memberships)
    return suspended_for_staff(dealer) if is_staff else unavailable(dealer.name)


def _line(request: Request, dealer: Dealer, membership: Membership, fmt: Formats, *, with_figures: bool) -> _Line:
    session = request.session
    current = session is not None and session.membership is not None and session.membership.key == membership.key
    if membership.kind is MembershipKind.STAFF or membership.account_ref is None:
        return _Line(Choice(membership.key, _("Dealership staff"), str(ROLE_LABELS[membership.role]), current))
    number = membership.account_number
    detail = _("Account %(account)s", account=number) if number else ""
    bare = Choice(membership.key, membership.account_name or number, detail, current)
    shut = session is None or session.short_password or needs_second_factor(request, session, membership)
    # Tested control: switcher-shows-after-factor
    return _with_figures(request, dealer, membership, bare, fmt) if with_figures and not shut else _Line(bare)


def _with_figures(request: Request, dealer: Dealer, membership: Membership, bare: Choice, fmt: Formats) -> _Line:
    """Each account is opened as its own pages would: what these refuse is not shown here either."""
    person_id = request.session.person_id if request.session else ""

    try:
        scope = request.services.customer_scope_of(person_id, membership)
        is_given = Module.INVOICES in dealer.modules and Area.INVOICES in scope.areas
        ref = scope.ledger_ref if is_given else None
        found = account_summary(scope, ref=ref, now=request.now) if ref else None
    except AccountShutError:
        return _Line(replace(bare, note=_("No access")))
    except NotFoundError:
        return _Line(replace(bare, note=_("No figures yet")))
    known = replace(
        bare,
        unread=request.services.unread_alerts(scope, dealer.modules),
        others=len(scope.account_refs - {membership.account_ref, scope.ledger_ref}),
    )
    if found is None:
        return _Line(replace(known, note=_("No figures yet") if is_given else ""))
    if found.head.archived:
        return _Line(replace(known, note=_("Archived")))
    figures, currency = found.figures, found.head.facts.currency
    return _Line(
        replace(
            known,
            balance=fmt.money(figures.balance, currency),
            overdue=_overdue(fmt.money(figures.overdue, currency)) if figures.overdue else "",
            note="" if figures.overdue else _nothing_overdue(figures.balance),
        ),
        found,
    )


def _nothing_overdue(balance: int) -> str:
    if balance > 0:
        return _("Nothing overdue")
    return _("In credit") if balance else _("Nothing to pay")


def _overdue(amount: str) -> str:
    return _("%(amount)s overdue", amount=amount)


def _totals(known: Iterable[AccountSummary], fmt: Formats) -> tuple[Total, ...]:
    """Each account counts once, also where somebody has it in two ways. Amounts of two currencies are never added."""
    once = {one.head.account_ref: one for one in known}
    by_currency: dict[str, list[AccountSummary]] = defaultdict(list)
    for one in once.values():
        by_currency[one.head.facts.currency].append(one)
    return tuple(
        Total(
            fmt.money(sum(one.figures.balance for one in several), currency),
            _overdue(fmt.money(late, currency)) if (late := sum(one.figures.overdue for one in several)) else "",
        )
        for currency, several in sorted(by_currency.items())
        if len(several) > 1
    )


def _freshness(request: Request, dealer: Dealer) -> Freshness:
    published, today = dealers.published(TenantScope(dealer.dealer_id)), local_date(request.now, dealer.time_zone)
    return Freshness(today, published.as_at, published.received_at, dealer.name, late=published.is_late(today))


def _fold(text: str) -> str:
    return "".join(c for c in normalize("NFKD", text) if not combining(c)).casefold()
