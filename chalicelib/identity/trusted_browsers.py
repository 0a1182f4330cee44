"""Browsers in which somebody is not asked for the second factor again for 30 days. The password is asked for always.

A browser keeps a secret for each person, the table its hash. It ends with another password and another factor.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.identity.model import ClientInfo, Person, Session, TrustedBrowser
from chalicelib.identity.repo import commit, factor_reads, factor_writes, writes
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem

KEPT_FOR = timedelta(days=30)
MAX_PEOPLE = 5
"""People who share a browser."""
MAX_BROWSERS = 20
"""Browsers of a person; the one that was trusted longest ago goes then."""
_MAX_USER_AGENT = 200


def recognised(scope: IdentityScope, person: Person, secrets: Sequence[str], *, now: datetime) -> TrustedBrowser | None:
    """The browser, if it is trusted. One read, none without secrets."""
    if not secrets:
        return None
    found = factor_reads.trusted_among(scope, person.person_id, [secret_hash(one) for one in secrets])
    return next((one for one in found if is_trusted(one, person, now)), None)


def is_trusted(device: TrustedBrowser, person: Person, now: datetime) -> bool:
    """Whether it still counts."""
    # Tested control: trusted-browser-ends
    return now < device.expires_at and device.credentials_version == person.credentials_version


def trust(
    scope: IdentityScope, person: Person, *, client: ClientInfo, weak: bool = False, now: datetime, ids: Ids
) -> tuple[list[WriteItem], tuple[str, ...]]:
    """What to write so that the browser is trusted, and the secrets that it keeps. `weak`: by a sent code."""
    secret = ids.secret()
    device = TrustedBrowser(
        secret_hash(secret),
        person.credentials_version,
        now,
        now + KEPT_FOR,
        client.address,
        client.user_agent[:_MAX_USER_AGENT],
        weak,
    )
    known = sorted(factor_reads.trusted_browsers(scope, person.person_id), key=lambda one: one.since, reverse=True)
    replaced = {secret_hash(one) for one in client.trusted_secrets}
    gone = {one.device_id for one in known if one.device_id in replaced} | {
        one.device_id for one in known[MAX_BROWSERS - 1 :]
    }
    own = {one.device_id for one in known}
    others = [one for one in client.trusted_secrets if secret_hash(one) not in own]
    changes = [factor_writes.delete_trusted_browser(person.person_id, one) for one in sorted(gone)[:MAX_BROWSERS]]
    put = factor_writes.put_trusted_browser(person.person_id, device)
    return [put, *changes], (secret, *others[: MAX_PEOPLE - 1])


def browsers(scope: IdentityScope, person: Person, now: datetime) -> list[TrustedBrowser]:
    """Those that count, newest first."""
    found = factor_reads.trusted_browsers(scope, person.person_id)
    counting = (one for one in found if is_trusted(one, person, now))
    return sorted(counting, key=lambda one: one.since, reverse=True)


def revoke(scope: IdentityScope, *, session: Session, device_id: str, now: datetime, ids: Ids) -> None:
    """Ask for the second factor there again. Raises NotFoundError if it is not the person's."""
    known = {one.device_id for one in factor_reads.trusted_browsers(scope, session.person_id)}
    if device_id not in known:
        raise NotFoundError
    audit = writes.audit(session.person_id, "device_forgotten", now=now, ids=ids)
    commit(scope, [factor_writes.delete_trusted_browser(session.person_id, device_id), audit])
