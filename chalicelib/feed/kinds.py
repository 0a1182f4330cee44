"""Every kind of item. A new kind is one more entry, and a paragraph in docs/api.md."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from chalicelib.feed.model import FeedItem
from chalicelib.feed.payloads import (
    ChangeRequested,
    ConsentChosen,
    DisputeChanged,
    DisputeRaised,
    DocumentSent,
    InvitationAccepted,
    Payload,
    QuestionAsked,
    QuestionClosed,
)
from chalicelib.kernel.account_fields import FIELD_LABELS
from chalicelib.kernel.channels import CHANNEL_LABELS
from chalicelib.kernel.dispute_codes import REASON_LABELS, STATE_LABELS, DisputeState
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.money import as_decimal
from chalicelib.rendering.format import Formats
from chalicelib.store.codec import Codec


@dataclass(frozen=True)
class FeedKind:
    """`name` and `version` are the program's, `label` and `describe` for people, `icon` one of Bootstrap's.

    `payload` is what its items say. A field may be added to it with a default; any other change is another version.
    """

    name: str
    version: int
    payload: type[Payload]
    label: LazyText
    icon: str
    describe: Callable[[Any, Formats], str]

    @cached_property
    def codec(self) -> Codec[Payload]:
        """How its items' payload is stored."""
        return Codec(self.payload)


def _email(data: InvitationAccepted, _fmt: Formats) -> str:
    return data.email


def _change(data: ChangeRequested, _fmt: Formats) -> str:
    label = FIELD_LABELS[data.field]
    if not data.before:
        return _("%(field)s: %(value)s", field=label, value=data.value)
    return _("%(field)s: %(value)s instead of %(before)s", field=label, value=data.value, before=data.before)


def _document(data: DocumentSent, _fmt: Formats) -> str:
    if not data.request:
        return data.file_name
    return _("%(name)s, requested: %(request)s", name=data.file_name, request=data.request)


def _consent(data: ConsentChosen, _fmt: Formats) -> str:
    label = CHANNEL_LABELS[data.channel]
    return _("%(channel)s: yes", channel=label) if data.granted == "yes" else _("%(channel)s: no", channel=label)


def _question(data: QuestionAsked | QuestionClosed, _fmt: Formats) -> str:
    return data.subject


def _dispute(data: DisputeRaised, fmt: Formats) -> str:
    return _(
        "%(transactions)s, %(amount)s: %(reason)s",
        transactions=_named(data),
        amount=fmt.money(data.amount, data.currency),
        reason=REASON_LABELS[data.dispute_reason],
    )


def _dispute_state(data: DisputeChanged, fmt: Formats) -> str:
    if data.dispute_state is DisputeState.RESOLVED_CREDIT:
        credit = fmt.money(data.credit, data.currency)
        return _("Credit %(amount)s for %(transactions)s", amount=credit, transactions=_named(data))
    return _("%(transactions)s: %(state)s", transactions=_named(data), state=STATE_LABELS[data.dispute_state])


def _named(data: DisputeRaised | DisputeChanged) -> str:
    """Ids of the transactions, without types and amounts."""
    return ", ".join(line.partition(" ")[2].rpartition(" ")[0] for line in data.transactions.splitlines())


def in_whole_units(data: Payload) -> dict[str, Any]:
    """The fields for people who open a spreadsheet: money in pounds, say, where programs read pence."""
    values = asdict(data)
    if not isinstance(data, DisputeRaised | DisputeChanged):
        return values
    for name in ("amount", "credit"):
        if name in values:
            values[name] = as_decimal(values[name], data.currency)
    lines = [line.rpartition(" ") for line in data.transactions.splitlines()]
    values["transactions"] = "\n".join(f"{row} {as_decimal(int(minor), data.currency)}" for row, _space, minor in lines)
    return values


INVITATION_ACCEPTED = FeedKind(
    name="invitation_accepted",
    version=1,
    payload=InvitationAccepted,
    label=lazy_gettext("Invitation accepted"),
    icon="person-check",
    describe=_email,
)
CHANGE_REQUESTED = FeedKind(
    name="change_requested",
    version=1,
    payload=ChangeRequested,
    label=lazy_gettext("Change requested"),
    icon="pencil-square",
    describe=_change,
)

DOCUMENT = FeedKind(
    name="document",
    version=1,
    payload=DocumentSent,
    label=lazy_gettext("Document sent"),
    icon="file-earmark-check",
    describe=_document,
)

CONSENT = FeedKind(
    name="consent",
    version=1,
    payload=ConsentChosen,
    label=lazy_gettext("Contact preference"),
    icon="megaphone",
    describe=_consent,
)

QUESTION = FeedKind(
    name="question",
    version=1,
    payload=QuestionAsked,
    label=lazy_gettext("Question"),
    icon="chat-left-text",
    describe=_question,
)

QUESTION_CLOSED = FeedKind(
    name="question_closed",
    version=1,
    payload=QuestionClosed,
    label=lazy_gettext("Question closed"),
    icon="check-circle",
    describe=_question,
)

DISPUTE_RAISED = FeedKind(
    name="dispute_raised",
    version=1,
    payload=DisputeRaised,
    label=lazy_gettext("Dispute raised"),
    icon="chat-square-text",
    describe=_dispute,
)
DISPUTE_CHANGED = FeedKind(
    name="dispute_changed",
    version=1,
    payload=DisputeChanged,
    label=lazy_gettext("Dispute updated"),
    icon="chat-square-text",
    describe=_dispute_state,
)

_ALL = (
    INVITATION_ACCEPTED,
    CHANGE_REQUESTED,
    DOCUMENT,
    CONSENT,
    QUESTION,
    QUESTION_CLOSED,
    DISPUTE_RAISED,
    DISPUTE_CHANGED,
)
KINDS: Mapping[str, FeedKind] = {kind.name: kind for kind in _ALL}
"""By name."""
KIND_OF: Mapping[type[Payload], FeedKind] = {kind.payload: kind for kind in KINDS.values()}

COLUMNS = ("id", "at", "kind", "version", "account_ref", "account_name")
"""What every item has, as JSON and as CSV."""
DATA_COLUMNS = tuple(dict.fromkeys(one.name for kind in KINDS.values() for one in fields(kind.payload)))
"""The fields of all payloads, for files that hold every kind."""


def as_json(item: FeedItem) -> dict[str, Any]:
    """The item as a program reads it (docs/api.md)."""
    return {
        "id": item.item_id,
        "kind": item.kind,
        "version": item.version,
        "at": item.at.isoformat(),
        "account_ref": item.account_ref or None,
        "account_name": item.account_name,
        "data": asdict(item.data),
    }
