"""Disputes in words: what is disputed, where it stands, what both sides said."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from markupsafe import Markup

from chalicelib.disputes.model import Action, Dispute, DisputedRow, Step
from chalicelib.kernel.dispute_codes import REASON_LABELS, STATE_LABELS, DisputeState
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import link_part
from chalicelib.ledger.row import Row, TransactionType
from chalicelib.rendering.format import Formats
from chalicelib.web.presenters.transactions import NOUNS, TYPES, Badge

_BADGES: Mapping[DisputeState, tuple[str, str]] = {
    DisputeState.RAISED: ("query", "chat-square-text"),
    DisputeState.ACKNOWLEDGED: ("query", "check2"),
    DisputeState.UNDER_REVIEW: ("info", "search"),
    DisputeState.RESOLVED_CREDIT: ("ok", "check-circle"),
    DisputeState.RESOLVED_REJECTED: ("bad", "x-circle"),
    DisputeState.WITHDRAWN: ("", "arrow-counterclockwise"),
}
_TRACK = (DisputeState.RAISED, DisputeState.ACKNOWLEDGED, DisputeState.UNDER_REVIEW)
_DONE: Mapping[Action, tuple[str, LazyText]] = {
    Action.RAISE: ("chat-square-text", lazy_gettext("Raised")),
    Action.ACKNOWLEDGE: ("check2", lazy_gettext("Acknowledged")),
    Action.REVIEW: ("search", lazy_gettext("Taken under review")),
    Action.CREDIT: ("check-circle", lazy_gettext("Credited")),
    Action.REJECT: ("x-circle", lazy_gettext("Rejected")),
    Action.WITHDRAW: ("arrow-counterclockwise", lazy_gettext("Withdrawn")),
    Action.REOPEN: ("arrow-repeat", lazy_gettext("Reopened")),
}
BY_CUSTOMER = frozenset({Action.RAISE, Action.WITHDRAW, Action.REOPEN})


class TrackStep(NamedTuple):
    """A step of the way: `place` is past, now or ahead; `since` is empty ahead."""

    label: str
    icon: str
    place: str
    since: Markup | str


class ShownRow(NamedTuple):
    """A disputed transaction: its words, the way to its page, and the amounts."""

    name: str
    link: str
    amount: str
    outstanding: str
    lines: list[str]


class AgreedCredit(NamedTuple):
    """A credit that ended a dispute, and the day on which it was agreed."""

    dispute_id: str
    amount: str
    on: date


class DisputeEntry(NamedTuple):
    """What somebody wrote with a step, or the step alone."""

    icon: str
    what: str
    by: str
    at: datetime
    text: str
    credit: str
    by_customer: bool


class ShownDispute(NamedTuple):
    """A dispute for a list and for its page."""

    dispute: Dispute
    title: str
    link: str
    reason: str
    badge: Badge
    amount: str
    credit: str


def state_badge(state: DisputeState) -> Badge:
    """The state as a chip."""
    kind, icon = _BADGES[state]
    return Badge(str(STATE_LABELS[state]), kind, icon)


def row_name(row: Row | DisputedRow) -> str:
    """`Invoice 126884`."""
    return _("%(type)s %(reference)s", type=TYPES[TransactionType(row.type)], reference=row.reference)


def row_noun(row: Row | DisputedRow) -> str:
    """`invoice 126884`, within a sentence."""
    return _("%(type)s %(reference)s", type=NOUNS[TransactionType(row.type)], reference=row.reference)


def shown(dispute: Dispute, fmt: Formats, *, home: str = "/disputes") -> ShownDispute:
    """`home` is where the reader's disputes are."""
    return ShownDispute(
        dispute,
        _title(dispute),
        f"{home}/{dispute.dispute_id}",
        str(REASON_LABELS[dispute.reason]),
        state_badge(dispute.state),
        fmt.money(dispute.amount, dispute.currency),
        fmt.money(dispute.credit, dispute.currency) if dispute.credit else "",
    )


def staff_home(ref: str) -> str:
    """Where staff find the disputes of an account."""
    return f"/staff/disputes/{link_part(ref)}"


def _title(dispute: Dispute) -> str:
    if len(dispute.rows) > 1:
        return _("Dispute over %(num)s transactions", num=len(dispute.rows))
    (row,) = dispute.rows
    noun = NOUNS[TransactionType(row.type)]
    return _("Dispute over %(type)s %(reference)s", type=noun, reference=row.reference)


def rows(dispute: Dispute, fmt: Formats, *, for_staff: bool = False) -> list[ShownRow]:
    """What is disputed, each with the way to its page: the customer's, or that of staff."""
    ref = link_part(dispute.account_ref)
    pages = f"/staff/accounts/{ref}/transactions" if for_staff else f"/invoices/{ref}"
    return [
        ShownRow(
            row_name(row),
            f"{pages}/{row.type}/{link_part(row.transaction_id)}?on={row.on}",
            fmt.money(row.amount, dispute.currency),
            fmt.money(row.outstanding, dispute.currency),
            [" ".join(filter(None, (line.part_no, line.description))) for line in row.lines],
        )
        for row in dispute.rows
    ]


def agreed_credit(found: Dispute | None, fmt: Formats) -> AgreedCredit | None:
    """What a transaction's page says once its dispute has ended with a credit; None for any other dispute."""
    if found is None or not found.credit:
        return None
    return AgreedCredit(found.dispute_id, fmt.money(found.credit, found.currency), fmt.today(found.since))


def track(dispute: Dispute, fmt: Formats, now: datetime) -> list[TrackStep]:
    """The way from raised to decided, since it was raised or raised again."""
    steps = _latest_steps(dispute)
    reached = {step.state: step.at for step in steps}
    found = []
    for state in _TRACK:
        label, is_now = str(STATE_LABELS[state]), state is dispute.state
        if state in reached:
            icon = _BADGES[state][1] if is_now else "check2"
            found.append(TrackStep(label, icon, "now" if is_now else "past", fmt.moment_tag(reached[state], now)))
        elif dispute.is_open:
            found.append(TrackStep(label, "three-dots", "ahead", ""))
    if dispute.is_open:
        return [*found, TrackStep(_("Decided"), "three-dots", "ahead", _("Credited, or rejected with a reason"))]
    label, icon = str(STATE_LABELS[dispute.state]), _BADGES[dispute.state][1]
    return [*found, TrackStep(label, icon, "now", fmt.moment_tag(dispute.since, now))]


def _latest_steps(dispute: Dispute) -> list[Step]:
    """Those since it was raised, or raised again."""
    at = max(place for place, step in enumerate(dispute.steps) if step.state is DisputeState.RAISED)
    return list(dispute.steps[at:])


def conversation(dispute: Dispute, fmt: Formats, people: Mapping[str, str], *, others: str) -> list[DisputeEntry]:
    """Every step, oldest first. `people` has names by id, `others` stands for people who are not among them."""
    return [
        DisputeEntry(
            _DONE[step.action][0],
            str(_DONE[step.action][1]),
            people.get(step.by, dispute.account_name if step.action in BY_CUSTOMER else others),
            step.at,
            step.text,
            fmt.money(step.credit, dispute.currency) if step.credit else "",
            step.action in BY_CUSTOMER,
        )
        for step in dispute.steps
    ]
