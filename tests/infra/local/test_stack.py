"""What survives which end of the local AWS."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.local.aws import local_client
from infra.local.emulators import DYNAMODB, MINISTACK, LocalAws
from infra.local.stack import Stack, running
from tests.fixtures.engines import BASE_URL, free_port

pytestmark = pytest.mark.engines

KEY = "d/aaaaaaaaaa/inbox/export.zip"


class Local:
    """A running stack, and what a test does with it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.known = stack.environment
        self.s3: Any = local_client("s3", stack.local_aws.url)
        self.sqs: Any = local_client("sqs", stack.local_aws.url)
        self.dynamodb: Any = local_client("dynamodb", stack.local_aws.dynamodb_url)

    def fill(self) -> None:
        self.s3.put_object(Bucket=self.known["INBOX_BUCKET"], Key=KEY, Body=b"zip")
        self.dynamodb.put_item(TableName=self.known["TABLE_NAME"], Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
        self.sqs.send_message(QueueUrl=self.known["IMPORT_QUEUE_URL"], MessageBody="stage")

    def has_object(self) -> bool:
        found: bytes = self.s3.get_object(Bucket=self.known["INBOX_BUCKET"], Key=KEY)["Body"].read()
        return found == b"zip"

    def has_item(self) -> bool:
        key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
        return "Item" in self.dynamodb.get_item(TableName=self.known["TABLE_NAME"], Key=key)

    def has_message(self) -> bool:
        return "Messages" in self.sqs.receive_message(QueueUrl=self.known["IMPORT_QUEUE_URL"])

    def announces_objects(self) -> bool:
        while self.sqs.receive_message(QueueUrl=self.known["INBOX_QUEUE_URL"], MaxNumberOfMessages=10).get("Messages"):
            pass
        self.s3.put_object(Bucket=self.known["INBOX_BUCKET"], Key=f"{KEY}2", Body=b"zip")
        return "Messages" in self.sqs.receive_message(QueueUrl=self.known["INBOX_QUEUE_URL"])

    def kill(self) -> None:
        for child in self.stack.children:
            child.process.kill()
            child.process.wait()


@contextmanager
def local(engine: str, state: Path) -> Iterator[Local]:
    """Each start has ports of its own, as when the earlier ones are still in use."""
    with running(LocalAws(engine, free_port(), free_port(), state), base_url=BASE_URL) as stack:
        yield Local(stack)


def test_a_good_end_keeps_everything(tmp_path: Path) -> None:
    with local(MINISTACK, tmp_path) as first:
        first.fill()
    with local(MINISTACK, tmp_path) as second:
        assert second.has_object()
        assert second.has_item()
        assert second.has_message()
        assert second.announces_objects()


def test_a_kill_keeps_objects_and_the_table_of_dynamodb_local(tmp_path: Path) -> None:
    with local(DYNAMODB, tmp_path) as first:
        first.fill()
        first.kill()
    with local(DYNAMODB, tmp_path) as second:
        assert second.has_object()
        assert second.has_item()
        assert second.announces_objects()


def test_objects_without_a_saved_stack_are_put_back_under_a_new_one(tmp_path: Path) -> None:
    with local(MINISTACK, tmp_path) as first:
        first.fill()
        first.kill()
    shutil.rmtree(tmp_path / "aws")
    with local(MINISTACK, tmp_path) as second:
        assert second.has_object()
        assert second.announces_objects()
