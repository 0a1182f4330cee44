from typing import Any

import pytest

from infra.iam.key_conditions import UnreadableConditionError, partition_value

VALUES = {":a": {"S": "A#1"}, ":b": {"S": "x"}, ":c": {"S": "y"}}


def params(expression: str | None, **more: Any) -> dict[str, Any]:
    names = {"#p": "pk", "#s": "sk"}
    return {
        "KeyConditionExpression": expression,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": VALUES,
        **more,
    }


@pytest.mark.parametrize(
    "expression",
    [
        "pk = :a",
        "#p=:a",
        "(#p = :a)",
        "#p = :a AND #s = :b",
        "#p = :a and begins_with(#s, :b)",
        "(#p = :a AND begins_with (#s, :b))",
        "begins_with(#s, :b) AND #p = :a",
        "#p = :a AND #s BETWEEN :b AND :c",
        "#s BETWEEN :b AND :c AND pk = :a",
        "#p = :a AND #s >= :b",
        "#p = :a AND #s<:b",
    ],
)
def test_finds_what_the_partition_key_equals(expression: str) -> None:
    assert partition_value(params(expression)) == "A#1"


@pytest.mark.parametrize(
    "expression",
    [
        None,
        "",
        "sk = :a",
        "#s = :a",
        "pk > :a",
        "begins_with(pk, :a)",
        "pk BETWEEN :a AND :b",
        "pk = :a OR pk = :b",
        "pk = :a AND pk = :b",
        "pk = :unknown",
        "pk = ",
        "pk = :a AND",
        "pk = :a AND #s BETWEEN",
        "pk = 'A#1'",
    ],
)
def test_refuses_what_does_not_fix_the_partition_key(expression: str | None) -> None:
    with pytest.raises(UnreadableConditionError):
        partition_value(params(expression))


def test_a_number_is_no_partition_key_of_ours() -> None:
    with pytest.raises(UnreadableConditionError):
        partition_value(params("pk = :n", ExpressionAttributeValues={":n": {"N": "1"}}))


def test_other_names_may_hide_the_partition_key() -> None:
    assert partition_value(params("#x = :a", ExpressionAttributeNames={"#x": "pk"})) == "A#1"
    with pytest.raises(UnreadableConditionError):
        partition_value(params("#p = :a", ExpressionAttributeNames={"#p": "sk"}))
