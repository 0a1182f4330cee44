"""Addresses for answers, and what came to them, in the table."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.messages.model import Side
from chalicelib.replies.model import LIFE, MAX_A_DAY, Progress, Received, ReplyAddress
from chalicelib.replies.records import MailsOfDayRecord, ReceivedMailRecord, ReplyAddressRecord
from chalicelib.store.record import Record, account_pk, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import transaction

_KEPT = timedelta(days=30)
"""Longer than a queue hands a message out again, from its dead letters too."""
_DAY_KEPT = timedelta(days=2)
_FORGOTTEN_AFTER = LIFE + timedelta(days=1)


@scoped
def put_address(scope: TenantScope, secret_hash: str, new: ReplyAddress, *, now: datetime) -> None:
    """Keep what an address stands for."""
    ReplyAddressRecord(
        tenant_pk(scope, "REPLY", secret_hash),
        "ADDRESS",
        account_ref=new.account_ref,
        thread_id=new.thread_id,
        person_id=new.person_id,
        side=new.side.value,
        seen=new.seen,
        expires_at=new.expires_at,
        ttl=int((now + _FORGOTTEN_AFTER).timestamp()),
    ).save()


@scoped
def address(scope: TenantScope, secret_hash: str) -> ReplyAddress | None:
    """What it stands for, also once it has expired."""
    found = ReplyAddressRecord.find(tenant_pk(scope, "REPLY", secret_hash), "ADDRESS", consistent=True)
    if found is None:
        return None
    return ReplyAddress(
        account_ref=found.account_ref,
        thread_id=found.thread_id,
        person_id=found.person_id,
        side=Side(found.side),
        seen=found.seen,
        expires_at=found.expires_at,
    )


@scoped
def received(scope: TenantScope, mail: Received) -> Received | None:
    """What is known of a mail, once it was counted for this person and thread."""
    found = ReceivedMailRecord.find(account_pk(scope, mail.account_ref), _received_key(mail), consistent=True)
    if found is None:
        return None
    return replace(mail, at=found.at, progress=Progress(found.progress), version=int(found.version))


@scoped
def count(scope: TenantScope, new: Received) -> Received:
    """Count a mail before anything is done with it; as it is stored.

    Raises TooManyError where the person's of the day are used up, TransactionRefusedError where another was quicker.
    """
    pk, day = account_pk(scope, new.account_ref), new.at.astimezone(UTC).date()
    sk = f"MAILS#{new.person_id}#{day}"
    counter = MailsOfDayRecord.find(pk, sk, consistent=True) or MailsOfDayRecord(pk, sk, number=0)
    # Tested control: replies-limited
    if counter.number >= MAX_A_DAY:
        raise TooManyError("", retry_after=0)
    counter.number += 1
    counter.ttl = int((new.at + _DAY_KEPT).timestamp())
    with transaction() as t:
        t.put(counter)
        t.put(record_of(scope, new))
    return replace(new, version=1)


@scoped
def put(scope: TenantScope, records: Iterable[Record]) -> None:  # noqa: ARG001 - its role writes them
    """Write them, all or none. Raises TransactionRefusedError where the mail was dealt with meanwhile."""
    with transaction() as t:
        for record in records:
            t.put(record)


def _received_key(mail: Received) -> str:
    return f"MAILED#{mail.mail_id}#{mail.thread_id}#{mail.person_id}"


def record_of(scope: TenantScope, new: Received) -> Record:
    """How far a mail was dealt with, for the transaction of what it does: refused where another call was quicker."""
    record = ReceivedMailRecord(
        account_pk(scope, new.account_ref),
        _received_key(new),
        at=new.at,
        progress=new.progress.value,
        ttl=int((new.at + _KEPT).timestamp()),
    )
    if new.version:
        record.version = new.version
    return record
