"""A person's own pages: choose an account, change the password, see and end sessions."""

from chalice.app import Response

from chalicelib.http import cookies
from chalicelib.http.access import LOGGED_IN, MEMBER
from chalicelib.http.request import Request
from chalicelib.http.responses import page, reached_areas, redirect
from chalicelib.http.routing import Routes
from chalicelib.http.start_page import start_page
from chalicelib.identity import operations, own_sessions, queries, recovery
from chalicelib.kernel import i18n
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.rendering.user_agents import browser_name
from chalicelib.web.auth import redirects
from chalicelib.web.auth.account_switcher import choices, menu
from chalicelib.web.auth.guessable_words import guessable_words
from chalicelib.web.auth.shown_profile import with_profile
from chalicelib.web.presenters.languages import language_names

routes = Routes(__name__)
_IDENTITY = IdentityScope()


@routes.get("/accounts", LOGGED_IN)
def accounts(request: Request) -> Response:
    """All that the person may act for, by dealer; `q` finds among them. To the menu in the header, the first few."""
    session = request.own_session
    memberships = queries.memberships(_IDENTITY, session.person_id)
    if request.htmx:
        return page(request, "auth/accounts_menu.html", groups=menu(request, memberships), count=len(memberships))
    text = request.query.get("q", "").strip()
    found = choices(request, memberships, text)
    wanted = request.query.get("next", "")
    back = _back(request) if session.membership else ""
    return page(
        request,
        "auth/accounts.html",
        dealer=None,
        groups=found,
        some=bool(memberships),
        q=text,
        wanted=wanted,
        back="" if back == request.path else back,
    )


@routes.post("/accounts", LOGGED_IN)
def choose(request: Request) -> Response:
    """Act for another account, under a new session secret."""
    secret, session = operations.switch_membership(
        _IDENTITY,
        session=request.own_session,
        membership_key=request.form.get("membership", ""),
        now=request.now,
        ids=request.services.ids,
    )
    going = redirect(redirects.destination(request, session.membership, request.form.get("next", "")))
    return cookies.set_session(with_profile(going, request, session), secret)


@routes.get("/account/password", LOGGED_IN)
def password(request: Request) -> Response:
    """Asks for the current and the new password."""
    done = request.query.get("done") == "changed"
    return _password_page(request, {}, done=done)


@routes.post("/account/password", LOGGED_IN)
def change_password(request: Request) -> Response:
    """Set it; all other browsers are logged out."""
    try:
        secret, _ = recovery.change_password(
            _IDENTITY,
            session=request.own_session,
            current_password=request.form.get("current_password", ""),
            password=request.form.get("password", ""),
            context=guessable_words,
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _password_page(request, error.fields, status=422)
    request.services.notify_outbox(_IDENTITY)
    return cookies.set_session(redirect("/account/password?done=changed"), secret)


def _password_page(request: Request, errors: dict[str, str], *, done: bool = False, status: int = 200) -> Response:
    session = request.own_session
    return page(
        request,
        "auth/password.html",
        status=status,
        errors=errors,
        done=done,
        due=session.short_password,
        shortest=recovery.shortest_password(_IDENTITY, session.person_id),
        go_on=start_page(session, request.dealer, reached_areas(request)),
        back=redirects.back_to_profile(request),
    )


@routes.get("/account/language", MEMBER)
def language(request: Request) -> Response:
    """The languages that the dealer offers, of which the reader chooses where there is more than its own."""
    return page(
        request, "auth/language.html", languages=_offered(request), chosen=request.fmt.locale, back=_back(request)
    )


@routes.post("/account/language", MEMBER)
def choose_language(request: Request) -> Response:
    """Keep the choice with the person."""
    wanted = request.form.get("language", "")
    if wanted not in dict(_offered(request)):
        raise NotFoundError
    own_sessions.choose_language(
        _IDENTITY, session=request.own_session, language=wanted, now=request.now, ids=request.services.ids
    )
    with i18n.activated(wanted):
        return redirect("/account/language", flash=_("Pages are in this language from now on"))


def _offered(request: Request) -> list[tuple[str, str]]:
    dealer = request.dealer
    installed = request.services.languages()
    if dealer is None:
        raise NotFoundError
    offered = [one for one in (dealer.languages or ()) if one in installed]
    return language_names(dict.fromkeys((dealer.locale, *offered)))


@routes.get("/account/sessions", LOGGED_IN)
def sessions(request: Request) -> Response:
    """Where the person is logged in."""
    own = request.own_session
    shown = [
        {
            "id": one.session_id,
            "browser": browser_name(one.user_agent),
            "address": one.address,
            "last_seen": one.last_seen,
            "here": one.session_id == own.session_id,
        }
        for one in queries.sessions(_IDENTITY, own.person_id, request.now)
    ]
    return page(request, "auth/sessions.html", sessions=shown, back=redirects.back_to_profile(request))


@routes.post("/account/sessions", LOGGED_IN)
def end_session(request: Request) -> Response:
    """Log another browser out."""
    own_sessions.revoke_session(
        _IDENTITY,
        session=request.own_session,
        session_id=request.form.get("session", ""),
        now=request.now,
        ids=request.services.ids,
    )
    return redirect("/account/sessions", flash=_("That browser is logged out"))


@routes.get("/account/sessions/others", LOGGED_IN)
def ask_to_end_others(request: Request) -> Response:
    """Asks once more, for browsers without scripts."""
    return page(request, "auth/end_other_sessions.html")


@routes.post("/account/sessions/others", LOGGED_IN)
def end_others(request: Request) -> Response:
    """Log all browsers out but this one."""
    own_sessions.revoke_other_sessions(
        _IDENTITY, session=request.own_session, now=request.now, ids=request.services.ids
    )
    return redirect("/account/sessions", flash=_("Your other browsers are logged out"))


def _back(request: Request) -> str:
    return redirects.start_path(request, request.own_session.membership)
