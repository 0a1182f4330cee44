"""What is rehearsed is what is deployed, but for these differences, each of which ministack cannot judge."""

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.package.sam_template import merged
from infra.rehearsal.deployment import adapt_to_emulator

WHOLE = json.dumps(merged("prod"))
Difference = tuple[str, str, str]


def differences(whole: Any, copy: Any, path: str = "") -> Iterator[Difference]:
    """Path, text before and text after of each."""
    if isinstance(whole, dict) and isinstance(copy, dict):
        for key in whole.keys() | copy.keys():
            yield from differences(whole.get(key), copy.get(key), f"{path}/{key}")
    elif isinstance(whole, list) and isinstance(copy, list) and len(whole) == len(copy):
        for at, (one, other) in enumerate(zip(whole, copy, strict=True)):
            yield from differences(one, other, f"{path}/{at}")
    elif whole != copy:
        yield path, json.dumps(whole), json.dumps(copy)


ABSENT = {
    "/Resources/QuarantineScan": "the scan",
    "/Resources/ReplyRules": "mail that comes in",
    "/Resources/ReplyRule": "mail that comes in",
}


def kind(difference: Difference) -> str | None:
    """Which of the eight ways it is, or None."""
    path, before, after = difference
    role, term = path.split("/")[2], path.rsplit("/", 1)[-1]
    if role in {"TenantRole", "IntakeRole", "PublicRole"} and after == re.sub(
        r"\$\{!?aws:PrincipalTag/dealer\}", "*", before
    ):
        return "the dealer's tag"
    if path in ABSENT and after == "null":
        return ABSENT[path]
    if term == "Resource" and "identity/${MailDomain}" in before and after == '"*"':
        return "who may send"
    if term == "Action" and json.loads(after) == [*json.loads(before), "sqs:SendMessageBatch"]:
        return "many messages at once"
    if path.endswith("/Condition/Null") and (json.loads(before), after) == (
        {"dynamodb:LeadingKeys": "false"},
        "null",
    ):
        return "keys of a call"
    if "/AssumeRolePolicyDocument/" in path and "/aws:PrincipalArn/" in path:
        session = before.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/").replace('"', "") + "/*"
        return "sessions" if json.loads(after) == session else None
    if path.endswith("BucketPolicy/Properties/PolicyDocument/Statement"):
        left = [statement for statement in json.loads(before) if statement["Sid"] != "OnlyOverTls"]
        return "plain HTTP" if json.loads(after) == left else None
    return None


def test_it_differs_in_eight_ways_only() -> None:
    found = list(differences(json.loads(WHOLE), json.loads(adapt_to_emulator(WHOLE))))
    assert {kind(one) for one in found} == {
        *(
            "the dealer's tag",
            "who may send",
            "many messages at once",
            "keys of a call",
            "plain HTTP",
            "sessions",
            "the scan",
            "mail that comes in",
        )
    }
    assert len([one for one in found if kind(one) == "plain HTTP"]) == 4
    assert {before for path, before, _ in found if path.endswith("/Action")} == {'["sqs:SendMessage"]'}
    assert sorted(json.loads(one[1]) for one in found if kind(one) == "the dealer's tag") == [
        "${FilesBucket.Arn}/d/${!aws:PrincipalTag/dealer}/*",
        "${FilesBucket.Arn}/d/${!aws:PrincipalTag/dealer}/public/*",
        "${FilesBucket.Arn}/d/${!aws:PrincipalTag/dealer}/uploads/*",
        "${InboxBucket.Arn}/d/${!aws:PrincipalTag/dealer}/*",
        "${QuarantineBucket.Arn}/d/${!aws:PrincipalTag/dealer}/*",
        "${QuarantineBucket.Arn}/d/${!aws:PrincipalTag/dealer}/*",
        "D#${aws:PrincipalTag/dealer}#*",
        "D#${aws:PrincipalTag/dealer}#AUDIT#*",
        "D#${aws:PrincipalTag/dealer}#PUBLIC",
        "D#${aws:PrincipalTag/dealer}#REQUESTS",
        "d/${aws:PrincipalTag/dealer}/*",
        "d/${aws:PrincipalTag/dealer}/*",
    ]
