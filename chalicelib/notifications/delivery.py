"""One item: claim, send, confirm. An event gets one mail at most, and nothing disappears unseen."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from chalicelib.alerts import operations as alerts
from chalicelib.alerts import queries as preferences
from chalicelib.alerts.kinds import BY_NAME, AlertChannel
from chalicelib.alerts.model import Alert, Entry
from chalicelib.customers import queries as customers
from chalicelib.customers import unsubscribing
from chalicelib.dealers.staff import queries as staff
from chalicelib.dealers.staff_mails import operations as staff_mails
from chalicelib.kernel.errors import BusyError, ConflictError, PortalError
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import ImportScope, TenantScope
from chalicelib.mail.sender import MailRefusedError
from chalicelib.mail.texts import TextMessage
from chalicelib.notifications import alert_texts
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.handlers import (
    ComposedMail,
    Handler,
    MailHandler,
    NotYetError,
    OutboxScope,
    Step,
    repeatable_ids,
)
from chalicelib.observability import logger
from chalicelib.store import outbox
from chalicelib.store.outbox import OutboxItem, OutboxState

UNCERTAIN_AFTER = timedelta(minutes=10)

AnyMail = MailHandler[Any]


class Outcome(Enum):
    """What became of an item. GONE: without a mail. KEPT: it waits, or is another's. BUSY: the mail service is."""

    DONE = "done"
    GONE = "gone"
    KEPT = "kept"
    BUSY = "busy"


def deliver(scope: OutboxScope, item: OutboxItem, handler: Handler, *, deps: MailDeps) -> Outcome:
    """Do what an item asks for. Raises nothing of its kind's: what fails is logged, and waits or is set aside.

    A claim that was not confirmed within 10 minutes is uncertain: the mail may be out, so it is never sent again.
    """
    try:
        if isinstance(handler, Step):
            handler.run(scope, item)
            return Outcome.DONE if outbox.confirm(scope, item) else Outcome.KEPT
        # Tested control: mail-claimed-first
        if item.state is OutboxState.CLAIMED:
            return _expire_claim(scope, item, handler, deps.clock())
        claimed = outbox.claim(scope, item, deps.clock())
        return _send(scope, claimed, handler, deps) if claimed else Outcome.KEPT
    except ConflictError:  # another worker does the same at this moment, or somebody changed what it is about
        logger.warning("outbox.item_overtaken", kind=item.kind, item=item.item_id)
        return postpone(scope, item, deps.clock()) if isinstance(handler, Step) else Outcome.KEPT
    except Exception:  # noqa: BLE001 - the other items go on, and this one waits
        logger.exception("outbox.item_failed", kind=item.kind, item=item.item_id)
        return postpone(scope, item, deps.clock()) if isinstance(handler, Step) else Outcome.KEPT


def postpone(scope: OutboxScope, item: OutboxItem, now: datetime) -> Outcome:
    """It failed, and is tried again: a few times at once, then ever later, whatever it fails of."""
    try:
        outbox.postpone(scope, item, now)
    except Exception:  # noqa: BLE001 - it is tried again the sooner
        logger.exception("outbox.not_postponed", kind=item.kind, item=item.item_id)
    return Outcome.KEPT


def _send(scope: OutboxScope, item: OutboxItem, handler: AnyMail, deps: MailDeps) -> Outcome:
    try:
        composed = _as_chosen(scope, item, handler.compose(scope, item, deps=deps), deps)
    except NotYetError as error:
        outbox.defer(scope, item, error.until)
        return Outcome.KEPT
    except BusyError:
        logger.warning("outbox.busy", kind=item.kind, item=item.item_id)
        outbox.release(scope, item)
        return Outcome.KEPT
    except PortalError as error:
        logger.warning("outbox.dropped", kind=item.kind, item=item.item_id, reason=error.message)
        return _refuse(scope, item, handler, error.message, deps.clock())
    except Exception:  # noqa: BLE001 - nothing was sent: it is tried again
        logger.exception("outbox.not_composed", kind=item.kind, item=item.item_id)
        return postpone(scope, item, deps.clock())
    if composed is None:
        outbox.confirm(scope, item)
        return Outcome.GONE
    return _post(scope, item, handler, composed, deps)


def _as_chosen(
    scope: OutboxScope, item: OutboxItem, composed: ComposedMail | None, deps: MailDeps
) -> ComposedMail | None:
    """The mail, with the way to unsubscribe from it; None where its reader wants none of the kind.

    It is shown in the portal too, where they want that. Done again, that changes nothing.
    """
    if composed is None or not isinstance(scope, ImportScope):
        return composed
    if composed.staff_event:
        return _as_staff_chose(scope, composed, deps)
    if not composed.alerts:
        return composed
    alert, mail = composed.alerts[0], composed.mail
    users = customers.readers_of_account(scope, alert.account_ref, alert.era)
    reader = next((user.person_id for user in users if user.email == mail.to), None)
    if reader is None or isinstance(mail, TextMessage):
        return composed
    kind = BY_NAME[alert.kind]
    given = customers.readers_of_account(scope, alert.account_ref, alert.era, kind.area) if kind.area else users
    if reader not in {user.person_id for user in given}:
        return None
    channels = preferences.channels(scope, reader, kind)
    if AlertChannel.PORTAL in channels:
        for entry in _entries(item, composed.alerts):
            alerts.add(scope, entry, person_id=reader)
    # Tested control: texts-as-chosen
    if AlertChannel.SMS in channels:
        alert_texts.queue(scope, item, composed, person_id=reader, deps=deps)
    # Tested control: mails-as-chosen
    if AlertChannel.EMAIL not in channels:
        return None
    secret = unsubscribing.new_secret(scope, kind, person_id=reader, now=deps.clock(), ids=deps.ids)
    return replace(composed, mail=replace(mail, unsubscribe=deps.link(f"/unsubscribe/{secret}")))


def _as_staff_chose(scope: ImportScope, composed: ComposedMail, deps: MailDeps) -> ComposedMail | None:
    """The same of a mail to one of the staff; None too where they work there no more."""
    mail, name = composed.mail, composed.staff_event
    reader = next((one.person_id for one in staff.joined(scope) if one.email == mail.to), None)
    # Tested control: staff-mails-as-chosen
    if reader is None or isinstance(mail, TextMessage) or not staff_mails.is_mailed(scope, name, person_id=reader):
        return None
    secret = unsubscribing.new_staff_secret(scope, name, person_id=reader, now=deps.clock(), ids=deps.ids)
    return replace(composed, mail=replace(mail, unsubscribe=deps.link(f"/unsubscribe/{secret}")))


def _entries(item: OutboxItem, shown: Sequence[Alert]) -> Iterator[Entry]:
    """Each with an id that comes out the same when this item is done again."""
    for number, alert in enumerate(shown):
        ids = repeatable_ids(item, about=alert.account_ref)
        yield Entry(ids.ulid(item.queued_at) if number else item.item_id, alert)


def _post(scope: OutboxScope, item: OutboxItem, handler: AnyMail, composed: ComposedMail, deps: MailDeps) -> Outcome:
    try:
        if isinstance(composed.mail, TextMessage):
            deps.texts.send(composed.mail)
        else:
            tags = {**tags_of(scope, item), **composed.tags}
            deps.sender.send(replace(composed.mail, about=tags))
    except MailRefusedError as error:
        logger.warning("mail.refused", kind=item.kind, item=item.item_id, reason=str(error))
        if error.for_good:
            return _refuse(scope, item, handler, str(error), deps.clock())
        outbox.release(scope, item)
        return Outcome.BUSY
    except Exception:  # noqa: BLE001 - after a time-out the mail may be out: the claim stays, and becomes uncertain
        logger.exception("mail.unconfirmed", kind=item.kind, item=item.item_id)
        return Outcome.KEPT
    composed.on_sent(deps.clock())
    outbox.confirm(scope, item)
    return Outcome.DONE


def tags_of(scope: OutboxScope, item: OutboxItem) -> dict[str, str]:
    """What SES says of a mail that bounced: which it was, and whose."""
    about = {"kind": item.kind, "item": item.item_id}
    if isinstance(scope, TenantScope):
        about["dealer"] = scope.dealer_id
    if account_ref := item.payload.get("account_ref"):
        about["account"] = link_part(account_ref)
    if person_id := item.payload.get("person_id"):
        about["person"] = person_id
    return about


def _refuse(scope: OutboxScope, item: OutboxItem, handler: AnyMail, detail: str, now: datetime) -> Outcome:
    handler.refused(scope, item, now=now)
    _confirm_or_park(scope, item, handler, OutboxState.DROPPED, detail, now)
    return Outcome.GONE


def _expire_claim(scope: OutboxScope, item: OutboxItem, handler: AnyMail, now: datetime) -> Outcome:
    """Park an item whose claim was not confirmed in time; one claimed just now is left to its worker."""
    if item.claimed_at is None or now - item.claimed_at < UNCERTAIN_AFTER:
        return Outcome.KEPT
    if not _confirm_or_park(scope, item, handler, OutboxState.UNCERTAIN, "no answer from the mail service", now):
        return Outcome.KEPT
    logger.error("mail.uncertain", kind=item.kind, item=item.item_id)
    handler.uncertain(scope, item)
    return Outcome.GONE


def _confirm_or_park(
    scope: OutboxScope, item: OutboxItem, handler: AnyMail, state: OutboxState, detail: str, now: datetime
) -> bool:
    if not handler.parks:
        return outbox.confirm(scope, item)
    return outbox.park(scope, item, state, detail=detail, now=now)
