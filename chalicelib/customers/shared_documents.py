"""What the dealer shares with a customer: on their account, and on the others of a group that they reach."""

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.customers.group_scopes import MAX_LISTED, group_accounts, others_of, scope_of, scopes_of
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.uploads import shared_queries
from chalicelib.uploads.queries import NOT_THERE
from chalicelib.uploads.shared_file import SharedFile

OF_EACH = 50
"""Documents of each account of a group that a list of all of them reads, the newest."""


class SharedList(NamedTuple):
    """Documents that are shown, the last shown first. `is_cut`: of a group not all were read."""

    files: list[SharedFile]
    is_cut: bool = False


def shared_with(scope: CustomerScope, account_ref: str = "") -> SharedList:
    """Of a group those of all its accounts, or of this one. Raises NotFoundError for one that is not reached.

    A query for each account, of which MAX_LISTED are read.
    """
    if account_ref:
        return SharedList(shared_queries.shared_with(scope_of(scope, account_ref)))
    refs = [one.ref for one in group_accounts(scope)]
    if not refs:
        return SharedList(shared_queries.shared_with(scope))
    scopes = scopes_of(scope, refs[:MAX_LISTED])
    read = [
        shared_queries.newest_shown(one, ref, era=one.eras.get(ref, ""), limit=OF_EACH) for ref, one in scopes.items()
    ]
    files = shared_queries.last_shown_first(file for shown, _is_cut in read for file in shown)
    return SharedList(files, len(refs) > MAX_LISTED or any(is_cut for _shown, is_cut in read))


def shared_document(scope: CustomerScope, file_id: str) -> SharedFile:
    """One of them, of whichever account: one round trip for a hundred others. Raises NotFoundError."""
    try:
        return shared_queries.shared_document(scope, file_id)
    except NotFoundError:
        found = shared_queries.shared_document_of(scope, others_of(scope), file_id)
        scope_of(scope, found.account_ref)
        return found


def chosen(scope: CustomerScope, file_ids: Sequence[str], account_ref: str = "") -> list[SharedFile]:
    """Those of `shared_with`, in the order of their ids. Raises ConflictError where one of them is not shown."""
    by_id = {file.file_id: file for file in shared_with(scope, account_ref).files}
    if not by_id.keys() >= set(file_ids):
        raise ConflictError(NOT_THERE)
    return [by_id[file_id] for file_id in file_ids]
