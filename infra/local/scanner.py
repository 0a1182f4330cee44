"""Stands in for GuardDuty Malware Protection: tags each object of the quarantine and tells the queue, in its words.

It knows one threat, the EICAR test file (https://www.eicar.org/download-anti-malware-testfile/), and says of what is
encrypted that it cannot look into it, as GuardDuty does.
"""

import json
import logging
import threading
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.aws import ACCOUNT, REGION

TAG = "GuardDutyMalwareScanStatus"
PAUSE_SECONDS = 0.5
_THREAT = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"
_ENCRYPTED = (b"/Encrypt", "EncryptedPackage".encode("utf-16-le"))

log = logging.getLogger(__name__)


def status_of(data: bytes) -> str:
    """A `scanResultStatus`."""
    if _THREAT in data:
        return "THREATS_FOUND"
    return "UNSUPPORTED" if any(mark in data for mark in _ENCRYPTED) else "NO_THREATS_FOUND"


def scan_result(bucket: str, key: str, version: str, etag: str, status: str) -> dict[str, Any]:
    """The event. https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html."""
    threats = [{"name": "EICAR-Test-File (not a virus)"}] if status == "THREATS_FOUND" else None
    return {
        "version": "0",
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "source": "aws.guardduty",
        "account": ACCOUNT,
        "region": REGION,
        "detail": {
            "schemaVersion": "1.0",
            "scanStatus": "SKIPPED" if status == "UNSUPPORTED" else "COMPLETED",
            "resourceType": "S3_OBJECT",
            "s3ObjectDetails": {
                "bucketName": bucket,
                "objectKey": key,
                "eTag": etag,
                "versionId": version,
                "s3Throttled": False,
            },
            "scanResultDetails": {"scanResultStatus": status, "threats": threats, "statusReasons": None},
        },
    }


@dataclass(slots=True)
class Scanner:
    """Looks into the bucket every half second: the local AWS tells EventBridge nothing."""

    s3: Any
    sqs: Any
    bucket: str
    queue_url: str
    stopping: threading.Event
    _seen: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Until `stopping` is set."""
        while not self.stopping.wait(PAUSE_SECONDS):
            try:
                self.scan()
            except (BotoCoreError, ClientError) as error:
                log.warning("scanner: %s", error)

    def scan(self) -> int:
        """Every version that is new; how many."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix="d/")
        found = [each for page in pages for each in page.get("Versions", ()) if each["VersionId"] not in self._seen]
        for each in found:
            self._scan(each["Key"], each["VersionId"], each["ETag"].strip('"'))
            self._seen.add(each["VersionId"])
        return len(found)

    def _scan(self, key: str, version: str, etag: str) -> None:
        of_version = {"Bucket": self.bucket, "Key": key, "VersionId": version}
        if any(tag["Key"] == TAG for tag in self.s3.get_object_tagging(**of_version)["TagSet"]):
            return
        status = status_of(self.s3.get_object(**of_version)["Body"].read())
        self.s3.put_object_tagging(**of_version, Tagging={"TagSet": [{"Key": TAG, "Value": status}]})
        event = scan_result(self.bucket, key, version, etag, status)
        self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=json.dumps(event))
