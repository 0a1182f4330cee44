"""What is done with a mail to an address for answers: its words and files are added to the one thread, or are not.

Words in it change nothing else. Everything here may happen twice: a mail counts once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cached_property
from hashlib import sha256

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Module
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, ImportScope, MailScope
from chalicelib.messages import attachments, operations, staff_operations
from chalicelib.messages.staff_operations import UnseenMessageError
from chalicelib.observability import Refusal, logger, refused
from chalicelib.replies import repo
from chalicelib.replies.addresses import live_address
from chalicelib.replies.model import MAX_MAIL_BYTES, MAX_NAMES, Progress, Reason, Received, ReplyAddress
from chalicelib.replies.parsing import UNREADABLE, Answer, MailFile, is_automatic, read_mail
from chalicelib.replies.people import Writer, writer
from chalicelib.replies.receipt import Receipt
from chalicelib.store import received_mails
from chalicelib.store.outbox import outbox_item
from chalicelib.store.received_mails import TooLargeError
from chalicelib.store.record import Record
from chalicelib.store.transactions import TransactionRefusedError, retry_when_refused
from chalicelib.uploads import attaching
from chalicelib.uploads.attached_file import MAX_ATTACHED_BYTES, UNNAMED
from chalicelib.uploads.model import FileState, FileType
from chalicelib.uploads.operations import clean_name

NOT_ADDED = "reply_not_added"
"""The mail to the person whose answer was not added, or not all of it."""
_EXTENSIONS = frozenset({*(kind.value for kind in FileType), "jpeg"})


class Outcome(Enum):
    """What became of a mail. NOT_ADDED: its person is told; DROPPED: nobody is."""

    ADDED = "added"
    NOT_ADDED = "not_added"
    DROPPED = "dropped"
    REPEATED = "repeated"


@dataclass(frozen=True)
class ReceivedMail:
    """A mail of which SES has told. It is read when it is first asked for, and once, to however many addresses."""

    receipt: Receipt

    @cached_property
    def answer(self) -> Answer:
        """Raises NotFoundError where it is gone, and TooLargeError."""
        raw = received_mails.read(MailScope(), self.receipt.mail_id, max_bytes=MAX_MAIL_BYTES)
        return read_mail(raw) if raw else UNREADABLE


@dataclass(frozen=True, slots=True)
class _Case:
    """One mail to one address."""

    scope: ImportScope
    received: ReceivedMail
    address: ReplyAddress
    writer: Writer
    known: Received
    now: datetime
    ids: Ids

    def at(self, progress: Progress) -> "_Case":
        """Once it was dealt with so far."""
        return replace(self, known=replace(self.known, progress=progress, version=self.known.version + 1))

    def mark(self, progress: Progress) -> Record:
        """For the transaction of what it does: how far it was dealt with then."""
        return repo.record_of(self.scope, replace(self.known, progress=progress))

    def mail(self, reason: Reason, names: list[str] | None = None) -> Record:
        """To their own address, never to the one that it came from."""
        is_customer = isinstance(self.writer.scope, CustomerScope)
        payload = {
            "account_ref" if is_customer else "of_account": self.address.account_ref,
            "thread_id": self.address.thread_id,
            "writer": self.address.person_id,
            "email": self.writer.email,
            "reason": reason.value,
            "names": (names or [])[:MAX_NAMES],
        }
        return outbox_item(self.scope, kind=NOT_ADDED, payload=payload, now=self.now, ids=self.ids)


def receive(
    scope: ImportScope, mail: ReceivedMail, secret: str, *, own_address: str, now: datetime, ids: Ids
) -> Outcome:
    """Deal with a mail that came to the address with this secret. Callers notify the outbox.

    Raises ConflictError where it is to be tried again, and NotFoundError where the mail itself is gone.
    """
    receipt, address = mail.receipt, live_address(scope, secret, now=now)
    found = _writer(scope, address) if address else None
    if address is None or found is None:
        return _dropped(scope, "address")
    if not receipt.is_clean:
        return _dropped(scope, "verdict")
    if is_automatic(receipt.headers()) or comparable_email(receipt.sender) == comparable_email(own_address):
        return _dropped(scope, "automatic")
    try:
        known = _counted(scope, address, receipt.mail_id, now)
    except TooManyError:
        return _dropped(scope, "limit")
    if known.progress is Progress.COMPLETE:
        return Outcome.REPEATED
    case = _Case(scope, mail, address, found, known, now, ids)
    return _begin(case) if known.progress is Progress.COUNTED else _add_files(case, mail.answer.files)


def _counted(scope: ImportScope, address: ReplyAddress, mail_id: str, now: datetime) -> Received:
    """What is known of the mail, which counts before it is opened: one that breaks its reader counts too."""
    new = Received(
        mail_id=mail_id,
        account_ref=address.account_ref,
        thread_id=address.thread_id,
        person_id=address.person_id,
        at=now,
    )

    def change() -> Received:
        return repo.received(scope, new) or repo.count(scope, new)

    return retry_when_refused(change)


def _writer(scope: ImportScope, address: ReplyAddress) -> Writer | None:
    return writer(
        scope,
        account_ref=address.account_ref,
        thread_id=address.thread_id,
        person_id=address.person_id,
        side=address.side,
    )


def _begin(case: _Case) -> Outcome:
    reason = _refusal(case)
    if reason:
        return _not_added(case, reason)
    try:
        answer = case.received.answer
    except TooLargeError:
        return _not_added(case, Reason.TOO_LARGE)
    if answer.is_automatic:
        return _dropped(case.scope, "automatic")
    if not answer.is_readable:
        return _not_added(case, Reason.UNREADABLE)
    if not answer.text and not answer.files:
        return _not_added(case, Reason.EMPTY)
    progress = Progress.WORDS if answer.files else Progress.COMPLETE
    if answer.text:
        if reason := _write(case, answer.text, lambda: [case.mark(progress)]):
            return _not_added(case, reason)
    else:
        repo.put(case.scope, [case.mark(progress)])
    logger.info("reply.added", files=len(answer.files))
    return _add_files(case.at(progress), answer.files) if answer.files else Outcome.ADDED


def _refusal(case: _Case) -> Reason | None:
    """What is seen before the mail is opened."""
    receipt = case.received.receipt
    is_own = comparable_email(receipt.sender) == comparable_email(case.writer.email)
    # Tested control: reply-from-own-address
    if not is_own or not receipt.is_genuine:
        return Reason.SENDER
    dealer = dealers.dealer(case.scope)
    return Reason.UNAVAILABLE if dealer.suspended or Module.MESSAGES not in dealer.modules else None


def _write(case: _Case, text: str, marks: Callable[[], list[Record]]) -> Reason | None:
    """As the form does it: a closed conversation opens."""
    found, now, ids = case.writer, case.now, case.ids
    thread_id = found.thread.thread_id
    try:
        if isinstance(found.scope, CustomerScope):
            operations.write(found.scope, thread_id=thread_id, text=text, now=now, ids=ids, by_mail=marks)
        else:
            ref, seen = found.thread.account_ref, case.address.seen
            staff_operations.answer(
                found.scope, ref=ref, thread_id=thread_id, text=text, seen=seen, now=now, ids=ids, by_mail=marks
            )
    except InvalidError:
        return Reason.TOO_LONG
    except TransactionRefusedError:
        raise
    except UnseenMessageError:
        return Reason.NEWS
    except ConflictError:
        return Reason.FULL
    return None


def _add_files(case: _Case, files: tuple[MailFile, ...]) -> Outcome:
    """Each is announced and sent as the form does it: it is checked and scanned before anybody sees it."""
    left_out = [name for name in _left_out(case, files) if name]
    also = [case.mail(Reason.FILES, left_out)] if left_out else []
    repo.put(case.scope, [case.mark(Progress.COMPLETE), *also])
    return Outcome.ADDED


def _left_out(case: _Case, files: tuple[MailFile, ...]) -> Iterator[str]:
    """Sends them; the names of those that are not taken."""
    for number, file in enumerate(files):
        name = clean_name(file.name) or UNNAMED
        is_taken = number < attaching.MAX_AT_ONCE and _may_be_sent(file, name)
        if not (is_taken and _send(case, number, name, file.data)):
            yield name


def _may_be_sent(file: MailFile, name: str) -> bool:
    return 0 < len(file.data) <= MAX_ATTACHED_BYTES and name.rpartition(".")[2].lower() in _EXTENSIONS


def _send(case: _Case, number: int, name: str, data: bytes) -> bool:
    """Under an id that comes out the same when this mail is dealt with again."""
    known, scope, owner = case.known, case.writer.scope, attachments.owner_of(case.writer.thread)
    seed = sha256(f"{known.mail_id} {known.thread_id} {number}".encode()).digest()
    ids = Ids(random_bytes=lambda n: seed[:n])
    try:
        file = attaching.attachment(scope, owner, ids.ulid(known.at))
    except NotFoundError:
        maximum = dealers.dealer(case.scope).daily_files
        try:
            file = attaching.begin_attachment(scope, owner, name=name, maximum=maximum, now=known.at, ids=ids)
        except TransactionRefusedError:
            raise
        except (ConflictError, TooManyError):
            return False
    if file.state is FileState.BEGUN:
        attaching.put_content(scope, file, data)
    return True


def _not_added(case: _Case, reason: Reason) -> Outcome:
    repo.put(case.scope, [case.mark(Progress.COMPLETE), case.mail(reason)])
    logger.info("reply.not_added", why=reason.value)
    return Outcome.NOT_ADDED


def _dropped(scope: ImportScope, why: str) -> Outcome:
    """Without an answer: a mail to somebody who has sent none would be spam of ours."""
    logger.info("reply.dropped", why=why)
    refused(Refusal.REPLY, dealer=scope.dealer_id)
    return Outcome.DROPPED
