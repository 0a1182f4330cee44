"""Document requests, as customers and staff read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext, ngettext
from chalicelib.kernel.keys import is_portal_customer, link_part
from chalicelib.rendering.format import Formats
from chalicelib.uploads.document_requests.model import DocumentRequest, RequestState
from chalicelib.uploads.model import FileState, Review, SentFile
from chalicelib.web.presenters.files import Chip

_STATES: Mapping[RequestState, Chip] = {
    RequestState.OPEN: (lazy_gettext("Requested"), "hourglass-split", "info"),
    RequestState.FULFILLED: (lazy_gettext("Received"), "check-circle", "ok"),
    RequestState.CANCELLED: (lazy_gettext("Cancelled"), "x-circle", ""),
    RequestState.ENDED: (lazy_gettext("Ended"), "x-circle", ""),
}
_OVERDUE: Chip = (lazy_gettext("Overdue"), "exclamation-triangle", "bad")


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """What the customer reads of a request. `again` is what staff said of a file that they want another of."""

    request: DocumentRequest
    due: str
    count: str
    checking: int
    again: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class StaffRequest:
    """What staff read of a request. `account` names it and `page` is its page, empty where it has none."""

    request: DocumentRequest
    chip: Chip
    count: str
    account: str
    page: str
    link: str
    by: str
    closed_by: str

    @property
    def address(self) -> str:
        """Its own page."""
        return f"/staff/document-requests/{self.link}/{self.request.request_id}"


def own_requests(
    requests: Sequence[DocumentRequest], files: Sequence[SentFile], fmt: Formats, today: date
) -> list[OwnRequest]:
    """Of open requests; `files` are what the customer has sent, newest first."""
    return [_own(one, [file for file in files if file.request_id == one.request_id], fmt, today) for one in requests]


def _own(request: DocumentRequest, files: Sequence[SentFile], fmt: Formats, today: date) -> OwnRequest:
    return OwnRequest(
        request,
        _due(request, fmt, today),
        _count(request) if request.wanted > 1 else "",
        sum(file.state is FileState.RECEIVED for file in files),
        _again(files),
        request.is_overdue(today),
    )


def _due(request: DocumentRequest, fmt: Formats, today: date) -> str:
    day, left = fmt.date(request.due), (request.due - today).days
    if left < 0:
        return _("It was due on %(day)s", day=day)
    if left == 0:
        return _("By today, %(day)s", day=day)
    return ngettext("By %(day)s, tomorrow", "By %(day)s, in %(num)s days", left, day=day, num=fmt.count(left))


def _again(files: Sequence[SentFile]) -> str:
    """What was said of the newest file that is wanted again, if none has come since."""
    for file in files:
        if file.review is Review.ASKED_AGAIN:
            return file.comment
        if file.state in {FileState.RECEIVED, FileState.ACCEPTED}:
            return ""
    return ""


def staff_request(request: DocumentRequest, emails: Mapping[str, str], today: date) -> StaffRequest:
    """`emails`: of the dealer's staff, by id."""
    ref = request.account_ref
    is_account = not is_portal_customer(ref)
    number = _("Account %(account)s", account=ref) if is_account else _("A customer added in the portal")
    return StaffRequest(
        request,
        _OVERDUE if request.is_overdue(today) else _STATES[request.state],
        _count(request),
        ", ".join(filter(None, (number, request.account_name))),
        f"/staff/accounts/{link_part(ref)}" if is_account else "",
        link_part(ref),
        _named(request.asked_by, emails),
        _named(request.decided_by, emails) if request.decided_by and request.state is RequestState.CANCELLED else "",
    )


def _named(person_id: str, emails: Mapping[str, str]) -> str:
    return emails.get(person_id) or _("a former colleague")


def _count(request: DocumentRequest) -> str:
    came = min(len(request.received), request.wanted)
    return _("%(came)s of %(wanted)s received", came=came, wanted=request.wanted)
