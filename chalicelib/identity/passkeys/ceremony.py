"""What browsers are asked to sign, and whether they did: the one module that knows the library `webauthn`.

It is imported inside the functions: it brings `cryptography`, which no other page needs.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from json import loads
from typing import Any, NamedTuple

from chalicelib.identity.model import Session
from chalicelib.identity.passkeys.model import CHALLENGE_LIFE, Credential, Passkey, RelyingParty
from chalicelib.kernel.errors import PortalError
from chalicelib.kernel.i18n import lazy_gettext

MAX_RESPONSE = 12_000
"""Characters of what a browser sends: a credential id of 1,023 bytes and an RSA key are a third of it."""
TIMEOUT_MS = int(CHALLENGE_LIFE.total_seconds()) * 1000
PRODUCT = "Customer Connect"


class NotSignedError(PortalError):
    """What the browser sent is not what a passkey of ours signs."""

    def __init__(self) -> None:
        super().__init__(lazy_gettext("This passkey could not be checked"))


class Sent(NamedTuple):
    """What a browser sent: the challenge and the credential that it names, before anything is checked."""

    challenge: str
    credential_id: str
    user_handle: str


def sent(response: str) -> Sent:
    """Raises NotSignedError for what is no answer of a browser."""
    from webauthn.helpers import base64url_to_bytes

    if len(response) > MAX_RESPONSE:
        raise NotSignedError
    with _refusing():
        credential = loads(response)
        client_data = loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        handle = credential["response"].get("userHandle") or ""
        challenge, credential_id = client_data["challenge"], credential["id"]
        return Sent(str(challenge), str(credential_id), base64url_to_bytes(handle).decode())


def creation_options(
    party: RelyingParty, *, session: Session, challenge: str, known: Iterable[Passkey]
) -> dict[str, Any]:
    """For `navigator.credentials.create`: discoverable, with the user verified; nobody asks who made the device."""
    from webauthn import generate_registration_options
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.options_to_json_dict import options_to_json_dict
    from webauthn.helpers.structs import (
        AttestationConveyancePreference,
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=party.rp_id,
        rp_name=PRODUCT,
        user_id=session.person_id.encode(),
        user_name=session.email,
        challenge=base64url_to_bytes(challenge),
        timeout=TIMEOUT_MS,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[_descriptor(one) for one in known],
    )
    return options_to_json_dict(options)


def request_options(party: RelyingParty, *, challenge: str, allowed: Iterable[Passkey] = ()) -> dict[str, Any]:
    """For `navigator.credentials.get`. Without `allowed` the browser offers what passkeys it has for the portal."""
    from webauthn import generate_authentication_options
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.options_to_json_dict import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=party.rp_id,
        challenge=base64url_to_bytes(challenge),
        timeout=TIMEOUT_MS,
        allow_credentials=[_descriptor(one) for one in allowed],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def new_credential(response: str, *, party: RelyingParty, challenge: str) -> Credential:
    """The credential that a browser made of this challenge. Raises NotSignedError."""
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
    from webauthn.helpers.parse_registration_credential_json import parse_registration_credential_json

    with _refusing():
        made = parse_registration_credential_json(response)
        verified = verify_registration_response(
            credential=made,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
        return Credential(
            bytes_to_base64url(verified.credential_id),
            bytes_to_base64url(verified.credential_public_key),
            verified.sign_count,
            tuple(one.value for one in made.response.transports or ()),
        )


def signed_count(response: str, *, party: RelyingParty, challenge: str, passkey: Passkey) -> int:
    """The authenticator's count after this use, if it signed the challenge with this passkey.

    Raises NotSignedError, also for a count that has not risen: then there is a copy of the passkey.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes

    with _refusing():
        # Tested control: passkey-domain
        verified = verify_authentication_response(
            credential=response,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(passkey.credential.public_key),
            credential_current_sign_count=passkey.credential.sign_count,
            # Tested control: passkey-verifies-user
            require_user_verification=True,
        )
        return verified.new_sign_count


def _descriptor(one: Passkey) -> Any:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    known = {transport.value for transport in AuthenticatorTransport}
    transports = [AuthenticatorTransport(name) for name in one.credential.transports if name in known]
    return PublicKeyCredentialDescriptor(base64url_to_bytes(one.credential.credential_id), transports=transports)


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever bytes somebody sends, they are refused and no defect: the library raises what its parsers raise."""
    try:
        yield
    except NotSignedError:
        raise
    except Exception as error:
        raise NotSignedError from error
