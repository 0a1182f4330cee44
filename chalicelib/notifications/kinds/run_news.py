"""A run of the import was published: the accounts that have something new are shared out."""

from functools import partial

from chalicelib.alerts.digests import queries, repo
from chalicelib.alerts.digests.model import RUN_NEWS, RUN_NEWS_SHARE, SHARE
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.store import outbox_messages
from chalicelib.store.outbox import OutboxItem, outbox_item


class RunNews(DealerStep):
    """Payload: run, before. Nothing of a run that was undone since, nor of one that brought nothing new."""

    kind = RUN_NEWS

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Queue an item for each share of the accounts."""
        run = item.payload["run"]
        if not dealers.published(scope, fresh=True).shows(run):
            return
        refs = queries.refs_with_news(scope, run)
        shares = [refs[at : at + SHARE] for at in range(0, len(refs), SHARE)]
        if shares:
            made = partial(outbox_item, scope, kind=RUN_NEWS_SHARE, now=item.queued_at, bulk=True)
            repo.queue(
                scope,
                (
                    made(payload={**item.payload, "refs": share}, ids=repeatable_ids(item, about=share[0]))
                    for share in shares
                ),
            )
            outbox_messages.notify_bulk(scope)
