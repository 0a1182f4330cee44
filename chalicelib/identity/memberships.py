"""For whom people may act: taken away here, given by invitations."""

from datetime import datetime

from chalicelib.identity import endings, repo
from chalicelib.identity.model import membership_key
from chalicelib.identity.repo import pieces
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import Piece


def remove_membership(
    scope: IdentityScope, *, person_id: str, dealer_id: str, account_ref: str | None, now: datetime, ids: Ids
) -> None:
    """Take it away; the sessions that act for it end in the same moment. Raises NotFoundError where there is none."""
    key = membership_key(dealer_id=dealer_id, account_ref=account_ref)
    membership = repo.membership(scope, person_id, key)
    if membership is None:
        raise NotFoundError

    def acts_for_it(_: str, acts_for: str | None) -> bool:
        return acts_for == key

    changes: list[Piece] = [pieces.drop_membership(person_id, membership)]
    for session_id in endings.all_but_the_last(scope, person_id, acts_for_it):
        changes += pieces.end_session(person_id, session_id)
    changes.append(pieces.audit(person_id, "membership_removed", now=now, ids=ids, membership=key))
    repo.commit(scope, changes)
    endings.whatever_is_left(scope, person_id, acts_for_it)
