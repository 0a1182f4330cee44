"""What the function of the downloads does, and the file in the end."""

from io import BytesIO
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

from app import download_messages
from infra.local.context import LambdaContext
from infra.local.queue_pollers import record
from tests.fixtures.worlds import World
from tests.web.client import Visitor


def work(aws: World) -> None:
    """What the queue's function does with the messages there are."""
    url = aws.settings.downloads_queue_url
    found = aws.root("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
    for message in found.get("Messages", []):
        event = {"Records": [record(message, "arn:aws:sqs:us-east-1:000000000000:downloads")]}
        assert download_messages(event, LambdaContext("download_messages", seconds=300)) == {"batchItemFailures": []}
        aws.root("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def fetched(aws: World, visitor: Visitor, address: str) -> bytes:
    answer = visitor.get(address)
    assert answer.status == 303
    key = unquote(urlsplit(answer.location).path).split("/d/", 1)[1]
    body: bytes = aws.root("s3").get_object(Bucket=aws.settings.files_bucket, Key=f"d/{key}")["Body"].read()
    return body


def archive(aws: World, visitor: Visitor, address: str) -> dict[str, bytes]:
    """What a ZIP holds, by name."""
    with ZipFile(BytesIO(fetched(aws, visitor, address))) as found:
        return {name: found.read(name) for name in found.namelist()}
