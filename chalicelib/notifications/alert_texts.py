"""A text message beside a mail, or in its place: queued as the mail is written, for who has chosen so."""

from chalicelib.alerts.kinds import BY_NAME
from chalicelib.alerts.texts import repo
from chalicelib.alerts.texts.model import ALERT_TEXT, waits_until
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.handlers import ComposedMail
from chalicelib.store.outbox import OutboxItem, outbox_item


def queue(scope: ImportScope, item: OutboxItem, composed: ComposedMail, *, person_id: str, deps: MailDeps) -> bool:
    """Queue the one text message about what `composed` says; False where there is none, or was one before.

    It goes into the same outbox as the mail; by night it waits there for the morning.
    """
    alert, now, dealer = composed.alerts[0], deps.clock(), dealers.dealer(scope)
    # Tested control: texts-only-where-turned-on
    if not dealer.offers_sms_notifications or not BY_NAME[alert.kind].may_be_texted:
        return False
    text = outbox_item(
        scope,
        kind=ALERT_TEXT,
        payload={
            "alert": alert.kind,
            "event": item.item_id,
            "person_id": person_id,
            "account_ref": alert.account_ref,
            "era": alert.era,
            "counts": dict(composed.counts),
            "day": local_date(now, dealer.time_zone).isoformat(),
        },
        now=now,
        ids=deps.ids,
        bulk=item.lane is not None,
        not_before=waits_until(now, dealer.time_zone),
    )
    return repo.queue_once(scope, item.item_id, person_id, text, now=now)
