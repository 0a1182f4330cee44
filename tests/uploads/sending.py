"""A customer's file on its way: announced, put into quarantine, told of by S3 and by the scanner, in any order."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import boto3
from chalice.app import SQSEvent

from chalicelib import services, settings
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from chalicelib.store import clients
from chalicelib.store.blobs import object_key
from chalicelib.store.roles import assume_scope
from chalicelib.triggers import uploads as triggers
from chalicelib.uploads import operations, repo
from chalicelib.uploads.model import SentFile, kept_name, quarantine_name, thumbnail_name
from infra.local.context import LambdaContext
from infra.local.scanner import scan_result
from tests.fixtures.cast import Dealership

GOOD = b"date;amount\r\n2024-06-01;120,50\r\n"


def root() -> Any:
    """S3 as no role holds it back."""
    make: Any = boto3.client
    return make("s3")


@dataclass(slots=True)
class Sending:
    """One file of the dealership's customer, begun at `now`."""

    dealership: Dealership
    now: datetime
    ids: Ids
    name: str = "remittance.csv"
    note: str = "For May"
    purpose: str = "remittance"
    file: SentFile = field(init=False)

    def __post_init__(self) -> None:
        self.file = operations.begin_file(
            self.dealership.customer.customer_scope,
            purpose=self.purpose,
            note=self.note,
            name=self.name,
            account_name="Mr A L Barlow",
            maximum=50,
            now=self.now,
            ids=self.ids,
        )

    @property
    def key(self) -> str:
        return object_key(self.dealership.scope, quarantine_name(self.file.account_ref, self.file.file_id))

    def put(self, data: bytes = GOOD) -> str:
        """The version that this made, in the role whose form brings it."""
        with assume_scope(self.dealership.scope):
            made = clients.client("s3").put_object(Bucket=settings.load().quarantine_bucket, Key=self.key, Body=data)
        return made["VersionId"]

    def accept(self, data: bytes = GOOD) -> SentFile:
        """It comes, and is found clean."""
        version = self.put(data)
        self.arrived(version)
        self.scanned(version)
        return self.found()

    def tag(self, version: str, status: str) -> None:
        tags: Any = {"TagSet": [{"Key": "GuardDutyMalwareScanStatus", "Value": status}]}
        root().put_object_tagging(
            Bucket=settings.load().quarantine_bucket, Key=self.key, VersionId=version, Tagging=tags
        )

    def arrived(self, version: str, *, receives: int = 1) -> list[str]:
        """S3 tells of a version. The ids of the messages that failed."""
        stored = {"key": self.key, "versionId": version}
        return self._call(triggers.intake_messages, {"Records": [{"s3": {"object": stored}}]}, receives)

    def scanned(self, version: str, status: str = "NO_THREATS_FOUND") -> list[str]:
        """The scanner tells of a version."""
        return self._call(triggers.verdict_messages, scan_result("q", self.key, version, "e", status), 1)

    def settle(self, *, after: timedelta) -> int:
        """The schedule, so long after the beginning, and the messages that it sends."""
        with services.use(replace(self._services(), clock=lambda: self.now + after)):
            looked_at = triggers.settle_files()
        for body in self._announced():
            self._call(triggers.intake_messages, body, 1)
        return looked_at

    def found(self) -> SentFile:
        stored = repo.stored_file(self.dealership.scope, self.file.account_ref, self.file.file_id)
        assert stored
        return stored.file

    def kept(self) -> bytes | None:
        """What the dealer's files hold of it."""
        return self._among_files(kept_name(self.file.file_id))

    def kept_thumbnail(self) -> bytes | None:
        """The small picture beside it."""
        return self._among_files(thumbnail_name(self.file.file_id))

    def _among_files(self, name: str) -> bytes | None:
        s3 = root()
        try:
            found = s3.get_object(Bucket=settings.load().files_bucket, Key=object_key(self.dealership.scope, name))
        except s3.exceptions.NoSuchKey:
            return None
        data: bytes = found["Body"].read()
        return data

    @staticmethod
    def _announced() -> list[Any]:
        """What waits in the queue of the check, taken out of it."""
        make: Any = boto3.client
        sqs, url, found = make("sqs"), settings.load().intake_queue_url, []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found += [json.loads(message["Body"]) for message in messages]
        return found

    def _call(self, function: Any, body: Any, receives: int) -> list[str]:
        record = {
            "messageId": "m1",
            "body": json.dumps(body),
            "receiptHandle": "r",
            "attributes": {"ApproximateReceiveCount": str(receives)},
        }
        context: Any = LambdaContext("test", seconds=120)
        event = SQSEvent({"Records": [record]}, context)
        with services.use(self._services()):
            return [each["itemIdentifier"] for each in function(event)["batchItemFailures"]]

    def _services(self) -> Services:
        return Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: self.now, ids=self.ids)
