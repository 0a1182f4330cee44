from typing import Any

import pytest

from infra.iam.calls import UnknownCallError, access_requests
from infra.iam.policy import AccessRequest

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/t"
OBJECT = "arn:aws:s3:::b/d/1/x"


def key(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "1"}}


def on_key(action: str, pk: str, resource: str = TABLE) -> AccessRequest:
    return AccessRequest(f"dynamodb:{action}", resource, {"dynamodb:LeadingKeys": [pk]})


def test_an_index_is_a_resource_of_its_own() -> None:
    params = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "A"}}, "TableName": "t"}
    assert access_requests("dynamodb", "Query", params) == [on_key("Query", "A")]
    by_date = access_requests("dynamodb", "Query", {**params, "IndexName": "by-date"})
    assert by_date == [on_key("Query", "A", f"{TABLE}/index/by-date")]


def test_each_item_of_a_batch_is_asked_for() -> None:
    requests = [{"PutRequest": {"Item": key("A")}}, {"DeleteRequest": {"Key": key("B")}}]
    found = access_requests("dynamodb", "BatchWriteItem", {"RequestItems": {"t": requests}})
    assert found == [on_key("BatchWriteItem", "A"), on_key("BatchWriteItem", "B")]


def test_each_member_of_a_transaction_asks_for_its_own_action() -> None:
    members = [
        {"ConditionCheck": {"TableName": "t", "Key": key("A")}},
        {"Update": {"TableName": "t", "Key": key("B")}},
        {"Put": {"TableName": "t", "Item": key("C")}},
    ]
    found = access_requests("dynamodb", "TransactWriteItems", {"TransactItems": members})
    assert found == [on_key("ConditionCheckItem", "A"), on_key("UpdateItem", "B"), on_key("PutItem", "C")]


@pytest.mark.parametrize(
    ("operation", "more", "actions"),
    [
        ("HeadObject", {}, ["s3:GetObject"]),
        ("GetObject", {"VersionId": "1"}, ["s3:GetObjectVersion"]),
        ("PutObject", {"Tagging": "kept=a-day"}, ["s3:PutObject", "s3:PutObjectTagging"]),
        ("UploadPart", {}, ["s3:PutObject"]),
        ("AbortMultipartUpload", {}, ["s3:AbortMultipartUpload"]),
        ("DeleteObject", {"VersionId": "1"}, ["s3:DeleteObjectVersion"]),
    ],
)
def test_an_object_is_asked_for_by_its_actions(operation: str, more: dict[str, str], actions: list[str]) -> None:
    found = access_requests("s3", operation, {"Bucket": "b", "Key": "d/1/x", **more})
    assert found == [AccessRequest(action, OBJECT) for action in actions]


def test_a_copy_reads_one_object_and_writes_the_other() -> None:
    source = {"Bucket": "b", "Key": "d/1/x"}
    found = access_requests("s3", "CopyObject", {"Bucket": "b", "Key": "d/2/y", "CopySource": source})
    assert found == [AccessRequest("s3:GetObject", OBJECT), AccessRequest("s3:PutObject", "arn:aws:s3:::b/d/2/y")]


def test_a_list_without_a_prefix_is_a_list_of_everything() -> None:
    found = access_requests("s3", "ListObjectsV2", {"Bucket": "b"})
    assert found == [AccessRequest("s3:ListBucket", "arn:aws:s3:::b", {"s3:prefix": [""]})]


def test_an_operation_that_is_not_listed_asks_for_the_action_of_its_name() -> None:
    assert access_requests("dynamodb", "Scan", {"TableName": "t"}) == [AccessRequest("dynamodb:Scan", "*")]


def test_a_call_without_a_key_is_not_guessed() -> None:
    with pytest.raises(UnknownCallError, match="names no key"):
        access_requests("dynamodb", "BatchGetItem", {"RequestItems": {}})
