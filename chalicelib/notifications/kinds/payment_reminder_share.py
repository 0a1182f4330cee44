"""Who is reminded today of some accounts: their users and their masters', one mail each, for all their accounts."""

from chalicelib.alerts.reminders import repo
from chalicelib.alerts.reminders.model import PAYMENT_REMINDER, REMINDER_SHARE
from chalicelib.customers import queries as customers
from chalicelib.kernel.areas import Area
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.notifications.payment_reminders import due_account
from chalicelib.notifications.people_of_dealer import accounts_of
from chalicelib.store import outbox_messages
from chalicelib.store.outbox import OutboxItem, outbox_item


class PaymentReminderShare(DealerStep):
    """Payload: day, since, refs."""

    kind = REMINDER_SHARE

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Queue a mail to each of them. Who has several accounts gets it with the first that has something due."""
        queued = False
        known: dict[str, list[str]] = {}
        for ref in item.payload["refs"]:
            found = due_account(scope, ref, payload=item.payload, now=item.queued_at)
            for user in customers.readers_of_account(scope, ref, found.era, Area.INVOICES) if found else ():
                if user.person_id not in known:  # a master's people are met with each account of the group
                    known[user.person_id] = self._due_accounts(scope, item, user.person_id)
                refs = known[user.person_id]
                if refs and refs[0] == ref:
                    queued |= _queue(scope, item, user.person_id, user.email, refs)
        if queued:
            outbox_messages.notify_bulk(scope)

    def _due_accounts(self, scope: ImportScope, item: OutboxItem, person_id: str) -> list[str]:
        return [
            ref
            for ref in accounts_of(scope, person_id, Area.INVOICES)
            if due_account(scope, ref, payload=item.payload, now=item.queued_at)
        ]


def _queue(scope: ImportScope, item: OutboxItem, person_id: str, email: str, refs: list[str]) -> bool:
    day = item.payload["day"]
    days = {name: item.payload[name] for name in ("day", "since") if name in item.payload}
    payload = {**days, "person_id": person_id, "email": email, "account_ref": refs[0], "account_refs": refs}
    mail = outbox_item(
        scope,
        kind=PAYMENT_REMINDER,
        payload=payload,
        now=item.queued_at,
        ids=repeatable_ids(item, about=person_id),
        bulk=True,
    )
    return repo.queue_once(scope, day, person_id, mail, now=item.queued_at)
