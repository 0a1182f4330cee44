"""The ageing chart: one bar whose segments are what is owed, by age. Customers and staff see the same."""

from chalicelib.ledger.ageing import Age, Buckets
from chalicelib.ledger.group_view import GroupBuckets


def segments(buckets: Buckets | GroupBuckets) -> list[tuple[Age, float, float, int]]:
    """The bar's segments: age, where it begins, how wide it is (percent of all that is owed), minor units."""
    owed = [(kind, amount) for kind, amount in buckets.shown if amount > 0 and kind is not Age.UNALLOCATED]
    whole = sum(amount for _, amount in owed)
    found: list[tuple[Age, float, float, int]] = []
    at = 0.0
    for kind, amount in owed:
        wide = round(100 * amount / whole, 2)
        found.append((kind, round(at, 2), wide, amount))
        at += wide
    return found
