"""How mail comes in: from SES's rule alone, scanned, into its own folder, to the queue by the rule's own topic."""

from typing import Any

import pytest

from infra.package.sam_template import merged

SET = "receipt-rule-set/customer-connect-${Stage}"
RULE = {"Fn::Sub": "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:" + SET + ":receipt-rule/replies"}


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = merged("prod")["Resources"]
    return found


def statement(resources: dict[str, Any], policy: str, sid: str) -> dict[str, Any]:
    (found,) = (one for one in resources[policy]["Properties"]["PolicyDocument"]["Statement"] if one.get("Sid") == sid)
    return dict(found)


def test_mails_are_received_scanned_and_from_our_rule_alone(resources: dict[str, Any]) -> None:
    rule = resources["ReplyRule"]["Properties"]["Rule"]
    assert (rule["Name"], rule["Enabled"], rule["ScanEnabled"], rule["TlsPolicy"]) == ("replies", True, True, "Require")
    assert rule["Recipients"] == [{"Ref": "ReplyDomain"}]
    (action,) = (one["S3Action"] for one in rule["Actions"])
    assert action == {
        "BucketName": {"Ref": "QuarantineBucket"},
        "ObjectKeyPrefix": "mail/",
        "TopicArn": {"Ref": "RepliesTopic"},
    }
    puts = statement(resources, "QuarantineBucketPolicy", "OnlyOurRulePutsMails")
    assert puts["Resource"] == {"Fn::Sub": "${QuarantineBucket.Arn}/mail/*"}
    for told in (puts, statement(resources, "RepliesTopicPolicy", "OnlyOurRuleTells")):
        assert told["Principal"] == {"Service": "ses.amazonaws.com"}
        assert told["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnEquals": {"aws:SourceArn": RULE},
        }
    delivers = statement(resources, "RepliesQueuePolicy", "OnlyOurTopicDelivers")
    assert delivers["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "RepliesTopic"}}}


def test_without_a_domain_nothing_is_received(resources: dict[str, Any]) -> None:
    for name in ("ReplyIdentity", "ReplyRules", "ReplyRule"):
        assert resources[name]["Condition"] == "HasReplyDomain"


def test_mails_are_deleted_after_a_week(resources: dict[str, Any]) -> None:
    rules = resources["QuarantineBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (own,) = (rule for rule in rules if rule.get("Prefix") == "mail/")
    assert (own["Status"], own["ExpirationInDays"], own["NoncurrentVersionExpiration"]) == (
        "Enabled",
        7,
        {"NoncurrentDays": 1},
    )
