"""The mail that tells a customer of a new statement, with the invoices that were open."""

from datetime import date
from urllib.parse import urlencode

from chalicelib.alerts.kinds import STATEMENT_READY
from chalicelib.alerts.model import Alert
from chalicelib.customers import queries as customers
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Module
from chalicelib.kernel import i18n
from chalicelib.kernel.areas import Area
from chalicelib.kernel.scopes import ImportScope
from chalicelib.ledger.row import TransactionType
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.rendering.format import Formats, formats
from chalicelib.statements import operations, repo
from chalicelib.statements.monthly import ArchivedItem
from chalicelib.store.outbox import OutboxItem

MAX_NAMED = 10
"""Invoices that the mail lists; the statement has all."""


class StatementReady(Notice):
    """Payload: account_ref, era, month, email."""

    kind = operations.READY

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where they may not log in for the account any more."""
        ref, era, email = item.payload["account_ref"], item.payload["era"], item.payload["email"]
        own = dealers.dealer(scope)
        made = repo.statement(scope, ref, era=era, month=item.payload["month"])
        readers = {user.email for user in customers.readers_of_account(scope, ref, era, Area.STATEMENTS)}
        # Tested control: statement-mail-to-its-people
        if made is None or email not in readers:
            return None
        if Module.INVOICES not in own.modules:
            return None
        dealer = read_by(own, email)
        fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
        listed = repo.lines(scope, ref, era=era, month=made.month).items
        owed = [one for one in listed if one.type == TransactionType.INVOICE and one.outstanding > 0]
        with i18n.activated(lambda: dealer.locale):
            month = fmt.month(made.period.first)
        path = f"/statements?{urlencode({**customers.address_of_account(scope, ref), 'period': made.month})}"
        mail = deps.mail(
            self.kind,
            dealer,
            to=email,
            link=deps.link(path),
            account_number=ref,
            month=month,
            closing=fmt.money(made.closing, made.currency),
            invoices=[_invoice(fmt, one, made.currency) for one in owed[:MAX_NAMED]],
            more=max(0, len(owed) - MAX_NAMED),
        )
        about = {"month": made.month, "closing": str(made.closing), "currency": made.currency}
        return ComposedMail(mail, alerts=(Alert(STATEMENT_READY.name, ref, era, path, about),))


def _invoice(fmt: Formats, one: ArchivedItem, currency: str) -> tuple[str, str, str]:
    """Reference, amount and, where it has one, due date."""
    due = fmt.date(date.fromisoformat(one.due)) if one.due else ""
    return one.reference, fmt.money(one.outstanding, currency), due
