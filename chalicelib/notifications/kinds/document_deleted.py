"""Staff deleted a document: its content goes too."""

from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.handlers import DealerStep
from chalicelib.store.outbox import OutboxItem
from chalicelib.uploads import sharing


class DocumentDeleted(DealerStep):
    """Payload: file_id."""

    kind = sharing.DELETED

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Delete the object. Versions of it go by the bucket's rule."""
        sharing.delete_content(scope, file_id=item.payload["file_id"])
