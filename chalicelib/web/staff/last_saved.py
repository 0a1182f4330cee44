"""Who saved a part of the settings last: for the pages on which admins change them."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import queries as staff
from chalicelib.http.request import Request
from chalicelib.kernel.i18n import gettext as _


class LastSaved(NamedTuple):
    """By whom, in words, and when; whether it was the reader, in another window."""

    by: str
    at: datetime
    is_reader: bool = False


def last_saved(request: Request, part: str) -> LastSaved | None:
    """None before anybody has saved it here."""
    scope = request.dealer_scope
    found = dealers.last_saved(scope, part)
    if found is None:
        return None
    if found.person_id == scope.person_id:
        return LastSaved(_("you"), found.at, is_reader=True)
    known = staff.emails(scope).get(found.person_id) or staff.former_emails(scope).get(found.person_id)
    return LastSaved(known or _("somebody who has left"), found.at)
