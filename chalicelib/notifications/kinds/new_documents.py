"""The one mail to somebody about all that an export has brought to their accounts."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from chalicelib.alerts.digests import queries
from chalicelib.alerts.digests.model import NEW_DOCUMENTS
from chalicelib.alerts.kinds import NEW_DOCUMENTS as KIND
from chalicelib.alerts.model import Alert
from chalicelib.customers import queries as customers
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Module
from chalicelib.kernel.areas import Area
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import activated
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import ImportScope
from chalicelib.kernel.standing import CLOSED
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.row import Row
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.notifications.people_of_dealer import and_more_accounts, list_path
from chalicelib.rendering.format import Formats, formats
from chalicelib.store.outbox import OutboxItem

MAX_LISTED = 20
"""Rows of an account that the mail lists: the portal has all."""
MAX_ACCOUNTS = 20
"""Accounts that it lists and the bell shows, of a master that answers for many."""


class AccountNews(NamedTuple):
    """What is new on an account."""

    view: AccountView
    era: str
    rows: Sequence[Row]

    @property
    def invoices(self) -> list[Row]:
        """The invoices of it."""
        return [row for row in self.rows if row.type == "invoice"]


class NewDocuments(Notice):
    """Payload: run, before, person_id, email, account_refs, account_ref."""

    kind = NEW_DOCUMENTS

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where the run was undone since, nothing of it is open any more, or they may not open the accounts."""
        payload, dealer = item.payload, dealers.dealer(scope)
        if Module.INVOICES not in dealer.modules or not dealers.published(scope, fresh=True).shows(payload["run"]):
            return None
        found = [one for ref in payload["account_refs"] if (one := _news(scope, payload, ref, deps))]
        if not found:
            return None
        dealer = read_by(dealer, payload["email"])
        fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
        invoices = sum(len(one.invoices) for one in found)
        credit_notes = sum(len(one.rows) for one in found) - invoices
        with activated(dealer.locale):
            accounts = [
                *(_listed(one, fmt) for one in found[:MAX_ACCOUNTS]),
                *and_more_accounts(len(found) - MAX_ACCOUNTS),
            ]
        mail = deps.mail(
            self.kind,
            dealer,
            to=payload["email"],
            link=deps.link("/transactions"),
            accounts=accounts,
            invoices=invoices,
            credits=credit_notes,
        )
        alerts = tuple(_alert(scope, one) for one in found[:MAX_ACCOUNTS])
        return ComposedMail(mail, alerts=alerts, counts={"invoices": invoices, "credits": credit_notes})


def _news(scope: ImportScope, payload: Any, ref: str, deps: MailDeps) -> AccountNews | None:
    era = current_era(scope, ref)
    # Tested control: news-of-present-people
    if payload["email"] not in {user.email for user in customers.readers_of_account(scope, ref, era, Area.INVOICES)}:
        return None
    new = queries.news(scope, payload["run"], ref, before=payload["before"], person_id=payload["person_id"])
    try:
        view = ledger.account_view(scope, ref=ref, now=deps.clock())
    except NotFoundError:
        return None
    if view.head.era != era or view.facts.standing(archived=view.head.archived) in CLOSED:
        return None
    keys = {(row.row_type, row.row_id) for row in new}
    rows = [row for row in view.open_rows if (row.type, row.transaction_id) in keys]
    return AccountNews(view, era, rows) if rows else None


def _listed(news: AccountNews, fmt: Formats) -> dict[str, Any]:
    lines = [_line(row, news.view.facts.currency, fmt) for row in news.rows[:MAX_LISTED]]
    more = len(news.rows) - len(lines)
    title = _("Account %(number)s, %(name)s", number=news.view.ref, name=news.view.facts.name)
    return {"title": title, "lines": [*lines, _("and %(num)s more", num=more)] if more else lines}


def _line(row: Row, currency: str, fmt: Formats) -> str:
    amount = fmt.money(row.outstanding, currency)
    if row.type == "credit_note":
        return _("Credit note %(reference)s: %(amount)s", reference=row.reference, amount=amount)
    if row.due_date is None:
        return _("Invoice %(reference)s: %(amount)s", reference=row.reference, amount=amount)
    day = fmt.date(date.fromisoformat(row.due_date))
    return _("Invoice %(reference)s: %(amount)s, due %(day)s", reference=row.reference, amount=amount, day=day)


def _alert(scope: ImportScope, news: AccountNews) -> Alert:
    ref, invoices, first = news.view.ref, news.invoices, news.rows[0]
    about = {
        "invoices": str(len(invoices)),
        "credits": str(len(news.rows) - len(invoices)),
        "amount": str(sum(row.outstanding for row in invoices or news.rows)),
        "currency": news.view.facts.currency,
        "reference": first.reference,
        "due": first.due_date or "",
    }
    alone = f"/invoices/{link_part(ref)}/{first.type}/{link_part(first.transaction_id)}?on={first.transaction_date}"
    return Alert(KIND.name, ref, news.era, alone if len(news.rows) == 1 else list_path(scope, ref), about)
