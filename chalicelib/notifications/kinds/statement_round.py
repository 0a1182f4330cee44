"""A month's statements: some accounts at a time, and behind them another item for those that are left."""

from functools import partial

from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.statements import operations
from chalicelib.store.outbox import OutboxItem


class StatementRound(DealerStep):
    """Payload: month, shard and after (the place among the accounts), again (one account that failed, or empty).

    With tell, an account, and its era: the people of it who come after the email `after` are told.
    """

    kind = operations.ROUND

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Make theirs."""
        operations.make_some(
            scope,
            place=dict(item.payload),
            now=item.queued_at,
            ids_of=lambda about: partial(repeatable_ids, item)(about=about),
        )
