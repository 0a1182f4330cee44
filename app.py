"""Composition: the Chalice app and its pages. What a page or a trigger does is in chalicelib."""

import gc

gc.disable()  # importing leaves no garbage, and looking for it is an eighth of a cold start

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Rate, SQSEvent

from chalicelib import services, settings, triggers
from chalicelib.api import documents, feed, uploads
from chalicelib.web import background_downloads, routes

QUEUE = "arn:aws:sqs:us-east-1:000000000000:"  # the merged template puts the real ARN in, by the short name after it
app = Chalice(app_name="customer-connect", configure_logs=False)
app.api.binary_types = list(routes.BINARY_TYPES)

pages = (*routes.PUBLIC, *routes.AUTH, *routes.CUSTOMER, *routes.STAFF)
for module in (*pages, *routes.PROGRAMS, uploads, feed, documents):
    app.register_blueprint(module.routes)


@app.on_sqs_message(queue_arn=f"{QUEUE}inbox", batch_size=1)
def inbox_messages(event: SQSEvent) -> dict[str, Any]:
    return triggers.ingest.inbox_messages(event)


@app.on_sqs_message(queue_arn=f"{QUEUE}import", batch_size=1)
def import_messages(event: SQSEvent) -> dict[str, Any]:
    return triggers.ingest.import_messages(event)


@app.schedule(Rate(1, unit=Rate.HOURS))
def collect_inbox(event: CloudWatchEvent) -> int:
    return triggers.ingest.collect_inbox(event)


@app.schedule(Rate(2, unit=Rate.MINUTES))
def resume_runs(event: CloudWatchEvent) -> int:
    return triggers.ingest.resume_runs(event)


@app.schedule(Rate(1, unit=Rate.DAYS))
def sweep_runs(event: CloudWatchEvent) -> int:
    return triggers.ingest.sweep_runs(event)


@app.on_sqs_message(queue_arn=f"{QUEUE}outbox", batch_size=10)
def outbox_messages(event: SQSEvent) -> dict[str, Any]:
    return triggers.notifications.outbox_messages(event)


@app.on_sqs_message(queue_arn=f"{QUEUE}bulk", batch_size=1)
def bulk_messages(event: SQSEvent) -> dict[str, Any]:
    return triggers.notifications.bulk_messages(event)


@app.on_sqs_message(queue_arn=f"{QUEUE}feedback", batch_size=10)
def feedback_messages(event: SQSEvent) -> dict[str, Any]:
    return triggers.notifications.feedback_messages(event)


@app.on_sqs_message(queue_arn=f"{QUEUE}replies", batch_size=1)
def reply_messages(event: SQSEvent) -> dict[str, Any]:
    return triggers.replies.reply_messages(event)


@app.on_sqs_message(queue_arn=f"{QUEUE}downloads", batch_size=1)
def download_messages(event: SQSEvent) -> dict[str, Any]:
    return triggers.downloads.download_messages(event, background_downloads.produce)


@app.on_sqs_message(queue_arn=f"{QUEUE}intake", batch_size=1)
def intake_messages(event: SQSEvent) -> dict[str, Any]:
    return triggers.uploads.intake_messages(event)


@app.on_sqs_message(queue_arn=f"{QUEUE}verdict", batch_size=1)
def verdict_messages(event: SQSEvent) -> dict[str, Any]:
    return triggers.uploads.verdict_messages(event)


@app.schedule(Rate(15, unit=Rate.MINUTES))
def settle_files(event: CloudWatchEvent) -> int:
    return triggers.uploads.settle_files(event)


@app.schedule(Rate(15, unit=Rate.MINUTES))
def take_feed(event: CloudWatchEvent) -> int:
    return triggers.feed.take_feed(event)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def send_outbox(event: CloudWatchEvent) -> int:
    return triggers.notifications.send_outbox(event)


@app.schedule(Rate(1, unit=Rate.HOURS))
def resume_bulk(event: CloudWatchEvent) -> int:
    return triggers.notifications.resume_bulk(event)


@app.schedule(Rate(1, unit=Rate.HOURS))
def expire_invitations(event: CloudWatchEvent) -> int:
    return triggers.notifications.expire_invitations(event)


@app.schedule(Rate(1, unit=Rate.HOURS))
def chase_documents(event: CloudWatchEvent) -> int:
    return triggers.notifications.chase_documents(event)


@app.schedule(Rate(1, unit=Rate.HOURS))
def make_statements(event: CloudWatchEvent) -> int:
    return triggers.notifications.make_statements(event)


@app.schedule(Rate(1, unit=Rate.HOURS))
def remind_of_payments(event: CloudWatchEvent) -> int:
    return triggers.notifications.remind_of_payments(event)


if settings.is_on_lambda():
    services.prepare()

gc.enable()
gc.freeze()  # what was imported stays: no later collection looks through it
