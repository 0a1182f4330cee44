"""Composition: the Chalice app and its pages. What a page or a trigger does stands in chalicelib."""

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Rate, SQSEvent

from chalicelib.triggers import notifications
from chalicelib.web import account, door, front, invitation

QUEUE = "arn:aws:sqs:us-east-1:000000000000:"
"""Stands for the queues' ARNs, which the merged template puts in; the last part is the queue's short name."""

app = Chalice(app_name="customer-connect", configure_logs=False)
app.api.binary_types = [
    "application/octet-stream",
    "application/pdf",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
]

for module in (front, door, invitation, account):
    app.register_blueprint(module.pages)


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
