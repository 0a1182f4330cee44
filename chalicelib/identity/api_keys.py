"""API keys of dealers: made by a staff admin, shown once, stored hashed, ended at once when revoked."""

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from chalicelib.dealers.staff import queries as staff
from chalicelib.identity import repo
from chalicelib.identity.model import ApiKey
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.scopes import DealerScope, IdentityScope
from chalicelib.store.transactions import WriteItem

_START = "ccx_"
_SHOWN = 10
_MAX_NAME = 60
_MOST = 20
_NOTED_EVERY = timedelta(hours=1)


def form_token(session_secret: str, form_id: str) -> str:
    """256 bits that only this session can make of a form it was shown.

    With it the page after the form shows the key, which is stored nowhere.
    """
    digest = hmac.new(session_secret.encode(), f"api-key:{form_id}".encode(), "sha256").digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def create_api_key(
    scope: IdentityScope, *, dealer: DealerScope, name: str, token: str | None = None, now: datetime, ids: Ids
) -> tuple[str, ApiKey]:
    """A new key and its secret, which nobody can show again. Raises ForbiddenError, InvalidError on `name`.

    With the `token` of a form (see form_token) the same form gives the same key, and makes one alone.
    """
    _must_be_admin(dealer)
    _must_be_listed(dealer)
    if token and (made := _made_with(scope, dealer, token)):
        return made
    named = " ".join(name.split())
    if not 0 < len(named) <= _MAX_NAME:
        text = _("Enter a name of 1 to %(num)s characters", num=_MAX_NAME)
        raise InvalidError(text, {"name": text})
    if sum(key.revoked_at is None for key, _hash in repo.api_keys(scope, dealer.dealer_id)) >= _MOST:
        text = _("You have %(num)s keys. Revoke one that is not used", num=_MOST)
        raise InvalidError(text, {"name": text})
    secret = _START + (token or ids.secret())
    key = ApiKey(ids.ulid(now), dealer.dealer_id, named, secret[:_SHOWN], now, made_by=dealer.person_id)
    new = [*writes.new_api_key(key, secret_hash(secret)), *_audit(dealer, "api_key.created", key, now, ids)]
    try:
        repo.commit(scope, new)
    except ConflictError:  # another click of the same form was quicker
        if token and (made := _made_with(scope, dealer, token)):
            return made
        raise
    try:
        # Tested control: key-maker-asked-again
        _must_be_listed(dealer)
    except ForbiddenError:  # they lost the role since it was asked first, and no transaction spans both sides
        ended = writes.revoke_api_key(key, secret_hash(secret), now)
        repo.commit(scope, [*ended, *_audit(dealer, "api_key.revoked", key, now, ids)])
        raise
    return secret, key


def show_key_of_form(
    scope: IdentityScope, *, dealer: DealerScope, token: str, now: datetime
) -> tuple[str, ApiKey] | None:
    """The working key that a form made, and its secret the first time; later an empty text. None where it made none."""
    _must_be_admin(dealer)
    made = _made_with(scope, dealer, token)
    if made is None or made[1].revoked_at is not None:
        return None
    secret, key = made
    return (secret if repo.mark_shown_once(scope, key, now) else ""), key


def _made_with(scope: IdentityScope, dealer: DealerScope, token: str) -> tuple[str, ApiKey] | None:
    """Also a revoked one: its secret never works again."""
    secret = _START + token
    wanted = secret_hash(secret)
    found = (key for key, key_hash in repo.api_keys(scope, dealer.dealer_id) if key_hash == wanted)
    return next(((secret, key) for key in found), None)


def revoke_api_key(scope: IdentityScope, *, dealer: DealerScope, key_id: str, now: datetime, ids: Ids) -> None:
    """End a key. Raises ForbiddenError, NotFoundError if the dealer has no such key, ConflictError if it has ended."""
    _must_be_admin(dealer)
    _must_be_listed(dealer)
    for key, key_hash in repo.api_keys(scope, dealer.dealer_id):
        if key.key_id == key_id:
            ended = writes.revoke_api_key(key, key_hash, now)
            repo.commit(scope, [*ended, *_audit(dealer, "api_key.revoked", key, now, ids)])
            return
    raise NotFoundError


def authenticate_key(scope: IdentityScope, *, secret: str, now: datetime) -> ApiKey | None:
    """The key that an upload client sent, or None. One read, and once an hour two writes that note its use."""
    key_hash = secret_hash(secret)
    key = repo.api_key(scope, key_hash)
    if key is None:
        return None
    if key.last_used_at is None or now - key.last_used_at >= _NOTED_EVERY:
        repo.touch_api_key(scope, key, key_hash, now)
    return key


def _must_be_listed(dealer: DealerScope) -> None:
    """The session may outlive the role by a moment: the dealer's list decides."""
    colleague = staff.colleague(dealer, dealer.person_id)
    # Tested control: key-maker-is-admin
    if colleague is None or not colleague.is_active_admin:
        raise ForbiddenError(_("Only an admin can make or revoke keys"))


def _must_be_admin(dealer: DealerScope) -> None:
    if not dealer.is_admin:
        raise ForbiddenError(_("Only an admin can make or revoke keys"))


def _audit(dealer: DealerScope, event: str, key: ApiKey, now: datetime, ids: Ids) -> tuple[WriteItem, ...]:
    payload = {
        "dealer_id": dealer.dealer_id,
        "actor": dealer.person_id,
        "event": event,
        "subject": key.key_id,
        "detail": {"name": key.name, "prefix": key.prefix},
        "origin": dealer.origin,
    }
    return (
        writes.audit(dealer.person_id, event, now=now, ids=ids, key_id=key.key_id),
        writes.outbox_item("audit", payload, now=now, ids=ids),
    )
