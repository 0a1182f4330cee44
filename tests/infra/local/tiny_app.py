"""A Chalice app of a few lines, for tests of what surrounds an app."""

from typing import Any

from chalice.app import Chalice, Response

app = Chalice(app_name="tiny")
app.api.binary_types = ["application/pdf"]
ARN = "arn:aws:sqs:us-east-1:000000000000:"


@app.route("/")
def index() -> Response:
    return Response("<h1>Hello</h1>", {"Content-Type": "text/html; charset=utf-8"})


@app.route("/echo/{name}", methods=["GET", "HEAD"])
def look(name: str) -> dict[str, Any]:
    return _echo(name)


@app.route("/echo/{name}", methods=["POST"], content_types=["application/x-www-form-urlencoded"])
def echo(name: str) -> dict[str, Any]:
    return _echo(name)


def _echo(name: str) -> dict[str, Any]:
    request = app.current_request
    assert request is not None
    event = request.to_original_event()
    return {
        "name": name,
        "method": event["httpMethod"],
        "path": event["path"],
        "query": event["multiValueQueryStringParameters"],
        "headers": event["headers"],
        "body": event["body"],
        "is_base64": event["isBase64Encoded"],
    }


@app.route("/echo/fixed")
def fixed() -> str:
    return "fixed"


@app.route("/cookies")
def cookies() -> Response:
    headers: dict[str, Any] = {"Set-Cookie": ["a=1; Path=/", "b=2; Path=/"]}
    return Response("", headers, 204)


@app.route("/pdf")
def pdf() -> Response:
    return Response(b"%PDF-\x00\xff", {"Content-Type": "application/pdf"})


@app.route("/long")
def long() -> str:
    return "long " * 1000


@app.route("/large")
def large() -> Response:
    return Response("x" * (6 * 1024 * 1024 + 1), {"Content-Type": "text/plain"})


@app.on_sqs_message(queue_arn=f"{ARN}import", batch_size=10)
def on_import(event: Any) -> dict[str, list[dict[str, str]]]:
    """Fails the messages whose body is `bad`."""
    failed = [r.to_dict()["messageId"] for r in event if r.body == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": i} for i in failed]}


@app.schedule("rate(5 minutes)")
def every_five_minutes(_event: Any) -> None:
    return None
