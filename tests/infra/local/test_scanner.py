"""The stand-in says what GuardDuty would, once of each version."""

import json
import threading
from typing import Any

import pytest

from infra.local.scanner import Scanner, scan_result, status_of
from tests.fixtures.worlds import World
from tests.uploads.made_files import EICAR

KEY = "d/aaaaaaaaaa/MTIwMA/01ARZ3NDEKTSV4RRFFQ69G5FAV"


def scanner(aws: World) -> Scanner:
    names = aws.settings
    root: Any = aws.root
    return Scanner(root("s3"), root("sqs"), names.quarantine_bucket, names.verdict_queue_url, threading.Event())


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"harmless", "NO_THREATS_FOUND"),
        (b"x" + EICAR, "THREATS_FOUND"),
        (b"%PDF-1.7 /Encrypt 5 0 R", "UNSUPPORTED"),
    ],
)
def test_it_knows_one_threat_and_what_it_cannot_open(data: bytes, status: str) -> None:
    assert status_of(data) == status


def test_each_version_is_tagged_and_told_of_once(aws: World) -> None:
    s3, bucket = aws.root("s3"), aws.settings.quarantine_bucket
    first, second = (s3.put_object(Bucket=bucket, Key=KEY, Body=body)["VersionId"] for body in (b"a", EICAR))
    made = scanner(aws)
    assert (made.scan(), made.scan()) == (2, 0)
    scanner(aws).scan()
    told = {body["detail"]["s3ObjectDetails"]["versionId"]: body for body in aws.messages(made.queue_url)}
    assert told.keys() == {first, second}
    etag = told[second]["detail"]["s3ObjectDetails"]["eTag"]
    assert told[second] == json.loads(json.dumps(scan_result(bucket, KEY, second, etag, "THREATS_FOUND")))
    (tag,) = s3.get_object_tagging(Bucket=bucket, Key=KEY, VersionId=second)["TagSet"]
    assert tag == {"Key": "GuardDutyMalwareScanStatus", "Value": "THREATS_FOUND"}


def test_it_ends_when_asked(aws: World) -> None:
    made = scanner(aws)
    made.stopping.set()
    made.run()
