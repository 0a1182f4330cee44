"""Security: a person's second factor, recovery codes and trusted browsers. For staff and customers alike."""

from typing import Any
from urllib.parse import quote

from chalice.app import Response
from markupsafe import Markup

from chalicelib.http import cookies
from chalicelib.http.access import LOGGED_IN
from chalicelib.http.authorization import needs_second_factor
from chalicelib.http.request import Request
from chalicelib.http.responses import flash_of, page, reached_areas, redirect
from chalicelib.http.return_path import return_path
from chalicelib.http.routing import Routes
from chalicelib.http.start_page import start_page
from chalicelib.identity import app_factor, code_factors, factors, repo, totp, trusted_browsers
from chalicelib.identity.factors import FactorChange
from chalicelib.identity.model import FactorKind
from chalicelib.identity.passkeys import queries as passkeys
from chalicelib.identity.recovery_codes import COUNT
from chalicelib.identity.sent_codes.model import masked_number
from chalicelib.kernel.emails import masked_email
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.rendering.user_agents import browser_name
from chalicelib.web.auth import redirects
from chalicelib.web.auth.code_field import Show, code_field, send_if_asked

routes = Routes(__name__)

HOME = "/account/security"
CODES = f"{HOME}/recovery-codes/new"
_CODES_OF_HOME = f"{CODES}?next={HOME}"
"""The same for somebody who came from Security, and goes back there; from a page that led here, on to the portal."""
_IDENTITY = IdentityScope()


@routes.get(HOME, LOGGED_IN)
def security(request: Request) -> Response:
    """What is set up, and the way to each change of it."""
    session = request.own_session
    settings = factors.security_settings(_IDENTITY, session.person_id)
    person = repo.person(_IDENTITY, session.person_id)
    may_have_sent = code_factors.may_use_sent_codes(_IDENTITY, session.person_id)
    due = "due" in request.query and (not settings.factors or (session.weak_factor and not may_have_sent))
    devices = trusted_browsers.browsers(_IDENTITY, person, request.now) if person and settings.factors else []
    return page(
        request,
        "auth/security.html",
        settings=settings,
        has_app=FactorKind.APP in settings.factors,
        has_email=FactorKind.EMAIL in settings.factors,
        may_have_sent=may_have_sent,
        sent_to=masked_email(session.email),
        sms=settings.sms,
        sms_number=masked_number(settings.sms.number) if settings.sms else "",
        offers_sms=may_have_sent and request.dealer is not None and request.dealer.offers_sms_codes,
        too_weak=due and session.weak_factor,
        passkeys=len(passkeys.passkeys(_IDENTITY, session.person_id)),
        codes_made=COUNT,
        devices=[
            {
                "id": one.device_id,
                "browser": browser_name(one.user_agent),
                "address": one.address,
                "expires_at": one.expires_at,
            }
            for one in devices
        ],
        due=due,
        back=redirects.back_to_profile(request),
    )


@routes.get(f"{HOME}/app", LOGGED_IN)
def app(request: Request) -> Response:
    """Asks for the password, then shows what the app has to read."""
    return _app_page(request, {})


@routes.post(f"{HOME}/app", LOGGED_IN)
def begin_app(request: Request) -> Response:
    """Make the secret for the app."""
    again = send_if_asked(request, _begin_app_page)
    if again:
        return again
    try:
        app_factor.begin_app(
            _IDENTITY,
            session=request.own_session,
            password=request.form.get("current_password", ""),
            code=request.form.get("code", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _begin_app_page(request, error.fields, status=422)
    except ConflictError as error:
        return redirect(HOME, flash=error.message, failed=True)
    request.services.notify_outbox(_IDENTITY)
    return redirect(f"{HOME}/app")


@routes.post(f"{HOME}/app/confirm", LOGGED_IN)
def confirm_app(request: Request) -> Response:
    """The first code shows that the app has read it: from now on it is asked for at login."""
    try:
        change = app_factor.turn_on_app(
            _IDENTITY,
            session=request.own_session,
            code=request.form.get("code", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _app_page(request, error.fields, status=422)
    except NotFoundError as error:
        return redirect(f"{HOME}/app", flash=error.message, failed=True)
    except ConflictError:  # set up by another click
        return redirect(HOME)
    return factors_changed(request, change, _("Your authenticator app is set up. It is asked for when you log in."))


@routes.get(f"{HOME}/app/off", LOGGED_IN)
def ask_to_turn_off(request: Request) -> Response:
    """Asks for the password and a code."""
    return _off_page(request, {})


@routes.post(f"{HOME}/app/off", LOGGED_IN)
def turn_off(request: Request) -> Response:
    """The app is no longer asked for."""
    return turn_off_factor(request, FactorKind.APP, show=_off_page, done=_("The authenticator app is turned off."))


@routes.get(f"{HOME}/recovery-codes", LOGGED_IN)
def ask_for_codes(request: Request) -> Response:
    """Asks for the password."""
    return _new_codes_page(request, {})


@routes.post(f"{HOME}/recovery-codes", LOGGED_IN)
def make_codes(request: Request) -> Response:
    """Ten new ones, which the page that follows shows once."""
    again = send_if_asked(request, _new_codes_page)
    if again:
        return again
    try:
        codes = factors.replace_recovery_codes(
            _IDENTITY,
            session=request.own_session,
            password=request.form.get("current_password", ""),
            code=request.form.get("code", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _new_codes_page(request, error.fields, status=422)
    except ConflictError:
        return redirect(HOME)
    request.services.notify_outbox(_IDENTITY)
    message = _("Your new recovery codes are ready. The old ones no longer work.")
    return cookies.set_recovery_codes(redirect(_CODES_OF_HOME, flash=message), codes)


@routes.get(CODES, LOGGED_IN)
def new_codes(request: Request) -> Response:
    """Shows the codes that were just made, once; a reload says since when they count, and how to make others."""
    sent = request.cookies.get(cookies.RECOVERY_CODES, "").split(".")[:COUNT]
    codes = factors.codes_in_force(_IDENTITY, request.own_session, sent) if request.method != "HEAD" else ()
    settings = factors.security_settings(_IDENTITY, request.own_session.person_id)
    if settings.recovery_codes is None:
        return redirect(HOME)
    text = "\n".join([_("Recovery codes of %(email)s", email=request.own_session.email), "", *codes, ""])
    said, failed = flash_of(request)
    response = page(
        request,
        "auth/recovery_codes.html",
        codes=codes,
        left=settings.recovery_codes,
        all=COUNT,
        made_at=settings.codes_made_at,
        lost=_lost(settings.factors),
        message="" if failed else said,
        flash=said if failed else "",
        file=f"data:text/plain;charset=utf-8,{quote(text)}",
        next=return_path(request.query.get("next", ""))
        or start_page(request.own_session, request.dealer, reached_areas(request)).path,
    )
    return cookies.clear_cookie(response, cookies.RECOVERY_CODES) if codes else response


@routes.post(f"{HOME}/devices", LOGGED_IN)
def revoke_trusted_browser(request: Request) -> Response:
    """A browser is asked for the second factor again."""
    trusted_browsers.revoke(
        _IDENTITY,
        session=request.own_session,
        device_id=request.form.get("device", ""),
        now=request.now,
        ids=request.services.ids,
    )
    return redirect(HOME, flash=_("That browser will be asked for a code again"))


def turn_off_factor(request: Request, kind: FactorKind, *, show: Show, done: str) -> Response:
    """Turn it off with the password and a code, or send the code that is asked for."""
    again = send_if_asked(request, show)
    if again:
        return again
    try:
        change = factors.turn_off(
            _IDENTITY,
            kind,
            session=request.own_session,
            password=request.form.get("current_password", ""),
            code=request.form.get("code", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return show(request, error.fields, status=422)
    except ConflictError:  # by another click
        return redirect(HOME)
    return factors_changed(request, change, done)


def factors_changed(request: Request, change: FactorChange, message: str, path: str = HOME) -> Response:
    """This browser has a new session; new recovery codes are shown, else `path`, which says what was done."""
    request.services.notify_outbox(_IDENTITY)
    session = request.own_session
    is_due = session.membership is not None and needs_second_factor(request, session, session.membership)
    shows = CODES if is_due else _CODES_OF_HOME
    response = cookies.set_session(redirect(shows if change.codes else path, flash=message), change.secret)
    return cookies.set_recovery_codes(response, change.codes) if change.codes else response


def _app_page(request: Request, errors: dict[str, str], *, status: int = 200) -> Response:
    from chalicelib.mail.messages import PRODUCT  # loads what sends mails

    session = request.own_session
    try:
        secret = app_factor.app_being_set_up(_IDENTITY, session, request.now)
    except NotFoundError:
        return _begin_app_page(request, {})
    issuer = request.dealer.name if request.dealer else PRODUCT
    key = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    address = totp.setup_address(secret, email=session.email, issuer=issuer)
    return _page(request, "auth/app_confirm.html", errors, status=status, key=key, address=address, qr=_qr(address))


def _begin_app_page(request: Request, errors: dict[str, str], *, status: int = 200) -> Response:
    known = factors.security_settings(_IDENTITY, request.own_session.person_id).factors
    if FactorKind.APP in known:
        return redirect(HOME)
    code = code_field(request)
    return _page(request, "auth/app_begin.html", errors, status=status, asks_code=bool(known), code=code)


def _off_page(request: Request, errors: dict[str, str], *, status: int = 200) -> Response:
    return _page(request, "auth/app_off.html", errors, status=status, code=code_field(request))


def _qr(text: str) -> Markup:
    """The QR code as SVG, black on white in the dark too: cameras read it only so."""
    import segno  # one page draws codes

    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=4, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704 - no text is in it


def _lost(kinds: frozenset[FactorKind]) -> str:
    """What a recovery code is for."""
    if kinds == {FactorKind.EMAIL}:
        return _("If you cannot reach your email, one of these codes logs you in instead.")
    if kinds == {FactorKind.PASSKEY}:
        return _("If you lose the device with your passkey, one of these codes logs you in after your password.")
    return _("If you lose your phone, one of these codes logs you in instead.")


def _new_codes_page(request: Request, errors: dict[str, str], *, status: int = 200) -> Response:
    settings = factors.security_settings(_IDENTITY, request.own_session.person_id)
    return _page(
        request,
        "auth/recovery_codes_new.html",
        errors,
        status=status,
        settings=settings,
        all=COUNT,
        code=code_field(request),
    )


def _page(request: Request, template: str, errors: dict[str, str], *, status: int = 200, **context: Any) -> Response:
    return page(request, template, status=status, errors=errors, **context)
