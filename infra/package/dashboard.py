"""The CloudWatch dashboard that shows whether the portal is healthy."""

import json
from collections.abc import Sequence
from typing import Any

from infra.package.functions import functions, queues

Metric = list[Any]
_WIDE, _HIGH = 12, 6
_BY_REASON = """SEARCH('{CustomerConnect,Stage,Why} MetricName="Refusals" Stage="${Stage}"', 'Sum', 300)"""


def dashboard() -> dict[str, Any]:
    """The resource. Its body is JSON text with references in it."""
    widgets = [_placed(at, *given) for at, given in enumerate(_widgets())]
    properties = {
        "DashboardName": {"Fn::Sub": "customer-connect-${Stage}"},
        "DashboardBody": {"Fn::Sub": json.dumps({"widgets": widgets})},
    }
    return {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}


def _widgets() -> list[tuple[str, str, Sequence[Metric]]]:
    """Title, statistic and metrics."""
    api = ["ApiName", "customer-connect-${Stage}", "Stage", "api"]
    names = list(functions())
    table = ["TableName", "${Table}"]
    mail = ["ses:configuration-set", "${MailConfiguration}"]
    return [
        ("Pages", "Sum", [["AWS/ApiGateway", metric, *api] for metric in ("Count", "4XXError", "5XXError")]),
        ("Pages, ms of the slowest 5 %", "p95", [["AWS/ApiGateway", "Latency", *api]]),
        ("Functions that failed", "Sum", [["AWS/Lambda", "Errors", "FunctionName", f"${{{name}}}"] for name in names]),
        ("Functions, ms", "p95", [["AWS/Lambda", "Duration", "FunctionName", f"${{{name}}}"] for name in names]),
        ("Errors logged", "Sum", [["CustomerConnect", "LoggedErrors-${Stage}"]]),
        (
            "Refused, by reason; and too many requests",
            "Sum",
            [
                [{"expression": _BY_REASON, "id": "refused"}],
                ["CustomerConnect", "TooManyRequests-${Stage}"],
            ],
        ),
        (
            "Oldest message, s",
            "Maximum",
            [_queue("ApproximateAgeOfOldestMessage", f"{name}Queue") for name in queues()],
        ),
        (
            "Dead letters",
            "Maximum",
            [_queue("ApproximateNumberOfMessagesVisible", f"{name}DeadLetters") for name in queues()],
        ),
        (
            "Table, units",
            "Sum",
            [["AWS/DynamoDB", f"Consumed{kind}CapacityUnits", *table] for kind in ("Read", "Write")],
        ),
        (
            "Mails that bounce, and complaints",
            "Average",
            [["AWS/SES", f"Reputation.{k}Rate", *mail] for k in ("Bounce", "Complaint")],
        ),
    ]


def _queue(metric: str, name: str) -> Metric:
    return ["AWS/SQS", metric, "QueueName", f"${{{name}.QueueName}}"]


def _placed(at: int, title: str, statistic: str, metrics: Sequence[Metric]) -> dict[str, Any]:
    shown = {"title": title, "stat": statistic, "period": 300, "region": "${AWS::Region}", "metrics": list(metrics)}
    place = {"x": at % 2 * _WIDE, "y": at // 2 * _HIGH, "width": _WIDE, "height": _HIGH}
    return {"type": "metric", **place, "properties": shown}
