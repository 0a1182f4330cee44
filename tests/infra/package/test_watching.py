"""What the stack watches, keeps and shows to the world: each would be missed only when it is needed."""

import json
import re
from copy import deepcopy
from typing import Any

import pytest

from chalicelib.http.access import LARGEST_BODY
from chalicelib.web.routes import BINARY_TYPES
from infra.cloudformation import template
from infra.cloudformation.loader import load
from infra.package import functions
from infra.package.sam_template import merged
from infra.setup.paths import ROOT

EDGE = load(template.EDGE)
RESPONSES = {"MISSING_AUTHENTICATION_TOKEN": 404, "RESOURCE_NOT_FOUND": 404, "REQUEST_TOO_LARGE": 413, "THROTTLED": 429}
DEFAULTS = {"DEFAULT_4XX": None, "DEFAULT_5XX": None}
ROUTES = json.loads((ROOT / "tests" / "sweeps" / "routes.json").read_text())
OPEN_FORMS = [route.split() for route, access in ROUTES.items() if access == "visitor" and not route.startswith("GET ")]
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
        ("AWS/ApiGateway", "4XXError"),
        ("AWS/DynamoDB", "ThrottledRequests"),
        ("AWS/SES", "Reputation.BounceRate"),
        ("AWS/SES", "Reputation.ComplaintRate"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
    } <= found
    assert resources["LoggedErrorsAlarm"]["Properties"]["MetricName"] == {"Fn::Sub": "LoggedErrors-${Stage}"}
    too_many = resources["TooManyRequests"]["Properties"]
    assert (too_many["LogGroupName"], too_many["FilterPattern"]) == ({"Ref": "ApiLog"}, '{ $.status = "429" }')
    (counted,) = too_many["MetricTransformations"]
    assert alarms["TooManyRequestsAlarm"]["MetricName"] == counted["MetricName"]
    refused = resources["Refusals"]["Properties"]
    assert (refused["LogGroupName"], refused["FilterPattern"]) == ({"Ref": "APIHandlerLog"}, '{ $.Why = "*" }')
    assert alarms["RefusalsAlarm"]["MetricName"] == refused["MetricTransformations"][0]["MetricName"]
    assert {json.dumps(alarm["AlarmActions"]) for alarm in alarms.values()} == {'[{"Ref": "AlarmTopic"}]'}
    assert of(resources, "AWS::SNS::Subscription")["AlarmSubscription"]["Endpoint"] == {"Ref": "AlarmEmail"}


def test_the_dashboard_shows_each_function_queue_and_table(resources: dict[str, Any]) -> None:
    body = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    shown = [f"${{{name}}}" for name in (*functions.functions(), "Table")]
    shown += [f"${{{name}{kind}.QueueName}}" for name in functions.queues() for kind in ("Queue", "DeadLetters")]
    assert [name for name in shown if name not in body] == []
    assert json.loads(body)["widgets"]
    assert 'Stage=\\"${Stage}\\"' in body  # of two stages in one account, each shows its own refusals


def test_the_gateway_has_words_of_its_own(resources: dict[str, Any]) -> None:
    said = resources["RestAPI"]["Properties"]["GatewayResponses"]
    assert {kind: one.get("StatusCode") for kind, one in said.items()} == {**RESPONSES, **DEFAULTS}
    for one in said.values():
        headers = one["ResponseParameters"]["Headers"]
        assert headers["Cache-Control"] == "'no-store'"
        assert headers["X-Content-Type-Options"] == "'nosniff'"
        assert headers["Strict-Transport-Security"] == "'max-age=63072000; includeSubDomains'"


def test_what_the_gateway_says_by_itself_has_headers_of_the_distribution(resources: dict[str, Any]) -> None:
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    assert config["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == {"Ref": "PagesHeaders"}
    sent = resources["PagesHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert sent["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 2 * 365 * 24 * 3600
    assert "default-src 'none'" in sent["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert sent["ContentSecurityPolicy"]["Override"] is False  # our pages name the bucket and their own scripts


def test_requests_are_logged_by_route_and_never_by_path(resources: dict[str, Any]) -> None:
    api = resources["RestAPI"]
    setting = api["Properties"]["AccessLogSetting"]
    assert setting["DestinationArn"] == {"Fn::GetAtt": ["ApiLog", "Arn"]}
    logged = json.loads(setting["Format"])
    assert {"$context.resourcePath", "$context.status", "$context.httpMethod"} <= set(logged.values())
    secret = re.compile(r"\$context\.(path|identity\.(apiKey|caller))|querystring|header")
    assert not [value for value in logged.values() if secret.search(value)]
    assert api["DependsOn"] == ["ApiLogging"]
    assert "Logging" not in resources["Distribution"]["Properties"]["DistributionConfig"]  # its lines hold paths
    for name in ("ApiLogging", "ApiLoggingRole"):
        assert resources[name]["DeletionPolicy"] == resources[name]["UpdateReplacePolicy"] == "Retain"


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
    assets, logo, *private, brand = config["CacheBehaviors"][:-4]  # the last are those of landing pages
    patterns = [one["PathPattern"] for one in private]
    assert patterns == ["/profile/photo.jpg", "/staff/users/*/photo.jpg", "/staff/customise/logo.png"]
    assert {one["TargetOriginId"] for one in private} == {"pictures"}
    assert {one["CachePolicyId"]["Ref"] for one in private} == {"PagesCaching"}  # which keeps nothing and sends cookies
    assert (assets["PathPattern"], assets["TargetOriginId"]) == ("/assets/*", "assets")
    assert (brand["PathPattern"], brand["TargetOriginId"]) == ("/d/*/brand.css", "pages")
    assert (logo["PathPattern"], logo["TargetOriginId"]) == ("/d/*/logo.png", "pictures")
    assert brand["CachePolicyId"] == logo["CachePolicyId"] == assets["CachePolicyId"]
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert config["Aliases"]["Fn::If"][:2] == ["HasDomain", [{"Ref": "DomainName"}]]
    assert config["ViewerCertificate"]["Fn::If"][1]["AcmCertificateArn"] == {"Ref": "CertificateArn"}
    blocked = resources["AssetsBucket"]["Properties"]["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}


def test_a1_27_a_landing_page_is_kept_by_the_distribution_and_no_cookie_reaches_it(resources: dict[str, Any]) -> None:
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    found = {one["PathPattern"]: one for one in config["CacheBehaviors"]}
    assert list(found)[-2:] == ["/d/*/*", "/d/*"]  # the first that fits is taken, and a star stands for slashes too
    pages, page = found["/d/*/*"], found["/d/*"]
    same = ("CachePolicyId", "OriginRequestPolicyId", "ResponseHeadersPolicyId", "TargetOriginId", "AllowedMethods")
    assert all(pages[name] == config["DefaultCacheBehavior"][name] for name in same)
    assert (page["CachePolicyId"], page["TargetOriginId"]) == ({"Ref": "LandingCaching"}, "pages")
    for pattern in ("/d/*", "/d/*/landing/*", "/d/*/landing.css"):
        assert "OriginRequestPolicyId" not in found[pattern]
        assert found[pattern]["AllowedMethods"] == ["GET", "HEAD"]
    assert found["/d/*/landing/*"]["TargetOriginId"] == "pictures"
    policy = resources["LandingCaching"]["Properties"]["CachePolicyConfig"]
    asked = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert (policy["MinTTL"], policy["MaxTTL"]) == (0, 60)
    assert asked["CookiesConfig"] == {"CookieBehavior": "none"}


def test_pictures_come_from_the_api_which_is_asked_for_bytes(resources: dict[str, Any]) -> None:
    """API Gateway sends base64 as it is unless the first type of Accept is a binary one; no browser's is."""
    pages, pictures = (
        {"headers": {h["HeaderName"]: h["HeaderValue"] for h in origin.pop("OriginCustomHeaders")}, **origin}
        for origin in deepcopy(resources["Distribution"]["Properties"]["DistributionConfig"]["Origins"][:2])
    )
    assert pictures["headers"] == {**pages["headers"], "Accept": "image/png"}
    assert pictures["headers"]["Accept"] in BINARY_TYPES
    assert {**pictures, "Id": 0, "headers": 0} == {**pages, "Id": 0, "headers": 0}


def rules() -> dict[str, dict[str, Any]]:
    return {rule["Name"]: rule for rule in EDGE["Resources"]["Firewall"]["Properties"]["Rules"]}


def test_the_firewall_is_there_unless_somebody_says_no(resources: dict[str, Any]) -> None:
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    assert config["WebACLId"] == {"Fn::If": ["HasFirewall", {"Ref": "WebAclArn"}, {"Ref": "AWS::NoValue"}]}
    firewall = EDGE["Resources"]["Firewall"]
    assert firewall["Condition"] == "HasFirewall"
    assert rules()["requests-per-address"]["Statement"]["RateBasedStatement"] == {
        "Limit": {"Ref": "RequestsPerAddress"},
        "AggregateKeyType": "IP",
    }
    assert EDGE["Parameters"]["RequestsPerAddress"]["Default"] == 2000
    assert sorted(rule["Priority"] for rule in rules().values()) == list(range(len(rules())))
    views = [firewall["Properties"]["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in rules().values())]
    assert [view["SampledRequestsEnabled"] for view in views] == [False] * len(views)


def test_the_firewall_has_amazons_rules_but_those_on_what_our_own_say_better() -> None:
    groups = {
        group["Name"]: [each["Name"] for each in group.get("RuleActionOverrides", ())]
        for rule in rules().values()
        if (group := rule["Statement"].get("ManagedRuleGroupStatement"))
    }
    assert groups == {
        "AWSManagedRulesCommonRuleSet": ["SizeRestrictions_BODY", "NoUserAgent_HEADER"],
        "AWSManagedRulesKnownBadInputsRuleSet": [],
    }
    longest = rules()["size-of-any-body"]["Statement"]["SizeConstraintStatement"]
    assert (longest["FieldToMatch"], longest["ComparisonOperator"]) == (
        {"SingleHeader": {"Name": "content-length"}},
        "GT",
    )
    assert longest["Size"] == len(str(LARGEST_BODY))


@pytest.mark.parametrize(("method", "path"), OPEN_FORMS)
def test_each_form_that_anybody_may_send_is_counted_apart_and_short(method: str, path: str) -> None:
    counted = rules()["forms-per-address"]["Statement"]["RateBasedStatement"]
    assert counted["Limit"] == {"Ref": "FormsPerAddress"}
    is_post, is_open = counted["ScopeDownStatement"]["AndStatement"]["Statements"]
    assert is_post["ByteMatchStatement"]["SearchString"] == method
    assert re.search(is_open["RegexMatchStatement"]["RegexString"], path)
    also, size = rules()["size-of-open-forms"]["Statement"]["AndStatement"]["Statements"]
    assert also == counted["ScopeDownStatement"]
    assert size["SizeConstraintStatement"]["FieldToMatch"] == {"Body": {"OversizeHandling": "MATCH"}}


def test_no_other_form_is_counted_with_them() -> None:
    pattern = rules()["forms-per-address"]["Statement"]["RateBasedStatement"]["ScopeDownStatement"]["AndStatement"]
    (regex,) = [each["RegexMatchStatement"]["RegexString"] for each in pattern["Statements"][1:]]
    others = [route.split()[1] for route, access in ROUTES.items() if access not in {"visitor", "public"}]
    assert [path for path in others if re.search(regex, path)] == []


def test_all_that_holds_data_stays_when_the_stack_goes(resources: dict[str, Any]) -> None:
    holding = {**of(resources, "AWS::DynamoDB::Table"), **of(resources, "AWS::S3::Bucket")}
    for name in holding:
        assert resources[name]["DeletionPolicy"] == resources[name]["UpdateReplacePolicy"] == "Retain", name
    for name in ("InboxBucket", "FilesBucket"):
        assert resources[name]["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert resources["Table"]["Properties"]["DeletionProtectionEnabled"] is True


@pytest.mark.parametrize(("name", "days"), [("InboxBucket", 30), ("FilesBucket", 7)])
def test_old_versions_go(resources: dict[str, Any], name: str, days: int) -> None:
    kept = resources[name]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert [rule["NoncurrentVersionExpiration"] for rule in kept if "NoncurrentVersionExpiration" in rule] == [
        {"NoncurrentDays": days}
    ]


def test_each_bucket_answers_over_tls_only(resources: dict[str, Any]) -> None:
    refusing = {}
    for policy in of(resources, "AWS::S3::BucketPolicy").values():
        (statement,) = [each for each in policy["PolicyDocument"]["Statement"] if each["Sid"] == "OnlyOverTls"]
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        refusing[policy["Bucket"]["Ref"]] = statement["Resource"]
    assert refusing == {
        name: [{"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": f"${{{name}.Arn}}/*"}]
        for name in of(resources, "AWS::S3::Bucket")
    }
