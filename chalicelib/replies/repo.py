"""Addresses for answers, and what came to them, in the table."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.kernel.scopes import TenantScope
from chalicelib.messages.model import Side
from chalicelib.replies.model import LIFE, MAX_A_DAY, Received, ReplyAddress
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
    """What is known of a mail, once it was dealt with for this person and thread."""
    found = ReceivedMailRecord.find(account_pk(scope, mail.account_ref), _received_key(mail), consistent=True)
    return replace(mail, at=found.at, is_complete=not found.files_wait) if found else None


@scoped
def marks(scope: TenantScope, new: Received) -> tuple[Record, ...] | None:
    """That a mail was dealt with, for the transaction of what it does; None where the day's are used up."""
    pk, day = account_pk(scope, new.account_ref), new.at.astimezone(UTC).date()
    sk = f"MAILS#{new.person_id}#{day}"
    counter = MailsOfDayRecord.find(pk, sk, consistent=True) or MailsOfDayRecord(pk, sk, number=0)
    # Tested control: replies-limited
    if counter.number >= MAX_A_DAY:
        return None
    counter.number += 1
    counter.ttl = int((new.at + _DAY_KEPT).timestamp())
    return counter, _received(scope, new)


@scoped
def put(scope: TenantScope, records: Iterable[Record]) -> None:  # noqa: ARG001 - its role writes them
    """Write them, all or none. Raises TransactionRefusedError where the mail was dealt with meanwhile."""
    with transaction() as t:
        for record in records:
            t.put(record)


@scoped
def complete(scope: TenantScope, done: Received, *, also: Iterable[Record]) -> None:
    """Its files are sent too. Raises TransactionRefusedError where another call was quicker."""
    record = _received(scope, done)
    with transaction() as t:
        t.put(record, ReceivedMailRecord.files_wait == True)  # noqa: E712 - it builds a condition
        for one in also:
            t.put(one)


def _received_key(mail: Received) -> str:
    return f"MAILED#{mail.mail_id}#{mail.thread_id}#{mail.person_id}"


def _received(scope: TenantScope, new: Received) -> ReceivedMailRecord:
    return ReceivedMailRecord(
        account_pk(scope, new.account_ref),
        _received_key(new),
        at=new.at,
        files_wait=None if new.is_complete else True,
        ttl=int((new.at + _KEPT).timestamp()),
    )
