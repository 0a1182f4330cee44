"""Composition: the Chalice app and its pages. What a page or a trigger does stands in chalicelib."""

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Rate, SQSEvent

from chalicelib.api import uploads
from chalicelib.triggers import ingest, notifications
from chalicelib.web import account, door, front, invitation, invoices, transactions
from chalicelib.web.staff import account as staff_account
from chalicelib.web.staff import accounts as staff_accounts
from chalicelib.web.staff import agent_keys, imports

QUEUE = "arn:aws:sqs:us-east-1:000000000000:"  # the merged template puts the real ARN in, by the short name after it

app = Chalice(app_name="customer-connect", configure_logs=False)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
app.api.binary_types = ["application/octet-stream", "application/pdf", "application/zip", XLSX]

customers, staff = (transactions, invoices), (staff_accounts, staff_account, imports, agent_keys)
for module in (front, door, invitation, account, *customers, *staff, uploads):
    app.register_blueprint(module.pages)


@app.on_sqs_message(queue_arn=f"{QUEUE}inbox", batch_size=1)
def inbox_messages(event: SQSEvent) -> dict[str, Any]:
    """Exports that have come into the inbox."""
    return ingest.inbox_messages(event)


@app.on_sqs_message(queue_arn=f"{QUEUE}import", batch_size=1)
def import_messages(event: SQSEvent) -> dict[str, Any]:
    """Steps of imports."""
    return ingest.import_messages(event)


@app.schedule(Rate(5, unit=Rate.MINUTES))
def collect_inbox(event: CloudWatchEvent) -> int:
    """Exports that no message told of, and those that wait."""
    return ingest.collect_inbox(event)


@app.schedule(Rate(2, unit=Rate.MINUTES))
def resume_runs(event: CloudWatchEvent) -> int:
    """Steps that the queue has lost."""
    return ingest.resume_runs(event)


@app.schedule(Rate(1, unit=Rate.DAYS))
def sweep_runs(event: CloudWatchEvent) -> int:
    """What nobody can read any more."""
    return ingest.sweep_runs(event)


@app.on_sqs_message(queue_arn=f"{QUEUE}outbox", batch_size=10)
def outbox_messages(event: SQSEvent) -> dict[str, Any]:
    """Mails that somebody waits for."""
    return notifications.outbox_messages(event)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def send_outbox(_: CloudWatchEvent) -> int:
    """Mails that no message woke anybody for."""
    return notifications.send_outbox()


@app.schedule(Rate(1, unit=Rate.MINUTES))
def deliver_identity_outbox(_: CloudWatchEvent) -> int:
    """First logins to the dealers' side, and password mails."""
    return notifications.deliver_identity_outbox()


@app.schedule(Rate(1, unit=Rate.DAYS))
def expire_invitations(_: CloudWatchEvent) -> int:
    """Invitations whose time is over."""
    return notifications.expire_invitations()
