"""What Amazon SES says of a mail that it has received: who sent it, whether that is true, and what it found in it."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.replies.parsing import one_address

MAX_RECIPIENTS = 10


class _Part(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", hide_input_in_errors=True, frozen=True)


class _Header(_Part):
    name: str
    value: str


class _CommonHeaders(_Part):
    sender: tuple[str, ...] = Field(default=(), alias="from")


class _Mail(_Part):
    mail_id: Annotated[str, Field(alias="messageId", pattern=r"^[A-Za-z0-9._-]{1,100}$")]
    timestamp: datetime
    envelope_sender: str = Field(default="", alias="source")
    headers: tuple[_Header, ...] = ()
    common: _CommonHeaders = Field(default=_CommonHeaders(), alias="commonHeaders")


class _Verdict(_Part):
    status: str = ""

    @property
    def passed(self) -> bool:
        return self.status == "PASS"


_NONE = _Verdict()


class _Facts(_Part):
    recipients: tuple[str, ...] = ()
    spam: _Verdict = Field(default=_NONE, alias="spamVerdict")
    virus: _Verdict = Field(default=_NONE, alias="virusVerdict")
    spf: _Verdict = Field(default=_NONE, alias="spfVerdict")
    dmarc: _Verdict = Field(default=_NONE, alias="dmarcVerdict")


class Receipt(_Part):
    """https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html."""

    kind: Literal["Received"] = Field(alias="notificationType")
    mail: _Mail
    receipt: _Facts

    @property
    def mail_id(self) -> str:
        """Names it, also its object."""
        return self.mail.mail_id

    @property
    def recipients(self) -> tuple[str, ...]:
        """Those that it was delivered to here, not those that it names."""
        return tuple(dict.fromkeys(one.lower() for one in self.receipt.recipients))[:MAX_RECIPIENTS]

    @property
    def sender(self) -> str:
        """The address in its only From; empty where there is not just one.

        Of several headers SES names one in `commonHeaders`, and a program that reads mail may show another.
        """
        named = sum(one.name.strip().lower() == "from" for one in self.mail.headers)
        # Tested control: reply-one-from
        return one_address(self.mail.common.sender) if named <= 1 else ""

    @property
    def is_clean(self) -> bool:
        """Scanned and without a virus, and not found to be spam.

        What SES could not scan is not clean. What it could not judge to be spam or not (GRAY) is: that it comes from
        somebody who was written to is asked beside this.
        """
        # Tested control: reply-verdicts
        return self.receipt.spam.status != "FAIL" and self.receipt.virus.passed

    @property
    def is_genuine(self) -> bool:
        """Whether it surely comes from the domain of its sender.

        By DMARC; of a domain that has no such policy by SPF, where the mail also bounces to that domain. DKIM alone
        says nothing here: SES does not tell whose signature it is.
        """
        # Tested control: reply-sender-genuine
        if self.receipt.dmarc.passed:
            return True
        own, returned = _domain(self.sender), _domain(self.mail.envelope_sender)
        return self.receipt.dmarc.status == "GRAY" and self.receipt.spf.passed and own != "" and own == returned

    def headers(self) -> Iterator[tuple[str, str]]:
        """Those that SES reports, at least the first."""
        return ((one.name, one.value) for one in self.mail.headers)


def receipt_of(text: str) -> Receipt:
    """Raises ValueError for what is not said of a mail that was received."""
    return Receipt.model_validate_json(text)


def _domain(address: str) -> str:
    return re.sub(r"^.*@", "", address.strip().lower()) if "@" in address else ""
