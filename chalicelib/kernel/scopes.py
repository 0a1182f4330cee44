"""Whose data a call may touch. Every repo function takes one first; none is ever made from a request's input."""

import re
from dataclasses import dataclass

DEALER_ID = re.compile(r"[a-z0-9]{10}")


@dataclass(frozen=True, slots=True)
class TenantScope:
    """One dealer's data. `dealer_id` is 10 of [a-z0-9]; anything else raises ValueError."""

    dealer_id: str

    def __post_init__(self) -> None:
        if not DEALER_ID.fullmatch(self.dealer_id):
            msg = f"not a dealer id: {self.dealer_id!r}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class DealerScope(TenantScope):
    """A member of the dealer's staff, from the session."""

    person_id: str
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class CustomerScope(TenantScope):
    """A customer's user, from the session: only the accounts in `account_refs`."""

    person_id: str
    account_refs: frozenset[str]


@dataclass(frozen=True, slots=True)
class ImportScope(TenantScope):
    """The dealer's feed and its follow-up work, from an agent's key, a queue message or a schedule."""


@dataclass(frozen=True, slots=True)
class OperatorScope:
    """Whoever runs the portal: the list of dealers and their addresses, never their data."""

    actor: str


@dataclass(frozen=True, slots=True)
class DoorScope:
    """Anybody at a public address: which dealer is there. It reads that one lookup and can write nothing."""


@dataclass(frozen=True, slots=True)
class IdentityScope:
    """Log in, sessions, tokens, limits: people's own records, never a dealer's data."""


Scope = TenantScope | OperatorScope | DoorScope | IdentityScope
