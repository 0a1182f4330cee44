"""Document requests, as far as it takes to know whose an account is and who reads its mail."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, owner_in_doubt
from chalicelib.customers.enrolment.operations import IN_DOUBT, account
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.enrolment.queries import enrolments as enrolments_now
from chalicelib.customers.queries import MAX_RECIPIENTS, users_given
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Module
from chalicelib.kernel.areas import Area
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import BusyError, ConflictError, InvalidError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, ImportScope
from chalicelib.store.due import DueItem, due
from chalicelib.uploads import feed_items
from chalicelib.uploads import operations as files
from chalicelib.uploads.document_requests import operations, queries, repo
from chalicelib.uploads.document_requests.form import read_form
from chalicelib.uploads.document_requests.model import OVERDUE, REMINDERS, DocumentRequest, reminder_day
from chalicelib.uploads.document_requests.queries import RequestsPage

NOBODY = lazy_gettext("Nobody can log in for this account. Invite the customer first.")


def ask_for_document(
    scope: DealerScope, *, account_ref: str, fields: Mapping[str, str], now: datetime, ids: Ids
) -> DocumentRequest:
    """Ask a customer for a document: see `read_form` for `fields`. Callers notify the outbox.

    Raises NotFoundError for no such account, InvalidError on the fields, and where nobody would see it.
    """
    entry, found = account(scope, account_ref), enrolments.enrolment(scope, account_ref)
    era = found.era if found else ""
    if owner_in_doubt(entry.next_era, found):
        raise InvalidError(IN_DOUBT)
    users = users_given(scope, account_ref, era, {Area.DOCUMENTS})
    if not users:
        raise InvalidError(NOBODY)
    today = local_date(now, dealers.dealer(scope).time_zone)
    form = read_form(fields, today=today)
    new = DocumentRequest(
        **asdict(form),
        request_id=ids.ulid(now),
        account_ref=account_ref,
        era=era,
        account_name=entry.name,
        depot=entry.depot_code,
        asked_by=scope.person_id,
        asked_at=now,
        remind_on=reminder_day(form.due, asked_on=today),
    )
    emails = [user.email for user in users[:MAX_RECIPIENTS]]
    provided = enrolments.in_era(scope, account_ref, era)
    operations.ask(scope, new, emails=emails, provided=provided, now=now, ids=ids)
    return new


def end_earlier(scope: ImportScope, *, ref: str, now: datetime, ids_of: Callable[[str], Ids]) -> None:
    """The account's number is another customer's now: of the earlier one nothing is wanted any more. Repeatable.

    Documents of theirs that are on their way are refused, and those that no program has taken yet are withdrawn.
    """
    era = current_era(scope, ref)
    operations.end_earlier(scope, account_ref=ref, era=era, now=now, ids_of=ids_of)
    files.end_earlier(scope, account_ref=ref, era=era, now=now, ids_of=ids_of)  # first: no more of them is accepted
    feed_items.end_earlier(scope, account_ref=ref, era=era, now=now, ids_of=ids_of)


def made_requests(scope: DealerScope, *, now: datetime, before: str = "") -> RequestsPage:
    """See `queries.made_requests`; of earlier customers of an account's number nothing is listed."""
    found = queries.made_requests(scope, now=now, before=before)
    known = enrolments_now(scope).by_ref
    eras = {ref: one.era for ref, one in known.items() if one.era}
    return replace(found, requests=[one for one in found.requests if one.era == eras.get(one.account_ref, "")])


def awaited(scope: ImportScope, *, ref: str, request_id: str) -> DocumentRequest | None:
    """A request that is open and of the account's present customer; else None."""
    request = repo.request(scope, ref, request_id)
    return request if request and request.is_open and request.era == current_era(scope, ref) else None


def is_read_by(scope: ImportScope, request: DocumentRequest, email: str) -> bool:
    """Whether somebody of this email may log in for the account, in the era of the request."""
    return email in {user.email for user in _readers(scope, request)}


def chase(scope: ImportScope, *, now: datetime, ids: Ids) -> int:
    """What is due by today where the dealer is: reminders to customers, tasks for staff; how many. Repeatable.

    Nothing while the dealer has no documents in its portal: customers could not send any.
    """
    dealer = dealers.dealer(scope)
    if Module.DOCUMENTS not in dealer.modules:
        return 0
    today = local_date(now, dealer.time_zone)
    return sum(
        _chase(scope, item, now=now, ids=ids) for kind in (REMINDERS, OVERDUE) for item in due(scope, kind, until=today)
    )


def _chase(scope: ImportScope, item: DueItem, *, now: datetime, ids: Ids) -> bool:
    request = awaited(scope, ref=item.account_ref, request_id=item.item_id)
    if request is None or item not in request.due_items:
        return False  # of an earlier customer, which is about to end, or done at this moment
    with suppress(ConflictError, BusyError):  # changed at this moment: the next hour sees what is left
        if item.kind == OVERDUE:
            operations.note_overdue(scope, request, now=now, ids=ids)
        else:
            users = _readers(scope, request)[:MAX_RECIPIENTS]
            operations.remind(scope, request, emails=[user.email for user in users], now=now, ids=ids)
        return True
    return False


def _readers(scope: ImportScope, request: DocumentRequest) -> list[AccountUser]:
    return users_given(scope, request.account_ref, request.era, {Area.DOCUMENTS})
