"""Staff said of all accounts that one export gave another name and email: they are the same customers."""

from functools import partial

from chalicelib.customers import eras
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.store.outbox import OutboxItem


class SameCustomers(DealerStep):
    """Payload: time, index, of, actor. One item of several, each of a share of the accounts."""

    kind = eras.SAME_CUSTOMERS

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Lift the suspension of the accounts of this share."""
        ids_of = partial(_ids_of, item)
        eras.confirm_same_customers(scope, **item.payload, now=item.queued_at, ids_of=ids_of)


def _ids_of(item: OutboxItem, ref: str) -> Ids:
    return repeatable_ids(item, about=ref)
