"""A customer sends a document on and ends it again; its link is made, opened, or cannot be delivered."""

from dataclasses import replace
from datetime import datetime

from chalicelib.customers.enrolment.repo import in_era
from chalicelib.forwarding import queries, repo
from chalicelib.forwarding.model import LIFE, MAX_MESSAGE, Forward, ForwardedDocument, Letter, Sender
from chalicelib.identity import rate_limits
from chalicelib.identity.forward_links import create_forward_link
from chalicelib.identity.model import ForwardTarget
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.emails import normal_email
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.links import holds_link
from chalicelib.kernel.names import name_for_strangers
from chalicelib.kernel.scopes import CustomerScope, IdentityScope, ImportScope, TenantScope
from chalicelib.kernel.texts import visible
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.transactions import refusal_as, retry_when_refused

SENT = "document_forwarded"
"""The kind of the outbox item that has it mailed."""
OF_PERSON, OF_ACCOUNT = Limit("forward.person", 20, DAY), Limit("forward.account", 50, DAY)
OF_DEALER, OF_RECIPIENT = Limit("forward.dealer", 1_000, DAY), Limit("forward.recipient", 10, DAY)
"""The last is of all dealers together: nobody's mailbox is filled."""
VIEWS = Limit("forward.views", 200, DAY)
"""Of one link: what is drawn costs something."""


def send(
    scope: CustomerScope,
    *,
    ref: str,
    account_name: str,
    document: ForwardedDocument,
    letter: Letter,
    sender: Sender,
    now: datetime,
    ids: Ids,
) -> Forward:
    """Have a document mailed to an address as a link. Callers notify the outbox, and have read the document.

    Raises InvalidError on `to` and `message`, TooManyError, NotFoundError for another's account.
    """
    to, said = _checked(letter)
    _consume(scope, ref, to, now)
    era = scope.eras.get(ref, "")
    new = Forward(
        forward_id=ids.ulid(now),
        account_ref=ref,
        account_name=account_name,
        document=document,
        email=to,
        message=said,
        sent_by=scope.person_id,
        sender_name=name_for_strangers(sender.name),
        sender_email=sender.email,
        sent_at=now,
        expires_at=now + LIFE,
        era=era,
    )
    item = outbox_item(
        scope,
        kind=SENT,
        payload={"account_ref": ref, "forward_id": new.forward_id, "email": to},
        now=now,
        ids=ids,
    )
    audit = _audit(scope, new, "forward.sent", actor=scope.person_id, now=now, ids=ids)
    own_era = in_era(scope, ref, era)
    with refusal_as(NotFoundError(), of=own_era):
        return repo.put(scope, new, before=None, writes=(own_era,), also=(audit, item))


def end(scope: CustomerScope, *, ref: str, forward_id: str, now: datetime, ids: Ids) -> Forward:
    """Its link works no more. Repeatable. Raises NotFoundError."""

    def write() -> Forward:
        before = queries.forward(scope, ref, forward_id)
        if before.ended_at:
            return before
        audit = _audit(scope, before, "forward.ended", actor=scope.person_id, now=now, ids=ids)
        return repo.put(scope, replace(before, ended_at=now), before=before, also=(audit,))

    return retry_when_refused(write)


def make_link(scope: ImportScope, *, ref: str, forward_id: str, now: datetime, ids: Ids) -> tuple[Forward, str] | None:
    """The secret of a link, made as its mail is: it is kept nowhere. One in an earlier mail works no more.

    None where it was ended meanwhile, or its sender may not see the document any more.
    """
    secret = ids.secret()

    def write() -> Forward | None:
        try:
            before = queries.forward(scope, ref, forward_id)
            queries.sender_scope(before, scope.dealer_id)
        except NotFoundError:
            return None
        if not before.is_live(now):
            return None
        return repo.put(scope, replace(before, link_hash=secret_hash(secret)), before=before)

    found = retry_when_refused(write)
    if found is None:
        return None
    target = ForwardTarget(scope.dealer_id, ref, forward_id, found.expires_at)
    create_forward_link(IdentityScope(), secret, target)
    return found, secret


def note_view(scope: TenantScope, *, ref: str, forward_id: str, now: datetime, ids: Ids) -> None:
    """Somebody with the link has pressed the button. The first time it is in the trail. Raises TooManyError."""
    rate_limits.consume(IdentityScope(), (Attempt(VIEWS, forward_id),), now=now)

    def write() -> None:
        before = queries.forward(scope, ref, forward_id)
        seen = replace(before, views=before.views + 1, viewed_at=now)
        also = () if before.views else (_audit(scope, before, "forward.opened", actor="mail", now=now, ids=ids),)
        repo.put(scope, seen, before=before, also=also)

    retry_when_refused(write)


def mark_undelivered(scope: ImportScope, *, ref: str, forward_id: str, now: datetime, ids: Ids) -> bool:
    """The address does not work, or its owner wants no mail: its link ends. False where it has ended before."""

    def write() -> bool:
        before = repo.forward(scope, ref, forward_id)
        if before is None or before.undelivered or before.ended_at:
            return False
        audit = _audit(scope, before, "forward.undelivered", actor="mail", now=now, ids=ids)
        repo.put(scope, replace(before, undelivered=True), before=before, also=(audit,))
        return True

    return retry_when_refused(write)


def _checked(letter: Letter) -> Letter:
    errors, to, said = dict[str, str](), "", visible(letter.message)
    try:
        to = normal_email(letter.to)
    except ValueError:
        errors["to"] = _("Enter an email address, like name@example.com")
    # Tested control: forward-message-without-links
    if len(said) > MAX_MESSAGE:
        errors["message"] = _("Write at most %(max)s characters", max=MAX_MESSAGE)
    elif holds_link(said):
        errors["message"] = _(
            "Leave out web addresses, email addresses and the signs < > @. Put a space after each full stop."
        )
    if errors:
        raise InvalidError(next(iter(errors.values())), errors)
    return Letter(to, said)


def _consume(scope: CustomerScope, ref: str, to: str, now: datetime) -> None:
    attempts = (
        Attempt(OF_PERSON, f"{scope.dealer_id}\n{scope.person_id}"),
        Attempt(OF_ACCOUNT, f"{scope.dealer_id}\n{ref}"),
        Attempt(OF_DEALER, scope.dealer_id),
        Attempt(OF_RECIPIENT, to),
    )
    # Tested control: forwards-limited
    rate_limits.consume(IdentityScope(), attempts, now=now)


def _audit(scope: TenantScope, found: Forward, event: str, *, actor: str, now: datetime, ids: Ids) -> AuditRow:
    detail = {
        "forward": found.forward_id,
        "email": found.email,
        "type": found.document.kind,
        "reference": found.document.reference,
    }
    return audit_row(scope, ids=ids, now=now, actor=actor, event=event, subject=found.account_ref, detail=detail)
