"""Reads about documents that staff share with a customer."""

from collections.abc import Collection, Iterable

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import is_ulid
from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope
from chalicelib.uploads import repo
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


def shared_document_of(scope: CustomerScope, refs: Collection[str], file_id: str) -> SharedFile:
    """The document of this id that one of these accounts is shown. Raises NotFoundError."""
    found = repo.shared_files_at(scope, refs, file_id) if refs and is_ulid(file_id) else []
    for stored in found:
        if _is_for(stored.file, scope.eras.get(stored.file.account_ref, "")):
            return stored.file
    raise NotFoundError


def shown(scope: TenantScope, account_ref: str, *, era: str) -> list[SharedFile]:
    """What an account's customer of this era is shown, what was shown last first."""
    return newest_shown(scope, account_ref, era=era, limit=MAX_DOCUMENTS)[0]


def newest_shown(scope: TenantScope, account_ref: str, *, era: str, limit: int) -> tuple[list[SharedFile], bool]:
    """The same of the `limit` that were put there last, and whether there may be more."""
    files = [stored.file for stored in repo.shared_files(scope, account_ref, limit=limit)]
    return last_shown_first(file for file in files if _is_for(file, era)), len(files) == limit


def last_shown_first(files: Iterable[SharedFile]) -> list[SharedFile]:
    """As lists have them."""
    return sorted(files, key=lambda file: (file.shown_at or file.begun_at, file.file_id), reverse=True)


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
