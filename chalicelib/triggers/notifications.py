"""Mails and identity's steps, woken by the outboxes' queues and by the clock. `app.py` declares the triggers."""

import json
from typing import Any

from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib import services
from chalicelib.kernel.deadline import Remaining
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications import schedules
from chalicelib.notifications.dispatch import send_bulk, send_due
from chalicelib.notifications.feedback import handle_ses_event
from chalicelib.observability import bind
from chalicelib.triggers.lambda_events import each_message, remaining_of


def outbox_messages(event: SQSEvent) -> dict[str, Any]:
    """Queue of the outboxes: `{"dealer_id"}` does a dealer's single items, `{"identity": true}` identity's."""
    return each_message(event, _send_due)


def bulk_messages(event: SQSEvent) -> dict[str, Any]:
    """Queue of the bulk lanes: `{"dealer_id", "lane"}`."""
    return each_message(event, _send_bulk)


def feedback_messages(event: SQSEvent) -> dict[str, Any]:
    """Queue of what SES reports of mails that bounced."""
    return each_message(event, _note)


def send_outbox(event: CloudWatchEvent | None = None) -> int:
    """Every minute: single items that no message woke anybody for, of identity and all dealers. How many were done."""
    bind(schedule="send_outbox")
    return schedules.send_outboxes(deps=services.current().mail_deps, remaining=remaining_of(event))


def resume_bulk(event: CloudWatchEvent | None = None) -> int:
    """Every hour: bulk lanes where something waits. Returns how many."""
    bind(schedule="resume_bulk")
    return schedules.resume_bulk(now=services.current().clock(), remaining=remaining_of(event))


def expire_invitations(event: CloudWatchEvent | None = None) -> int:
    """Every hour: campaigns and reminders by the dealer's day, and invitations whose time is over; how many."""
    bind(schedule="expire_invitations")
    current, remaining = services.current(), remaining_of(event)
    sent = schedules.send_invitations(now=current.clock(), ids=current.ids, remaining=remaining)
    return sent + schedules.expire_invitations(now=current.clock(), remaining=remaining)


def chase_documents(event: CloudWatchEvent | None = None) -> int:
    """Every hour: documents that staff asked for and that are due. Returns how many reminders and tasks came of it."""
    bind(schedule="chase_documents")
    current = services.current()
    return schedules.chase_documents(now=current.clock(), ids=current.ids, remaining=remaining_of(event))


def make_statements(event: CloudWatchEvent | None = None) -> int:
    """Every hour: a month's statements of dealers whose day has come. Returns at how many they were begun."""
    bind(schedule="make_statements")
    current = services.current()
    return schedules.make_statements(now=current.clock(), ids=current.ids, remaining=remaining_of(event))


def remind_of_payments(event: CloudWatchEvent | None = None) -> int:
    """Every hour: reminders of invoices that are due soon or overdue, in the dealer's morning. How many accounts."""
    bind(schedule="remind_of_payments")
    return schedules.remind_of_payments(now=services.current().clock(), remaining=remaining_of(event))


def _send_due(text: str, remaining: Remaining) -> None:
    body, deps = json.loads(text), services.current().mail_deps
    if body.get("identity") is True:
        send_due(IdentityScope(), deps=deps, remaining=remaining)
        return
    bind(dealer_id=body["dealer_id"])
    send_due(ImportScope(body["dealer_id"]), deps=deps, remaining=remaining)


def _send_bulk(text: str, remaining: Remaining) -> None:
    body = json.loads(text)
    bind(dealer_id=body["dealer_id"])
    send_bulk(ImportScope(body["dealer_id"]), body["lane"], deps=services.current().mail_deps, remaining=remaining)


def _note(text: str, _remaining: Remaining) -> None:
    current = services.current()
    handle_ses_event(text, now=current.clock(), ids=current.ids)
