"""Reads about documents that staff ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import is_ulid
from chalicelib.kernel.scopes import CustomerScope, DealerScope
from chalicelib.uploads import repo as files
from chalicelib.uploads.by_year import newest_keys
from chalicelib.uploads.document_requests import repo
from chalicelib.uploads.document_requests.model import DocumentRequest
from chalicelib.uploads.model import SentFile, sender_ref

_CLOSED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class AccountRequests:
    """What one account is asked for: all that is open, soonest due first, and the newest of what is not."""

    open: list[DocumentRequest]
    closed: list[DocumentRequest]


@dataclass(frozen=True, slots=True)
class RequestsPage:
    """A page of the dealer's list; `older` is where the next one begins, or empty."""

    requests: list[DocumentRequest]
    older: str


def own_requests(scope: CustomerScope) -> list[DocumentRequest]:
    """What the account in hand is asked for, of the era that is the customer's; soonest due first."""
    ref = sender_ref(scope)
    if ref is None:
        return []
    era = scope.eras.get(ref, "")
    # Tested control: document-requests-of-own-era
    return _soonest_first([one for one in repo.open_requests(scope, ref) if one.era == era])


def requests_of_account(scope: DealerScope, account_ref: str, *, era: str) -> AccountRequests:
    """What an account is and was asked for in this era."""
    newest = repo.newest_requests(scope, account_ref, limit=_CLOSED_SHOWN)
    return AccountRequests(
        _soonest_first([one for one in repo.open_requests(scope, account_ref) if one.era == era]),
        [one for one in newest if one.era == era and not one.is_open],
    )


def request_of_file(scope: DealerScope, account_ref: str, request_id: str) -> DocumentRequest | None:
    """What a file was sent for."""
    return repo.request(scope, account_ref, request_id) if request_id else None


def request_with_files(scope: DealerScope, account_ref: str, request_id: str) -> tuple[DocumentRequest, list[SentFile]]:
    """A request, and the files that count for it in the order in which they were sent. Raises NotFoundError."""
    found = repo.request(scope, account_ref, request_id) if is_ulid(request_id) else None
    if found is None:
        raise NotFoundError
    return found, files.files(scope, [(account_ref, file_id) for file_id in sorted(found.received)])


def titles(scope: DealerScope, sent: Sequence[SentFile]) -> dict[str, str]:
    """What those of these files were asked for as that were, by file. One batch, if any was."""
    keys = {(file.account_ref, file.request_id) for file in sent if file.request_id}
    by_id = {one.request_id: one.title for one in repo.requests(scope, keys)} if keys else {}
    return {file.file_id: by_id[file.request_id] for file in sent if file.request_id in by_id}


def made_requests(scope: DealerScope, *, now: datetime, before: str = "") -> RequestsPage:
    """All that customers were asked for, newest first; `before` is the `older` of the page before.

    Reads: the list of each year until the page is full, this one's and the two before; then the requests in one batch.
    """
    keys, older = newest_keys(lambda year, limit: repo.made_in(scope, year, before=before, limit=limit), now=now)
    return RequestsPage(repo.requests(scope, keys), older)


def _soonest_first(requests: list[DocumentRequest]) -> list[DocumentRequest]:
    return sorted(requests, key=lambda one: (one.due, one.request_id))
