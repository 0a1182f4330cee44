"""Mails to addresses for answers, as SES reports them. `app.py` declares the trigger."""

import json
from email.utils import parseaddr
from typing import Any

from chalice.app import SQSEvent

from chalicelib import services
from chalicelib.kernel.deadline import Remaining
from chalicelib.kernel.scopes import ImportScope
from chalicelib.observability import Refusal, bind, logger, refused
from chalicelib.replies.model import parts_of
from chalicelib.replies.operations import Outcome, ReceivedMail, receive
from chalicelib.replies.receipt import receipt_of
from chalicelib.triggers.lambda_events import each_message

_TEST = "AMAZON_SES_SETUP_NOTIFICATION"
"""What SES writes, and may tell of, when it is given the rule."""


def reply_messages(event: SQSEvent) -> dict[str, Any]:
    """Queue of mails that have come in. Answers with the messages that failed."""
    return each_message(event, _receive)


def _receive(text: str, _remaining: Remaining) -> None:
    if json.loads(text).get("notificationType") != "Received" or _TEST in text[:5_000]:
        logger.info("reply.not_a_mail")
        return
    mail, current = ReceivedMail(receipt_of(text)), services.current()
    known = current.settings
    for address in mail.receipt.recipients:
        found = parts_of(address, known.reply_domain)
        if found is None:
            refused(Refusal.REPLY)
            continue
        scope = ImportScope(found.dealer_id)
        bind(dealer_id=scope.dealer_id)
        outcome = receive(
            scope,
            mail,
            found.secret,
            own_address=parseaddr(known.mail_from)[1],
            now=current.clock(),
            ids=current.ids,
        )
        if outcome in {Outcome.ADDED, Outcome.NOT_ADDED}:
            current.notify_outbox(scope)
