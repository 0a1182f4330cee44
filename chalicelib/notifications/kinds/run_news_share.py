"""The users of some accounts who are told what an export has brought them: one mail each, for all their accounts."""

from chalicelib.alerts.digests import queries, repo
from chalicelib.alerts.digests.model import NEW_DOCUMENTS, RUN_NEWS_SHARE
from chalicelib.customers import queries as customers
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.portal_customers.queries import portal_customer
from chalicelib.dealers import queries as dealers
from chalicelib.identity import queries as identity
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import is_portal_customer, portal_customer_id
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
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
        for ref in item.payload["refs"]:
            for user in customers.people_of_account(scope, ref, current_era(scope, ref)):
                refs = [one for one in accounts_of(scope, user.person_id) if queries.has_news(scope, run, one)]
                if refs and refs[0] == ref:
                    queued |= _queue(scope, item, user, refs)
        if queued:
            outbox_messages.notify_bulk(scope)


def accounts_of(scope: ImportScope, person_id: str) -> list[str]:
    """The accounts that somebody may open at the dealer, in order; of a customer of the portal, the linked one."""
    held = identity.memberships(IdentityScope(), person_id)
    refs = {one.account_ref for one in held if one.dealer_id == scope.dealer_id and one.account_ref}
    return sorted(filter(None, (_account(scope, ref) for ref in refs)))


def _account(scope: ImportScope, ref: str) -> str:
    if not is_portal_customer(ref):
        return ref
    try:
        return portal_customer(scope, portal_customer_id(ref)).account_ref or ""
    except NotFoundError:
        return ""


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
