"""Identity's items in the table: read here, written with the items that `writes` builds."""

from chalicelib.identity.repo.reads import (
    active_link,
    api_key,
    api_keys,
    last_logins,
    link,
    membership,
    memberships,
    person,
    person_id_of,
    person_id_or_decoy,
    session,
    session_ids,
    session_ids_by_age,
    sessions,
)
from chalicelib.identity.repo.updates import commit, count, touch_session, uncount

__all__ = [
    "active_link",
    "api_key",
    "api_keys",
    "commit",
    "count",
    "last_logins",
    "link",
    "membership",
    "memberships",
    "person",
    "person_id_of",
    "person_id_or_decoy",
    "session",
    "session_ids",
    "session_ids_by_age",
    "sessions",
    "touch_session",
    "uncount",
]
