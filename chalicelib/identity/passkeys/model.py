"""What a passkey is, and where it works. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit

from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _

MAX_PASSKEYS = 10
MAX_NAME = 60
CHALLENGE_LIFE = timedelta(minutes=5)


class ChallengePurpose(StrEnum):
    """What a challenge is for: it counts for nothing else."""

    CREATE = "create"
    LOG_IN = "log_in"
    SECOND_STEP = "second_step"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The portal as browsers know it: they bind a passkey to `rp_id`, a domain, and sign the `origin` of the page."""

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Credential:
    """What an authenticator made: its id and public key (COSE), both base64url, and how often it was used."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passkey:
    """A credential of a person, under the name that they gave it.

    `confirmed_at`: when it was last used after the password.
    """

    person_id: str
    credential: Credential
    name: str
    created_at: datetime
    last_used_at: datetime | None = None
    confirmed_at: datetime | None = None

    def logs_in_alone(self, reset_at: datetime | None) -> bool:
        """Not one from before the password was set by a mailed link, until it is used once after the new password.

        Anybody who had the mailbox for a time may have added it; the new password they do not know. Of somebody to whom
        passkeys are no second factor it cannot be used after the password: they add it again.
        """
        return reset_at is None or max(self.created_at, self.confirmed_at or self.created_at) > reset_at

    @property
    def passkey_id(self) -> str:
        """Names it in the store and in addresses."""
        return passkey_id(self.credential.credential_id)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser has to sign, once. `bound_to`: the session, visitor or waiting login that asked for it."""

    challenge_hash: str
    purpose: ChallengePurpose
    bound_to: str
    expires_at: datetime
    name: str = ""


def relying_party(base_url: str) -> RelyingParty:
    """Of the portal at this address, written as browsers write origins."""
    parts = urlsplit(base_url.lower())
    return RelyingParty(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def passkey_id(credential_id: str) -> str:
    """Of the same length for each: an authenticator chooses its credential ids, of up to 1,023 bytes."""
    return sha256(credential_id.encode()).hexdigest()


def passkey_name(text: str) -> str:
    """As it is stored. Raises InvalidError on `name`."""
    name = " ".join(text.split())
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        problem = _("Enter a name of 1 to %(num)s characters", num=MAX_NAME)
        raise InvalidError(problem, {"name": problem})
    return name
