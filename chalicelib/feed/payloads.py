"""What items of the feed say, by kind. docs/api.md describes each: what is published there is not changed."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.channels import Channel
from chalicelib.kernel.dispute_codes import DisputeReason, DisputeState
from chalicelib.kernel.schemas import STRICT

MAX_EMAIL = 254
MAX_VALUE = 254
MAX_NOTE = 500
MAX_FILE_NAME = 130
MAX_REQUEST = 80
MAX_QUESTION_SUBJECT = 120
MAX_MESSAGE = 2000
MAX_TRANSACTION_ID = 254
MAX_TRANSACTIONS = 6_000
"""Forty lines, each with a type, an id and an amount."""

Email = Annotated[str, Field(max_length=MAX_EMAIL)]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class InvitationAccepted:
    """A customer logged in for the first time after an invitation."""

    email: Email


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ChangeRequested:
    """A customer asks for another value of `field`, which was `before` when they asked. `asked_by` is an email."""

    field: AccountField
    before: Annotated[str, Field(max_length=MAX_VALUE)]
    value: Annotated[str, Field(max_length=MAX_VALUE)]
    note: Annotated[str, Field(max_length=MAX_NOTE)]
    asked_by: Email


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class DocumentSent:
    """A customer sent a file, which was accepted; its item has the file's id.

    `size` is in bytes, times are ISO 8601. `request_id` and `request` name what staff asked for; empty where they did
    not.
    """

    purpose: Annotated[str, Field(max_length=30)]
    note: Annotated[str, Field(max_length=MAX_NOTE)]
    file_name: Annotated[str, Field(max_length=MAX_FILE_NAME)]
    media_type: Annotated[str, Field(max_length=120)]
    size: Annotated[int, Field(ge=0)]
    request_id: Annotated[str, Field(max_length=26)]
    request: Annotated[str, Field(max_length=MAX_REQUEST)]
    sent_at: Annotated[str, Field(max_length=40)]
    accepted_at: Annotated[str, Field(max_length=40)]


YesOrNo = Literal["yes", "no"]
"""The same word as JSON and in a CSV file, and one that an export may repeat."""


def yes_or_no(granted: bool) -> YesOrNo:  # noqa: FBT001 - the one thing it takes
    return "yes" if granted else "no"


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ConsentChosen:
    """A customer allows or forbids offers and news by `channel`. `before` is what the export said, empty for nothing.

    `chosen_by` is an email.
    """

    channel: Channel
    granted: YesOrNo
    before: YesOrNo | Literal[""]
    chosen_by: Email


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class QuestionAsked:
    """A customer asks something. `transaction_type` and `transaction_id` are empty where it is about no transaction.

    `asked_by` is an email.
    """

    thread_id: Annotated[str, Field(max_length=26)]
    subject: Annotated[str, Field(max_length=MAX_QUESTION_SUBJECT)]
    text: Annotated[str, Field(max_length=MAX_MESSAGE)]
    transaction_type: Annotated[str, Field(max_length=30)]
    transaction_id: Annotated[str, Field(max_length=MAX_TRANSACTION_ID)]
    asked_by: Email


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class QuestionClosed:
    """Nothing is left to answer, says the customer or the dealer."""

    thread_id: Annotated[str, Field(max_length=26)]
    subject: Annotated[str, Field(max_length=MAX_QUESTION_SUBJECT)]
    closed_by: Literal["customer", "dealer"]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class DisputeRaised:
    """A customer disputes transactions, `amount` minor units of `currency` in all; its item has the dispute's id.

    `transactions` names them and how much of each, a line each: `invoice 126884 4615`. Raised again, after its end, it
    comes with an id of its own. `raised_by` is an email.
    """

    dispute_id: Annotated[str, Field(max_length=26)]
    dispute_reason: DisputeReason
    amount: Annotated[int, Field(ge=0)]
    currency: Annotated[str, Field(max_length=3)]
    transactions: Annotated[str, Field(max_length=MAX_TRANSACTIONS)]
    message: Annotated[str, Field(max_length=MAX_MESSAGE)]
    raised_by: Email


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class DisputeChanged:
    """Where a dispute stands now; `credit`, minor units, is what the dealer credits. `answer` is what staff wrote."""

    dispute_id: Annotated[str, Field(max_length=26)]
    dispute_state: DisputeState
    credit: Annotated[int, Field(ge=0)]
    currency: Annotated[str, Field(max_length=3)]
    transactions: Annotated[str, Field(max_length=MAX_TRANSACTIONS)]
    answer: Annotated[str, Field(max_length=MAX_MESSAGE)]


Payload = (
    DisputeRaised
    | DisputeChanged
    | QuestionAsked
    | QuestionClosed
    | DocumentSent
    | InvitationAccepted
    | ChangeRequested
    | ConsentChosen
)
