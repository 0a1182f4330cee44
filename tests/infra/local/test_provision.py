"""The local AWS as the template makes it, on both engines."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.kernel.scopes import TenantScope
from chalicelib.store import clients
from chalicelib.store.roles import assume_scope
from infra.local.emulators import LocalAws
from infra.local.provision import MAIL_FROM, provision, provision_table
from tests.fixtures.engines import BASE_URL
from tests.fixtures.worlds import World

DEALER = "aaaaaaaaaa"


def test_the_table_expires_what_has_a_ttl(engine: World) -> None:
    dynamodb, name = engine.root("dynamodb"), f"own-{uuid4()}"  # of that of all tests the fixture turned it off
    provision_table(dynamodb, name)
    described = dynamodb.describe_time_to_live(TableName=name)
    expiry = described["TimeToLiveDescription"]
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "ttl")


def test_the_table_takes_items(engine: World) -> None:
    item: Any = {"pk": {"S": "x"}, "sk": {"S": str(uuid4())}}
    root = engine.root("dynamodb")
    root.put_item(TableName=engine.settings.table_name, Item=item)
    assert root.get_item(TableName=engine.settings.table_name, Key=item)["Item"] == item


def test_an_upload_is_announced_under_d_and_nowhere_else(engine: World) -> None:
    s3, name = engine.root("s3"), f"{uuid4()} a+b.zip"
    engine.messages(engine.settings.inbox_queue_url)
    s3.put_object(Bucket=engine.settings.inbox_bucket, Key=f"elsewhere/{name}", Body=b"x")
    s3.put_object(Bucket=engine.settings.inbox_bucket, Key=f"d/{DEALER}/{name}", Body=b"x")
    events = [r for body in engine.messages(engine.settings.inbox_queue_url) for r in body.get("Records", [])]
    assert [e["s3"]["object"]["key"] for e in events] == [
        f"d/{DEALER}/{name.replace(' ', '+', 1).replace('+b', '%2Bb')}"
    ]


def test_a_browser_may_post_from_the_portal_alone(engine: World) -> None:
    (rule,) = engine.root("s3").get_bucket_cors(Bucket=engine.settings.inbox_bucket)["CORSRules"]
    assert (rule["AllowedOrigins"], rule["AllowedMethods"]) == ([BASE_URL], ["POST"])


@pytest.mark.parametrize("queue", ["inbox", "import", "outbox", "bulk", "intake", "verdict", "replies"])
def test_each_queue_has_its_dead_letters(engine: World, queue: str) -> None:
    url = getattr(engine.settings, f"{queue}_queue_url")
    found = engine.root("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert found["VisibilityTimeout"] == "720"
    redrive = json.loads(found["RedrivePolicy"])
    assert redrive["maxReceiveCount"] == 5
    assert redrive["deadLetterTargetArn"].endswith(f"{queue}-dead")


def test_a_tenant_role_can_be_taken(engine: World) -> None:
    with assume_scope(TenantScope(DEALER)):
        assert clients.client("s3").list_objects_v2(Bucket=engine.settings.files_bucket, Prefix=f"d/{DEALER}/none")


def test_the_sender_is_known(engine: World) -> None:
    mail: Any = {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "x"}}}
    engine.root("ses").send_email(Source=MAIL_FROM, Destination={"ToAddresses": ["a@b.example"]}, Message=mail)


def test_provisioning_again_changes_nothing(engine: World, start_engine: Any, tmp_path: Path) -> None:
    known = start_engine(engine.name)
    port, dynamodb_port = (int(known[f"AWS_ENDPOINT_URL{of}"].rsplit(":", 1)[1]) for of in ("", "_DYNAMODB"))
    assert provision(LocalAws(engine.name, port, dynamodb_port, tmp_path), base_url=BASE_URL) == known
