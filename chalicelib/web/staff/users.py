"""Dealership Users: who of the staff may log in. Admins invite and give roles; anybody deletes another."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from chalice.app import Response

from chalicelib.dealers.bounces.model import Bounce
from chalicelib.dealers.bounces.operations import note_works
from chalicelib.dealers.bounces.queries import bounces_of
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.staff.model import ROLE_LABELS
from chalicelib.dealership_users import operations, queries
from chalicelib.dealership_users.model import DealershipUser, UnconfirmedError
from chalicelib.http.access import STAFF, STAFF_ADMIN
from chalicelib.http.header_profile import photo_address
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity.queries import api_keys
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.store.form_results import FormResult
from chalicelib.web.photo_responses import photo_response
from chalicelib.web.presenters.users import doubts_in_words, line
from chalicelib.web.staff.api_keys import HOME as API_KEYS
from chalicelib.web.staff.confirm import confirm_page

routes = Routes(__name__)

HOME = "/staff/users"
USER = f"{HOME}/{{user}}"
PAGE = 50
_SORTS: dict[str, Callable[[DealershipUser], Any]] = {
    "email": lambda one: one.member.email,
    "status": lambda one: one.member.state,
    "role": lambda one: list(ROLE_LABELS).index(one.member.role),
    "login": lambda one: one.last_login.timestamp() if one.last_login else 0,
}


@routes.get(HOME, STAFF)
def users(request: Request) -> Response:
    """The list. Its state is the address: sort, order and page."""
    everybody = queries.users(request.dealer_scope)
    sort = request.query.get("sort", "")
    sort = sort if sort in _SORTS else "email"
    descending = request.query.get("order") == "desc"
    found = sorted(everybody, key=_SORTS[sort], reverse=descending)
    pages = max(1, -(-len(found) // PAGE))
    number = min(whole_number(request.query.get("page", "")) or 1, pages)
    shown = found[(number - 1) * PAGE : number * PAGE]
    keys = _keys(request)
    return page(
        request,
        "staff/users.html",
        lines=[line(one, now=request.now, fmt=request.fmt) for one in shown],
        bounces=_bounces(request, shown),
        sort=sort,
        descending=descending,
        number=number,
        pages=pages,
        **_adding(request, len(everybody)),
        deleting=partial(_deleting, keys),
        keys_links=_keys_links(request, keys),
    )


@routes.get(f"{HOME}/new", STAFF_ADMIN)
def add(request: Request) -> Response:
    """The form of the list's dialog, for browsers without scripts."""
    return _form(request)


@routes.post(HOME, STAFF_ADMIN)
def invite(request: Request) -> Response:
    """Email an invitation to somebody who is not on the list."""

    def act() -> FormResult:
        email = operations.invite(
            request.dealer_scope,
            dealer=_dealer(request),
            email=request.form.get("email", ""),
            role=request.form.get("role", ""),
            confirmed=request.form.get("confirmed", ""),
            now=request.now,
            ids=request.services.ids,
        )
        request.services.notify_outbox(request.dealer_scope)
        return FormResult(HOME, _("%(email)s is invited", email=email))

    try:
        return once(request, act)
    except InvalidError as error:
        return _form(request, status=422, errors=error.fields)
    except UnconfirmedError as error:
        return _form(request, status=409, doubted=error)
    except TooManyError as error:
        return _form(request, status=429, errors={"email": error.message})


@routes.get(USER, STAFF)
def user(request: Request) -> Response:
    """One of them: what they may do, and since when."""
    try:
        found = queries.user(request.dealer_scope, request.params["user"])
    except NotFoundError:
        joined = queries.joined_with(request.dealer_scope, request.params["user"])
        return redirect(f"{HOME}/{joined.member_id}")
    keys = _keys(request)
    return page(
        request,
        "staff/user.html",
        line=line(found, now=request.now, fmt=request.fmt),
        bounces=_bounces(request, [found]),
        photo=photo_address(found.named.photo, path=f"{HOME}/{found.member.member_id}/photo.jpg", small=False),
        deleting=partial(_deleting, keys),
        keys_links=_keys_links(request, keys),
        resetting=_resetting,
        roles=list(ROLE_LABELS.items()),
        may_change=request.dealer_scope.is_admin,
        is_reader=found.member.person_id == request.dealer_scope.person_id,
    )


@routes.post(f"{USER}/mail-works", STAFF_ADMIN)
def note_mail_works(request: Request) -> Response:
    """An admin says that mail to this user arrives again."""
    found = queries.user(request.dealer_scope, request.params["user"])
    here, email = f"{HOME}/{found.member.member_id}", found.member.email
    try:
        note_works(request.dealer_scope, email=email, account_ref="", now=request.now, ids=request.services.ids)
    except ConflictError:
        return redirect(here, flash=_("Nothing has changed."), failed=True)
    return redirect(here, flash=_("%(email)s counts as working again", email=email))


@routes.get(f"{USER}/photo.jpg", STAFF)
def photo(request: Request) -> Response:
    """A colleague's photo, or their initials."""
    member = queries.user(request.dealer_scope, request.params["user"]).member
    return photo_response(request, member.person_id or member.member_id, email=member.email)


@routes.post(f"{USER}/role", STAFF_ADMIN)
def change_role(request: Request) -> Response:
    """Give another role: they log in again, and then have it."""
    found = queries.user(request.dealer_scope, request.params["user"])
    here = f"{HOME}/{found.member.member_id}"
    try:
        member = operations.change_role(
            request.dealer_scope,
            member_id=found.member.member_id,
            role=request.form.get("role", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except (ConflictError, InvalidError) as error:
        return redirect(here, flash=error.message, failed=True)
    request.services.notify_outbox(request.dealer_scope, at_once=True)
    role = str(ROLE_LABELS[Role(request.form["role"])])
    if member.role == request.form["role"]:
        return redirect(here, flash=_("%(email)s has this role: %(role)s", email=member.email, role=role))
    return redirect(
        here, flash=_("%(email)s has a new role, once they log in again: %(role)s", email=member.email, role=role)
    )


@routes.get(f"{USER}/second-factor", STAFF_ADMIN)
def ask_to_reset_factor(request: Request) -> Response:
    """Asks once more, for browsers without scripts."""
    found = queries.user(request.dealer_scope, request.params["user"])
    here = f"{HOME}/{found.member.member_id}"
    return confirm_page(request, *_resetting(found), back=here)


@routes.post(f"{USER}/second-factor", STAFF_ADMIN)
def reset_factor(request: Request) -> Response:
    """They have lost it: they log in with the password alone, and set another up."""
    found = queries.user(request.dealer_scope, request.params["user"])
    here = f"{HOME}/{found.member.member_id}"
    if not found.factors:
        return redirect(here, flash=_("%(email)s has no second factor", email=found.member.email), failed=True)
    try:
        member = operations.reset_second_factor(
            request.dealer_scope, member_id=found.member.member_id, now=request.now, ids=request.services.ids
        )
    except ConflictError as error:
        return redirect(here, flash=error.message, failed=True)
    request.services.notify_outbox(request.dealer_scope, at_once=True)
    request.services.notify_outbox(IdentityScope())
    if _dealer(request).staff_need_second_factor:
        said = _(
            "The second factor of %(email)s is reset. They set up another after their next login.", email=member.email
        )
    else:
        said = _(
            "The second factor of %(email)s is reset. Settings requires none: remind them to set up another.",
            email=member.email,
        )
    return redirect(here, flash=said)


@routes.post(f"{USER}/resend", STAFF_ADMIN)
def resend(request: Request) -> Response:
    """Email the invitation again; the link of before works no more."""
    try:
        email = operations.resend(
            request.dealer_scope,
            dealer=_dealer(request),
            member_id=request.params["user"],
            now=request.now,
            ids=request.services.ids,
        )
    except NotFoundError:
        joined = queries.joined_with(request.dealer_scope, request.params["user"])
        said = _("%(email)s has accepted the invitation", email=joined.email)
        return redirect(f"{HOME}/{joined.member_id}", flash=said, failed=True)
    except (ConflictError, TooManyError) as error:
        return redirect(HOME, flash=error.message, failed=True)
    request.services.notify_outbox(request.dealer_scope)
    return redirect(HOME, flash=_("The invitation goes to %(email)s again", email=email))


@routes.get(f"{USER}/delete", STAFF)
def ask_to_delete(request: Request) -> Response:
    """Asks once more, for browsers without scripts."""
    found = queries.user(request.dealer_scope, request.params["user"])
    if found.protection:
        return redirect(HOME, flash=str(operations.PROTECTED[found.protection]), failed=True)
    keys = _keys(request)
    address = _keys_links(request, keys).get(found.member.person_id or "")
    link = (address, _("Revoke API keys")) if address else None
    return confirm_page(request, *_deleting(keys, found), back=HOME, link=link)


@routes.post(f"{USER}/delete", STAFF)
def delete(request: Request) -> Response:
    """Take them off the list: their sessions and their invitation end at once."""
    try:
        member = operations.delete(
            request.dealer_scope, member_id=request.params["user"], now=request.now, ids=request.services.ids
        )
    except (ConflictError, TooManyError) as error:
        return redirect(HOME, flash=error.message, failed=True)
    request.services.notify_outbox(request.dealer_scope, at_once=True)
    return redirect(HOME, flash=_("%(email)s is deleted, and can no longer log in here", email=member.email))


def _keys(request: Request) -> dict[str, list[str]]:
    """The names of the API keys that work, by the id of who made them."""
    made: dict[str, list[str]] = {}
    for key in api_keys(IdentityScope(), request.dealer_scope.dealer_id):
        if key.revoked_at is None and key.made_by:
            made.setdefault(key.made_by, []).append(key.name)
    return made


def _keys_links(request: Request, keys: Iterable[str]) -> dict[str, str]:
    """Where an admin revokes them, by who made any."""
    return dict.fromkeys(keys, API_KEYS) if request.dealer_scope.is_admin else {}


def _deleting(keys: Mapping[str, list[str]], found: DealershipUser) -> tuple[str, str, str]:
    """Question, consequences and button."""
    email = found.member.email
    if found.member.person_id is None:
        text = _("The link in their invitation stops working.")
    else:
        text = _("They are logged out at once. Tasks assigned to them become unassigned.")
    if made := keys.get(found.member.person_id or ""):
        names = ", ".join(made)
        text += " " + _("API keys that they made keep working until an admin revokes them: %(keys)s.", keys=names)
    return _("Delete %(email)s?", email=email), text, _("Delete")


def _bounces(request: Request, shown: Iterable[DealershipUser]) -> dict[str, Bounce]:
    """What bounced, by the id of the member."""
    users = {comparable_email(one.member.email): one.member.member_id for one in shown}
    return {users[one.email]: one for one in bounces_of(request.dealer_scope, users)}


def _resetting(found: DealershipUser) -> tuple[str, str, str]:
    """Question, consequences and button."""
    email = found.member.email
    text = _(
        "They are logged out everywhere, and log in with the password alone until they set up another. "
        "Be sure that it is they who ask."
    )
    return _("Reset the second factor of %(email)s?", email=email), text, _("Reset it")


def _form(
    request: Request,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    doubted: UnconfirmedError | None = None,
) -> Response:
    used = len(queries.users(request.dealer_scope))
    adding = _adding(request, used, errors=errors, confirming=doubted.email if doubted else "")
    return page(
        request,
        "staff/add_user.html",
        status=status,
        doubts=doubts_in_words(doubted.doubts) if doubted else [],
        **adding,
    )


def _adding(
    request: Request, used: int, *, errors: dict[str, str] | None = None, confirming: str = ""
) -> dict[str, Any]:
    """What the form shows: how many users there are of how many, and what was typed before."""
    dealer = _dealer(request)
    return {
        "used": used,
        "allowed": dealer.user_allowance,
        "used_up": operations.allowance_used_up(dealer) if used >= dealer.user_allowance else "",
        "may_add": request.dealer_scope.is_admin,
        "roles": list(ROLE_LABELS.items()),
        "errors": errors or {},
        "email": request.form.get("email", "") if errors or confirming else "",
        "role": request.form.get("role", "") if errors or confirming else Role.USER.value,
        "confirming": confirming,
    }


def _dealer(request: Request) -> Dealer:
    if request.dealer is None:  # STAFF has let nobody in without one
        raise NotFoundError
    return request.dealer
