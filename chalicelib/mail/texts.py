"""Sending one text message: the port, Amazon's adapter and the recording one."""

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import ClientError

from chalicelib.mail.sender import MailRefusedError, refusals_of
from chalicelib.observability import logger
from chalicelib.store.clients import client

MAX_SEPTETS, MAX_UTF16_UNITS = 160, 70
"""What one message takes: in the alphabet of GSM, and in UTF-16, which one character outside that alphabet asks for.
"""
MAX_TWO_PART_UTF16_UNITS = 2 * 67
"""What two that a phone joins take, each of which begins with how they belong together.

https://www.etsi.org/deliver/etsi_ts/123000_123099/123038/17.00.00_60/ts_123038v170000p.pdf
"""
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Two septets each."""
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_REFUSED_FOR_GOOD = frozenset({"InvalidParameter", "InvalidParameterValue", "OptedOut"})


@dataclass(frozen=True, slots=True)
class TextMessage:
    """One text message to one number, in E.164. `may_be_two`: outside the alphabet of GSM it may take two parts."""

    to: str
    text: str
    may_be_two: bool = False


def is_one_part(text: str) -> bool:
    """Whether a message with this text is charged once."""
    if _is_gsm(text):
        return len(text) + sum(character in _GSM_EXTENSION for character in text) <= MAX_SEPTETS
    return _utf16_units(text) <= MAX_UTF16_UNITS


def is_short(text: str) -> bool:
    """Whether a message with this text takes 160 characters of GSM, or else two parts at most."""
    return is_one_part(text) or (not _is_gsm(text) and _utf16_units(text) <= MAX_TWO_PART_UTF16_UNITS)


def _is_gsm(text: str) -> bool:
    return _GSM.union(_GSM_EXTENSION).issuperset(text)


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-be")) // 2


class TextSender(Protocol):
    """Sends a text message."""

    def send(self, message: TextMessage) -> str:
        """The provider's id of it. Raises MailRefusedError; any other error means that nobody knows."""

    def is_opted_out(self, number: str) -> bool:
        """Whether whose number it is has answered STOP, so that nothing reaches it. False where that is not known."""


@dataclass(frozen=True, slots=True)
class SnsSender:
    """Amazon SNS. `sender_id` may be empty: some countries know none, others want one that is registered."""

    sender_id: str = ""

    def send(self, message: TextMessage) -> str:
        """One attempt, never repeated here: a lost answer would send it twice."""
        checked = _checked(message)
        # https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
        attributes: Any = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
        if self.sender_id:
            attributes["AWS.SNS.SMS.SenderID"] = {"DataType": "String", "StringValue": self.sender_id}
        with refusals_of(_REFUSED_FOR_GOOD):
            answer = client("sns").publish(PhoneNumber=checked.to, Message=checked.text, MessageAttributes=attributes)
        return answer["MessageId"]

    def is_opted_out(self, number: str) -> bool:
        """Asked for, since SNS takes a message to such a number, and only its log says that none was delivered.

        https://docs.aws.amazon.com/sns/latest/api/API_CheckIfPhoneNumberIsOptedOut.html
        """
        try:
            return client("sns").check_if_phone_number_is_opted_out(phoneNumber=number)["isOptedOut"]
        except ClientError as error:  # the message is sent all the same: a number that is opted out gets none
            logger.warning("text.opt_out_unknown", reason=error.response["Error"]["Code"])
            return False


@dataclass(slots=True)
class RecordingTextSender:
    """Keeps what would have been sent. `failures` are raised first, one a message; `opted_out` are numbers."""

    sent: list[TextMessage] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    opted_out: set[str] = field(default_factory=set)

    def send(self, message: TextMessage) -> str:
        """Record it."""
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(_checked(message))
        return f"recorded-{len(self.sent)}"

    def is_opted_out(self, number: str) -> bool:
        """As the test says."""
        return number in self.opted_out


def _checked(message: TextMessage) -> TextMessage:
    """SNS takes a topic for a number too, and sells a long message by its parts: both are refused here."""
    # Tested control: text-to-one-number
    if not _E164.fullmatch(message.to):
        raise MailRefusedError("not a number in E.164", for_good=True)
    fits = is_short if message.may_be_two else is_one_part
    if not message.text or not fits(message.text):
        raise MailRefusedError("too long for one message", for_good=True)
    return message
