"""Choices of an account's people, in the table."""

from collections.abc import Iterable, Sequence

from chalicelib.customers.consents.model import Choice
from chalicelib.customers.consents.records import ConsentRecord
from chalicelib.kernel.channels import Channel
from chalicelib.kernel.keys import key_part
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.store.batch import Key
from chalicelib.store.record import Record, account_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put, WriteItem, transaction


@scoped
def choices(scope: TenantScope, ref: str, *, person_id: str | None = None) -> list[Choice]:
    """What one person chose, or everybody of the account. Raises NotFoundError for another's account."""
    prefix = f"CONSENT#{key_part(person_id)}#" if person_id else "CONSENT#"
    found = ConsentRecord.query(account_pk(scope, ref), ConsentRecord.sk.startswith(prefix), consistent_read=True)
    return list(map(_choice, found))


@scoped
def put(
    scope: CustomerScope,
    ref: str,
    new: Sequence[Choice],
    *,
    before: Iterable[Choice],
    writes: Iterable[WriteItem] = (),
    also: Iterable[Record],
) -> None:
    """Write choices in place of those `before`. Raises TransactionRefusedError where one has changed since."""
    replaced = {one.channel: one.item_id for one in before}
    with transaction() as t:
        for choice in new:
            known = replaced.get(choice.channel)
            as_read = ConsentRecord.item_id == known if known else ConsentRecord.pk.does_not_exist()
            # Tested control: newest-consent-replaced
            t.put(_record(scope, ref, choice), as_read)
        t.add(*writes, *map(Put, also))


@scoped
def delete(
    scope: TenantScope, ref: str, choice: Choice, *, writes: Iterable[WriteItem] = (), also: Iterable[Record]
) -> None:
    """Forget a choice. Raises TransactionRefusedError where it has changed since it was read."""
    with transaction() as t:
        t.delete(ConsentRecord(*_key(scope, ref, choice)), ConsentRecord.item_id == choice.item_id)
        t.add(*writes, *map(Put, also))


def _key(scope: TenantScope, ref: str, choice: Choice) -> Key:
    return account_pk(scope, ref), f"CONSENT#{key_part(choice.person_id)}#{choice.channel.value}"


def _record(scope: CustomerScope, ref: str, choice: Choice) -> ConsentRecord:
    return ConsentRecord(
        *_key(scope, ref, choice),
        granted=choice.granted,
        chosen_by=choice.chosen_by,
        chosen_at=choice.chosen_at,
        item_id=choice.item_id,
        era=choice.era or None,
    )


def _choice(record: ConsentRecord) -> Choice:
    _, person_id, channel = record.sk.split("#")
    return Choice(
        channel=Channel(channel),
        granted=bool(record.granted),
        person_id=person_id,
        chosen_by=record.chosen_by,
        chosen_at=record.chosen_at,
        item_id=record.item_id,
        era=record.era or "",
    )
