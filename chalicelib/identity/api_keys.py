"""API keys of dealers: made by a staff admin, shown once, stored hashed, ended at once when revoked."""

from datetime import datetime

from chalicelib.identity import repo
from chalicelib.identity.model import ApiKey
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import ForbiddenError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.scopes import DealerScope, IdentityScope
from chalicelib.store.transactions import WriteItem

_START = "ccx_"
_SHOWN = 10
_MAX_NAME = 60
_MOST = 20


def create_api_key(
    scope: IdentityScope, *, dealer: DealerScope, name: str, now: datetime, ids: Ids
) -> tuple[str, ApiKey]:
    """A new key and its secret, which nobody can show again. Raises ForbiddenError, InvalidError on `name`."""
    _must_be_admin(dealer)
    named = " ".join(name.split())
    if not 0 < len(named) <= _MAX_NAME:
        text = _("Enter a name of 1 to %(num)s characters", num=_MAX_NAME)
        raise InvalidError(text, {"name": text})
    if sum(key.revoked_at is None for key, _hash in repo.api_keys(scope, dealer.dealer_id)) >= _MOST:
        text = _("You have %(num)s keys. Revoke one that is not used", num=_MOST)
        raise InvalidError(text, {"name": text})
    secret = _START + ids.secret()
    key = ApiKey(ids.ulid(now), dealer.dealer_id, named, secret[:_SHOWN], now)
    repo.commit(
        scope, [*writes.new_api_key(key, secret_hash(secret)), *_audit(dealer, "api_key.created", key, now, ids)]
    )
    return secret, key


def revoke_api_key(scope: IdentityScope, *, dealer: DealerScope, key_id: str, now: datetime, ids: Ids) -> None:
    """End a key. Raises ForbiddenError, NotFoundError if the dealer has no such key, ConflictError if it has ended."""
    _must_be_admin(dealer)
    for key, key_hash in repo.api_keys(scope, dealer.dealer_id):
        if key.key_id == key_id:
            ended = writes.revoke_api_key(key, key_hash, now)
            repo.commit(scope, [*ended, *_audit(dealer, "api_key.revoked", key, now, ids)])
            return
    raise NotFoundError


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
    }
    return (
        writes.audit(dealer.person_id, event, now=now, ids=ids, key_id=key.key_id),
        writes.outbox_item("audit", payload, now=now, ids=ids),
    )
