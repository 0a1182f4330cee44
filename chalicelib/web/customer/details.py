"""Account details: what the dealer's system has on the account, which only it changes; the customer's own consents."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.customers.change_requests import operations, queries
from chalicelib.customers.change_requests.model import MAX_LENGTH, value_of
from chalicelib.customers.model import AccountFacts
from chalicelib.feed.payloads import MAX_NOTE
from chalicelib.http.access import CUSTOMER, CUSTOMER_ADMIN
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.account_fields import FIELD_LABELS, AccountField
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.store.form_results import FormResult
from chalicelib.web.customer import contact_preferences
from chalicelib.web.customer.account_page import account_ref
from chalicelib.web.presenters.changes import detail_lines

routes = Routes(__name__)

HOME = "/details"
ASKED = Limit("change.person", 30, DAY)


@routes.get(HOME, CUSTOMER)
def details(request: Request) -> Response:
    """Each field with what was asked for, until an export shows it, and by what the dealer may send offers."""
    ref, scope = account_ref(request), request.customer_scope
    try:
        view = _view(request)
    except NoFiguresError:
        said = contact_preferences.lines(request, ref, None) if ref else []
        return page(
            request,
            "customer/details.html",
            facts=None,
            ref=ref,
            may_ask=scope.role.includes(Role.ADMIN),
            consents=said,
        )
    requests = queries.current_requests(scope, view.facts)
    return page(
        request,
        "customer/details.html",
        facts=view.facts,
        ref=view.ref,
        lines=detail_lines(view.facts, requests),
        may_ask=scope.role.includes(Role.ADMIN),
        consents=contact_preferences.lines(request, view.ref, view),
    )


@routes.get(f"{HOME}/change", CUSTOMER_ADMIN)
def form(request: Request) -> Response:
    """Asks for the new value of `field`."""
    if "field" not in request.query:
        return redirect(HOME)
    return _form(request, _view(request).facts, _field(request.query), {})


@routes.post(f"{HOME}/change", CUSTOMER_ADMIN)
def ask(request: Request) -> Response:
    """Ask for it. The same form sent again counts once."""
    facts, field = _view(request).facts, _field(request.form)
    try:
        return once(request, lambda: _ask(request, facts, field))
    except InvalidError as error:
        if not error.fields:
            raise
        return _form(request, facts, field, error.fields, status=422)


@routes.post(f"{HOME}/withdraw", CUSTOMER_ADMIN)
def withdraw(request: Request) -> Response:
    """Take a change back that has not been passed on yet."""
    try:
        operations.withdraw(
            request.customer_scope,
            ref=_view(request).ref,
            request_id=request.form.get("change", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:  # passed on, or decided, since the page was shown
        return redirect(HOME, flash=error.message, failed=True)
    return redirect(HOME, flash=_("Withdrawn. Your details stay as they are."))


@routes.post(f"{HOME}/contact-preferences", CUSTOMER)
def choose_channels(request: Request) -> Response:
    """Offers and news by the channels whose tick the reader changed. The same form sent again changes nothing."""
    contact_preferences.count_choice(request)
    new = contact_preferences.choose(request)
    return redirect(f"{HOME}#contact", flash=_("Saved") if new else _("Nothing has changed"))


def _ask(request: Request, facts: AccountFacts, field: AccountField) -> FormResult:
    scope = request.customer_scope
    # Tested control: changes-limited
    rate_limits.consume(IdentityScope(), (Attempt(ASKED, f"{scope.dealer_id}\n{scope.person_id}"),), now=request.now)
    operations.ask_for_change(
        scope,
        facts=facts,
        field=field,
        value=request.form.get("value", ""),
        note=request.form.get("note", ""),
        asked_by=request.session.email if request.session else "",
        now=request.now,
        ids=request.services.ids,
    )
    return FormResult(HOME, _("Request sent. Its status appears here."))


def _form(
    request: Request, facts: AccountFacts, field: AccountField, errors: Mapping[str, str], *, status: int = 200
) -> Response:
    return page(
        request,
        "customer/change.html",
        status=status,
        field=field,
        label=str(FIELD_LABELS[field]),
        before=value_of(facts, field),
        value=request.form.get("value", ""),
        note=request.form.get("note", ""),
        errors=errors,
        max_length=MAX_LENGTH[field],
        max_note=MAX_NOTE,
    )


def _view(request: Request) -> AccountView:
    ref = account_ref(request)
    if ref is None:
        raise NotFoundError
    return ledger.account_view(request.customer_scope, ref=ref, now=request.now)


def _field(values: Mapping[str, str]) -> AccountField:
    """The field that an address or a form names. Raises NotFoundError for none that can be asked for."""
    try:
        return AccountField(values.get("field", ""))
    except ValueError:
        raise NotFoundError from None
