"""Profile: what the reader is called at this dealer, their address and numbers, and what they may be sent.

The same page for staff and for customers. Email and password are the person's own, wherever they are known.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.http import header_profile
from chalicelib.http.access import MEMBER
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.http.start_page import SWITCHER
from chalicelib.identity import email_changes, pending_email_change, rate_limits
from chalicelib.identity.email_changes import EmailRequest
from chalicelib.identity.model import canonical_email
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.errors import BusyError, ConflictError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope, DealerScope, IdentityScope
from chalicelib.kernel.versions import version_text
from chalicelib.profiles import model, operations, queries
from chalicelib.profiles.model import Details, Named, Profile
from chalicelib.profiles.numbers import shown
from chalicelib.profiles.repo import MemberScope
from chalicelib.web.auth import redirects
from chalicelib.web.auth.code_field import code_field, send_if_asked
from chalicelib.web.customer import contact_preferences
from chalicelib.web.presenters.consents import ConsentLine

routes = Routes(__name__)

HOME = "/profile"
OK = 200
SAVED = Limit("profile.person", 100, DAY)
_CONSENT = "consent-"
"""Begins the names of the boxes of contact preferences: fields of the form are called like channels."""


@routes.get(HOME, MEMBER)
def profile(request: Request) -> Response:
    """The form, filled in with what is so now."""
    found = queries.own_profile(scope_of(request))
    return _page(request, found, _filled(request, found.details), {})


@routes.post(f"{HOME}/email/resend", MEMBER)
def resend_link(request: Request) -> Response:
    """Mail the link to the new address once more."""
    try:
        email = pending_email_change.resend_link(
            IdentityScope(), session=request.own_session, now=request.now, ids=request.services.ids
        )
    except (ConflictError, NotFoundError, TooManyError) as error:
        return redirect(HOME, flash=error.message, failed=True)
    request.services.notify_outbox(IdentityScope())
    said = _("We have sent a new link to %(email)s. The one of before no longer works.", email=email)
    return redirect(HOME, flash=said)


@routes.post(f"{HOME}/email/cancel", MEMBER)
def cancel_email_change(request: Request) -> Response:
    """The email address stays as it is."""
    session = request.own_session
    try:
        pending_email_change.cancel_change(IdentityScope(), session=session, now=request.now, ids=request.services.ids)
    except (ConflictError, NotFoundError) as error:
        return redirect(HOME, flash=error.message, failed=True)
    return redirect(HOME, flash=_("Cancelled. You go on logging in with %(email)s.", email=session.email))


@routes.post(HOME, MEMBER)
def save(request: Request) -> Response:
    """Save what the form has. All that can be refused is refused before anything is saved.

    Name and numbers, contact preferences and the change of email are three writes: where one that follows fails, the
    page says which are saved.
    """
    again = send_if_asked(request, _typed_page)
    if again:
        return again
    scope = scope_of(request)
    before, seen = queries.own_profile(scope), request.form.get("seen", "")
    filled = _typed(request, before.details)
    details, errors = model.entered(filled, country=_country(request))
    if errors:
        return _page(request, before, filled, errors, status=422)
    if seen != version_text(before.version) and details != before.details:
        return _overtaken(request, before, filled, str(operations.CHANGED_ELSEWHERE))
    try:
        _count(request)
    except TooManyError as error:
        return _page(request, before, filled, {}, status=429, message=f"{error.message} {_nothing_saved()}")
    try:
        asked = _asked_for_email(request)
    except InvalidError as error:
        return _page(request, before, filled, error.fields, status=422)
    except TooManyError as error:
        return _page(request, before, filled, {"email": error.message}, status=429)
    try:
        changed = operations.save(scope, details, seen=seen, now=request.now, ids=request.services.ids)
    except ConflictError as error:
        if asked:
            email_changes.refund_email_change(IdentityScope(), asked, now=request.now)
        return _overtaken(request, queries.own_profile(scope), filled, error.message)
    response = _saved_rest(request, asked, is_new=bool(changed))
    return remembered(request, response, replace(before, details=details))


def _typed_page(request: Request, errors: Mapping[str, str], *, status: int = OK) -> Response:
    """With what was typed, of which nothing is looked at yet."""
    found = queries.own_profile(scope_of(request))
    return _page(
        request, found, _typed(request, found.details), errors, status=status, seen=request.form.get("seen", "")
    )


def _typed(request: Request, details: Details) -> dict[str, str]:
    return {name: request.form.get(name, value) for name, value in _filled(request, details).items()}


def _count(request: Request) -> None:
    """Count what the form would change. Raises TooManyError."""
    scope = scope_of(request)
    # Tested control: profile-changes-limited
    rate_limits.consume(IdentityScope(), (Attempt(SAVED, f"{scope.dealer_id}\n{scope.person_id}"),), now=request.now)
    if _has_preferences(request):
        contact_preferences.count_choice(request, prefix=_CONSENT)


def _saved_rest(request: Request, asked: EmailRequest | None, *, is_new: bool) -> Response:
    """What follows once the details are kept: contact preferences, and last the link by mail, which nothing undoes."""
    failed: list[str] = []
    try:
        is_new |= _has_preferences(request) and contact_preferences.choose(request, prefix=_CONSENT)
    except (BusyError, ConflictError, NotFoundError):
        failed.append(_("Your contact preferences could not be saved: choose them again."))
    if asked:
        try:
            email_changes.request_email_change(IdentityScope(), asked, now=request.now, ids=request.services.ids)
        except (BusyError, ConflictError):
            email_changes.refund_email_change(IdentityScope(), asked, now=request.now)
            failed.append(_("Your email address stays as it is: enter the new one again."))
            asked = None
        else:
            request.services.notify_outbox(IdentityScope())
    said = _("Saved") if is_new else _("Nothing has changed")
    if asked:
        said = _("We have sent a link to %(email)s. Until you open it, you log in as before.", email=asked.email)
    if failed:
        rest = [said] if asked else [_("The rest is saved.")] if is_new else []
        return redirect(_home(request), flash=" ".join([*failed, *rest]), failed=True)
    return redirect(_home(request), flash=said)


def _asked_for_email(request: Request) -> EmailRequest | None:
    """The change of email, where another was entered: counted and not yet queued.

    Raises InvalidError on `email`, `current_password` and `code`, TooManyError.
    """
    session, typed = request.own_session, request.form.get("email", "")
    if "email" not in request.form or canonical_email(typed) == session.email:
        return None
    asked = email_changes.check_email_change(
        IdentityScope(),
        session=session,
        email=typed,
        current_password=request.form.get("current_password", ""),
        code=request.form.get("code", ""),
        now=request.now,
    )
    email_changes.count_email_change(IdentityScope(), asked, now=request.now)
    return asked


def _overtaken(request: Request, found: Profile, filled: Mapping[str, str], message: str) -> Response:
    return _page(request, found, filled, {}, status=409, message=f"{message} {_nothing_saved()}")


def _nothing_saved() -> str:
    return _("Nothing was saved. Check what you entered, then save again.")


def scope_of(request: Request) -> MemberScope:
    """Of the person in hand, at this dealer."""
    scope = request.tenant_scope
    if not isinstance(scope, DealerScope | CustomerScope):  # MEMBER has let nobody else in
        raise NotFoundError
    return scope


def side_of(request: Request) -> str:
    """Whose layout the page has."""
    return "staff" if isinstance(request.tenant_scope, DealerScope) else "customer"


def remembered(request: Request, response: Response, found: Profile) -> Response:
    """The response, after which pages show these initials and this photo."""
    scope = scope_of(request)
    return header_profile.remember(
        response,
        request,
        person_id=scope.person_id,
        dealer_id=scope.dealer_id,
        shown=Named(found.details.name, found.photo),
    )


def _has_preferences(request: Request) -> bool:
    """Whether the reader is a customer with an account: the dealer may send offers to no others."""
    scope = request.tenant_scope
    return isinstance(scope, CustomerScope) and scope.ledger_ref is not None


def _country(request: Request) -> str:
    """Whose national form the numbers have: the dealer's, whatever language the reader has chosen."""
    return request.services.dealer_of(request.tenant_scope).home_country


def _filled(request: Request, details: Details) -> dict[str, str]:
    """The fields as the form shows them."""
    country = _country(request)
    values: dict[str, str] = asdict(details)
    return {name: shown(value, country=country) if name in model.NUMBERS else value for name, value in values.items()}


def _page(
    request: Request,
    found: Profile,
    filled: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = OK,
    message: str = "",
    seen: str | None = None,
) -> Response:
    """`seen`: the version that the form was filled in for, where that is another than this one."""
    session = request.own_session
    response = page(
        request,
        "profile.html",
        status=status,
        manages_people=isinstance(request.scope, CustomerScope) and request.scope.role.includes(Role.ADMIN),
        side=side_of(request),
        filled=filled,
        asks_code=email_changes.has_second_factor(IdentityScope(), session.person_id),
        code=code_field(request),
        waiting=pending_email_change.waiting_email(IdentityScope(), session.person_id, request.now),
        email=request.form.get("email", session.email),
        errors=errors,
        message=message,
        labels=model.FIELD_LABELS,
        titles=[("", _("Choose")), *((code, str(label)) for code, label in model.TITLES.items())],
        lengths=model.MAX_LENGTH,
        number_length=model.MAX_NUMBER_LENGTH,
        seen=version_text(found.version) if seen is None else seen,
        consents=_consents(request),
        back=_came_from(request),
        **_photo(request, found),
    )
    return remembered(request, response, found)


def _came_from(request: Request) -> str:
    """The page that the reader came from and goes back to; the start page where it was one of their own pages."""
    asked = request.form.get("back") if request.method == "POST" else request.query.get("back") or request.sent_from
    path = redirects.destination(request, request.own_session.membership, asked or "")
    is_own = redirects.is_for_anybody(path) or path.startswith(SWITCHER.path)
    return redirects.start_path(request, request.own_session.membership) if is_own else path


def _home(request: Request) -> str:
    """This page again, which remembers where the reader came from."""
    back = _came_from(request)
    is_start = back == redirects.start_path(request, request.own_session.membership)
    return HOME if is_start else f"{HOME}?{urlencode({'back': back}, safe='/')}"


def _photo(request: Request, found: Profile) -> dict[str, Any]:
    return {
        "photo": header_profile.photo_address(found.photo, small=False),
        "initials": header_profile.letters_of(found.details.name, request.own_session.email),
    }


def _consents(request: Request) -> list[tuple[ConsentLine, bool]]:
    """The boxes, and whether each is ticked: of a form that was not saved as it was sent."""
    if not _has_preferences(request):
        return []
    lines = contact_preferences.own_lines(request)
    if request.method != "POST":
        return [(line, line.granted) for line in lines]
    return [(line, request.form.get(f"{_CONSENT}{line.channel}") == "yes") for line in lines]
