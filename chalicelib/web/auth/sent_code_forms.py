"""What the pages of codes by email and by text message do alike. `at`: the address of the page."""

from typing import Protocol

from chalice.app import Response

from chalicelib.http.request import Request
from chalicelib.http.responses import redirect
from chalicelib.identity import code_factors
from chalicelib.identity.model import FactorKind
from chalicelib.identity.sent_codes.model import SentCode
from chalicelib.identity.sent_codes.operations import JustSentError
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.web.auth.login import client_info
from chalicelib.web.auth.security import HOME, factors_changed

_IDENTITY = IdentityScope()


class Show(Protocol):
    """The page again, with what is wrong."""

    def __call__(self, request: Request, errors: dict[str, str], *, message: str = "", status: int = 200) -> Response:
        """`errors` by field."""


def refused(
    request: Request, error: InvalidError | ConflictError, *, at: str, sent: SentCode | None, show: Show
) -> Response:
    """None is sent. `sent`: the code that is on its way already, there where it was to go.

    With one, and the right password, this is the second click of two: its code was used up by the first, or is asked
    for too soon after it.
    """
    fields = error.fields if isinstance(error, InvalidError) else {}
    if sent and fields.keys() <= {"code"}:
        return redirect(at)
    if isinstance(error, ConflictError):
        return redirect(HOME, flash=error.message, failed=True)
    return show(request, fields, message="" if fields else error.message, status=422)


def send_again(request: Request, kind: FactorKind, *, at: str, show: Show) -> Response:
    """A new code; the previous one no longer counts."""
    try:
        code_factors.send_again(
            _IDENTITY,
            session=request.own_session,
            kind=kind,
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except (JustSentError, ConflictError):  # the page says so; or sent, or turned on, by another click
        return redirect(at)
    except InvalidError as error:
        return show(request, {}, message=error.message, status=422)
    except TooManyError as error:
        return show(request, {}, message=error.message, status=429)
    except NotFoundError as error:
        return redirect(at, flash=error.message, failed=True)
    request.services.notify_outbox(_IDENTITY)
    return redirect(at, flash=_("We have sent another code"))


def cancel(request: Request, kind: FactorKind) -> Response:
    """Nobody waits for the code any more: the way back from an address that was mistyped."""
    try:
        code_factors.cancel(_IDENTITY, session=request.own_session, kind=kind, now=request.now)
    except (NotFoundError, ConflictError):  # it has ended, was used, or another was sent by another click
        return redirect(HOME)
    return redirect(HOME, flash=_("Cancelled. Nothing has changed."))


def turn_on(request: Request, kind: FactorKind, *, at: str, show: Show, done: str) -> Response:
    """The code has come through: one is sent at each login from now on."""
    try:
        change = code_factors.turn_on(
            _IDENTITY,
            session=request.own_session,
            kind=kind,
            code=request.form.get("code", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return show(request, error.fields, status=422)
    except NotFoundError as error:
        return redirect(at, flash=error.message, failed=True)
    except ConflictError:  # turned on by another click
        return redirect(HOME)
    return factors_changed(request, change, done)
