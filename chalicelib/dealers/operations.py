"""What changes a dealer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from chalicelib.dealers import repo
from chalicelib.dealers.model import Dealer, DealerEntry, Profile
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import OperatorScope, TenantScope
from chalicelib.store.audit import audit_row

_PROFILE: TypeAdapter[Profile] = adapter(Profile)


def profile_of(fields: Mapping[str, Any]) -> Profile:
    """A profile from a form's or command's fields. Raises InvalidError that names each wrong field."""
    try:
        return _PROFILE.validate_python(dict(fields))
    except ValidationError as error:
        wrong = {".".join(str(part) for part in e["loc"]): e["msg"] for e in error.errors()}
        raise InvalidError(_("Some of the dealer's details cannot be used"), wrong) from None


def create_dealer(scope: OperatorScope, *, profile: Profile, now: datetime, ids: Ids) -> Dealer:
    """Set a dealer up: its address and code on the operator's side, then its settings and run 0 on its own.

    Again with the same profile completes what a crash left half-made or an older release did not write, or changes
    nothing. Raises ConflictError where the slug or the code is another dealer's, or this one's settings differ by now.
    """
    dealer_id = _registered(scope, profile, ids)
    own = TenantScope(dealer_id)
    made = repo.dealer(own)
    if made is None:
        audit = audit_row(own, ids=ids, now=now, actor=scope.actor, event="dealer.created", subject=profile.slug)
        repo.initialise(own, profile, audit)
    wanted = Dealer.of(dealer_id, profile)
    if made not in {None, wanted}:
        raise ConflictError(_("There is a dealer at %(slug)s already, with other settings", slug=profile.slug))
    if made:
        repo.refresh_public_copy(own)
    return wanted


def refresh_public_copies(scope: OperatorScope) -> list[DealerEntry]:
    """Make the public copy of every dealer that of its settings; the dealers whose copy was missing or old.

    Settings and copy are written together; this is for dealers made by a release that wrote none.
    """
    return [entry for entry in repo.entries(scope) if repo.refresh_public_copy(TenantScope(entry.dealer_id))]


def _registered(scope: OperatorScope, profile: Profile, ids: Ids) -> str:
    taken = repo.find_by_slug(scope, profile.slug, consistent=True)
    if taken is None:
        dealer_id = ids.dealer_id()
        repo.register(scope, DealerEntry(dealer_id, profile.slug, profile.code, profile.name))
        return dealer_id
    entry = repo.entry(scope, taken)
    if entry != DealerEntry(taken, profile.slug, profile.code, profile.name):
        raise ConflictError(_("The address %(slug)s belongs to another dealer", slug=profile.slug))
    return taken
