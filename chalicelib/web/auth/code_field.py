"""The field in which somebody who is logged in shows a code, beside their password."""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.http.request import Request
from chalicelib.identity.model import SENT, FactorKind
from chalicelib.identity.repo import person as stored_person
from chalicelib.identity.sent_codes.operations import usable_factors
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope

SENDS: dict[FactorKind, LazyText] = {
    FactorKind.EMAIL: lazy_gettext("Send me a code by email"),
    FactorKind.SMS: lazy_gettext("Send me a code by text message"),
}


class CodeField(NamedTuple):
    """What may be entered, and the codes that the person can have sent, each with what its button says."""

    hint: str
    sends: tuple[tuple[str, str], ...]


def code_field(request: Request) -> CodeField:
    """For the person who is logged in."""
    person = stored_person(IdentityScope(), request.own_session.person_id)
    kinds = usable_factors(IdentityScope(), person) if person else frozenset[FactorKind]()
    return CodeField(hint_for(kinds), tuple((kind.value, str(SENDS[kind])) for kind in sorted(SENT & kinds)))


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
