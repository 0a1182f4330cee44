"""Sending one mail: the port, Amazon's adapter and the recording one."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Any, Protocol

from botocore.exceptions import ClientError

from chalicelib.observability import redact
from chalicelib.store.clients import client

_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@]+@[^\s<>,;:\"()\[\]\\@]+")
_THEIR_FAULT = 500
_REFUSED_FOR_GOOD = frozenset({"MessageRejected", "InvalidParameterValue"})


class MailRefusedError(Exception):
    """The mail was surely not sent. `for_good`: nor will it ever be, to this address."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(redact(reason))  # libraries and providers quote the address
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person. `from_name` and `reply_to` are the dealer's; the sender's address is the portal's.

    `about` comes back when the mail bounces: names and values of A-Z, a-z, 0-9, - and _. `unsubscribe` is the address
    by which its reader gets no more of its kind.
    """

    to: str
    subject: str
    text: str
    html: str
    from_name: str = ""
    reply_to: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    unsubscribe: str = ""


@contextmanager
def refusals_of(for_good: Collection[str]) -> Iterator[None]:
    """A provider's refusal, of which nothing went out, is a MailRefusedError; `for_good`: the codes that stay so."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _THEIR_FAULT:
            raise  # it may have gone out
        raise MailRefusedError(code, for_good=code in for_good) from error


class MailSender(Protocol):
    """Sends a mail."""

    def send(self, mail: Mail) -> str:
        """The provider's id of the mail. Raises MailRefusedError; any other error means that nobody knows."""


@dataclass(frozen=True, slots=True)
class SesSender:
    """Amazon SES. `configuration_set` may be empty."""

    mail_from: str
    configuration_set: str = ""

    def send(self, mail: Mail) -> str:
        """One attempt, never repeated here: a lost answer would send it twice."""
        more: Any = {"ConfigurationSetName": self.configuration_set} if self.configuration_set else {}
        more["Tags"] = [{"Name": name, "Value": value} for name, value in mail.about.items()]
        raw = raw_mail(mail, mail_from=self.mail_from)
        with refusals_of(_REFUSED_FOR_GOOD):
            answer = client("ses").send_raw_email(Destinations=[mail.to], RawMessage={"Data": raw}, **more)
        return answer["MessageId"]


@dataclass(slots=True)
class RecordingSender:
    """Keeps what would have been sent, as raw mails too. `failures` are raised first, one a mail."""

    mail_from: str = "Customer Connect <portal@customer-connect.example>"
    sent: list[Mail] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def send(self, mail: Mail) -> str:
        """Record it."""
        if self.failures:
            raise self.failures.pop(0)
        self.raw.append(raw_mail(mail, mail_from=self.mail_from))
        self.sent.append(mail)
        return f"recorded-{len(self.sent)}"


def raw_mail(mail: Mail, *, mail_from: str) -> bytes:
    """The mail as sent: text and HTML. A line break in a header is refused with MailRefusedError (threat 19)."""
    name, address = parseaddr(mail_from)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(_one_line(mail.from_name or name), addr_spec=address)
        # Tested control: mail-one-address
        message["To"] = Address(addr_spec=_one_address(mail.to))
        if mail.reply_to:
            message["Reply-To"] = Address(_one_line(mail.from_name), addr_spec=_one_address(mail.reply_to))
        message["Subject"] = _one_line(mail.subject)
        head = _unsubscribe_headers(mail.unsubscribe) if mail.unsubscribe else b""
    except (ValueError, MessageError) as error:
        raise MailRefusedError(str(error), for_good=True) from error
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return head + message.as_bytes()


def _unsubscribe_headers(address: str) -> bytes:
    """One click, as https://www.rfc-editor.org/rfc/rfc8058 has it.

    Written by hand: the library encodes an address that is longer than a line of its own, and nobody could follow it.
    """
    lines = f"List-Unsubscribe: <{_one_line(address)}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _one_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("not one email address")
    return _one_line(text)


def _one_line(text: str) -> str:
    # Tested control: mail-header-one-line
    if any(not c.isprintable() for c in text):
        raise ValueError("a control character in a header")
    return text
