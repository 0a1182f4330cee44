"""Complete My Account: what the link of an invitation opens."""

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import PublicDealer
from chalicelib.http.access import VISITOR
from chalicelib.http.request import Request
from chalicelib.http.responses import page, reached_areas, redirect
from chalicelib.http.routing import Routes
from chalicelib.http.start_page import start_page
from chalicelib.identity import invitations, queries
from chalicelib.identity.model import Invitation, Session
from chalicelib.identity.pending_logins import SecondStepError
from chalicelib.kernel import i18n
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnauthenticatedError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope, PublicScope
from chalicelib.rendering.format import formats
from chalicelib.web.auth import redirects, user_name
from chalicelib.web.auth.guessable_words import guessable_words
from chalicelib.web.auth.login import client_info, to_second_step, welcome

routes = Routes(__name__)
_IDENTITY = IdentityScope()


@routes.get("/i/{token}", VISITOR)
def invitation(request: Request) -> Response:
    """Asks a new person for a password, a known one for theirs. Looking uses nothing up: mail scanners open links."""
    try:
        return _form(request, _offered(request))
    except NotFoundError:
        return _ended(request)


@routes.post("/i/{token}", VISITOR)
def complete(request: Request) -> Response:
    """Use the link up."""
    try:
        offered = _offered(request)
        if "accept" in request.form and request.session:
            return _accept(request, offered, request.session)
        return _log_in(request, offered) if offered.known else _set_password(request, offered)
    except (NotFoundError, ConflictError):  # used in between, by another click
        return _ended(request)


def _offered(request: Request) -> Invitation:
    offered = queries.invitation(_IDENTITY, request.params["token"], request.now)
    # Tested control: suspended-invites-nobody
    _dealer(offered)
    return offered


def _set_password(request: Request, offered: Invitation) -> Response:
    dealer = _dealer(offered)
    try:
        invitations.accept_invitation(
            _IDENTITY,
            secret=request.params["token"],
            password=request.form.get("password", ""),
            context=guessable_words([offered.membership]),
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _form(request, offered, status=422, errors=error.fields)
    request.services.notify_outbox(_IDENTITY, at_once=True)
    return user_name.prefill(redirect(redirects.log_in_path(dealer, done="completed")), offered.email)


def _log_in(request: Request, offered: Invitation) -> Response:
    try:
        logged_in = invitations.accept_as_existing_user(
            _IDENTITY,
            secret=request.params["token"],
            password=request.form.get("password", ""),
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except UnauthenticatedError:
        return _form(request, offered, status=401, errors={"password": _("This is not the password of your account")})
    except SecondStepError as waiting:
        return to_second_step(request, waiting)
    return welcome(request, logged_in)


def _accept(request: Request, offered: Invitation, session: Session) -> Response:
    """By one click, of who is logged in as the person who is invited. Of anybody else the password is asked for."""
    try:
        logged_in = invitations.accept_in_session(
            _IDENTITY,
            secret=request.params["token"],
            session=session,
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except ForbiddenError:
        return _form(request, offered, status=403, may_accept=False)
    return welcome(request, logged_in)


def _form(
    request: Request,
    offered: Invitation,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    may_accept: bool = True,
) -> Response:
    dealer, session = _dealer(offered), request.session
    is_other = session is not None and comparable_email(session.email) != comparable_email(offered.email)
    return page(
        request,
        "auth/complete.html",
        status=status,
        dealer=dealer,
        fmt=formats(dealer.locale, dealer.time_zone, dealer.currency),
        offered=offered,
        inviter=offered.inviter,
        logged_in_as=session.email if session and is_other else "",
        may_accept=bool(may_accept and session and invitations.accepts_at_once(session, offered, request.now)),
        forgot=redirects.forgot_path(dealer),
        errors=errors or {},
    )


def _dealer(offered: Invitation) -> PublicDealer:
    dealer = dealers.public_dealer(PublicScope(offered.membership.dealer_id))
    i18n.activate(dealer.locale)
    return dealer


def _ended(request: Request) -> Response:
    path = redirects.log_in_path(request.remembered_dealer)
    if queries.is_invitation_accepted(_IDENTITY, request.params["token"]):
        start = start_page(request.session, request.dealer, reached_areas(request))
        next_path = start.path if request.session else path
        forgot = redirects.forgot_path(request.remembered_dealer)
        return page(
            request, "auth/invitation_used.html", status=404, next_path=next_path, label=start.label, forgot=forgot
        )
    return redirects.expired_link_page(request, path, _("Log in"))
