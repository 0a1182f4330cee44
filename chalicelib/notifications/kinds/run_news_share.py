"""Who is told what an export has brought some accounts: their users and their masters', one mail each for all."""

from chalicelib.alerts.digests import queries, repo
from chalicelib.alerts.digests.model import NEW_DOCUMENTS, RUN_NEWS_SHARE
from chalicelib.customers import queries as customers
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.areas import Area
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.notifications.people_of_dealer import accounts_of
from chalicelib.store import outbox_messages
from chalicelib.store.outbox import OutboxItem, outbox_item


class RunNewsShare(DealerStep):
    """Payload: run, before, refs."""

    kind = RUN_NEWS_SHARE

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Queue a mail to each of them. Who has several accounts gets it with the first that has something new."""
        run, queued = item.payload["run"], False
        if not dealers.published(scope, fresh=True).shows(run):
            return
        news = frozenset(queries.refs_with_news(scope, run))
        known: dict[str, list[str]] = {}
        for ref in item.payload["refs"]:
            for user in customers.readers_of_account(scope, ref, current_era(scope, ref), Area.INVOICES):
                if user.person_id not in known:  # a master's people are met with each account of the group
                    known[user.person_id] = [
                        one for one in accounts_of(scope, user.person_id, Area.INVOICES) if one in news
                    ]
                refs = known[user.person_id]
                if refs and refs[0] == ref:
                    queued |= _queue(scope, item, user, refs)
        if queued:
            outbox_messages.notify_bulk(scope)


def _queue(scope: ImportScope, item: OutboxItem, user: AccountUser, refs: list[str]) -> bool:
    run, before = item.payload["run"], item.payload["before"]
    mail = outbox_item(
        scope,
        kind=NEW_DOCUMENTS,
        payload={
            "run": run,
            "before": before,
            "person_id": user.person_id,
            "email": user.email,
            "account_ref": refs[0],
            "account_refs": refs,
        },
        now=item.queued_at,
        ids=repeatable_ids(item, about=user.person_id),
        bulk=True,
    )
    return repo.queue_once(scope, run, user.person_id, mail, now=item.queued_at)
