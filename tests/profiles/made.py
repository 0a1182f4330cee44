"""People with a profile."""

from datetime import datetime

from chalicelib.kernel.ids import Ids
from chalicelib.profiles import repo
from chalicelib.profiles.model import Details, Profile
from chalicelib.profiles.repo import MemberScope, Photo
from chalicelib.store.audit import audit_row

ANNA = Details("ms", "Anna", "Reed", city="Whitby", phone="+441632960114")
PHOTO = Photo("0123456789abcdef", b"large", b"small")


def has_profile(scope: MemberScope, *, now: datetime, ids: Ids) -> None:
    """Whose scope it is has a name, an address and a photo at the dealer from now on."""
    by = scope.person_id
    audit = audit_row(scope, ids=ids, now=now, actor=by, event="profile.changed", subject=by, detail={})
    repo.put(scope, Profile(ANNA, PHOTO.version), photo=PHOTO, also=[audit])
