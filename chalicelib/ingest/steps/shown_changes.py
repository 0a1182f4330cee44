"""Changes that customers asked for and the published export shows: they leave the staff's list by themselves."""

from chalicelib.customers.change_requests import operations, queries
from chalicelib.dealers import queries as dealers
from chalicelib.ingest.job import Job
from chalicelib.kernel.clock import local_date
from chalicelib.ledger import queries as ledger


def close(job: Job) -> None:
    """Close them. Where time runs short the rest is left to the next export; a repetition does no harm."""
    refs = queries.accounts_waiting(job.scope)
    if not refs:
        return
    published = dealers.published(job.scope, fresh=True)
    today = local_date(job.now, dealers.dealer(job.scope).time_zone)
    for ref in refs:
        if job.short_of_time:
            return
        head = ledger.account_snapshot(job.scope, ref=ref, today=today, published=published).head
        if head:
            operations.close_shown(job.scope, head.facts, now=job.now, ids=job.ids)
