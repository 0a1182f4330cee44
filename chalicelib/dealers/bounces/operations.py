"""Staff say that an address works again."""

from datetime import datetime

from chalicelib.dealers.bounces import repo
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from chalicelib.store.audit import audit_row


def note_works(scope: DealerScope, *, email: str, account_ref: str, now: datetime, ids: Ids) -> None:
    """Mail reaches the address again, or its reader wants it. Raises ConflictError where that is so already."""
    audit = audit_row(
        scope,
        ids=ids,
        now=now,
        actor=scope.person_id,
        event="mail.works_again",
        subject=account_ref,
        detail={"email": comparable_email(email)},
    )
    repo.forget(scope, email, also=(audit,))
