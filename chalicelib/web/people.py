"""The people of an account, as its admins and the dealer manage them: invited, given rights, taken away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from chalice.app import Response

from chalicelib.customers.colleagues import operations, queries
from chalicelib.customers.colleagues.model import Colleague, Manager, Rights, State
from chalicelib.customers.colleagues.operations import Account, Changed
from chalicelib.customers.colleagues.words import LEVELS, accounts_in_words, areas_in_words, offered_areas
from chalicelib.http.access import Access
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import queries as identity
from chalicelib.identity.model import normal_email
from chalicelib.kernel.areas import ALL_AREAS, AREA_LABELS, NEEDS, Area
from chalicelib.kernel.emails import MAX_EMAIL_LENGTH
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope, DealerScope, IdentityScope
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.profiles import queries as profiles
from chalicelib.profiles.model import NOBODY, Named
from chalicelib.store.form_results import FormResult

ALL_ACCOUNTS, SOME_ACCOUNTS = "all", "some"
STATES: Mapping[State, tuple[LazyText, str, str]] = {
    State.ACTIVE: (lazy_gettext("Active"), "check-circle", "ok"),
    State.QUEUED: (lazy_gettext("Being sent"), "hourglass-split", ""),
    State.INVITED: (lazy_gettext("Invited"), "envelope", "info"),
    State.UNCERTAIN: (lazy_gettext("Perhaps not sent"), "question-circle", "warn"),
    State.BOUNCED: (lazy_gettext("Not delivered"), "envelope-exclamation", "warn"),
    State.UNSENT: (lazy_gettext("Not delivered"), "envelope-exclamation", "warn"),
}
_EXPIRED = (lazy_gettext("Expired"), "clock", "warn")


@dataclass(frozen=True, slots=True)
class Place:
    """Whose people, and who manages them: as the caller has read it, who may do so.

    `group`: the accounts that somebody may be limited to, with their names, where there are several. `home` begins the
    addresses of the pages, `back` is the list; `crumbs` lead there. Nobody is invited where `may_invite` is false.
    """

    account: Account
    by: Manager
    home: str
    back: str
    layout: str
    crumbs: Sequence[tuple[str, str]]
    modules: frozenset[str]
    group: Sequence[tuple[str, str]] = ()
    may_invite: bool = True


class Line(NamedTuple):
    """One of them in the list. `login` is None of somebody who has not logged in."""

    one: Colleague
    named: Named
    chip: tuple[LazyText, str, str]
    level: LazyText
    areas: str
    accounts: str
    login: datetime | None
    is_reader: bool


def declare(routes: Routes, path: str, access: Access, place_of: Callable[[Request], Place]) -> None:
    """The routes behind the list at `path`. `place_of` raises NotFoundError for who may not see it."""

    @routes.get(path + "/invite", access)
    def invitation(request: Request) -> Response:
        return _invitation(request, _inviting(place_of(request)), {})

    @routes.post(path + "/invite", access)
    def invite(request: Request) -> Response:
        return _invite(request, _inviting(place_of(request)))

    @routes.get(path + "/{colleague}", access)
    def colleague(request: Request) -> Response:
        place = place_of(request)
        return _colleague(request, place, _one(request, place), {})

    @routes.post(path + "/{colleague}", access)
    def change(request: Request) -> Response:
        return _change(request, place_of(request))

    @routes.get(path + "/{colleague}/end", access)
    def ask(request: Request) -> Response:
        place = place_of(request)
        return page(request, "people/end.html", place=place, one=_one(request, place))

    @routes.post(path + "/{colleague}/end", access)
    def end(request: Request) -> Response:
        return _end(request, place_of(request))

    @routes.post(path + "/{colleague}/resend", access)
    def resend(request: Request) -> Response:
        return _resend(request, _inviting(place_of(request)))


def lines(request: Request, place: Place) -> list[Line]:
    """The list, as of now."""
    scope = _scope(request)
    people = queries.people(scope, place.account.ref, place.account.era)
    ids = [one.user.person_id for one in people if one.user]
    logins = identity.last_logins(
        IdentityScope(), dealer_id=scope.dealer_id, account_ref=place.account.ref, person_ids=ids
    )
    names = profiles.named(scope, ids)
    return [_line(request, place, one, logins, names) for one in people]


def _line(
    request: Request, place: Place, one: Colleague, logins: Mapping[str, datetime], names: Mapping[str, Named]
) -> Line:
    person_id = one.user.person_id if one.user else ""
    return Line(
        one,
        names.get(person_id, NOBODY),
        _EXPIRED if one.has_expired(request.now) else STATES[one.state],
        LEVELS[one.rights.role],
        areas_in_words(one.rights, place.modules),
        accounts_in_words(one.rights),
        logins.get(person_id),
        bool(person_id) and person_id == place.by.person_id,
    )


def _invitation(
    request: Request, place: Place, errors: Mapping[str, str], *, message: str = "", status: int = 200
) -> Response:
    asked = _asked(request, place, Rights(Role.VIEW))
    return page(
        request,
        "people/invite.html",
        status=status,
        place=place,
        errors=errors,
        message=message,
        email=request.form.get("email", "")[: MAX_EMAIL_LENGTH + 1],
        **asked,
    )


def _invite(request: Request, place: Place) -> Response:
    try:
        return once(request, lambda: _invited(request, place))
    except InvalidError as error:
        return _invitation(request, place, error.fields, message=error.message, status=422)
    except TooManyError as error:
        return _invitation(request, place, {}, message=error.message, status=429)


def _invited(request: Request, place: Place) -> FormResult:
    rights, errors = Rights(), dict[str, str]()
    try:
        normal_email(request.form.get("email", ""))
    except InvalidError as error:
        errors |= error.fields
    try:
        rights = asked_rights(request, place, None)
    except InvalidError as error:
        errors |= error.fields
    if errors:
        raise InvalidError(next(iter(errors.values())), fields=errors)
    new = operations.invite(
        _scope(request),
        place.account,
        email=request.form.get("email", ""),
        rights=rights,
        by=place.by,
        now=request.now,
        ids=request.services.ids,
    )
    request.services.notify_outbox(_scope(request))
    return FormResult(
        place.back, _("We are sending an invitation to %(email)s. It works for 14 days.", email=new.email)
    )


def _colleague(
    request: Request,
    place: Place,
    one: Colleague,
    errors: Mapping[str, str],
    *,
    message: str = "",
    status: int = 200,
) -> Response:
    is_reader = one.user is not None and one.user.person_id == place.by.person_id
    return page(
        request,
        "people/colleague.html",
        status=status,
        place=place,
        one=one,
        errors=errors,
        message=message,
        is_reader=is_reader,
        **_asked(request, place, one.rights),
    )


def _change(request: Request, place: Place) -> Response:
    one = _one(request, place)
    try:
        changed = operations.change_rights(
            _scope(request),
            place.account,
            key=one.key,
            version=whole_number(request.form.get("version", "")) or 0,
            rights=asked_rights(request, place, one.rights),
            by=place.by,
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _colleague(request, place, one, error.fields, message=error.message, status=422)
    except TooManyError as error:
        return _colleague(request, place, one, {}, message=error.message, status=429)
    except ConflictError:
        said = _("Somebody else has changed this at the same moment. Check it and save again.")
        return redirect(f"{place.home}/{one.key}", flash=said, failed=True)
    request.services.notify_outbox(_scope(request))
    said = _("Saved. It counts for %(email)s from now on.", email=changed.email)
    return redirect(place.back, flash=said + _withdrawn(changed))


def _end(request: Request, place: Place) -> Response:
    one, scope = _one(request, place), _scope(request)
    try:
        if one.user is None:
            operations.withdraw(
                scope, place.account, key=one.key, by=place.by, now=request.now, ids=request.services.ids
            )
            return redirect(
                place.back, flash=_("Withdrawn. The link sent to %(email)s no longer works.", email=one.email)
            )
        ended = operations.end(
            scope, place.account, key=one.key, by=place.by, now=request.now, ids=request.services.ids
        )
    except (InvalidError, ConflictError, TooManyError) as error:
        return redirect(place.back, flash=error.message, failed=True)
    request.services.notify_outbox(scope, at_once=True)
    request.services.notify_outbox(scope)
    said = _("%(email)s can no longer open this account.", email=one.email)
    return redirect(place.back, flash=said + _withdrawn(ended))


def _withdrawn(changed: Changed) -> str:
    """What is said of the invitations that went with it."""
    if not changed.withdrawn:
        return ""
    to = ", ".join(changed.withdrawn)
    return " " + _("Their open invitations are withdrawn: %(emails)s.", emails=to)


def _resend(request: Request, place: Place) -> Response:
    one = _one(request, place)
    try:
        operations.resend(
            _scope(request), place.account, key=one.key, by=place.by, now=request.now, ids=request.services.ids
        )
    except (InvalidError, ConflictError, TooManyError) as error:
        return redirect(place.back, flash=error.message, failed=True)
    request.services.notify_outbox(_scope(request))
    said = _("We are sending the invitation to %(email)s again. The earlier link stops working.", email=one.email)
    return redirect(place.back, flash=said)


def asked_rights(request: Request, place: Place, before: Rights | None) -> Rights:
    """What the form gives. Areas that the dealer does not have now stay as they were. Raises InvalidError."""
    form, errors = request.form, dict[str, LazyText | str]()
    level = next((role for role in LEVELS if role.value == form.get("level")), None)
    if level is None:
        errors["level"] = _("Choose a level")
    if level is Role.ADMIN:
        return Rights()
    offered = offered_areas(place.modules)
    ticked = {area for area in offered if form.get(f"area-{area}") == "yes"}
    lacking = next((area for area in ticked if NEEDS.get(area, area) not in ticked), None)
    if lacking:
        errors["areas"] = _(
            "%(area)s needs %(other)s too", area=AREA_LABELS[lacking], other=AREA_LABELS[NEEDS[lacking]]
        )
    if not ticked:
        errors["areas"] = _("Choose at least one area")
    accounts = _asked_accounts(request, place)
    if accounts is None:
        errors["accounts"] = _("Choose at least one account")
    if errors or level is None:
        raise InvalidError(next(iter(errors.values())), fields=errors)
    absent = ALL_AREAS - set(offered)
    # What the dealer switches on later is not given by a form that did not show it.
    # Tested control: no-area-unasked
    kept = absent & before.areas if before else frozenset()
    return Rights(level, frozenset(ticked | kept), frozenset(accounts or ()))


def _asked_accounts(request: Request, place: Place) -> set[str] | None:
    """None where some were to be chosen and none is. What is not of the group counts for nothing."""
    if not place.group or request.form.get("accounts") != SOME_ACCOUNTS:
        return set()
    # Tested control: only-accounts-of-the-group-given
    chosen = {ref for ref, _name in place.group} & set(request.form_all.get("account", []))
    return chosen or None


def _asked(request: Request, place: Place, rights: Rights) -> dict[str, object]:
    """The fields of the form: as they were sent, or those of `rights`."""
    form = request.form
    is_sent = "level" in form or "email" in form
    chosen = set(request.form_all.get("account", [])) if is_sent else rights.accounts
    ticked = {area for area in Area if (form.get(f"area-{area}") == "yes" if is_sent else area in rights.areas)}
    is_some = form.get("accounts") == SOME_ACCOUNTS if is_sent else bool(rights.accounts)
    return {
        "level": form.get("level", "") if is_sent else rights.role.value,
        "levels": [(role.value, label) for role, label in LEVELS.items()],
        "areas_offered": [(area, AREA_LABELS[area], area in ticked) for area in offered_areas(place.modules)],
        "accounts": SOME_ACCOUNTS if is_some else ALL_ACCOUNTS,
        "group": [(ref, name, ref in chosen) for ref, name in place.group],
    }


def _one(request: Request, place: Place) -> Colleague:
    return queries.person(_scope(request), place.account.ref, place.account.era, request.params["colleague"])


def _inviting(place: Place) -> Place:
    if not place.may_invite:
        raise NotFoundError
    return place


def _scope(request: Request) -> CustomerScope | DealerScope:
    scope = request.scope
    return scope if isinstance(scope, DealerScope) else request.customer_scope
