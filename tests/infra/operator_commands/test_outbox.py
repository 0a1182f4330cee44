"""The role that fetches a dealer's outbox reaches that and nothing else."""

import json
from datetime import datetime

import pytest

from chalicelib.kernel.ids import Ids
from chalicelib.settings import load
from infra.iam.policy import AccessRequest, allows
from infra.operator_commands.cli import main
from infra.operator_commands.outbox import template
from tests.fixtures.cast import Cast

OWN, OTHER, BUCKET = "moorbeck01", "castleton1", "files"
ARN = f"arn:aws:s3:::{BUCKET}"
EXTERNAL_ID = "fb8c1e0e7a5d4c0f93e2"


def policy() -> dict[str, object]:
    made = template(OWN, bucket=BUCKET, account="210987654321", external_id=EXTERNAL_ID)
    (found,) = made["Resources"]["OutboxRole"]["Properties"]["Policies"]
    text = json.dumps(found["PolicyDocument"]).replace("${AWS::Partition}", "aws")
    resolved: dict[str, object] = json.loads(text, object_hook=lambda one: one.get("Fn::Sub", one))
    return resolved


@pytest.mark.parametrize("action", ["GetObject", "DeleteObject"])
def test_it_gets_and_deletes_what_is_in_the_outbox(action: str) -> None:
    assert allows(policy(), AccessRequest(f"s3:{action}", f"{ARN}/d/{OWN}/outbox/document_1.csv"))
    assert allows(policy(), AccessRequest(f"s3:{action}", f"{ARN}/d/{OWN}/outbox/documents/1.pdf"))


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("PutObject", f"d/{OWN}/outbox/x"),
        ("GetObject", f"d/{OTHER}/outbox/x"),
        ("GetObject", f"d/{OWN}/uploads/x"),
        ("GetObject", f"d/{OWN}/outboxes/x"),
        ("DeleteObject", f"d/{OWN}/documents/x"),
        ("GetObjectVersion", f"d/{OWN}/outbox/x"),
    ],
)
def test_it_reaches_nothing_else(action: str, key: str) -> None:
    assert not allows(policy(), AccessRequest(f"s3:{action}", f"{ARN}/{key}"))


def test_it_lists_the_outbox_alone() -> None:
    def may_list(prefix: str) -> bool:
        return allows(policy(), AccessRequest("s3:ListBucket", ARN, {"s3:prefix": [prefix]}))

    assert may_list(f"d/{OWN}/outbox/")
    assert [one for one in (f"d/{OWN}/", f"d/{OTHER}/outbox/", "") if may_list(one)] == []


def test_the_command_prints_the_template(
    cast: Cast, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["outbox-role", cast.ours.dealer.code, "--actor", "operator:test"]
    assert main([*command, "--account", "210987654321", "--external-id", EXTERNAL_ID], ids=ids, now=now) == 0
    made = json.loads(capsys.readouterr().out)
    wanted = template(
        cast.ours.dealer.dealer_id, bucket=load().files_bucket, account="210987654321", external_id=EXTERNAL_ID
    )
    assert made == wanted
    (trusted,) = made["Resources"]["OutboxRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Condition"] == {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}


@pytest.mark.parametrize(
    ("account", "external_id", "wrong"),
    [("2109876543", EXTERNAL_ID, "12 digits"), ("210987654321", "short", "Give 16 or more")],
)
def test_what_it_cannot_use_is_named(
    account: str, external_id: str, wrong: str, cast: Cast, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["outbox-role", cast.ours.dealer.code, "--account", account, "--external-id", external_id]
    assert main(command, ids=ids, now=now) == 1
    assert wrong in capsys.readouterr().err
