"""Browsers in which somebody has logged in: limits that strangers use up do not hold for them (threat 4).

A browser keeps a secret for each person, and the table only its hash together with the email: so it is known whether
a browser is this person's, and nothing else. It proves nobody to be anybody: the password is asked for all the same.
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.identity import rate_limits, repo
from chalicelib.identity.model import ClientInfo, canonical_email
from chalicelib.identity.rate_limits import Attempt, Limits
from chalicelib.identity.repo import writes
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem

KEPT_FOR = timedelta(days=180)
ANYBODY = ""
"""In the place of the email: the browser is known to be somebody's, where nobody has said yet whose."""
MAX_PEOPLE = 5
"""People who share a browser; beyond that, the one who was there longest ago counts as a stranger again."""


@dataclass(frozen=True, slots=True)
class Counted:
    """An attempt that may go on: whose, in which known browser of theirs if any, and what was counted."""

    email: str
    device: str | None
    attempts: tuple[Attempt, ...]


def count_attempt(scope: IdentityScope, limits: Limits, *, email: str, client: ClientInfo, now: datetime) -> Counted:
    """Count an attempt of the browser, or of a stranger. The same calls for known and unknown emails (threat 5).

    Of a browser that says nothing of itself the address counts before anything is read. Raises TooManyError.
    """
    by_address = rate_limits.address_attempts(limits.address, client.address)
    if not client.devices:
        rate_limits.consume(scope, by_address, now=now)
    known_as = canonical_email(email)
    device = recognised(scope, known_as, client.devices, now=now)
    # Tested control: known-device-counts-alone
    if device:
        attempts: tuple[Attempt, ...] = (Attempt(limits.device, f"{known_as}\n{device}"),)
        rate_limits.consume(scope, attempts, now=now)
        return Counted(known_as, device, attempts)
    attempts = rate_limits.stranger_attempts(limits, known_as, client.address)
    rate_limits.consume(scope, attempts if client.devices else attempts[len(by_address) :], now=now)
    return Counted(known_as, None, attempts)


def recognised(scope: IdentityScope, email: str, secrets: Sequence[str], *, now: datetime) -> str | None:
    """The secret of the browser by which it is known to be this person's. One read, none without secrets."""
    if not secrets:
        return None
    hashes = {device_hash(email, secret): secret for secret in secrets}
    return next((hashes[one] for one in repo.known_devices(scope, hashes, now=now)), None)


def with_known(scope: IdentityScope, email: str, client: ClientInfo, *, now: datetime) -> ClientInfo:
    """The client with its `device`: the secret by which it is known to be this person's, if it is."""
    return replace(client, device=recognised(scope, email, client.devices, now=now))


def remember(email: str, *, client: ClientInfo, now: datetime, ids: Ids) -> tuple[list[WriteItem], tuple[str, ...]]:
    """What to write so that the browser is the person's from now on, and the secrets it keeps: `device` is replaced."""
    secret = ids.secret()
    changes: list[WriteItem] = [
        writes.new_device(device_hash(whose, secret), expires=now + KEPT_FOR) for whose in (email, ANYBODY)
    ]
    if client.device:
        changes += forget(email, client.device)
    others = [one for one in client.devices if one != client.device]
    return changes, (secret, *others[: MAX_PEOPLE - 1])


def forget(email: str, secret: str) -> list[WriteItem]:
    """The browser is not known by this secret any more."""
    return [writes.drop_device(device_hash(whose, secret)) for whose in (email, ANYBODY)]


def device_hash(email: str, secret: str) -> str:
    """What is stored of the secret. The email is in it, so that it says nothing of any other."""
    return sha256(f"{email}\n{secret}".encode()).hexdigest()
