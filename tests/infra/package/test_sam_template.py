"""The merged template, before Chalice has seen it."""

import json
import re
from typing import Any

import pytest
from chalice.app import ScheduledEventConfig

from app import app
from chalicelib.settings import Settings
from infra.cloudformation.template import NOT_FOUND
from infra.package import functions
from infra.package.build import finished
from infra.package.sam_template import KINDS, environment, merged
from tests.infra.cloudformation.test_roles import UNBOUND

ROLES = {f"{name}Role": wanted for name, wanted in functions.functions().items()}
HOLDERS = ("APIHandler", "Distribution")
"""Of the secret: who sends it, and who asks for it."""

KEPT = ("Table", "InboxBucket", "FilesBucket", "QuarantineBucket")


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return merged("prod")


def statements(template: dict[str, Any], role: str) -> list[dict[str, Any]]:
    (policy,) = template["Resources"][role]["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def test_each_setting_is_a_variable_of_every_function_and_nothing_else_is(template: dict[str, Any]) -> None:
    settings = {name.lower() for name in environment()} | {name.lower() for name in functions.SECRETS}
    assert settings == set(Settings.model_fields)
    assert template["Globals"]["Function"]["Environment"]["Variables"] == environment()


def test_only_what_answers_the_internet_has_its_secrets(template: dict[str, Any]) -> None:
    own = {name: template["Resources"][name]["Properties"].get("Environment") for name in functions.functions()}
    secrets = {"ORIGIN_SECRETS": {"Fn::Sub": "${OriginSecret} ${OtherOriginSecret}"}}
    assert {name: given for name, given in own.items() if given} == {"APIHandler": {"Variables": secrets}}
    elsewhere = json.dumps([environment(), *(r for n, r in template["Resources"].items() if n not in HOLDERS)])
    assert "OriginSecret" not in elsewhere
    assert template["Parameters"]["OtherOriginSecret"]["NoEcho"] is True


def test_the_functions_of_schedules_are_those_that_the_program_declares() -> None:
    declared = [source.name for source in app.event_sources if isinstance(source, ScheduledEventConfig)]
    assert sorted(functions.scheduled()) == sorted(name.title().replace("_", "") for name in declared)


@pytest.mark.parametrize("role", ROLES)
def test_a_function_role_names_what_it_may_do(template: dict[str, Any], role: str) -> None:
    for statement in statements(template, role):
        assert "*" not in json.dumps(statement) or statement["Sid"] in {"SendTexts", "SeeOptOuts"}
        assert not any(action.startswith(("dynamodb:", "s3:", "iam:")) for action in statement["Action"])


@pytest.mark.parametrize("role", ROLES)
def test_a_function_becomes_what_it_needs_and_no_more(template: dict[str, Any], role: str) -> None:
    assumed = {s["Resource"]["Fn::GetAtt"][0] for s in statements(template, role) if "sts:AssumeRole" in s["Action"]}
    assert assumed == {f"{kind}Role" for kind in ROLES[role]["Assumes"]}
    tagging = {s["Resource"]["Fn::GetAtt"][0] for s in statements(template, role) if "sts:TagSession" in s["Action"]}
    assert tagging == assumed & {"TenantRole", "IntakeRole", "PublicRole"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_data_role_trusts_the_functions_that_assume_it_and_nobody_else(template: dict[str, Any], kind: str) -> None:
    (trust,) = template["Resources"][f"{kind}Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    trusted = trust["Condition"]["ArnLike"]["aws:PrincipalArn"]
    own = [arn["Fn::Sub"].rsplit("-", 1)[1] for arn in trusted if "Fn::Sub" in arn]
    if own == ["*"]:  # a role that every function assumes
        own = list(functions.functions())
        trusted = [{"Fn::Sub": trusted[0]["Fn::Sub"].replace("*", name)} for name in own] + trusted[1:]
    assert sorted(own) == sorted(name for name, wanted in functions.functions().items() if kind in wanted["Assumes"])
    roles = {template["Resources"][f"{name}Role"]["Properties"]["RoleName"]["Fn::Sub"] for name in own}
    assert roles == {arn["Fn::Sub"].rsplit("/", 1)[1] for arn in trusted if "Fn::Sub" in arn}
    operator = {"Fn::If": ["HasOperator", {"Ref": "OperatorPrincipalArn"}, {"Ref": "AWS::NoValue"}]}
    assert (operator in trusted) == (kind in {"Operator", "Tenant", "Identity"})
    assert trust["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_role_trusts_fits_into_a_policy_of_trust(template: dict[str, Any], kind: str) -> None:
    """IAM takes 2,048 characters and 64 of a role's name: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""
    document = json.dumps(template["Resources"][f"{kind}Role"]["Properties"]["AssumeRolePolicyDocument"])
    names = {"AWS::Partition": "aws", "AWS::AccountId": "1" * 12, "Stage": "s" * 12}
    long = re.sub(r"\$\{([\w:]+)\}", lambda found: names[found[1]], document)
    long = re.sub(r'\{"Fn::If": .*?NoValue"\}\]\}', '"' + "o" * 120 + '"', long)
    long = re.sub(r'\{"Fn::Sub": ("[^"]*")\}', r"\1", long)
    assert "Fn::" not in long
    assert len(long.replace(" ", "")) < 2_048
    for name in functions.functions():
        assert len(functions.role_name(name)["Fn::Sub"].replace("${Stage}", "s" * 12)) <= 64


def test_pages_send_no_mail_and_are_no_operator_and_imports_know_no_persons(template: dict[str, Any]) -> None:
    assert "ses:" not in json.dumps(statements(template, "APIHandlerRole"))
    assert "OperatorRole" not in json.dumps(statements(template, "APIHandlerRole"))
    for role in ("InboxMessagesRole", "ImportMessagesRole", "SweepRunsRole"):
        assert "IdentityRole" not in json.dumps(statements(template, role))


def test_no_policy_of_ours_allows_everything(template: dict[str, Any]) -> None:
    for name, resource in template["Resources"].items():
        for policy in resource.get("Properties", {}).get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Effect"] == "Allow":
                    assert statement.get("Resource") != "*" or statement["Sid"] == "SeeOptOuts", name
                    assert not UNBOUND & set(statement["Action"]), name


def test_text_messages_are_sent_by_who_works_through_outboxes_and_to_no_topic(template: dict[str, Any]) -> None:
    senders = {name for name in ROLES if "sns:Publish" in json.dumps(statements(template, name))}
    assert senders == {"OutboxMessagesRole", "SendOutboxRole", "BulkMessagesRole"}
    for name in senders:
        (texts,) = (one for one in statements(template, name) if one["Sid"] == "SendTexts")
        assert texts["Action"] == ["sns:Publish"]
        assert texts["NotResource"] == {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}
        assert "Resource" not in texts
        (opt_outs,) = (one for one in statements(template, name) if one["Sid"] == "SeeOptOuts")
        assert (opt_outs["Action"], opt_outs["Resource"]) == (["sns:CheckIfPhoneNumberIsOptedOut"], "*")


@pytest.mark.parametrize("name", [n for n, w in functions.functions().items() if "Receives" in w])
def test_a_queue_function_reports_each_message_and_has_a_bound(template: dict[str, Any], name: str) -> None:
    (source,) = template["Resources"][name]["Properties"]["Events"].values()
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["Properties"]["ScalingConfig"]["MaximumConcurrency"] >= 2
    queue = template["Resources"][source["Properties"]["Queue"]["Fn::GetAtt"][0]]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * functions.functions()[name]["Seconds"]


def test_concurrency_is_reserved_for_pages_alone_and_where_asked_for(template: dict[str, Any]) -> None:
    reserved = {
        name: limit
        for name, resource in template["Resources"].items()
        if (limit := resource.get("Properties", {}).get("ReservedConcurrentExecutions"))
    }
    limit = ["HasPagesConcurrency", {"Ref": "PagesConcurrency"}, {"Ref": "AWS::NoValue"}]
    assert reserved == {"APIHandler": {"Fn::If": limit}}
    assert template["Parameters"]["PagesConcurrency"]["Default"] == 0


@pytest.mark.parametrize("name", KEPT)
def test_data_outlives_the_stack(template: dict[str, Any], name: str) -> None:
    resource = template["Resources"][name]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_everything_at_rest_is_encrypted(template: dict[str, Any]) -> None:
    for name, resource in template["Resources"].items():
        match resource.get("Type"):
            case "AWS::S3::Bucket":
                assert "BucketEncryption" in resource["Properties"], name
            case "AWS::SQS::Queue":
                assert resource["Properties"]["SqsManagedSseEnabled"] is True, name
            case "AWS::DynamoDB::Table":
                assert resource["Properties"]["SSESpecification"] == {"SSEEnabled": True}
                assert resource["Properties"]["PointInTimeRecoverySpecification"] == {
                    "PointInTimeRecoveryEnabled": True
                }


def test_dead_letters_age_errors_and_throttles_raise_an_alarm(template: dict[str, Any]) -> None:
    alarms = {name for name, r in template["Resources"].items() if r.get("Type") == "AWS::CloudWatch::Alarm"}
    queues = {
        f"{queue}{kind}Alarm"
        for queue in ("Inbox", "Import", "Outbox", "Bulk", "Intake", "Verdict", "Replies")
        for kind in ("DeadLetters", "Age")
    }
    of_functions = {f"{name}{kind}Alarm" for name in functions.functions() for kind in ("Errors", "Throttles")}
    assert queues | of_functions <= alarms
    for name in alarms:
        assert template["Resources"][name]["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopic"}], name


def test_logs_end_after_a_while(template: dict[str, Any]) -> None:
    logs = {n: r for n, r in template["Resources"].items() if r.get("Type") == "AWS::Logs::LogGroup"}
    assert logs.keys() == {"ApiLog", *(f"{name}Log" for name in functions.functions())}
    assert all(r["Properties"]["RetentionInDays"] == {"Ref": "LogDays"} for r in logs.values())


def test_the_distribution_proves_itself_and_names_the_visitor(template: dict[str, Any]) -> None:
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    pages = next(o for o in config["Origins"] if o["Id"] == config["DefaultCacheBehavior"]["TargetOriginId"])
    assert pages["OriginCustomHeaders"] == [{"HeaderName": "X-Origin-Secret", "HeaderValue": {"Ref": "OriginSecret"}}]
    kept = template["Resources"]["PagesCaching"]["Properties"]["CachePolicyConfig"]
    headers = kept["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]["Headers"]
    assert {"CloudFront-Viewer-Address", "Authorization"} == set(headers)
    assert template["Parameters"]["OriginSecret"]["NoEcho"] is True


def test_who_deploys_must_say_where_and_from_whom(template: dict[str, Any]) -> None:
    asked = {name for name, parameter in template["Parameters"].items() if "Default" not in parameter}
    assert asked == {"BaseUrl", "MailFrom", "MailDomain", "OriginSecret", "WebAclArn"}
    assert template["Parameters"]["Stage"]["Default"] == "prod"


def test_an_unknown_path_is_a_page(template: dict[str, Any]) -> None:
    said = template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]["MISSING_AUTHENTICATION_TOKEN"]
    assert said["StatusCode"] == 404
    assert set(said["ResponseTemplates"].values()) == {NOT_FOUND.read_text()}
    assert said["ResponseParameters"]["Headers"]["Content-Type"] == "'text/html; charset=utf-8'"


def test_variables_are_those_of_all_functions() -> None:
    own = {"Type": "AWS::Serverless::Function", "Properties": {"Environment": {"Variables": {"X": "1"}}}}
    assert finished({"Resources": {"F": own}})["Resources"]["F"]["Properties"] == {}


def test_a_function_keeps_its_own_secrets() -> None:
    variables = {"ORIGIN_SECRETS": "x", "AWS_CHALICE": "1"}
    own = {"Type": "AWS::Serverless::Function", "Properties": {"Environment": {"Variables": variables}}}
    kept = finished({"Resources": {"F": own}})["Resources"]["F"]["Properties"]
    assert kept == {"Environment": {"Variables": {"ORIGIN_SECRETS": "x"}}}
