"""The mail that tells the admins that somebody deleted a user of the dealership."""

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import queries as staff
from chalicelib.dealership_users.operations import USER_DELETED
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.store.outbox import OutboxItem


class UserDeleted(Notice):
    """Payload: email and person_id of an admin, deleted, by."""

    kind = USER_DELETED

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None where the admin is no admin any more."""
        admin = staff.colleague(scope, item.payload["person_id"])
        if admin is None or not admin.is_active_admin:
            return None
        mail = deps.mail(
            self.kind,
            read_by(dealers.dealer(scope), admin.email),
            to=admin.email,
            link=deps.link("/staff/users"),
            deleted=item.payload["deleted"],
            by=item.payload["by"],
        )
        return ComposedMail(mail)
