"""Reads about documents that staff share with a customer."""

from collections.abc import Sequence

from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope
from chalicelib.uploads import repo
from chalicelib.uploads.queries import NOT_THERE
from chalicelib.uploads.shared_file import SharedFile
from chalicelib.uploads.sharing import MAX_DOCUMENTS


def shared_with(scope: CustomerScope) -> list[SharedFile]:
    """What the dealer shows to the customer of the account in hand, what was shown last first."""
    ref = scope.ledger_ref
    return shown(scope, ref, era=scope.eras.get(ref, "")) if ref else []


def shared_document(scope: CustomerScope, file_id: str) -> SharedFile:
    """A document that the customer of the account in hand is shown. Raises NotFoundError."""
    ref = scope.ledger_ref
    stored = repo.stored_shared_file(scope, ref, file_id) if ref else None
    if ref is None or stored is None or not _is_for(stored.file, scope.eras.get(ref, "")):
        raise NotFoundError
    return stored.file


def chosen(scope: CustomerScope, file_ids: Sequence[str]) -> list[SharedFile]:
    """Those of `shared_with`, in the order of their ids. Raises ConflictError where one of them is not shown."""
    by_id = {file.file_id: file for file in shared_with(scope)}
    if not by_id.keys() >= set(file_ids):
        raise ConflictError(NOT_THERE)
    return [by_id[file_id] for file_id in file_ids]


def shown(scope: TenantScope, account_ref: str, *, era: str) -> list[SharedFile]:
    """What an account's customer of this era is shown, what was shown last first."""
    files = [stored.file for stored in repo.shared_files(scope, account_ref, limit=MAX_DOCUMENTS)]
    mine = [file for file in files if _is_for(file, era)]
    return sorted(mine, key=lambda file: (file.shown_at or file.begun_at, file.file_id), reverse=True)


def documents(scope: DealerScope, account_ref: str) -> list[SharedFile]:
    """All that staff have put there for an account's customers, of every era, newest first."""
    return [stored.file for stored in repo.shared_files(scope, account_ref, limit=MAX_DOCUMENTS)]


def document(scope: DealerScope, *, account_ref: str, file_id: str) -> SharedFile:
    """One of them. Raises NotFoundError."""
    stored = repo.stored_shared_file(scope, account_ref, file_id)
    if stored is None:
        raise NotFoundError
    return stored.file


def _is_for(file: SharedFile, era: str) -> bool:
    # Tested control: shared-of-own-era
    return file.is_shown and file.era == era
