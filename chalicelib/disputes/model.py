"""A dispute, and how it may move from one state to the next. Pure.

Staff take it from raised to acknowledged, to under review, and end it with a credit or a rejection. Its customer may
withdraw it while it is open, and reopen it once within 30 days of its end: then it is raised again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from chalicelib.kernel.dispute_codes import OPEN_STATES, DisputeReason, DisputeState
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.texts import visible
from chalicelib.ledger.row import RowKey

REOPEN_WITHIN = timedelta(days=30)
MAX_MESSAGE = 2_000
MAX_ANSWER = 1_000
MAX_NOTE = 1_000
MAX_ROWS = 40
"""Of one dispute: the rows of a selection that a person can give reasons for."""
MAX_LINES = 100
"""Lines of an invoice that one dispute names."""
MAX_OPEN_ROWS = 1_000
"""Of an account, in all its open disputes: they are one item."""

NOT_NOW = lazy_gettext("This dispute was changed in the meantime. Nothing was saved.")
TOO_LATE = lazy_gettext("A dispute can be reopened once, within 30 days of its end.")
WHY_REOPEN = lazy_gettext("Say why you reopen it.")
GIVE_REASON = lazy_gettext("Say why it is rejected. The customer reads this.")


class Action(StrEnum):
    """What is done to a dispute. Its customer withdraws and reopens; all else is done by staff."""

    RAISE = "raise"
    ACKNOWLEDGE = "acknowledge"
    REVIEW = "review"
    CREDIT = "credit"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


STAFF_ACTIONS: Mapping[DisputeState, tuple[Action, ...]] = MappingProxyType(
    {
        DisputeState.RAISED: (Action.ACKNOWLEDGE,),
        DisputeState.ACKNOWLEDGED: (Action.REVIEW,),
        DisputeState.UNDER_REVIEW: (Action.CREDIT, Action.REJECT),
    }
)
"""What staff may do in each state that is open."""
RESULTS: Mapping[Action, DisputeState] = MappingProxyType(
    {
        Action.RAISE: DisputeState.RAISED,
        Action.ACKNOWLEDGE: DisputeState.ACKNOWLEDGED,
        Action.REVIEW: DisputeState.UNDER_REVIEW,
        Action.CREDIT: DisputeState.RESOLVED_CREDIT,
        Action.REJECT: DisputeState.RESOLVED_REJECTED,
        Action.WITHDRAW: DisputeState.WITHDRAWN,
        Action.REOPEN: DisputeState.RAISED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedLine:
    """A line of the invoice that is disputed: its number there and its words."""

    line_no: int
    part_no: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedRow:
    """A transaction and how much of it is disputed, in minor units. `outstanding` is what it was then."""

    type: str
    transaction_id: str
    reference: str
    on: str
    amount: int
    outstanding: int
    depot_code: str = ""
    rep_code: str = ""
    lines: tuple[DisputedLine, ...] = ()

    @property
    def key(self) -> RowKey:
        """That of the ledger's row."""
        return self.type, self.transaction_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was done, when, by which person; `text` is read by both sides, `credit` is minor units."""

    action: Action
    at: datetime
    by: str
    text: str = ""
    credit: int = 0

    @property
    def state(self) -> DisputeState:
        """Where the dispute stood after it."""
        return RESULTS[self.action]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFile:
    """A file that one of both sides has attached, as it is called, with its bytes."""

    file_id: str
    name: str
    size: int
    at: datetime
    by: str
    by_staff: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """`dispute_id` is a ULID, also of its task and of the feed's item that says it was raised.

    `steps` begin with its being raised. `raised_by` is the email that its raiser had then. It belongs to the `era` of
    the account in which it was raised.
    """

    dispute_id: str
    account_ref: str
    account_name: str
    currency: str
    reason: DisputeReason
    rows: tuple[DisputedRow, ...]
    raised_by: str
    steps: tuple[Step, ...]
    depot_code: str = ""
    era: str = ""
    files: tuple[DisputeFile, ...] = ()
    version: int = 1

    @property
    def state(self) -> DisputeState:
        """Where it stands."""
        return self.steps[-1].state

    @property
    def is_open(self) -> bool:
        """Whether nothing has ended it."""
        return self.state in OPEN_STATES

    @property
    def since(self) -> datetime:
        """When it came into its state."""
        return self.steps[-1].at

    @property
    def raised_at(self) -> datetime:
        """When it was raised first."""
        return self.steps[0].at

    @property
    def raiser_id(self) -> str:
        """The person who raised it, whatever email they have by now."""
        return self.steps[0].by

    @property
    def message(self) -> str:
        """What the customer said is wrong."""
        return self.steps[0].text

    @property
    def amount(self) -> int:
        """How much is disputed in all, in minor units."""
        return sum(row.amount for row in self.rows)

    @property
    def credit(self) -> int:
        """What the dealer credits, where it ended so."""
        return self.steps[-1].credit

    @property
    def references(self) -> str:
        """`126884, 126885`."""
        return ", ".join(row.reference for row in self.rows)

    def staff_actions(self) -> tuple[Action, ...]:
        """What staff may do now."""
        return STAFF_ACTIONS.get(self.state, ())

    def may_be_reopened(self, now: datetime) -> bool:
        """Whether its customer may reopen it: once, and soon after its end."""
        before = any(step.action is Action.REOPEN for step in self.steps)
        return not self.is_open and not before and now - self.since <= REOPEN_WITHIN


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody wants to do: `text` is for the other side, `credit` minor units, None where none could be read."""

    action: Action
    text: str = ""
    credit: int | None = None


def move(dispute: Dispute, decision: Decision, *, by: str, now: datetime) -> Dispute:
    """The dispute after the decision of the person `by`.

    Raises ConflictError where its state rules that out, InvalidError on `text` and `credit`.
    """
    action, text = decision.action, visible(decision.text)
    # Tested control: dispute-states
    if not _is_possible(dispute, action, now):
        raise ConflictError(TOO_LATE if action is Action.REOPEN else NOT_NOW)
    _check(dispute, action, text, decision.credit)
    credit = decision.credit or 0 if action is Action.CREDIT else 0
    step = Step(action=action, at=now, by=by, text=text, credit=credit)
    return replace(dispute, steps=(*dispute.steps, step))


def _is_possible(dispute: Dispute, action: Action, now: datetime) -> bool:
    if action is Action.REOPEN:
        return dispute.may_be_reopened(now)
    return dispute.is_open if action is Action.WITHDRAW else action in dispute.staff_actions()


def _check(dispute: Dispute, action: Action, text: str, credit: int | None) -> None:
    wrong: dict[str, str | LazyText] = {}
    if action is Action.REJECT and not text:
        wrong["text"] = GIVE_REASON
    elif action is Action.REOPEN and not text:
        wrong["text"] = WHY_REOPEN
    elif len(text) > MAX_ANSWER:
        wrong["text"] = _("Use at most %(max)s characters", max=MAX_ANSWER)
    if action is Action.CREDIT and (credit is None or not 0 < credit <= dispute.amount):
        wrong["credit"] = lazy_gettext("Enter an amount above 0, and not above what is in dispute")
    if wrong:
        raise InvalidError(next(iter(wrong.values())), wrong)
