"""What each function of functions.yaml has of its own: a role, a log, alarms on it and on its queue."""

from collections.abc import Mapping
from typing import Any

from infra.cloudformation.loader import Json, load
from infra.cloudformation.template import FUNCTIONS

_PERIOD_SECONDS = 300
_MAX_MESSAGE_AGE_SECONDS = 900
SECRETS: Json = {"ORIGIN_SECRETS": {"Fn::Sub": "${OriginSecret} ${OtherOriginSecret}"}}
"""Variables of the function that answers the internet alone."""

_TAGGED = frozenset({"Tenant", "Intake", "Public"})
"""Roles whose session names its dealer."""


def functions() -> dict[str, Json]:
    """functions.yaml by logical name."""
    found: dict[str, Json] = load(FUNCTIONS)
    return found


def resources() -> Json:
    """Overrides for the functions that Chalice makes, and the resources beside them."""
    found: Json = {}
    for name, wanted in functions().items():
        found |= {
            name: {"Properties": _function(name, wanted)},
            f"{name}Role": _role(name, wanted),
            f"{name}Log": _log(name),
            f"{name}LogErrors": _logged_errors(name),
            f"{name}ErrorsAlarm": _alarm(name, "Errors", f"A function failed: {wanted['Description']}"),
            f"{name}ThrottlesAlarm": _alarm(name, "Throttles", f"AWS throttles a function: {wanted['Description']}"),
        }
        if queue := wanted.get("Receives"):
            found[f"{queue}DeadLettersAlarm"] = _dead_letters(queue, wanted["Description"])
            found[f"{queue}AgeAlarm"] = _age(queue, wanted["Description"])
    return found


def queues() -> list[str]:
    """Names of the queues that functions read, without `Queue`; each has `DeadLetters` beside it."""
    return [wanted["Receives"] for wanted in functions().values() if "Receives" in wanted]


def scheduled() -> list[str]:
    """Names of the functions that a schedule calls: those that read no queue and answer no visitor."""
    return [name for name, wanted in functions().items() if "Receives" not in wanted and not wanted.get("Public")]


def _function(name: str, wanted: Mapping[str, Any]) -> Json:
    properties: Json = {
        "Description": wanted["Description"],
        "Timeout": wanted["Seconds"],
        "Role": _arn(f"{name}Role"),
        "LoggingConfig": {"LogGroup": {"Ref": f"{name}Log"}},
    }
    if wanted.get("Public"):
        limit = {"Fn::If": ["HasPagesConcurrency", {"Ref": "PagesConcurrency"}, {"Ref": "AWS::NoValue"}]}
        properties |= {"ReservedConcurrentExecutions": limit, "Environment": {"Variables": dict(SECRETS)}}
    if queue := wanted.get("Receives"):
        properties["Events"] = {
            f"{name}SqsEventSource": {
                "Properties": {
                    "Queue": _arn(f"{queue}Queue"),
                    "FunctionResponseTypes": ["ReportBatchItemFailures"],
                    "ScalingConfig": {"MaximumConcurrency": wanted["MaximumConcurrency"]},
                }
            }
        }
    return properties


def _role(name: str, wanted: Mapping[str, Any]) -> Json:
    document = {"Version": "2012-10-17", "Statement": statements(name, wanted)}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": role_name(name),
            "Description": f"Customer Connect: {wanted['Description']}".replace("'", ""),
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "function", "PolicyDocument": document}],
        },
    }


def role_name(name: str) -> Json:
    """The name of a function's role, by which the data roles trust it."""
    return {"Fn::Sub": f"customer-connect-${{Stage}}-fn-{name}"}


def statements(name: str, wanted: Mapping[str, Any]) -> list[Json]:
    """The function's own permissions. None to stored data: that takes a role which it assumes."""
    found = [_allow("OwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], _arn(f"{name}Log"))]
    for role in wanted.get("Assumes", ()):
        tagging = ["sts:TagSession"] if role in _TAGGED else []
        found.append(_allow(f"Become{role}", ["sts:AssumeRole", *tagging], _arn(f"{role}Role")))
    if queue := wanted.get("Receives"):
        taking = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        found.append(_allow("TakeFromQueue", taking, _arn(f"{queue}Queue")))
    if queues := wanted.get("Sends"):
        found.append(_allow("SendToQueues", ["sqs:SendMessage"], [_arn(f"{queue}Queue") for queue in queues]))
    if wanted.get("Texts"):
        # A number has no ARN, a topic has one: https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
        numbers = {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}
        found.append({"Sid": "SendTexts", "Effect": "Allow", "Action": ["sns:Publish"], "NotResource": numbers})
        # It takes no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
        found.append(_allow("SeeOptOuts", ["sns:CheckIfPhoneNumberIsOptedOut"], "*"))
    if wanted.get("Mails"):
        ses = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:"
        sender = [
            {"Fn::Sub": ses + "identity/${MailDomain}"},
            {"Fn::Sub": ses + "configuration-set/${MailConfiguration}"},
        ]
        found.append(_allow("SendMail", ["ses:SendRawEmail"], sender))
    return found


def _log(name: str) -> Json:
    properties = {
        "LogGroupName": {"Fn::Sub": f"/customer-connect/${{Stage}}/{name}"},
        "RetentionInDays": {"Ref": "LogDays"},
    }
    return {"Type": "AWS::Logs::LogGroup", "Properties": properties}


def _logged_errors(name: str) -> Json:
    metric = {
        "MetricNamespace": "CustomerConnect",
        "MetricName": {"Fn::Sub": "LoggedErrors-${Stage}"},
        "MetricValue": "1",
    }
    # A refused mail is a warning: most are the address's fault. These two are ours.
    ours = ("AccessDenied*", "AccountSendingPaused*")
    terms = ['$.level = "ERROR"', '$.level = "CRITICAL"', *(f'$.reason = "{reason}"' for reason in ours)]
    pattern = "{ " + " || ".join(f"({term})" for term in terms) + " }"
    properties = {"LogGroupName": {"Ref": f"{name}Log"}, "FilterPattern": pattern, "MetricTransformations": [metric]}
    return {"Type": "AWS::Logs::MetricFilter", "Properties": properties}


def _alarm(name: str, metric: str, text: str) -> Json:
    return _threshold_alarm(0, "Sum", ("AWS/Lambda", metric, "FunctionName", {"Ref": name}), text)


def _dead_letters(queue: str, text: str) -> Json:
    own = {"Fn::GetAtt": [f"{queue}DeadLetters", "QueueName"]}
    metric = ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", own)
    return _threshold_alarm(0, "Maximum", metric, f"A message failed five times and is among the dead letters: {text}")


def _age(queue: str, text: str) -> Json:
    own = {"Fn::GetAtt": [f"{queue}Queue", "QueueName"]}
    metric = ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", own)
    return _threshold_alarm(
        _MAX_MESSAGE_AGE_SECONDS,
        "Maximum",
        metric,
        f"The oldest message waits for more than a quarter of an hour: {text}",
    )


def _threshold_alarm(threshold: int, statistic: str, metric: tuple[str, str, str, Json], text: str) -> Json:
    """`metric`: namespace, name, dimension and its value."""
    namespace, name, dimension, value = metric
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": text,
            "Namespace": namespace,
            "MetricName": name,
            "Dimensions": [{"Name": dimension, "Value": value}],
            "Statistic": statistic,
            "Period": _PERIOD_SECONDS,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "OKActions": [{"Ref": "AlarmTopic"}],
        },
    }


def _allow(sid: str, actions: list[str], resource: Any) -> Json:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _arn(name: str) -> Json:
    return {"Fn::GetAtt": [name, "Arn"]}
