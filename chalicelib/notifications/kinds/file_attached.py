"""A file that somebody has attached is accepted: it becomes part of the conversation or the dispute."""

from chalicelib.disputes import attachments as of_disputes
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import ImportScope
from chalicelib.messages import attachments as of_threads
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.observability import logger
from chalicelib.store import outbox_messages
from chalicelib.store.outbox import OutboxItem
from chalicelib.uploads import attaching
from chalicelib.uploads.attached_file import UNNAMED, OwnerKind
from chalicelib.uploads.model import with_extension


class FileAttached(DealerStep):
    """Payload: account_ref, file_id."""

    kind = attaching.ATTACHED

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Once, however often it is done."""
        file = attaching.accepted_attachment(
            scope, account_ref=item.payload["account_ref"], file_id=item.payload["file_id"]
        )
        if file is None:
            return
        owner = of_threads if file.owner_kind is OwnerKind.THREAD else of_disputes
        try:
            mailed = owner.add_accepted_file(
                scope,
                file,
                name=with_extension(file.name or UNNAMED, file.kind),
                now=item.queued_at,
                ids_of=lambda about: repeatable_ids(item, about=about),
            )
        except NotFoundError:
            logger.warning("file.without_owner", file=file.file_id)
            return
        if mailed:
            outbox_messages.notify(scope)
