"""The one mail to somebody of a day about what is due soon or overdue on their accounts."""

from datetime import date
from typing import Any

from chalicelib.alerts.kinds import PAYMENT_REMINDER as KIND
from chalicelib.alerts.model import Alert
from chalicelib.alerts.reminders.model import PAYMENT_REMINDER
from chalicelib.customers import queries as customers
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.areas import Area
from chalicelib.kernel.i18n import activated
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import ImportScope
from chalicelib.ledger.row import Row
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.notifications.payment_reminders import DueAccount, due_account
from chalicelib.notifications.people_of_dealer import and_more_accounts, list_path
from chalicelib.rendering.format import Formats, formats
from chalicelib.store.outbox import OutboxItem

MAX_LISTED = 20
"""Rows of an account that the mail lists: the portal has all."""
MAX_ACCOUNTS = 20
"""Accounts that it lists and the bell shows, of a master that answers for many."""


class PaymentReminder(Notice):
    """Payload: day, since, person_id, email, account_refs, account_ref."""

    kind = PAYMENT_REMINDER

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where the day is over, all is paid or in dispute by now, or they may not open the accounts any more."""
        payload = item.payload
        found = [one for ref in payload["account_refs"] if (one := _due(scope, payload, ref, deps))]
        if not found:
            return None
        dealer = read_by(dealers.dealer(scope), payload["email"])
        fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
        late = sum(_late(one, payload["day"]) for one in found)
        soon = sum(len(one.rows) for one in found) - late
        with activated(dealer.locale):
            listed = [_listed(one, payload["day"], fmt) for one in found[:MAX_ACCOUNTS]]
            accounts = [*listed, *and_more_accounts(len(found) - MAX_ACCOUNTS)]
        mail = deps.mail(
            self.kind,
            dealer,
            to=payload["email"],
            link=deps.link("/transactions"),
            accounts=accounts,
            overdue=late,
            soon=soon,
        )
        alerts = tuple(_alert(scope, one, payload["day"]) for one in found[:MAX_ACCOUNTS])
        return ComposedMail(mail, alerts=alerts, counts={"overdue": late, "soon": soon})


def _due(scope: ImportScope, payload: Any, ref: str, deps: MailDeps) -> DueAccount | None:
    found = due_account(scope, ref, payload=payload, now=deps.clock())
    if found is None:
        return None
    emails = {user.email for user in customers.readers_of_account(scope, ref, found.era, Area.INVOICES)}
    # Tested control: reminders-of-present-people
    return found if payload["email"] in emails else None


def _late(found: DueAccount, day: str) -> int:
    return sum((row.due_date or "") < day for row in found.rows)


def _listed(found: DueAccount, day: str, fmt: Formats) -> dict[str, Any]:
    lines = [_line(row, found.view.facts.currency, day, fmt) for row in found.rows[:MAX_LISTED]]
    more = len(found.rows) - len(lines)
    title = _("Account %(number)s, %(name)s", number=found.view.ref, name=found.view.facts.name)
    return {"title": title, "lines": [*lines, _("and %(num)s more", num=more)] if more else lines}


def _line(row: Row, currency: str, day: str, fmt: Formats) -> str:
    amount, due = fmt.money(row.outstanding, currency), fmt.date(date.fromisoformat(row.due_date or day))
    if (row.due_date or day) < day:
        return _("Invoice %(reference)s: %(amount)s, was due %(day)s", reference=row.reference, amount=amount, day=due)
    return _("Invoice %(reference)s: %(amount)s, due %(day)s", reference=row.reference, amount=amount, day=due)


def _alert(scope: ImportScope, found: DueAccount, day: str) -> Alert:
    ref, first, late = found.view.ref, found.rows[0], _late(found, day)
    about = {
        "overdue": str(late),
        "soon": str(len(found.rows) - late),
        "amount": str(sum(row.outstanding for row in found.rows)),
        "currency": found.view.facts.currency,
        "reference": first.reference,
        "due": first.due_date or day,
    }
    alone = f"/invoices/{link_part(ref)}/{first.type}/{link_part(first.transaction_id)}?on={first.transaction_date}"
    return Alert(KIND.name, ref, found.era, alone if len(found.rows) == 1 else list_path(scope, ref), about)
