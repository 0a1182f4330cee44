"""Whose data a call may touch. Every repo function takes one first; none is ever made from a request's input."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.kernel.areas import ALL_AREAS, Area
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.origin import Origin
from chalicelib.kernel.roles import Role
from chalicelib.kernel.standing import Standing

# Tested control: dealer-id-form
DEALER_ID = re.compile(r"[a-z0-9]{10}")


def _check_dealer_id(dealer_id: str) -> None:
    if not DEALER_ID.fullmatch(dealer_id):
        raise ValueError(f"not a dealer id: {dealer_id!r}")


@dataclass(frozen=True, slots=True)
class TenantScope:
    """One dealer's data. `dealer_id` is 10 of [a-z0-9]; anything else raises ValueError.

    `origin`: where the person's request came from, for the audit trail. It decides nothing, and programs have none.
    """

    dealer_id: str
    origin: Origin | None = field(default=None, compare=False, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        _check_dealer_id(self.dealer_id)


@dataclass(frozen=True, slots=True)
class DealerScope(TenantScope):
    """A member of the dealer's staff, from the session."""

    person_id: str
    role: Role = Role.USER

    @property
    def is_admin(self) -> bool:
        """Whether they may set up the portal and invite colleagues."""
        return self.role is Role.ADMIN


@dataclass(frozen=True, slots=True)
class CustomerScope(TenantScope):
    """A customer's user, from the session: only the partitions in `account_refs`, and there what `role` allows.

    They are those of accounts and, of a customer that no export names, `~<ulid>`, which has no ledger. `account_ref` is
    the current account, where it is not the only one. `eras` has the era of each account that is not in its first:
    nothing of an account's other eras is theirs. `standing` is what the account lets its users do at all.

    `areas`: the parts of the portal that they are not kept from. What lies in another is not found.

    `viewed_by`: the member of staff who sees the portal as this customer; nothing can be written with such a scope.
    """

    person_id: str
    account_refs: frozenset[str]
    role: Role = Role.VIEW
    account_ref: str | None = None
    eras: Mapping[str, str] = field(default_factory=dict, hash=False)
    standing: Standing = Standing.FULL
    areas: frozenset[Area] = ALL_AREAS
    viewed_by: str = ""

    @property
    def is_read_only(self) -> bool:
        """Whether it is a member of staff who looks."""
        return bool(self.viewed_by)

    @property
    def ledger_ref(self) -> str | None:
        """The current account, whose figures pages show; None of a portal customer that is linked to none."""
        known = [ref for ref in self.account_refs if not is_portal_customer(ref)]
        return known[0] if len(known) == 1 else self.account_ref


@dataclass(frozen=True, slots=True)
class ImportScope(TenantScope):
    """The dealer's imports and the work that follows them, from an API key, a queue message or a schedule.

    `key_id` is that of the API key, empty of others.
    """

    key_id: str = ""


@dataclass(frozen=True, slots=True)
class IntakeScope:
    """The check of what people send to one dealer: its objects in quarantine, and nothing of the table."""

    dealer_id: str

    def __post_init__(self) -> None:
        _check_dealer_id(self.dealer_id)


@dataclass(frozen=True, slots=True)
class MailScope:
    """Mails that came in, before it is known whose they are: reads them as they came, and nothing else."""


@dataclass(frozen=True, slots=True)
class OperatorScope:
    """The operator of the portal: the list of dealers and their addresses, never their data."""

    actor: str


@dataclass(frozen=True, slots=True)
class PublicLookupScope:
    """Anybody, before it is known at which dealer: reads whose a public address is, and nothing else."""


@dataclass(frozen=True, slots=True)
class PublicScope:
    """Anybody at one dealer, found by its address or by a link that was verified.

    Reads the dealer's public copy, and may put requests: never the dealer's data.
    """

    dealer_id: str

    def __post_init__(self) -> None:
        _check_dealer_id(self.dealer_id)


@dataclass(frozen=True, slots=True)
class IdentityScope:
    """Login, sessions, tokens, limits: people's own records, never a dealer's data."""


Scope = TenantScope | IntakeScope | MailScope | OperatorScope | PublicLookupScope | PublicScope | IdentityScope
