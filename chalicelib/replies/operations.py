"""What is done with a mail to an address for answers: its words and files are added to the one thread, or are not.

Words in it change nothing else. Everything here may happen twice: a mail counts once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from functools import partial
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
from chalicelib.replies.model import MAX_MAIL_BYTES, MAX_NAMES, Reason, Received, ReplyAddress
from chalicelib.replies.parsing import UNREADABLE, Answer, MailFile, is_automatic, read_mail
from chalicelib.replies.people import Writer, writer
from chalicelib.replies.receipt import Receipt
from chalicelib.store import received_mails
from chalicelib.store.outbox import outbox_item
from chalicelib.store.received_mails import TooLargeError
from chalicelib.store.record import Record
from chalicelib.store.transactions import TransactionRefusedError
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


@dataclass(frozen=True, slots=True)
class _Case:
    """One mail to one address."""

    scope: ImportScope
    receipt: Receipt
    address: ReplyAddress
    writer: Writer
    now: datetime
    ids: Ids

    @property
    def received(self) -> Received:
        """What is kept once it was dealt with whole."""
        return Received(
            mail_id=self.receipt.mail_id,
            account_ref=self.address.account_ref,
            thread_id=self.address.thread_id,
            person_id=self.address.person_id,
            at=self.now,
            is_complete=True,
        )

    def marks(self, *, is_complete: bool) -> tuple[Record, ...]:
        """For the transaction of what it does. Raises TooManyError where the person's of the day are used up."""
        found = repo.marks(self.scope, replace(self.received, is_complete=is_complete))
        if found is None:
            raise TooManyError("", retry_after=0)
        return found

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


def receive(scope: ImportScope, receipt: Receipt, secret: str, *, own_address: str, now: datetime, ids: Ids) -> Outcome:
    """Deal with a mail that came to the address with this secret. Callers notify the outbox.

    Raises ConflictError where it is to be tried again, and NotFoundError where the mail itself is gone.
    """
    address = live_address(scope, secret, now=now)
    found = _writer(scope, address) if address else None
    if address is None or found is None:
        return _dropped(scope, "address")
    if not receipt.is_clean:
        return _dropped(scope, "verdict")
    if is_automatic(receipt.headers()) or comparable_email(receipt.sender) == comparable_email(own_address):
        return _dropped(scope, "automatic")
    case = _Case(scope, receipt, address, found, now, ids)
    known = repo.received(scope, case.received)
    if known and known.is_complete:
        return Outcome.REPEATED
    try:
        return _go_on(case, known) if known else _begin(case)
    except TooManyError:
        return _dropped(scope, "limit")


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
        answer = _read(case)
    except TooLargeError:
        return _not_added(case, Reason.TOO_LARGE)
    if answer.is_automatic:
        return _dropped(case.scope, "automatic")
    if not answer.is_readable:
        return _not_added(case, Reason.UNREADABLE)
    if not answer.text and not answer.files:
        return _not_added(case, Reason.EMPTY)
    marks = partial(case.marks, is_complete=not answer.files)
    if answer.text:
        if reason := _write(case, answer.text, marks):
            return _not_added(case, reason)
    else:
        repo.put(case.scope, marks())
    logger.info("reply.added", files=len(answer.files))
    return _add_files(case, replace(case.received, is_complete=False), answer.files) if answer.files else Outcome.ADDED


def _go_on(case: _Case, known: Received) -> Outcome:
    """Its words were added by a call that came no further."""
    try:
        files = _read(case).files
    except TooLargeError:
        files = ()
    return _add_files(case, known, files)


def _refusal(case: _Case) -> Reason | None:
    """What is seen before the mail is opened."""
    is_own = comparable_email(case.receipt.sender) == comparable_email(case.writer.email)
    # Tested control: reply-from-own-address
    if not is_own or not case.receipt.is_genuine:
        return Reason.SENDER
    dealer = dealers.dealer(case.scope)
    return Reason.UNAVAILABLE if dealer.suspended or Module.MESSAGES not in dealer.modules else None


def _read(case: _Case) -> Answer:
    raw = received_mails.read(MailScope(), case.receipt.mail_id, max_bytes=MAX_MAIL_BYTES)
    return read_mail(raw) if raw else UNREADABLE


def _write(case: _Case, text: str, marks: "partial[tuple[Record, ...]]") -> Reason | None:
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


def _add_files(case: _Case, known: Received, files: tuple[MailFile, ...]) -> Outcome:
    """Each is announced and sent as the form does it: it is checked and scanned before anybody sees it."""
    left_out = [name for name in _left_out(case, known, files) if name]
    also = [case.mail(Reason.FILES, left_out)] if left_out else []
    repo.complete(case.scope, replace(known, is_complete=True), also=also)
    return Outcome.ADDED


def _left_out(case: _Case, known: Received, files: tuple[MailFile, ...]) -> Iterator[str]:
    """Sends them; the names of those that are not taken."""
    for number, file in enumerate(files):
        name = clean_name(file.name) or UNNAMED
        is_taken = number < attaching.MAX_AT_ONCE and _may_be_sent(file, name)
        if not (is_taken and _send(case, known, number, name, file.data)):
            yield name


def _may_be_sent(file: MailFile, name: str) -> bool:
    return 0 < len(file.data) <= MAX_ATTACHED_BYTES and name.rpartition(".")[2].lower() in _EXTENSIONS


def _send(case: _Case, known: Received, number: int, name: str, data: bytes) -> bool:
    """Under an id that comes out the same when this mail is dealt with again."""
    scope, owner = case.writer.scope, attachments.owner_of(case.writer.thread)
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
    repo.put(case.scope, (*case.marks(is_complete=True), case.mail(reason)))
    logger.info("reply.not_added", why=reason.value)
    return Outcome.NOT_ADDED


def _dropped(scope: ImportScope, why: str) -> Outcome:
    """Without an answer: a mail to somebody who has sent none would be spam of ours."""
    logger.info("reply.dropped", why=why)
    refused(Refusal.REPLY, dealer=scope.dealer_id)
    return Outcome.DROPPED
