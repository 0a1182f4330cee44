"""What the stack watches, keeps and shows to the world: each would be missed only when it is needed."""

import json
from typing import Any

import pytest

from infra.cloudformation import template
from infra.cloudformation.loader import load
from infra.package import functions
from infra.package.sam_template import merged

EDGE = load(template.EDGE)
RESPONSES = {"MISSING_AUTHENTICATION_TOKEN": 404, "RESOURCE_NOT_FOUND": 404, "REQUEST_TOO_LARGE": 413, "THROTTLED": 429}
FORTNIGHT = 14 * 24 * 3600


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = merged("prod")["Resources"]
    return found


def of(resources: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: r.get("Properties", {}) for name, r in resources.items() if r.get("Type") == kind}


def test_each_queue_has_dead_letters_for_a_fortnight_and_a_reader(resources: dict[str, Any]) -> None:
    queues = of(resources, "AWS::SQS::Queue")
    assert {f"{name}{kind}" for name in functions.queues() for kind in ("Queue", "DeadLetters")} == queues.keys()
    for name in functions.queues():
        redrive = queues[f"{name}Queue"]["RedrivePolicy"]
        assert redrive == {"deadLetterTargetArn": {"Fn::GetAtt": [f"{name}DeadLetters", "Arn"]}, "maxReceiveCount": 5}
    assert {queue["MessageRetentionPeriod"] for queue in queues.values()} == {FORTNIGHT}


@pytest.mark.parametrize("name", functions.queues())
def test_dead_letters_and_age_are_those_of_the_queue(resources: dict[str, Any], name: str) -> None:
    alarms = of(resources, "AWS::CloudWatch::Alarm")
    dead, age = alarms[f"{name}DeadLettersAlarm"], alarms[f"{name}AgeAlarm"]
    assert (dead["MetricName"], dead["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 0)
    assert (age["MetricName"], age["Threshold"]) == ("ApproximateAgeOfOldestMessage", 900)
    assert dead["Dimensions"][0]["Value"] == {"Fn::GetAtt": [f"{name}DeadLetters", "QueueName"]}
    assert age["Dimensions"][0]["Value"] == {"Fn::GetAtt": [f"{name}Queue", "QueueName"]}


def test_pages_table_logs_and_mail_raise_alarms_that_somebody_hears(resources: dict[str, Any]) -> None:
    alarms = of(resources, "AWS::CloudWatch::Alarm")
    found = {
        (alarm["Namespace"], alarm["MetricName"]) for alarm in alarms.values() if isinstance(alarm["MetricName"], str)
    }
    assert {
        ("AWS/ApiGateway", "5XXError"),
        ("AWS/DynamoDB", "ThrottledRequests"),
        ("AWS/SES", "Reputation.BounceRate"),
        ("AWS/SES", "Reputation.ComplaintRate"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
    } <= found
    assert resources["LoggedErrorsAlarm"]["Properties"]["MetricName"] == {"Fn::Sub": "LoggedErrors-${Stage}"}
    assert {json.dumps(alarm["AlarmActions"]) for alarm in alarms.values()} == {'[{"Ref": "AlarmTopic"}]'}
    assert of(resources, "AWS::SNS::Subscription")["AlarmSubscription"]["Endpoint"] == {"Ref": "AlarmEmail"}


def test_the_dashboard_shows_each_function_queue_and_table(resources: dict[str, Any]) -> None:
    body = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    shown = [f"${{{name}}}" for name in (*functions.functions(), "Table")]
    shown += [f"${{{name}{kind}.QueueName}}" for name in functions.queues() for kind in ("Queue", "DeadLetters")]
    assert [name for name in shown if name not in body] == []
    assert json.loads(body)["widgets"]


def test_the_gateway_has_words_of_its_own(resources: dict[str, Any]) -> None:
    said = resources["RestAPI"]["Properties"]["GatewayResponses"]
    assert {kind: one.get("StatusCode") for kind, one in said.items()} == {**RESPONSES, "DEFAULT_5XX": None}
    assert all(one["ResponseParameters"]["Headers"]["Cache-Control"] == "'no-store'" for one in said.values())


def test_mail_has_an_identity_a_configuration_set_and_feedback(resources: dict[str, Any]) -> None:
    identity = resources["MailIdentity"]["Properties"]
    assert identity["EmailIdentity"] == {"Ref": "MailDomain"}
    assert identity["ConfigurationSetAttributes"] == {"ConfigurationSetName": {"Ref": "MailConfiguration"}}
    events = resources["MailFeedback"]["Properties"]
    assert events["ConfigurationSetName"] == {"Ref": "MailConfiguration"}
    assert events["EventDestination"]["Enabled"] is True
    assert set(events["EventDestination"]["MatchingEventTypes"]) == {"bounce", "complaint", "reject"}
    assert events["EventDestination"]["SnsDestination"] == {"TopicARN": {"Ref": "MailFeedbackTopic"}}
    subscription = resources["MailFeedbackSubscription"]["Properties"]
    assert subscription["TopicArn"] == {"Ref": "MailFeedbackTopic"}
    assert subscription["Endpoint"] == {"Fn::GetAtt": ["MailFeedbackQueue", "Arn"]}
    assert subscription["RawMessageDelivery"] is True
    assert functions.functions()["FeedbackMessages"]["Receives"] == "MailFeedback"


def test_assets_and_pages_come_through_the_distribution_on_a_domain_of_the_dealers(resources: dict[str, Any]) -> None:
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    assets, brand = config["CacheBehaviors"]
    assert (assets["PathPattern"], assets["TargetOriginId"]) == ("/assets/*", "assets")
    assert (brand["PathPattern"], brand["TargetOriginId"]) == ("/d/*/brand.css", "pages")
    assert brand["CachePolicyId"] == assets["CachePolicyId"]
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert config["Aliases"]["Fn::If"][:2] == ["HasDomain", [{"Ref": "DomainName"}]]
    assert config["ViewerCertificate"]["Fn::If"][1]["AcmCertificateArn"] == {"Ref": "CertificateArn"}
    blocked = resources["AssetsBucket"]["Properties"]["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}


def test_the_firewall_is_there_for_whoever_asks(resources: dict[str, Any]) -> None:
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    assert config["WebACLId"] == {"Fn::If": ["HasFirewall", {"Ref": "WebAclArn"}, {"Ref": "AWS::NoValue"}]}
    firewall = EDGE["Resources"]["Firewall"]
    assert firewall["Condition"] == "HasFirewall"
    (rule,) = firewall["Properties"]["Rules"]
    assert rule["Statement"]["RateBasedStatement"] == {
        "Limit": {"Ref": "RequestsPerAddress"},
        "AggregateKeyType": "IP",
    }
    assert EDGE["Parameters"]["RequestsPerAddress"]["Default"] == 0


def test_all_that_holds_data_stays_when_the_stack_goes(resources: dict[str, Any]) -> None:
    holding = {**of(resources, "AWS::DynamoDB::Table"), **of(resources, "AWS::S3::Bucket")}
    for name in holding:
        assert resources[name]["DeletionPolicy"] == resources[name]["UpdateReplacePolicy"] == "Retain", name
    assert resources["InboxBucket"]["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
