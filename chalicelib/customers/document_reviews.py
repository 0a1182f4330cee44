"""What staff say of documents that customers sent, as far as it takes to know who reads their mail."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.queries import MAX_RECIPIENTS, users_given
from chalicelib.kernel.areas import Area
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, ImportScope
from chalicelib.uploads import operations, queries, repo
from chalicelib.uploads.document_requests import repo as document_requests
from chalicelib.uploads.document_requests.model import DocumentRequest
from chalicelib.uploads.model import FileState, Review, SentFile


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A document that is asked for again, and the request that it was sent for, if one still waits for it."""

    file: SentFile
    request: DocumentRequest | None


def review_document(
    scope: DealerScope, *, account_ref: str, file_id: str, review: Review, comment: str, now: datetime, ids: Ids
) -> tuple[SentFile, int]:
    """See `operations.review_file`; and how many people are notified by email. Callers notify the outbox.

    Those who may log in for the account are, unless the document is of an earlier customer of its number.
    """
    era = queries.received_file(scope, account_ref=account_ref, file_id=file_id).era
    is_own = era == current_era(scope, account_ref)
    is_mailed = review is Review.ASKED_AGAIN and is_own
    people = users_given(scope, account_ref, era, {Area.DOCUMENTS}) if is_mailed else []
    emails = sorted({user.email for user in people[:MAX_RECIPIENTS]})
    done = operations.review_file(
        scope,
        account_ref=account_ref,
        file_id=file_id,
        review=review,
        comment=comment,
        emails=emails,
        now=now,
        ids=ids,
    )
    return done, len(emails)


def asked_again(scope: ImportScope, *, ref: str, file_id: str, asked_at: datetime, email: str) -> AskedAgain | None:
    """The document that was asked for again at this moment, if it still is, and somebody of this email is to send it.

    None where staff have said something else since, or want nothing for its request any more; where the account is
    another customer's now; and where they may not log in for it any more.
    """
    found = repo.stored_file(scope, ref, file_id)
    file = found.file if found else None
    if not isinstance(file, SentFile) or file.state is not FileState.ACCEPTED or file.review is not Review.ASKED_AGAIN:
        return None
    # Tested control: asked-again-still-wanted
    if file.reviewed_at != asked_at or file.era != current_era(scope, ref):
        return None
    # Tested control: asked-again-of-present-people
    if email not in {user.email for user in users_given(scope, ref, file.era, {Area.DOCUMENTS})}:
        return None
    request = document_requests.request(scope, ref, file.request_id) if file.request_id else None
    if request and request.decided_at and request.decided_at > asked_at:
        return None
    return AskedAgain(file, request if request and request.is_open else None)
