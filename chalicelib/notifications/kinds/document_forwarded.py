"""The mail that brings somebody the link of a document that a customer sends on."""

from dataclasses import replace
from datetime import datetime

from chalicelib.dealers import queries as dealers
from chalicelib.forwarding import operations
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.names import name_for_strangers
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, look_of
from chalicelib.notifications.handlers import BounceReport, ComposedMail, Notice, repeatable_ids
from chalicelib.rendering.format import formats
from chalicelib.store.outbox import OutboxItem


class DocumentForwarded(Notice):
    """Payload: account_ref, forward_id, email. Its sender sees where it could not be delivered, on Sent on."""

    kind = operations.SENT

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None if it was ended since, or its sender may not see the document any more. Answers go to the sender."""
        ref, forward_id = item.payload["account_ref"], item.payload["forward_id"]
        made = operations.make_link(scope, ref=ref, forward_id=forward_id, now=deps.clock(), ids=deps.ids)
        if made is None:
            return None
        found, secret = made
        dealer = dealers.dealer(scope)
        fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
        mail = deps.mail(
            self.kind,
            dealer,
            to=found.email,
            link=deps.link(f"/f/{secret}{look_of(dealer)}"),
            document=found.document,
            sender_name=name_for_strangers(found.sender_name),
            sender_email=found.sender_email,
            account_name=found.account_name,
            words=found.message,
            until=fmt.date(fmt.today(found.expires_at)),
        )
        return ComposedMail(replace(mail, reply_to=found.sender_email), tags={"forward": forward_id})

    def refused(self, scope: ImportScope, item: OutboxItem, *, now: datetime) -> None:  # noqa: ARG002 - see repeatable_ids
        """The address does not work."""
        payload = item.payload
        operations.mark_undelivered(
            scope,
            ref=payload["account_ref"],
            forward_id=payload["forward_id"],
            now=item.queued_at,
            ids=repeatable_ids(item),
        )

    def bounced(self, scope: ImportScope, report: BounceReport, *, now: datetime, ids: Ids) -> bool:
        """The same, or its owner calls it spam."""
        ref, forward_id = from_link_part(report.tags["account"]), report.tags["forward"]
        return operations.mark_undelivered(scope, ref=ref, forward_id=forward_id, now=now, ids=ids)
