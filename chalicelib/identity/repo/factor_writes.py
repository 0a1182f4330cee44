"""What the second factor writes, as items of a transaction. Nothing here calls AWS."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition

from chalicelib.identity import records
from chalicelib.identity.model import FactorReset, PendingLogin, RecoveryCodes, TrustedBrowser
from chalicelib.store.transactions import Check, Delete, Put, Update, WriteItem


def new_pending_login(pending: PendingLogin) -> WriteItem:
    """The password was right; the second step follows."""
    record = records.PendingLoginRecord(
        pk=f"T#{pending.login_id}",
        sk="LOGIN",
        ttl=int(pending.expires_at.timestamp()),
        person_id=pending.person_id,
        credentials_version=pending.credentials_version,
        dealer_id=pending.dealer_id,
        link_hash=pending.link_hash,
        expires_at=pending.expires_at,
    )
    return Put(record)


def consume_pending_login(login_id: str, now: datetime) -> WriteItem:
    """Use it up. Refused if it was used or has ended."""
    model = records.PendingLoginRecord
    return Delete(model(pk=f"T#{login_id}", sk="LOGIN"), model.pk.exists() & (model.expires_at > now))


def extend_pending_login(login_id: str, *, expires: datetime, now: datetime) -> WriteItem:
    """It waits until then. Refused if it was used or has ended."""
    model = records.PendingLoginRecord
    later = [model.expires_at.set(expires), model.ttl.set(int(expires.timestamp()))]
    return Update(model(pk=f"T#{login_id}", sk="LOGIN"), later, model.pk.exists() & (model.expires_at > now))


def new_app(person_id: str, secret: str, *, session_id: str, expires: datetime) -> WriteItem:
    """An authenticator app is being set up in this session; one that was started before no longer is."""
    record = records.NewAppRecord(
        pk=f"P#{person_id}", sk="FACTOR#app#NEW", secret=secret, session_id=session_id, expires_at=expires
    )
    record.ttl = int(expires.timestamp())
    return Put(record)


def add_app(person_id: str, secret: str, *, step: int, now: datetime) -> tuple[WriteItem, ...]:
    """It is set up: the code of `step` is used up. Refused if another was started, or this one finished, meanwhile."""
    begun = records.NewAppRecord
    return (
        Delete(begun(pk=f"P#{person_id}", sk="FACTOR#app#NEW"), begun.secret == secret),
        Put(
            records.AppFactorRecord(pk=f"P#{person_id}", sk="FACTOR#app", secret=secret, since=now, last_step=step),
            records.AppFactorRecord.pk.does_not_exist(),
        ),
    )


def use_app(person_id: str, *, step: int) -> WriteItem:
    """The code of `step` is used up, and all before. Refused if it was used already."""
    model = records.AppFactorRecord
    # Tested control: code-counts-once
    return Update(model(pk=f"P#{person_id}", sk="FACTOR#app"), [model.last_step.set(step)], model.last_step < step)


def drop_app(person_id: str, *, before_step: int | None = None) -> WriteItem:
    """It is no longer the person's. Refused if the code of `before_step` was used already."""
    model = records.AppFactorRecord
    unused = None if before_step is None else model.last_step < before_step
    return Delete(model(pk=f"P#{person_id}", sk="FACTOR#app"), unused)


def put_sms_number(person_id: str, number: str, *, now: datetime) -> WriteItem:
    """Codes go there from now on."""
    return Put(records.SmsNumberRecord(pk=f"P#{person_id}", sk="FACTOR#sms", number=number, since=now))


def drop_sms_number(person_id: str) -> WriteItem:
    """It is no longer the person's."""
    return Delete(records.SmsNumberRecord(pk=f"P#{person_id}", sk="FACTOR#sms"))


def put_recovery_codes(person_id: str, codes: RecoveryCodes, *, before: Sequence[str] | None = None) -> WriteItem:
    """The previous ones no longer work. Refused if those that are left are no longer `before`."""
    record = records.RecoveryCodesRecord(
        pk=f"P#{person_id}", sk="RECOVERY", hashes=list(codes.hashes), made_at=codes.made_at
    )
    return Put(record, _unused(before))


def use_recovery_code(person_id: str, before: Sequence[str], used: str) -> WriteItem:
    """One of those that are left is used up. Refused if they are no longer `before`."""
    model = records.RecoveryCodesRecord
    left = [one for one in before if one != used]
    # Tested control: recovery-code-used-once
    return Update(model(pk=f"P#{person_id}", sk="RECOVERY"), [model.hashes.set(left)], model.hashes == list(before))


def drop_recovery_codes(person_id: str, *, before: Sequence[str] | None = None) -> WriteItem:
    """None works from now on. Refused if those that are left are no longer `before`."""
    return Delete(records.RecoveryCodesRecord(pk=f"P#{person_id}", sk="RECOVERY"), _unused(before))


def _unused(before: Sequence[str] | None) -> Condition | None:
    return None if before is None else records.RecoveryCodesRecord.hashes == list(before)


def put_reset(request: FactorReset, *, expires: datetime) -> WriteItem:
    """The operator has announced it; one that was announced before no longer counts."""
    record = records.FactorResetRecord(
        pk=f"P#{request.person_id}",
        sk="FACTOR_RESET",
        ttl=int(expires.timestamp()),
        factors_version=request.factors_version,
        requested_by=request.requested_by,
        requested_as=request.requested_as or None,
        at=request.at,
    )
    return Put(record)


def use_reset(request: FactorReset) -> WriteItem:
    """It is done, or cancelled. Refused if another was announced meanwhile."""
    model = records.FactorResetRecord
    return Delete(model(pk=f"P#{request.person_id}", sk="FACTOR_RESET"), model.at == request.at)


def put_trusted_browser(person_id: str, device: TrustedBrowser) -> WriteItem:
    """The second factor is not asked for there again."""
    record = records.TrustedBrowserRecord(
        pk=f"P#{person_id}",
        sk=f"REMEMBERED#{device.device_id}",
        ttl=int(device.expires_at.timestamp()),
        credentials_version=device.credentials_version,
        since=device.since,
        expires_at=device.expires_at,
        address=device.address,
        user_agent=device.user_agent,
        weak=device.weak,
    )
    return Put(record)


def require_trusted_browser(person_id: str, device_id: str) -> WriteItem:
    """Requires that it was not revoked."""
    model = records.TrustedBrowserRecord
    return Check(model, f"P#{person_id}", f"REMEMBERED#{device_id}", model.pk.exists())


def delete_trusted_browser(person_id: str, device_id: str) -> WriteItem:
    """The second factor is asked for there again."""
    return Delete(records.TrustedBrowserRecord(pk=f"P#{person_id}", sk=f"REMEMBERED#{device_id}"))
