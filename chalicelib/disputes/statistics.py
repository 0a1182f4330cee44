"""What disputes are about, by the depot and the rep code of what is disputed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.disputes.model import Dispute
from chalicelib.kernel.dispute_codes import DisputeReason


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """So many transactions were disputed for this reason. The depot is the transaction's, else its account's.

    `amounts` are minor units by currency: they are never added up over currencies.
    """

    reason: DisputeReason
    depot: str
    rep_code: str
    count: int
    amounts: dict[str, int]


def reason_counts(disputes: Iterable[Dispute]) -> list[ReasonCount]:
    """The most frequent first; each disputed transaction counts once for each dispute about it."""
    counts: dict[tuple[DisputeReason, str, str], int] = {}
    amounts: dict[tuple[DisputeReason, str, str], dict[str, int]] = {}
    for dispute in disputes:
        for row in dispute.rows:
            key = dispute.reason, row.depot_code or dispute.depot_code, row.rep_code
            counts[key] = counts.get(key, 0) + 1
            of_key = amounts.setdefault(key, {})
            of_key[dispute.currency] = of_key.get(dispute.currency, 0) + row.amount
    found = [ReasonCount(*key, count, amounts[key]) for key, count in counts.items()]
    return sorted(found, key=lambda one: (-one.count, one.depot, one.rep_code, one.reason))
