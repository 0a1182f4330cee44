from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.iam.policy import AccessRequest, allows

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/t"


def document(**statement: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE, **statement}]}


def test_an_action_and_its_resource_must_both_fit() -> None:
    assert allows(document(), AccessRequest("dynamodb:GetItem", TABLE))
    assert not allows(document(), AccessRequest("dynamodb:PutItem", TABLE))
    assert not allows(document(), AccessRequest("dynamodb:GetItem", f"{TABLE}/index/by-date"))


def test_actions_ignore_case_and_resources_do_not() -> None:
    assert allows(document(Action="DynamoDB:get*"), AccessRequest("dynamodb:GetItem", TABLE))
    assert not allows(document(), AccessRequest("dynamodb:GetItem", TABLE.replace("/t", "/T")))


def test_a_deny_wins() -> None:
    both = {"Statement": [*document()["Statement"], {"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    assert not allows(both, AccessRequest("dynamodb:GetItem", TABLE))


def test_nothing_is_allowed_unless_it_is_said() -> None:
    assert not allows({"Statement": []}, AccessRequest("dynamodb:GetItem", TABLE))


def test_all_values_of_a_key_must_fit() -> None:
    own = document(Condition={"ForAllValues:StringLike": {"k": ["A#*"]}})
    assert allows(own, AccessRequest("dynamodb:GetItem", TABLE, {"k": ["A#1", "A#2"]}))
    assert not allows(own, AccessRequest("dynamodb:GetItem", TABLE, {"k": ["A#1", "B#2"]}))
    assert allows(own, AccessRequest("dynamodb:GetItem", TABLE))  # as in IAM, hence no Scan in our policies


def test_a_plain_condition_needs_its_key() -> None:
    listing = document(Condition={"StringLike": {"k": "A#*"}})
    assert not allows(listing, AccessRequest("dynamodb:GetItem", TABLE))
    assert allows(listing, AccessRequest("dynamodb:GetItem", TABLE, {"k": ["A#1"]}))


@pytest.mark.parametrize(("wanted", "absent"), [("true", True), ("false", False)])
def test_a_key_may_have_to_be_there_or_not(*, wanted: str, absent: bool) -> None:
    own = document(Condition={"Null": {"k": wanted}})
    assert allows(own, AccessRequest("dynamodb:GetItem", TABLE)) is absent
    assert allows(own, AccessRequest("dynamodb:GetItem", TABLE, {"k": ["x"]})) is not absent


def test_equality_knows_no_wildcards() -> None:
    exact = document(Condition={"StringEquals": {"k": "A*"}})
    assert allows(exact, AccessRequest("dynamodb:GetItem", TABLE, {"k": ["A*"]}))
    assert not allows(exact, AccessRequest("dynamodb:GetItem", TABLE, {"k": ["AB"]}))


@given(st.text(min_size=1))
def test_a_variable_stands_for_its_text_and_nothing_else(tag: str) -> None:
    own = document(Condition={"ForAllValues:StringLike": {"k": ["D#${aws:PrincipalTag/dealer}#*"]}})
    tags = {"aws:PrincipalTag/dealer": ["*"], "k": [f"D#{tag}#1"]}
    assert allows(own, AccessRequest("dynamodb:GetItem", TABLE, tags)) == (tag == "*" or tag.startswith("*#"))


def test_a_variable_without_a_value_fits_nothing() -> None:
    own = document(Resource="arn:x/${aws:PrincipalTag/dealer}/*")
    assert not allows(own, AccessRequest("dynamodb:GetItem", "arn:x//y"))


@pytest.mark.parametrize(
    "odd",
    [
        {"Condition": {"Null": {"k": "maybe"}}},
        {"Condition": {"ForAllValues:Null": {"k": "true"}}},
        {"NotAction": "dynamodb:Scan"},
        {"NotResource": TABLE},
    ],
)
def test_what_is_not_understood_is_loud(odd: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not understood"):
        allows(document(**odd), AccessRequest("dynamodb:GetItem", TABLE))
