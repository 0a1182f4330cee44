"""Mails and identity's outbox, woken by the outbox queue and by the clock. `app.py` declares the triggers."""

import json
from collections.abc import Callable
from typing import Any

from chalice.app import SQSEvent

from chalicelib import services
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications import schedules
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.feedback import take_feedback
from chalicelib.notifications.identity_outbox import deliver_identity_outbox as deliver
from chalicelib.observability import bind, logger


def outbox_messages(event: SQSEvent) -> dict[str, Any]:
    """Queue of the outboxes: `{"dealer_id"}` sends a dealer's mails, `{"identity": true}` identity's.

    Answers with the messages that failed, for SQS to deliver again.
    """
    return _each(event, _wake)


def feedback_messages(event: SQSEvent) -> dict[str, Any]:
    """Queue of what SES tells of mails that came back. Answers as above."""
    return _each(event, _note)


def send_outbox() -> int:
    """Every minute: mails that no message woke anybody for. Returns how many went out."""
    bind(schedule="send_outbox")
    return schedules.send_outboxes(tools=services.current().tools)


def deliver_identity_outbox() -> int:
    """Every minute: first logins to the dealers' side, password mails. Returns how many were done."""
    bind(schedule="deliver_identity_outbox")
    return deliver(tools=services.current().tools)


def expire_invitations() -> int:
    """Every day: invitations whose time is over. Returns how many."""
    bind(schedule="expire_invitations")
    return schedules.expire_invitations(now=services.current().clock())


def _each(event: SQSEvent, handle: Callable[[str], None]) -> dict[str, Any]:
    failed = []
    for record in event:
        message_id = record.to_dict()["messageId"]
        bind(message_id=message_id)
        try:
            handle(record.body)
        except Exception:  # noqa: BLE001 - the other messages of the batch go on
            logger.exception("outbox.message_failed")
            failed.append({"itemIdentifier": message_id})
    return {"batchItemFailures": failed}


def _note(text: str) -> None:
    current = services.current()
    take_feedback(text, now=current.clock(), ids=current.ids)


def _wake(text: str) -> None:
    body, tools = json.loads(text), services.current().tools
    if body.get("identity") is True:
        deliver(tools=tools)
        return
    bind(dealer_id=body["dealer_id"])
    send_due(ImportScope(body["dealer_id"]), tools=tools)
