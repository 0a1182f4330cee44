"""The text message that says in a few words what a mail says: no names, no amounts, and how many at most.

Everything that may have changed since it was queued is looked up again, for it may have waited all night.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from chalicelib.alerts import queries as preferences
from chalicelib.alerts.kinds import (
    BY_NAME,
    DISPUTE_NEWS,
    DOCUMENTS_SHARED,
    MESSAGE_ANSWERED,
    NEW_DOCUMENTS,
    PAYMENT_REMINDER,
    STATEMENT_READY,
    AlertChannel,
    AlertKind,
)
from chalicelib.alerts.texts.model import ALERT_TEXT, Allowance, waits_until
from chalicelib.alerts.texts.operations import consume
from chalicelib.customers import queries as customers
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.identity import text_numbers
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.i18n import activated, ngettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.mail.texts import TextMessage, is_short
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import BounceReport, ComposedMail, Notice, NotYetError
from chalicelib.observability import logger
from chalicelib.profiles.numbers import may_be_texted
from chalicelib.store.outbox import OutboxItem

Counts = Mapping[str, int]
_MAX_NAME, _SHORT_NAME = 40, 20
_IDENTITY = IdentityScope()


class AlertText(Notice):
    """Payload: see ALERT_TEXT."""

    kind = ALERT_TEXT

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where the person, their number or the dealer wants none by now, or none is left to send."""
        payload, now, dealer = item.payload, deps.clock(), dealers.dealer(scope, fresh=True)
        kind = BY_NAME[payload["alert"]]
        # Tested control: texts-turned-off-at-once
        if not dealer.offers_sms_notifications or (kind.module and kind.module not in dealer.modules):
            return None
        # What was due yesterday may be paid by now: as its mail, a reminder is of its day.
        if kind is PAYMENT_REMINDER and local_date(now, dealer.time_zone).isoformat() != payload["day"]:
            return None
        email = _reader(scope, item, kind)
        number = _number(payload["person_id"], dealer, deps) if email else ""
        if not number:
            return None
        if until := waits_until(now, dealer.time_zone):
            raise NotYetError(until)
        if deps.texts.is_opted_out(number):
            text_numbers.note_opted_out(_IDENTITY, payload["person_id"], number, now=now)
            return None
        allowance = consume(scope, dealer, event=payload["event"], person_id=payload["person_id"], now=now)
        if allowance is not Allowance.LEFT:
            logger.warning("text.used_up", allowance=allowance.value, item=item.item_id)
            return None
        return ComposedMail(TextMessage(number, text_of(kind, payload["counts"], read_by(dealer, email), deps), True))

    def refused(self, scope: ImportScope, item: OutboxItem, *, now: datetime) -> None:
        """It is logged: staff can do nothing about somebody's own number."""

    def bounced(self, scope: ImportScope, report: BounceReport, *, now: datetime, ids: Ids) -> bool:
        """Text messages do not bounce."""
        del scope, report, now, ids
        return False


def text_of(kind: AlertKind, counts: Counts, dealer: Dealer, deps: MailDeps) -> str:
    """What it says, in the dealer's language and as short as it has to be."""
    with activated(dealer.locale):
        return next(filter(is_short, _texts(dealer, _WORDS[kind.name](counts), deps)))


def _texts(dealer: Dealer, what: str, deps: MailDeps) -> Iterator[str]:
    """The text, and shorter ones for long names and addresses. The last one fits."""
    own, home = deps.link(f"/d/{dealer.slug}"), deps.link("")
    shorter = (
        (dealer.name[:_MAX_NAME], own),
        (dealer.name[:_MAX_NAME], home),
        (dealer.name[:_SHORT_NAME], own),
        (dealer.name[:_SHORT_NAME], home),
    )
    for name, address in shorter:
        yield _("%(dealer)s: %(what)s. %(address)s", dealer=name.strip(), what=what, address=address)
    yield _("%(dealer)s: %(what)s.", dealer=dealer.name[:_SHORT_NAME].strip(), what=what)


def _reader(scope: ImportScope, item: OutboxItem, kind: AlertKind) -> str:
    """The email of the person, if they may see what it is about and still want it; else empty."""
    person_id, ref, era = item.payload["person_id"], item.payload["account_ref"], item.payload["era"]
    users = customers.readers_of_account(scope, ref, era, kind.area)
    email = next((user.email for user in users if user.person_id == person_id), "")
    # Tested control: texts-still-chosen
    return email if AlertChannel.SMS in preferences.channels(scope, person_id, kind) else ""


def _number(person_id: str, dealer: Dealer, deps: MailDeps) -> str:
    """Where it goes: it was proved, and is of a country to which this dealer sends. Empty where there is none."""
    found = text_numbers.text_number(_IDENTITY, person_id)
    if found is None or found.opted_out_at:
        return ""
    # Tested control: alert-text-to-allowed-country
    return found.number if may_be_texted(found.number, {dealer.home_country, *deps.text_countries}) else ""


def _new_documents(counts: Counts) -> str:
    invoices, notes = counts["invoices"], counts["credits"]
    return _joined(
        ngettext("%(num)s new invoice", "%(num)s new invoices", invoices, num=invoices) if invoices else "",
        ngettext("%(num)s new credit note", "%(num)s new credit notes", notes, num=notes) if notes else "",
    )


def _reminder(counts: Counts) -> str:
    late, soon = counts["overdue"], counts["soon"]
    if not late:
        return ngettext("%(num)s invoice due soon", "%(num)s invoices due soon", soon, num=soon)
    return _joined(
        ngettext("%(num)s invoice overdue", "%(num)s invoices overdue", late, num=late),
        _("%(num)s due soon", num=soon) if soon else "",
    )


def _shared(counts: Counts) -> str:
    number = counts["documents"]
    return ngettext("%(num)s new document for you", "%(num)s new documents for you", number, num=number)


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


_WORDS: Mapping[str, Callable[[Counts], str]] = {
    NEW_DOCUMENTS.name: _new_documents,
    PAYMENT_REMINDER.name: _reminder,
    DOCUMENTS_SHARED.name: _shared,
    MESSAGE_ANSWERED.name: lambda _counts: _("Your question was answered"),
    DISPUTE_NEWS.name: lambda _counts: _("There is news of your dispute"),
    STATEMENT_READY.name: lambda _counts: _("Your monthly statement is ready"),
}
"""By the kind's name: one for each that may be texted."""
