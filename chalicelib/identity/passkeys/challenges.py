"""What a browser has to sign: each challenge counts once, within five minutes, for one purpose and one browser."""

from datetime import datetime

from chalicelib.identity.passkeys import ceremony, repo
from chalicelib.identity.passkeys.model import CHALLENGE_LIFE, Challenge, ChallengePurpose
from chalicelib.kernel.ids import may_be_secret, secret_hash
from chalicelib.kernel.scopes import IdentityScope


def store_challenge(
    scope: IdentityScope, challenge: str, *, purpose: ChallengePurpose, bound_to: str, name: str = "", now: datetime
) -> None:
    """It counts within 5 minutes, once, for this purpose and who it is bound to."""
    kept = Challenge(secret_hash(challenge), purpose, bound_to, now + CHALLENGE_LIFE, name)
    repo.put_challenge(scope, kept)


def use_challenge(
    scope: IdentityScope, challenge: str, *, purpose: ChallengePurpose, bound_to: str, now: datetime
) -> Challenge:
    """Use it up. Raises NotSignedError where it does not count."""
    if not may_be_secret(challenge):
        raise ceremony.NotSignedError
    found = repo.use_challenge(scope, secret_hash(challenge), purpose=purpose, bound_to=bound_to, now=now)
    if found is None:
        raise ceremony.NotSignedError
    return found
