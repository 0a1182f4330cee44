"""Stands in for SES's receipt rule: puts a mail into the bucket and reports it to the queue, in SES's words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import compat32
from secrets import token_hex
from typing import Any

from chalicelib.settings import Settings
from chalicelib.store.received_mails import PREFIX
from infra.local.aws import local_client

_PASSED = {"status": "PASS"}


def report(mail_id: str, bucket: str, *, sender: str, recipients: Sequence[str], raw: bytes) -> dict[str, Any]:
    """The notification. Nothing is scanned or verified here: every verdict is the best.

    https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
    """
    headers = [(name, str(value)) for name, value in message_from_bytes(raw, policy=compat32).items()]
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    verdicts = {f"{kind}Verdict": _PASSED for kind in ("spam", "virus", "spf", "dkim", "dmarc")}
    return {
        "notificationType": "Received",
        "mail": {
            "timestamp": now,
            "source": sender,
            "messageId": mail_id,
            "destination": list(recipients),
            "headersTruncated": False,
            "headers": [{"name": name, "value": value} for name, value in headers],
            "commonHeaders": {"from": [value for name, value in headers if name.lower() == "from"]},
        },
        "receipt": {
            "timestamp": now,
            "recipients": list(recipients),
            **verdicts,
            "action": {"type": "S3", "bucketName": bucket, "objectKeyPrefix": PREFIX, "objectKey": PREFIX + mail_id},
        },
    }


@dataclass(frozen=True, slots=True)
class Inbound:
    """Receives mails for the portal that these settings are of."""

    s3: Any
    sqs: Any
    bucket: str
    queue_url: str

    def receive(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> str:
        """One mail; the id that it got."""
        mail_id = token_hex(20)
        self.s3.put_object(Bucket=self.bucket, Key=PREFIX + mail_id, Body=raw)
        told = report(mail_id, self.bucket, sender=sender, recipients=recipients, raw=raw)
        self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=json.dumps(told))
        return mail_id


def inbound(known: Settings, aws_url: str) -> Inbound:
    """By clients of its own, as SES is nobody's role."""
    s3, sqs = local_client("s3", aws_url), local_client("sqs", aws_url)
    return Inbound(s3, sqs, known.quarantine_bucket, known.replies_queue_url)
