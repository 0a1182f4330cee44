"""What every pynamodb record shares: one table, one connection signed with the role in force, its keys."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, Self, TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.connection.base import Connection, MetaTable
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import DeleteError, PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib import settings
from chalicelib.kernel.errors import BusyError, ConflictError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.keys import key_part
from chalicelib.kernel.scopes import CustomerScope, PublicScope, TenantScope
from chalicelib.store import clients
from chalicelib.store.backoff import attempts

T = TypeVar("T")
CHANGED = lazy_gettext("Someone else changed this. Reload the page and try again.")

MAX_PK_BYTES, MAX_SK_BYTES = 2048, 1024
"""Bytes of a key that DynamoDB takes."""

_KEYS = ("pk", "HASH"), ("sk", "RANGE")
_SCHEMA = {
    "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in _KEYS],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name, _ in _KEYS],
}


class _RoleConnection(Connection):
    """pynamodb's connection over the process's own client, whose signer reads the role in force."""

    @property
    def client(self) -> Any:
        return clients.client("dynamodb")


def shared_table() -> TableConnection:
    """The one connection of all record classes, to the table that settings name."""
    return _table(settings.load().table_name)


@cache
def _table(name: str) -> TableConnection:
    shared = TableConnection(name)
    shared.connection = _RoleConnection()
    shared.connection.add_meta_table(MetaTable({"TableName": name, **_SCHEMA}))
    return shared


class _FromSettings(type):
    @property
    def table_name(cls) -> str:
        return settings.load().table_name


class Record(Model):
    """An item of the table. `ttl` is epoch seconds; expiry is also checked on read, for TTL lags by days."""

    class Meta(metaclass=_FromSettings):
        pass

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    ttl = NumberAttribute(null=True)

    @classmethod
    def _get_connection(cls) -> TableConnection:
        return shared_table()

    @classmethod
    def find(cls, pk: str, sk: str, *, consistent: bool = False) -> Self | None:
        """The item at this key, or None, also for a key that no item can have: it may come from a link."""
        if not (0 < len(pk.encode()) <= MAX_PK_BYTES and 0 < len(sk.encode()) <= MAX_SK_BYTES):
            return None
        try:
            return cls.get(pk, sk, consistent_read=consistent)
        except cls.DoesNotExist:
            return None

    def put_condition(self) -> Condition | None:
        """What every put of such a record requires, on every path."""
        return None

    def save(self, condition: Condition | None = None, *, add_version_condition: bool = True) -> dict[str, Any]:
        """Put the item. Raises ConflictError where the condition or the version fails."""
        wanted = self.put_condition() if condition is None else condition
        return _written(partial(super().save, wanted, add_version_condition=add_version_condition))

    def update(
        self, actions: Sequence[Action], condition: Condition | None = None, *, add_version_condition: bool = True
    ) -> Any:
        """Change attributes. Raises ConflictError where the condition or the version fails."""
        return _written(partial(super().update, list(actions), condition, add_version_condition=add_version_condition))

    def delete(self, condition: Condition | None = None, *, add_version_condition: bool = True) -> Any:
        """Delete the item; no error where there is none. Raises ConflictError where the condition fails."""
        return _written(partial(super().delete, condition, add_version_condition=add_version_condition))


class Versioned(Record):
    """A record that changes. A save of a stale copy, or of a new one where there is one, raises ConflictError."""

    version = VersionAttribute()


class CreateOnly(Record):
    """A record that no put replaces: a second one at its key raises ConflictError.

    What changes it puts it on condition of the version that was read.
    """

    def put_condition(self) -> Condition:
        condition: Condition = type(self).pk.does_not_exist()
        return condition


def _written(write: Callable[[], T]) -> T:
    """What `write` returns. A transaction that holds the item is over in milliseconds, so it is tried again.

    Raises ConflictError where a condition fails, BusyError where transactions held the item all the time.
    """
    for _ in attempts():
        try:
            return write()
        except (PutError, UpdateError, DeleteError) as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                raise ConflictError(CHANGED) from error
            if error.cause_response_code != "TransactionConflictException":
                raise
    raise BusyError


def tenant_pk(scope: TenantScope | PublicScope, *parts: str) -> str:
    """`D#<dealer_id>#PART#PART`: the only way a dealer's partition key is made. Parts are not empty, without `#`."""
    if not isinstance(scope, TenantScope | PublicScope):
        raise TypeError(f"not a dealer's scope: {scope!r}")
    if not parts or any(not part or "#" in part for part in parts):
        raise ValueError(f"not parts of a key: {parts!r}")
    return "#".join(("D", scope.dealer_id, *parts))


def account_pk(scope: TenantScope, ref: str) -> str:
    """The account's partition. Raises NotFoundError for an account that a customer does not act for."""
    # Tested control: account-in-scope
    if isinstance(scope, CustomerScope) and ref not in scope.account_refs:
        raise NotFoundError
    return tenant_pk(scope, "A", key_part(ref))
