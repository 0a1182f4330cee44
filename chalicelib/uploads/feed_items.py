"""What the dealer's own system is sent of an accepted file, and how its program fetches it.

A file becomes an item of the feed where a program takes the items, or files do. Staff review it all the same: a program
only moves it. Where staff take the items by hand they have the file already, and would mark it twice.
"""

from collections.abc import Callable
from datetime import datetime

from chalicelib.feed import queries as feed
from chalicelib.feed.kinds import DOCUMENT
from chalicelib.feed.operations import PROGRAM, feed_item, withdraw_item
from chalicelib.feed.payloads import DocumentSent
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids, is_ulid
from chalicelib.kernel.scopes import ImportScope, TenantScope
from chalicelib.store.audit import IMPORT, audit_row, put_audit_row
from chalicelib.store.record import Record
from chalicelib.store.transactions import WriteItem, retry_when_refused
from chalicelib.uploads import queries, repo
from chalicelib.uploads.media_types import MEDIA_TYPES
from chalicelib.uploads.model import FileState, SentFile, with_extension


def item_of(scope: TenantScope, file: SentFile, *, request: str, now: datetime) -> Record:
    """The file's item, for the transaction that accepts it. `request` is the title of what staff asked for, if any."""
    payload = DocumentSent(
        purpose=file.purpose.value,
        note=file.note,
        file_name=file_name(file),
        media_type=MEDIA_TYPES[file.kind] if file.kind else "",
        size=file.size,
        request_id=file.request_id,
        request=request,
        sent_at=file.begun_at.isoformat(),
        accepted_at=now.isoformat(),
    )
    return feed_item(
        scope, payload, item_id=file.file_id, now=now, account_ref=file.account_ref, account_name=file.account_name
    )


def withdrawn(scope: TenantScope, file: SentFile, *, by: str, now: datetime) -> tuple[WriteItem, ...]:
    """A file that is asked for again is not to be entered: its item ends where it waits, and so does its task."""
    return withdraw_item(scope, file.file_id, by=by, now=now) if file.in_feed else ()


def end_earlier(scope: ImportScope, *, account_ref: str, era: str, now: datetime, ids_of: Callable[[str], Ids]) -> None:
    """The account is another customer's since `era`: no program may file an earlier one's documents there. Repeatable.

    `ids_of` gives the ids to use for an item's id.
    """
    for item in feed.waiting_of(scope, account_ref):
        if item.kind == DOCUMENT.name:
            _withdraw_earlier(scope, account_ref, item.item_id, era, now=now, ids=ids_of(item.item_id))


def _withdraw_earlier(scope: ImportScope, ref: str, file_id: str, era: str, *, now: datetime, ids: Ids) -> None:
    def write() -> None:
        found = repo.stored_file(scope, ref, file_id)
        ended = withdrawn(scope, found.file, by=IMPORT, now=now) if found and found.file.era < era else ()
        if found is None or not ended:
            return
        detail = {"file": file_id, "name": found.file.name}
        row = audit_row(scope, ids=ids, now=now, actor=IMPORT, event="file.withdrawn", subject=ref, detail=detail)
        repo.change(scope, found, found.file, audit=row, closed=ended)

    retry_when_refused(write)


def file_name(file: SentFile) -> str:
    """What it is called for a program: its name, or its purpose where the browser could not tell its name."""
    return with_extension(file.name or file.purpose.value, file.kind)


def fetch(scope: ImportScope, file_id: str, *, now: datetime, ids: Ids) -> tuple[SentFile, str]:
    """A file of the feed and a presigned link to it, which the audit trail notes. Raises NotFoundError."""
    ref = repo.received_account(scope, file_id) if is_ulid(file_id) else None
    found = repo.stored_file(scope, ref, file_id) if ref else None
    # Tested control: only-passed-on-files-fetched
    if ref is None or found is None or not found.file.in_feed or found.file.state is not FileState.ACCEPTED:
        raise NotFoundError
    file = found.file
    link = queries.file_link(scope, file, file_name=file_name(file))
    detail = {"file": file_id, "name": file.name}
    row = audit_row(scope, ids=ids, now=now, actor=PROGRAM, event="file.fetched", subject=ref, detail=detail)
    put_audit_row(scope, row)
    return file, link
