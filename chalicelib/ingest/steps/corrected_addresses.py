"""Addresses to which no invitation could be sent, and that the published export has corrected."""

from chalicelib.customers.enrolment import undelivered
from chalicelib.dealers import queries as dealers
from chalicelib.ingest.job import Job


def close(job: Job) -> None:
    """End their tasks. Where time runs short the rest is left to the next export; a repetition does no harm."""
    dealers.forget_published(job.scope)  # another process may have published it
    undelivered.close_corrected(job.scope, now=job.now, ids=job.ids, short_of_time=lambda: job.short_of_time)
