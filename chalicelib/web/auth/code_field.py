"""The field in which somebody who is logged in shows a code, as well as their password, and the buttons that send one.

A button sends the whole form: the page comes again with what was typed, but for passwords.
"""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from chalice.app import Response

from chalicelib.http.request import Request
from chalicelib.identity import code_factors
from chalicelib.identity.model import SENT, FactorKind
from chalicelib.identity.repo import person as stored_person
from chalicelib.identity.sent_codes.model import masked_number
from chalicelib.identity.sent_codes.operations import JustSentError, address_of, usable_factors
from chalicelib.kernel.emails import masked_email
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.web.auth.login import client_info

SEND = "send_code"
"""The name of those buttons; their value is the way by which the code goes."""
_IDENTITY = IdentityScope()


class Sender(NamedTuple):
    """A button that sends a code. `wait`: seconds before it does."""

    kind: str
    label: str
    wait: int


class CodeField(NamedTuple):
    """What may be entered, and the codes that the person can have sent.

    `sent_to`: where the code went that is waited for. `is_again`: the page comes again, with what was typed.
    """

    label: str
    hint: str
    senders: tuple[Sender, ...] = ()
    sent_to: str = ""
    wait: int = 0
    is_again: bool = False


class Show(Protocol):
    """The page again, with what was typed."""

    def __call__(self, request: Request, errors: dict[str, str], *, status: int = 200) -> Response:
        """`errors` by field."""


def code_field(request: Request) -> CodeField:
    """For the person who is logged in."""
    session = request.own_session
    person = stored_person(_IDENTITY, session.person_id)
    kinds = usable_factors(_IDENTITY, person) if person else frozenset[FactorKind]()
    shown = CodeField(_label(kinds), hint_for(kinds), is_again=SEND in request.form)
    if person is None or not SENT & kinds:
        return shown
    sent = code_factors.being_confirmed(_IDENTITY, session=session, person=person, now=request.now)
    senders = []
    for kind in sorted(SENT & kinds):
        address = masked(address_of(_IDENTITY, person, kind))
        wait = sent.seconds_to_wait(kind, request.now) if sent else 0
        senders.append(Sender(kind.value, _("Send a code to %(address)s", address=address), wait))
    return shown._replace(
        senders=tuple(senders),
        sent_to=masked(sent.to) if sent else "",
        wait=sent.seconds_to_wait(sent.kind, request.now) if sent else 0,
    )


def send_if_asked(request: Request, show: Show) -> Response | None:
    """Send a code where a button for one was pressed, and show the page again; None where the form itself was sent."""
    kind = request.form.get(SEND, "")
    if not kind:
        return None
    if kind not in SENT:
        raise NotFoundError
    try:
        code_factors.send_code(
            _IDENTITY,
            session=request.own_session,
            kind=FactorKind(kind),
            client=client_info(request),
            now=request.now,
            ids=request.services.ids,
        )
    except (JustSentError, ConflictError):  # the page says so; or sent by another click
        return show(request, {})
    except InvalidError as error:
        return show(request, {"code": error.message}, status=422)
    except TooManyError as error:
        return show(request, {"code": error.message}, status=429)
    request.services.notify_outbox(_IDENTITY)
    return show(request, {})


def masked(to: str) -> str:
    """An email address or a number, as who has it knows it again."""
    return masked_email(to) if "@" in to else masked_number(to)


def hint_for(kinds: Iterable[FactorKind]) -> str:
    """What may be entered by who has these factors."""
    kinds = frozenset(kinds)
    if FactorKind.APP in kinds and SENT & kinds:
        return _("The 6 digits that the app shows now, the newest code that we sent you, or a recovery code.")
    if FactorKind.APP in kinds:
        return _("The 6 digits that the app shows now, or a recovery code.")
    if SENT & kinds:
        return _("The newest code that we sent you, or a recovery code.")
    return _("One of your recovery codes.")


def _label(kinds: frozenset[FactorKind]) -> str:
    ways = kinds & {FactorKind.APP, *SENT}
    if ways == {FactorKind.APP}:
        return _("Code from your authenticator app")
    if ways == {FactorKind.SMS}:
        return _("Code from your current phone")
    return _("Code from your email") if ways == {FactorKind.EMAIL} else _("Code")
