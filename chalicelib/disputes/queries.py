"""Reads about disputes."""

from chalicelib.disputes import repo
from chalicelib.disputes.model import Dispute
from chalicelib.disputes.repo import DisputeNote
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope


def own_disputes(scope: CustomerScope, ref: str) -> list[Dispute]:
    """Those of the account in its present era, newest first."""
    return repo.disputes(scope, ref, era=scope.eras.get(ref, ""))


def disputes_of_account(scope: DealerScope, ref: str, *, era: str) -> list[Dispute]:
    """The same for staff."""
    return repo.disputes(scope, ref, era=era)


def dispute(scope: TenantScope, ref: str, dispute_id: str) -> Dispute:
    """One of them. Raises NotFoundError, also for what is another's."""
    found = repo.dispute(scope, ref, dispute_id)
    if found is None:
        raise NotFoundError
    return found


def notes(scope: DealerScope, ref: str, dispute_id: str) -> list[DisputeNote]:
    """What staff noted about it, oldest first."""
    return repo.notes(scope, ref, dispute_id)


def raised_in(scope: DealerScope, month: str) -> list[Dispute]:
    """All of the dealer's that were raised in a month, `yyyy-mm`, newest first."""
    return repo.raised_in(scope, month)
