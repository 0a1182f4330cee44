"""Reads of the second factor: what a person has set up, logins between their steps, trusted browsers."""

from collections.abc import Iterable

from chalicelib.identity import records
from chalicelib.identity.model import (
    AppFactor,
    FactorKind,
    FactorReset,
    NewApp,
    PendingLogin,
    RecoveryCodes,
    SmsNumber,
    TrustedBrowser,
)
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.batch import batch_get
from chalicelib.store.roles import scoped

_TRUSTED = "REMEMBERED#"


@scoped
def pending_login(scope: IdentityScope, login_id: str) -> PendingLogin | None:
    """A login between its steps, whether it still counts or not."""
    found = records.PendingLoginRecord.find(f"T#{login_id}", "LOGIN", consistent=True)
    if found is None:
        return None
    return PendingLogin(
        login_id, found.person_id, found.credentials_version, found.expires_at, found.dealer_id, found.link_hash
    )


@scoped
def app(scope: IdentityScope, person_id: str) -> AppFactor | None:
    """The person's authenticator app."""
    found = records.AppFactorRecord.find(f"P#{person_id}", "FACTOR#app", consistent=True)
    return AppFactor(found.secret, found.since, int(found.last_step)) if found else None


@scoped
def new_app(scope: IdentityScope, person_id: str) -> NewApp | None:
    """One that is being set up, whether it still counts or not."""
    found = records.NewAppRecord.find(f"P#{person_id}", "FACTOR#app#NEW", consistent=True)
    return NewApp(found.secret, found.session_id, found.expires_at) if found else None


@scoped
def sms_number(scope: IdentityScope, person_id: str) -> SmsNumber | None:
    """The mobile number to which codes go."""
    found = records.SmsNumberRecord.find(f"P#{person_id}", "FACTOR#sms", consistent=True)
    return SmsNumber(found.number, found.since) if found else None


@scoped
def recovery_codes(scope: IdentityScope, person_id: str) -> RecoveryCodes | None:
    """Those that are left."""
    found = records.RecoveryCodesRecord.find(f"P#{person_id}", "RECOVERY", consistent=True)
    return RecoveryCodes(tuple(found.hashes), found.made_at) if found else None


@scoped
def reset_request(scope: IdentityScope, person_id: str) -> FactorReset | None:
    """The reset that the operator has announced."""
    found = records.FactorResetRecord.find(f"P#{person_id}", "FACTOR_RESET", consistent=True)
    if found is None:
        return None
    return FactorReset(person_id, found.factors_version, found.requested_by, found.at, found.requested_as)


@scoped
def factors_of(scope: IdentityScope, person_ids: Iterable[str]) -> dict[str, frozenset[FactorKind]]:
    """What each of these people has set up."""
    wanted = [(f"P#{person_id}", "PERSON") for person_id in person_ids]
    found = batch_get(records.PersonRecord, wanted) if wanted else []
    return {one.person_id: frozenset(map(FactorKind, (one.factors or "").split())) for one in found}


@scoped
def trusted_browsers(scope: IdentityScope, person_id: str) -> list[TrustedBrowser]:
    """All that are stored, also those that have ended."""
    model = records.TrustedBrowserRecord
    found = model.query(f"P#{person_id}", model.sk.startswith(_TRUSTED), consistent_read=True)
    return [_as_device(one) for one in found]


@scoped
def trusted_among(scope: IdentityScope, person_id: str, device_ids: Iterable[str]) -> list[TrustedBrowser]:
    """Those of the devices that are the person's, also those that have ended."""
    keys = [(f"P#{person_id}", f"{_TRUSTED}{one}") for one in device_ids]
    return [_as_device(one) for one in batch_get(records.TrustedBrowserRecord, keys, consistent=True)]


def _as_device(found: records.TrustedBrowserRecord) -> TrustedBrowser:
    return TrustedBrowser(
        device_id=found.sk.removeprefix(_TRUSTED),
        credentials_version=found.credentials_version,
        since=found.since,
        expires_at=found.expires_at,
        address=found.address,
        user_agent=found.user_agent,
        weak=found.weak,
    )
