"""The documents themselves, before anybody evaluates them."""

from typing import Any

import pytest

from chalicelib.settings import Settings
from infra.cloudformation.template import resource, role_policy
from infra.iam.guard import ROLES, role_document
from infra.iam.policy import AccessRequest, allows

KEYS = {
    "tenant": ["D#${aws:PrincipalTag/dealer}#*"],
    "intake": [],
    "mail": [],
    "identity": ["P#*", "E#*", "S#*", "T#*", "K#*", "LIMIT#*"],
    "operator": ["OPS#*", "SLUG#*", "CODE#*", "NAME#*"],
    "public": [
        "SLUG#*",
        "HOST#*",
        "ACCT#*",
        "NAME#*",
        "D#${aws:PrincipalTag/dealer}#PUBLIC",
        "D#${aws:PrincipalTag/dealer}#REQUESTS",
    ],
}
LEADING = "dynamodb:LeadingKeys"
NO_OTHER_TAG = {"ForAllValues:StringEquals": {"aws:TagKeys": ["dealer"]}}
UNBOUND = {"dynamodb:Scan", "dynamodb:ExportTableToPointInTime"}


def statements(kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = role_policy(ROLES[kind])["Statement"]
    return found


@pytest.mark.parametrize("kind", ROLES)
def test_each_statement_that_lets_data_through_names_its_keys(kind: str) -> None:
    allowing = [s for s in statements(kind) if s["Effect"] == "Allow" and "dynamodb" in str(s["Action"])]
    assert [key for s in allowing for key in s["Condition"]["ForAllValues:StringLike"][LEADING]] == KEYS[kind]
    for statement in allowing:
        assert {operator: list(terms) for operator, terms in statement["Condition"].items()} == {
            "Null": [LEADING],
            "ForAllValues:StringLike": [LEADING],
        }
        assert statement["Condition"]["Null"][LEADING] == "false"
        assert not UNBOUND & set(statement["Action"])
        assert not any("*" in action or "PartiQL" in action for action in statement["Action"])
        assert statement["Resource"] == {"Fn::GetAtt": ["Table", "Arn"]}  # the table itself: no index


@pytest.mark.parametrize("kind", ROLES)
def test_a_call_without_keys_passes_no_statement(kind: str) -> None:
    """Were the denials gone, as `ForAllValues` alone would let it."""
    allowing = [s for s in role_document(kind, Settings())["Statement"] if s["Effect"] == "Allow"]
    for statement in (s for s in allowing if "dynamodb" in str(s["Action"])):
        asked = AccessRequest(statement["Action"][0], statement["Resource"], {"aws:PrincipalTag/dealer": ["a" * 10]})
        assert not allows({"Statement": [statement]}, asked)
        without = {name: terms for name, terms in statement["Condition"].items() if name != "Null"}
        assert allows({"Statement": [{**statement, "Condition": without}]}, asked)


@pytest.mark.parametrize("kind", ROLES)
def test_what_needs_no_key_is_denied(kind: str) -> None:
    bare = [s for s in statements(kind) if s["Effect"] == "Deny" and "Condition" not in s]
    denied = {action for s in bare for action in s["Action"]}
    assert denied == {*UNBOUND, "dynamodb:PartiQL*"}


def test_objects_are_bound_to_the_dealer() -> None:
    objects = [s for s in statements("tenant") if "s3" in str(s["Action"])]
    assert [s["Sid"] for s in objects] == ["OnlyOwnObjects", "OnlyIntoOwnQuarantine", "OnlyOwnListing"]
    assert "s3:GetObjectVersion" not in objects[0]["Action"]  # an older version is for operators to bring back
    assert all("/d/${!aws:PrincipalTag/dealer}/*" in r["Fn::Sub"] for s in objects[:2] for r in s["Resource"])
    assert objects[1]["Action"] == ["s3:PutObject"]
    assert "Quarantine" in objects[1]["Resource"][0]["Fn::Sub"]
    assert "Quarantine" not in str([objects[0], objects[2]])
    assert objects[2]["Condition"] == {"StringLike": {"s3:prefix": "d/${aws:PrincipalTag/dealer}/*"}}


def test_the_intake_reads_its_dealers_quarantine_and_puts_what_it_has_checked() -> None:
    reading, putting, listing, _ = statements("intake")
    assert reading["Action"] == ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"]
    assert reading["Resource"] == [{"Fn::Sub": "${QuarantineBucket.Arn}/d/${!aws:PrincipalTag/dealer}/*"}]
    assert putting["Action"] == ["s3:PutObject"]
    assert putting["Resource"] == [{"Fn::Sub": "${FilesBucket.Arn}/d/${!aws:PrincipalTag/dealer}/uploads/*"}]
    assert (listing["Action"], listing["Resource"]) == (
        ["s3:ListBucket"],
        [{"Fn::GetAtt": ["QuarantineBucket", "Arn"]}],
    )
    (trust,) = resource("IntakeRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {"StringLike": {"aws:RequestTag/dealer": "?" * 10}, **NO_OTHER_TAG}


def test_the_mail_role_reads_mails_and_nothing_else() -> None:
    reading, refusing = statements("mail")
    assert (reading["Action"], reading["Resource"]) == (
        ["s3:GetObject"],
        [{"Fn::Sub": "${QuarantineBucket.Arn}/mail/*"}],
    )
    assert refusing["Effect"] == "Deny"


@pytest.mark.parametrize("kind", ["identity", "operator"])
def test_only_dealers_have_objects(kind: str) -> None:
    assert all("s3" not in str(s["Action"]) for s in statements(kind))


def test_the_public_role_only_gets_items_and_public_objects_and_puts_requests() -> None:
    allowing = {s["Sid"]: s["Action"] for s in statements("public") if s["Effect"] == "Allow"}
    assert allowing == {
        "OnlyLookUps": ["dynamodb:GetItem"],
        "OnlyOwnPublicCopy": ["dynamodb:GetItem"],
        "OnlyOwnPublicObjects": ["s3:GetObject"],
        "OnlyOwnRequests": ["dynamodb:PutItem"],
    }


def test_the_public_role_may_be_taken_for_no_dealer_and_for_one_of_the_right_form() -> None:
    (trust,) = resource("PublicRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {"StringLikeIfExists": {"aws:RequestTag/dealer": "?" * 10}, **NO_OTHER_TAG}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]


def test_a_tenant_role_cannot_be_taken_without_a_dealer() -> None:
    (trust,) = resource("TenantRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {"StringLike": {"aws:RequestTag/dealer": "?" * 10}, **NO_OTHER_TAG}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]


def test_a_policy_is_resolved_to_this_environment() -> None:
    names = Settings(table_name="t1", inbox_bucket="in", files_bucket="out")
    keys, _, _, objects, _, listing = role_document("tenant", names)["Statement"]
    assert keys["Resource"].endswith(":table/t1")
    assert objects["Resource"] == [f"arn:aws:s3:::{b}/d/${{aws:PrincipalTag/dealer}}/*" for b in ("in", "out")]
    assert listing["Resource"] == ["arn:aws:s3:::in", "arn:aws:s3:::out"]
