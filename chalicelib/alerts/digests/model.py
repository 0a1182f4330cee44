"""Kinds of outbox items, and what the events of a run say. Pure."""

from typing import NamedTuple

RUN_NEWS = "run_news"
"""A run was published: find out which accounts have something new. Payload: run, before (the run that it replaced)."""
RUN_NEWS_SHARE = "run_news_share"
"""The same of some of the accounts: find out whom to tell. Payload: run, before, refs."""
NEW_DOCUMENTS = "new_documents"
"""Tell somebody. Payload: run, before, person_id, email, account_refs, and account_ref, the first of them."""
SHARE = 50
"""Accounts of one item."""
LOOKED_BACK = 5
"""Runs that were undone whose news are not told again when an export brings the same rows once more."""


class NewRow(NamedTuple):
    """An invoice or credit note that an account did not have before."""

    ref: str
    row_type: str
    row_id: str
