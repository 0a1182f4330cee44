"""A change of the email address that waits for its link to be opened: another password ends it."""

from datetime import datetime

from chalicelib.identity import repo, tokens
from chalicelib.identity.repo import writes
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem


def subject(person_id: str) -> str:
    """What its link is for: a newer one replaces it, whichever address that goes to."""
    return tokens.subject(tokens.EMAIL, person_id)


def ended_change(scope: IdentityScope, person_id: str, *, now: datetime, ids: Ids) -> tuple[WriteItem, ...]:
    """The items that end it, also where its mail is yet to be composed."""
    return cancelled(scope, subject(person_id), now=now, ids=ids)


def cancelled(scope: IdentityScope, of: str, *, now: datetime, ids: Ids) -> tuple[WriteItem, ...]:
    """The items that end the link of a subject, and those of requests until now."""
    current = repo.active_link(scope, of)
    newest = max(ids.ulid(now), current.request_id if current else "")
    return writes.cancel_link(subject=of, request_id=newest, link_hash=current.link_hash if current else None, now=now)
