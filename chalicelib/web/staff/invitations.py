"""Invitations sent from Customer Accounts: the email, sending it, sending it again, cancelling it."""

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from chalice.app import Response

from chalicelib.customers import queries
from chalicelib.customers.accounts_list import AccountsQuery
from chalicelib.customers.enrolment import operations
from chalicelib.customers.enrolment.invitation import INVITATION
from chalicelib.customers.enrolment.model import Status
from chalicelib.customers.enrolment.operations import InviteResult
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.http.access import STAFF
from chalicelib.http.errors import log_refusal
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity.tokens import INVITE_LIFE
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, PortalError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part, link_part
from chalicelib.store.form_results import FormResult
from chalicelib.web.staff.accounts_query import accounts_query, list_path, search_arguments
from chalicelib.web.staff.confirm import confirm_page
from chalicelib.web.staff.customise_mails import around_frame, in_frame

if TYPE_CHECKING:
    from chalicelib.mail.sender import Mail

routes = Routes(__name__)

MAX_AT_ONCE = 500
"""Invitations of one form: each is written with its audit row, and a request has 29 seconds."""
MAX_LISTED = 3
"""Refusals that a toast names one by one; of more it says how many."""


@routes.post("/staff/accounts/invite", STAFF)
def invite(request: Request) -> Response:
    """Invite the ticked accounts, or the one whose button was pressed (`only`)."""
    return once(request, lambda: _invite(request))


def _invite(request: Request) -> FormResult:
    refs = _chosen(request)
    if not refs:
        return FormResult(list_path(request), _("Choose at least one customer to invite"), failed=True)
    if len(refs) > MAX_AT_ONCE:
        message = _("At most %(num)s customers can be invited at once. Nobody was invited.", num=MAX_AT_ONCE)
        return FormResult(list_path(request), message, failed=True)
    result = operations.invite_customers(
        request.dealer_scope,
        dealer=_dealer(request),
        refs=refs,
        invited_by=_email(request),
        now=request.now,
        ids=request.services.ids,
    )
    request.services.notify_outbox(request.dealer_scope)
    return FormResult(list_path(request), _outcome(request, result), failed=not result.invited)


def _chosen(request: Request) -> list[str]:
    """The account whose button was pressed, all of the list that can be invited, or the ticked ones."""
    form = request.form
    if "only" in form:
        return [from_link_part(form["only"])]
    if "all" in form:
        shown = dict(parse_qsl(urlsplit(list_path(request)).query))
        query = replace(accounts_query(shown), status=Status.NONE)
        published = dealers.published(request.dealer_scope)
        rows = queries.all_rows(request.dealer_scope, published=published, **search_arguments(shown), query=query)
        return [row.entry.ref for row in rows if row.status is Status.NONE][:MAX_AT_ONCE]
    return [from_link_part(one) for one in request.form_all.get("ref", [])]


@routes.get("/staff/accounts/invite", STAFF)
def preview(request: Request) -> Response:
    """The email that an invitation sends to `account`, or to the first that can be invited; its link opens nothing."""
    entry = _previewed(request)
    if entry is None:
        return redirect(list_path(request), flash=_("There is no customer to invite"), failed=True)
    shown = page(
        request,
        "staff/invitation_preview.html",
        mail=_mail_to(request, entry),
        entry=entry,
        link=link_part(entry.ref),
        back=list_path(request),
    )
    return around_frame(request, shown)


@routes.get("/staff/accounts/invite.html", STAFF)
def framed(request: Request) -> Response:
    """The HTML of the same mail, for the frame on its page: no script runs in it, and no link leads anywhere."""
    entry = _previewed(request)
    if entry is None:
        raise NotFoundError
    return in_frame(_mail_to(request, entry))


def _mail_to(request: Request, entry: DirectoryEntry) -> "Mail":
    return request.services.mail_deps.mail(
        INVITATION,
        _dealer(request),
        to=entry.email or "",
        link=f"{request.services.settings.base_url}/i/…",
        ends=request.fmt.date(request.fmt.today(request.now + INVITE_LIFE)),
        account_number=entry.ref,
        account_name=entry.name,
        addressee=entry.name,
    )


def _previewed(request: Request) -> DirectoryEntry | None:
    scope = request.dealer_scope
    if "account" in request.query:
        return queries.staff_account(scope, from_link_part(request.query["account"])).row.entry
    query = AccountsQuery(status=Status.NONE)
    rows = queries.all_rows(scope, published=dealers.published(scope), text="", field="all", query=query)
    return rows[0].entry if rows else None


@routes.post("/staff/accounts/{account}/resend", STAFF)
def resend(request: Request) -> Response:
    """Send a fresh invitation; the older link stops working."""
    return once(request, lambda: _resend(request))


def _resend(request: Request) -> FormResult:
    ref = from_link_part(request.params["account"])
    try:
        operations.resend_invitation(
            request.dealer_scope, ref=ref, invited_by=_email(request), now=request.now, ids=request.services.ids
        )
    except InvalidError as error:  # a page from before: no longer eligible, or it seems to be somebody else's
        return FormResult(list_path(request), error.message, failed=True)
    except (ConflictError, TooManyError) as error:
        log_refusal(request, error)
        return FormResult(list_path(request), _refused(request, ref, error), failed=True)
    request.services.notify_outbox(request.dealer_scope)
    return FormResult(
        list_path(request), _("A new invitation is on its way to %(customer)s", customer=_named(request, ref))
    )


@routes.get("/staff/accounts/{account}/cancel", STAFF)
def ask_to_cancel(request: Request) -> Response:
    """Asks once more: the link in the customer's mailbox stops working."""
    ref = from_link_part(request.params["account"])
    found = queries.staff_account(request.dealer_scope, ref)
    return confirm_page(
        request,
        _("Cancel the invitation of %(customer)s?", customer=found.row.entry.name),
        _("The link in the email to %(email)s stops working. You can invite them again.", email=found.row.email),
        _("Cancel invitation"),
        back=list_path(request),
    )


@routes.post("/staff/accounts/{account}/cancel", STAFF)
def cancel(request: Request) -> Response:
    """End an invitation: its link opens nothing any more."""
    ref = from_link_part(request.params["account"])
    try:
        operations.cancel_invitation(request.dealer_scope, ref=ref, now=request.now, ids=request.services.ids)
    except ConflictError as error:  # a page from before: answered or cancelled since
        return redirect(list_path(request), flash=_refused(request, ref, error), failed=True)
    return redirect(
        list_path(request), flash=_("The invitation of %(customer)s is cancelled", customer=_named(request, ref))
    )


def _refused(request: Request, ref: str, error: PortalError) -> str:
    return _("%(customer)s: %(reason)s", customer=_named(request, ref), reason=error.message)


def _outcome(request: Request, result: InviteResult) -> str:
    fmt, count = request.fmt, len(result.invited)
    sent = fmt.plural(count, "%(num)s invitation on the way", "%(num)s invitations on the way")
    if count == 1:
        sent = _("An invitation is on its way to %(customer)s", customer=_named(request, result.invited[0]))
    parts = [sent] if count else []
    named = list(result.refused.items())
    parts += [f"{_named(request, ref)}: {str(reason).rstrip('.')}" for ref, reason in named[:MAX_LISTED]]
    if len(named) > MAX_LISTED:
        more = len(named) - MAX_LISTED
        parts.append(fmt.plural(more, "%(num)s more cannot be invited", "%(num)s more cannot be invited"))
    return ". ".join(parts)


def _named(request: Request, ref: str) -> str:
    """`Mr A L Barlow, 1200`; of an account that is not there the number alone."""
    try:
        return f"{operations.account(request.dealer_scope, ref).name}, {ref}"
    except NotFoundError:
        return ref


def _dealer(request: Request) -> Dealer:
    if request.dealer is None:
        raise NotFoundError
    return request.dealer


def _email(request: Request) -> str:
    return request.session.email if request.session else ""
