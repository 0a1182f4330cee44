"""What a dispute is about and where it stands: codes that are stored and sent, and what they are called on pages."""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.kernel.i18n import LazyText, lazy_gettext


class DisputeReason(StrEnum):
    """Why a customer does not want to pay something as it is."""

    GOODS = "goods"
    PRICE = "price"
    WORK = "work"
    NOT_ORDERED = "not_ordered"
    PAID = "paid"
    OTHER = "other"


class DisputeState(StrEnum):
    """Where it stands. The last three are ends."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    UNDER_REVIEW = "under_review"
    RESOLVED_CREDIT = "resolved_credit"
    RESOLVED_REJECTED = "resolved_rejected"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset({DisputeState.RAISED, DisputeState.ACKNOWLEDGED, DisputeState.UNDER_REVIEW})

REASON_LABELS: Mapping[str, LazyText] = {
    DisputeReason.GOODS: lazy_gettext("Goods are missing or wrong"),
    DisputeReason.PRICE: lazy_gettext("The price is wrong"),
    DisputeReason.WORK: lazy_gettext("The work was not done, or not right"),
    DisputeReason.NOT_ORDERED: lazy_gettext("Not ordered"),
    DisputeReason.PAID: lazy_gettext("Already paid, or a credit note is missing"),
    DisputeReason.OTHER: lazy_gettext("Something else"),
}
STATE_LABELS: Mapping[str, LazyText] = {
    DisputeState.RAISED: lazy_gettext("Raised"),
    DisputeState.ACKNOWLEDGED: lazy_gettext("Acknowledged"),
    DisputeState.UNDER_REVIEW: lazy_gettext("Under review"),
    DisputeState.RESOLVED_CREDIT: lazy_gettext("Credited"),
    DisputeState.RESOLVED_REJECTED: lazy_gettext("Rejected"),
    DisputeState.WITHDRAWN: lazy_gettext("Withdrawn"),
}
