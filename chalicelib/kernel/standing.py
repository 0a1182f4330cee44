"""What an account's state in the dealer's system lets its users do. Each published export may change it."""

from enum import StrEnum


class Standing(StrEnum):
    """What users of an account may do, each on top of the next one down."""

    FULL = "full"
    NO_CREDIT = "no_credit"  # look and pay, but order nothing on credit
    FROZEN = "frozen"  # look at the last figures; what they send, and by what they may be written to, stays theirs
    NONE = "none"


CLOSED = frozenset({Standing.FROZEN, Standing.NONE})
"""Of such an account nobody is told anything new."""
