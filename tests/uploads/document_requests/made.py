"""Documents that staff ask the first customer of a dealership for."""

from datetime import datetime, timedelta

from chalicelib.customers import document_requests
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.kernel.ids import Ids
from chalicelib.uploads.document_requests import operations, repo
from chalicelib.uploads.document_requests.model import DocumentRequest
from chalicelib.uploads.model import FilePurpose, Review, SentFile
from chalicelib.uploads.operations import review_file
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Dealership
from tests.uploads.sending import Sending

FORM = {"purpose": "other", "title": "Three payslips", "words": "The newest ones", "wanted": "3"}


def known(dealership: Dealership, now: datetime) -> Dealership:
    """The dealership, with accounts whose customers have logged in."""
    publish(dealership.import_scope, [account("1200", "Mr A L Barlow", depot_code="CAS"), account("1201")])
    for member, ref in ((dealership.customer, "1200"), (dealership.other_customer, "1201")):
        enrolments.add_user(dealership.scope, AccountUser(member.person_id, member.email, now), ref=ref)
    return dealership


def asked(
    dealership: Dealership, now: datetime, ids: Ids, *, ref: str = "1200", days: int = 14, **fields: str
) -> DocumentRequest:
    """A request that is due after so many days."""
    due = (now + timedelta(days=days)).date().isoformat()
    return document_requests.ask_for_document(
        dealership.user.staff_scope, account_ref=ref, fields={**FORM, "due": due, **fields}, now=now, ids=ids
    )


def asked_alone(
    dealership: Dealership, ref: str, now: datetime, ids: Ids, *, title: str = "Passport"
) -> DocumentRequest:
    """One of an account that needs no people; what it was asked for before is cancelled."""
    staff = dealership.user.staff_scope
    for old in repo.open_requests(staff, ref):
        operations.cancel(staff, account_ref=ref, request_id=old.request_id, now=now, ids=ids)
    day = now.date() + timedelta(days=14)
    request = DocumentRequest(
        request_id=ids.ulid(now),
        account_ref=ref,
        era="",
        account_name=title,
        purpose=FilePurpose.OTHER,
        title=title,
        words=title,
        wanted=1,
        due=day,
        asked_by=staff.person_id,
        asked_at=now,
    )
    operations.ask(staff, request, emails=(), provided=enrolments.in_era(staff, ref, ""), now=now, ids=ids)
    return request


def sent(dealership: Dealership, now: datetime, ids: Ids, request: DocumentRequest) -> SentFile:
    """A file that was accepted for it."""
    return Sending(dealership, now, ids, purpose=request.request_id).accept()


def reviewed(dealership: Dealership, now: datetime, ids: Ids, file: SentFile, review: Review) -> None:
    review_file(
        dealership.user.staff_scope,
        account_ref=file.account_ref,
        file_id=file.file_id,
        review=review,
        comment="Page 2 is missing",
        now=now,
        ids=ids,
    )


def found(dealership: Dealership, request: DocumentRequest) -> DocumentRequest:
    stored = repo.request(dealership.scope, request.account_ref, request.request_id)
    assert stored
    return stored
