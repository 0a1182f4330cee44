"""What stands behind a customer's bell, in words."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from chalicelib.alerts import kinds
from chalicelib.alerts.model import Entry
from chalicelib.kernel.account_fields import FIELD_LABELS
from chalicelib.kernel.dispute_codes import DisputeState
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import ngettext
from chalicelib.rendering.format import Formats


class Words(NamedTuple):
    """`tone` is a class of `.list-icon`; `more` may be empty."""

    icon: str
    tone: str
    title: str
    more: str = ""


class AlertLine(NamedTuple):
    """A line of the list: `href` leads to what it is about."""

    entry_id: str
    words: Words
    at: datetime
    is_read: bool
    href: str


About = Mapping[str, str]


def lines(entries: Iterable[Entry], *, dealer: str, fmt: Formats) -> list[AlertLine]:
    """The lines of these, `dealer` being the dealer's name."""
    return [
        AlertLine(
            entry.entry_id,
            _WORDS[entry.alert.kind](entry.alert.about, dealer, fmt),
            entry.at,
            entry.is_read,
            f"/notifications/{entry.entry_id}",
        )
        for entry in entries
        if entry.alert.kind in _WORDS
    ]


def _new_documents(about: About, dealer: str, fmt: Formats) -> Words:
    del dealer
    invoices, notes = int(about["invoices"]), int(about["credits"])
    amount = fmt.money(int(about["amount"]), about["currency"])
    due = fmt.date(date.fromisoformat(about["due"])) if about["due"] else ""
    also = (
        ngettext("and %(num)s credit note", "and %(num)s credit notes", notes, num=notes) if notes and invoices else ""
    )
    if (invoices, notes) == (1, 0):
        title = _("New invoice %(reference)s, %(amount)s", reference=about["reference"], amount=amount)
        return Words("receipt", "", title, _("Due %(date)s", date=due) if due else "")
    if invoices:
        title = ngettext(
            "%(num)s new invoice, %(amount)s", "%(num)s new invoices, %(amount)s", invoices, num=invoices, amount=amount
        )
        return Words("receipt", "", title, also)
    title = ngettext(
        "New credit note, %(amount)s", "%(num)s new credit notes, %(amount)s", notes, num=notes, amount=amount
    )
    return Words("receipt", "ok", title)


def _reminder(about: About, dealer: str, fmt: Formats) -> Words:
    del dealer
    late, soon = int(about["overdue"]), int(about["soon"])
    amount, due = fmt.money(int(about["amount"]), about["currency"]), fmt.date(date.fromisoformat(about["due"]))
    if (late, soon) == (1, 0):
        title = _("Invoice %(reference)s is overdue", reference=about["reference"])
        return Words("exclamation-circle", "bad", title, _("%(amount)s was due on %(date)s.", amount=amount, date=due))
    if (late, soon) == (0, 1):
        title = _("Invoice %(reference)s is due soon", reference=about["reference"])
        return Words("clock", "warn", title, _("%(amount)s is due on %(date)s.", amount=amount, date=due))
    if late:
        title = ngettext("%(num)s invoice is overdue", "%(num)s invoices are overdue", late, num=late)
        more = (
            ngettext("%(num)s invoice is due soon", "%(num)s invoices are due soon", soon, num=soon) if soon else amount
        )
        return Words("exclamation-circle", "bad", title, more)
    title = ngettext("%(num)s invoice is due soon", "%(num)s invoices are due soon", soon, num=soon)
    return Words("clock", "warn", title, amount)


def _answered(about: About, dealer: str, fmt: Formats) -> Words:
    del fmt
    title = _("%(dealer)s has answered: %(subject)s", dealer=dealer, subject=about["subject"])
    return Words("chat-left-text", "query", title, about["words"])


def _dispute(about: About, dealer: str, fmt: Formats) -> Words:
    del dealer, fmt
    references = about["references"]
    if about["state"] == DisputeState.RESOLVED_CREDIT:
        tone, title = "ok", _("Your dispute over %(references)s: credited", references=references)
    elif about["state"] == DisputeState.RESOLVED_REJECTED:
        tone, title = "bad", _("Your dispute over %(references)s: rejected", references=references)
    elif about["state"] == "file":
        tone, title = "query", _("Your dispute over %(references)s: a file was added", references=references)
    else:
        tone, title = "query", _("Your dispute over %(references)s: acknowledged", references=references)
    return Words("chat-square-text", tone, title, about["words"])


def _statement(about: About, dealer: str, fmt: Formats) -> Words:
    month = fmt.month(date.fromisoformat(f"{about['month']}-01"))
    closing = fmt.money(int(about["closing"]), about["currency"])
    title = _("Your statement from %(dealer)s, %(month)s", dealer=dealer, month=month)
    return Words("file-text", "", title, _("Closing balance %(amount)s", amount=closing))


def _shared(about: About, dealer: str, fmt: Formats) -> Words:
    del fmt
    number = int(about["count"])
    title = ngettext(
        "%(dealer)s has shared a document with you",
        "%(dealer)s has shared %(num)s documents with you",
        number,
        num=number,
        dealer=dealer,
    )
    return Words("folder2-open", "", title, about["titles"])


def _requested(about: About, dealer: str, fmt: Formats) -> Words:
    if about["mail"] == "document_asked_again":
        title = _("%(dealer)s asks you to send a document again", dealer=dealer)
        more = ": ".join(filter(None, (about["name"], about["reason"])))
        return Words("arrow-repeat", "warn", title, more)
    title = _("%(dealer)s asks for a document", dealer=dealer)
    due = fmt.date(date.fromisoformat(about["due"]))
    return Words("file-earmark-plus", "warn", title, _("%(title)s, by %(date)s", title=about["title"], date=due))


def _refused(about: About, dealer: str, fmt: Formats) -> Words:
    del fmt
    title = _("%(dealer)s has not made the change you requested", dealer=dealer)
    field = _("%(field)s: %(value)s", field=FIELD_LABELS[about["field"]], value=about["value"])
    return Words("slash-circle", "", title, ". ".join(filter(None, (field, about["reason"]))))


_WORDS: Mapping[str, Callable[[About, str, Formats], Words]] = {
    kinds.NEW_DOCUMENTS.name: _new_documents,
    kinds.PAYMENT_REMINDER.name: _reminder,
    kinds.MESSAGE_ANSWERED.name: _answered,
    kinds.DISPUTE_NEWS.name: _dispute,
    kinds.STATEMENT_READY.name: _statement,
    kinds.DOCUMENTS_SHARED.name: _shared,
    kinds.DOCUMENT_REQUESTED.name: _requested,
    kinds.CHANGE_REFUSED.name: _refused,
}
