"""Items of the feed were taken as files, which are written into the dealer's outbox."""

from chalicelib.feed.operations import FILES
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.handlers import DealerStep
from chalicelib.store.outbox import OutboxItem
from chalicelib.uploads import feed_files


class FeedFiles(DealerStep):
    """Payload: item_ids."""

    kind = FILES

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Write them."""
        feed_files.write(scope, item.payload["item_ids"])
