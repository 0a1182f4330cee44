"""Identity's items in the table: read here, written with the items that `writes` builds."""

from chalicelib.identity.repo.reads import (
    active_link,
    api_key,
    api_keys,
    link,
    membership,
    memberships,
    person,
    person_id_of,
    person_id_or_decoy,
    session,
    session_ids,
    sessions,
)
from chalicelib.identity.repo.updates import commit, count, touch_session, uncount

__all__ = [
    "active_link",
    "api_key",
    "api_keys",
    "commit",
    "count",
    "link",
    "membership",
    "memberships",
    "person",
    "person_id_of",
    "person_id_or_decoy",
    "session",
    "session_ids",
    "sessions",
    "touch_session",
    "uncount",
]
