"""Sends a dealer's outbox: claim, send, confirm. An event gets one mail at most, and nothing disappears unseen."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel.errors import PortalError
from chalicelib.kernel.scopes import ImportScope
from chalicelib.mail.sender import MailRefusedError
from chalicelib.notifications import repo
from chalicelib.notifications.kinds import KINDS, Letter, OutboxKind
from chalicelib.notifications.tools import Tools
from chalicelib.observability import logger
from chalicelib.store.outbox import OutboxItem

UNCERTAIN_AFTER = timedelta(minutes=10)


def send_due(scope: ImportScope, *, tools: Tools, kinds: Mapping[str, OutboxKind] = KINDS) -> int:
    """Send all that is queued; how many mails went out. May run twice at once, or be skipped, without harm.

    A claim that was not confirmed within 10 minutes becomes `uncertain`: staff see it, and only they send it again.
    """
    sent = 0
    for item in repo.items(scope):
        kind = kinds.get(item.kind)
        now = tools.clock()
        if kind is None:
            logger.error("outbox.unknown_kind", kind=item.kind, item=item.sk)
        elif item.state == "queued" and repo.claim(scope, item, now):
            sent += _send(scope, item, kind, tools)
        elif item.state == "claimed" and _is_overdue(item, now):
            _give_up(scope, item, kind, now)
    return sent


def _send(scope: ImportScope, item: OutboxItem, kind: OutboxKind, tools: Tools) -> bool:
    letter = _compose(scope, item, kind, tools)
    if letter is None:
        return False
    try:
        tools.mail.send(replace(letter.mail, about={"kind": item.kind, "dealer": scope.dealer_id, **letter.about}))
    except MailRefusedError as error:
        logger.warning("mail.refused", kind=item.kind, item=item.sk, reason=str(error))
        _refused(scope, item, kind, error, tools.clock())
        return False
    except Exception:  # noqa: BLE001 - after a time-out the mail may be out: the claim stays, and becomes uncertain
        logger.exception("mail.unconfirmed", kind=item.kind, item=item.sk)
        return False
    letter.sent(tools.clock())
    repo.forget(scope, item)
    return True


def _compose(scope: ImportScope, item: OutboxItem, kind: OutboxKind, tools: Tools) -> Letter | None:
    try:
        letter = kind.compose(scope, item.payload, tools=tools, now=tools.clock())
    except PortalError as error:
        logger.warning("outbox.dropped", kind=item.kind, item=item.sk, reason=error.message)
        kind.refused(scope, item.payload)
        repo.set_aside(scope, item, "dropped", detail=error.message, now=tools.clock())
        return None
    except Exception:  # noqa: BLE001 - nothing was sent: the others go on, and this one is tried again
        logger.exception("outbox.not_composed", kind=item.kind, item=item.sk)
        repo.release(scope, item)
        return None
    if letter is None:
        repo.forget(scope, item)
    return letter


def _refused(scope: ImportScope, item: OutboxItem, kind: OutboxKind, error: MailRefusedError, now: datetime) -> None:
    if not error.for_good:
        repo.release(scope, item)
        return
    kind.refused(scope, item.payload)
    repo.set_aside(scope, item, "dropped", detail=str(error), now=now)


def _give_up(scope: ImportScope, item: OutboxItem, kind: OutboxKind, now: datetime) -> None:
    if repo.set_aside(scope, item, "uncertain", detail="no answer from the mail service", now=now):
        logger.error("mail.uncertain", kind=item.kind, item=item.sk)
        kind.uncertain(scope, item.payload)


def _is_overdue(item: OutboxItem, now: datetime) -> bool:
    return bool(item.claimed_at) and now - item.claimed_at >= UNCERTAIN_AFTER
