"""Mails to addresses for answers, and what SES says of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from chalicelib import settings
from chalicelib.kernel.ids import Ids
from chalicelib.messages.model import Side, Thread
from chalicelib.replies.addresses import new_address
from chalicelib.replies.model import parts_of
from chalicelib.replies.operations import Outcome, ReceivedMail, receive
from chalicelib.replies.receipt import receipt_of
from tests.fixtures.cast import Dealership, Member
from tests.fixtures.worlds import World

DOMAIN = "reply.customer-connect.example"
OWN = "portal@customer-connect.example"
PASS = {"status": "PASS"}


def mail(text: str = "It came today, thank you.", *, html: str = "", files: Mapping[str, bytes] | None = None) -> bytes:
    """As a mail program writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "A. L. Barlow <barlow@postgate.example>"
    message["Subject"] = "Re: The dealer has answered"
    if text:
        message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html") if text else message.set_content(html, subtype="html")
    for name, data in (files or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def told(
    to: str,
    sender: str,
    *,
    mail_id: str = "o3vrnil0e2ic28tr",
    headers: Mapping[str, str] | None = None,
    **verdicts: str,
) -> str:
    """The notification of SES. `verdicts`: spam, virus, spf, dmarc."""
    named = {"spam": "PASS", "virus": "PASS", "spf": "PASS", "dkim": "PASS", "dmarc": "PASS"} | verdicts
    receipt: dict[str, Any] = {f"{name}Verdict": {"status": status} for name, status in named.items()}
    return json.dumps(
        {
            "notificationType": "Received",
            "mail": {
                "timestamp": "2024-06-05T09:00:00.000Z",
                "source": sender,
                "messageId": mail_id,
                "destination": [to],
                "headersTruncated": False,
                "headers": [{"name": name, "value": value} for name, value in (headers or {}).items()],
                "commonHeaders": {"from": [f"Somebody <{sender}>"], "to": [to]},
            },
            "receipt": {
                **receipt,
                "recipients": [to],
                "action": {"type": "S3", "bucketName": "b", "objectKey": f"mail/{mail_id}"},
            },
        }
    )


@dataclass
class Correspondence:
    """Mails about one thread, between the dealer's portal and a member of the cast."""

    aws: World
    dealership: Dealership
    thread: Thread
    now: datetime
    ids: Ids
    addresses: dict[str, str] = field(default_factory=dict)

    def address(self, member: Member, side: Side = Side.CUSTOMER, *, thread: Thread | None = None) -> str:
        """As a mail to them has it now."""
        about = thread or self.thread
        return new_address(
            self.dealership.scope,
            about,
            person_id=member.person_id,
            side=side,
            seen=about.shown_id,
            domain=DOMAIN,
            now=self.now,
            ids=self.ids,
        )

    def came(
        self, to: str, sender: str, raw: bytes | None = None, *, now: datetime | None = None, **told_as: Any
    ) -> Outcome:
        """What becomes of it."""
        receipt = receipt_of(told(to, sender, **told_as))
        bucket = settings.load().quarantine_bucket
        self.aws.root("s3").put_object(
            Bucket=bucket, Key=f"mail/{receipt.mail_id}", Body=mail() if raw is None else raw
        )
        parts = parts_of(to, DOMAIN)
        assert parts
        return receive(
            self.dealership.import_scope,
            ReceivedMail(receipt),
            parts.secret,
            own_address=OWN,
            now=now or self.now,
            ids=self.ids,
        )
