"""API Gateway and Lambda in front of a Chalice app, as a WSGI app: the same events, limits and refusals as on AWS."""

import base64
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIEnvironment

from chalice.app import Chalice, Request

from infra.cloudformation.template import NOT_FOUND
from infra.local.compression import compressed
from infra.local.context import LambdaContext
from infra.package.rest_api import COMPRESSED_BYTES

PAYLOAD_BYTES = 6 * 1024 * 1024
"""What a function may be handed, and may answer: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""

TIMEOUT_SECONDS = 29

Headers = list[tuple[str, str]]
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers and body for the WSGI server."""

    status: int
    headers: Headers
    body: bytes = b""


class ThreadedChalice(Chalice):
    """Chalice keeps the current request in an attribute. Here each thread has its own, as each Lambda has."""

    _held = threading.local()

    @property
    def current_request(self) -> Request | None:
        return getattr(self._held, "request", None)

    @current_request.setter
    def current_request(self, value: Request | None) -> None:
        self._held.request = value

    @property
    def lambda_context(self) -> Any:
        return getattr(self._held, "context", None)

    @lambda_context.setter
    def lambda_context(self, value: Any) -> None:
        self._held.context = value


class ApiGateway:
    """A WSGI app. `origin_headers` are what only CloudFront knows to send."""

    def __init__(self, app: Chalice, *, origin_headers: Mapping[str, str] | None = None) -> None:
        if not isinstance(app, ThreadedChalice):
            app.__class__ = type("ThreadedApp", (ThreadedChalice, app.__class__), {})
        self._app = app
        self._routes = Routes(app)
        self._origin_headers = {k.lower(): v for k, v in (origin_headers or {}).items()}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(environ)
        headers, body = compressed(environ, answer.headers, answer.body, minimum=COMPRESSED_BYTES)
        phrase = HTTPStatus(answer.status).phrase if answer.status in _STATUSES else "Other"
        start_response(f"{answer.status} {phrase}", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _answer(self, environ: WSGIEnvironment) -> Response:
        path = (environ.get("REQUEST_URI") or environ["PATH_INFO"]).split("?", 1)[0]
        route = self._routes.find(path, environ["REQUEST_METHOD"])
        if route is None:
            return gateway_response(404)
        event = self._event(environ, path, *route)
        if len(event["body"] or "") > PAYLOAD_BYTES:
            return gateway_response(413)
        context = LambdaContext("api", seconds=TIMEOUT_SECONDS)
        return _from_lambda(self._app(event, context))

    def _event(self, environ: WSGIEnvironment, path: str, resource: str, parameters: Mapping[str, str]) -> Event:
        headers = {**request_headers(environ), **self._origin_headers}
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        method = environ["REQUEST_METHOD"]
        body, is_base64 = self._body(environ, headers.get("content-type", ""))
        return {
            "resource": resource,
            "path": path,
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": dict(parameters) or None,
            "stageVariables": None,
            "requestContext": {
                "httpMethod": method,
                "resourcePath": resource,
                "path": path,
                "stage": "local",
                "requestId": str(uuid4()),
                "identity": {"sourceIp": environ.get("REMOTE_ADDR"), "userAgent": headers.get("user-agent")},
            },
            "body": body,
            "isBase64Encoded": is_base64,
        }

    def _body(self, environ: WSGIEnvironment, content_type: str) -> tuple[str | None, bool]:
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if not raw:
            return None, False
        kind = content_type.split(";", 1)[0].strip().lower()
        if kind in self._app.api.binary_types or kind.startswith("multipart/"):
            return base64.b64encode(raw).decode(), True
        try:
            return raw.decode(), False
        except UnicodeDecodeError:
            return raw.decode(errors="replace"), False


@cache
def routes_of(app: Chalice) -> "Routes":
    """Those of an app that gets no more of them."""
    return Routes(app)


class Routes:
    """Which resource a path belongs to: fixed segments before captured ones, as API Gateway chooses."""

    def __init__(self, app: Chalice) -> None:
        self._by_length: dict[int, list[tuple[str, tuple[str, ...], frozenset[str]]]] = {}
        for resource, methods in app.routes.items():
            parts = tuple(resource.split("/"))
            self._by_length.setdefault(len(parts), []).append((resource, parts, frozenset(methods)))
        for candidates in self._by_length.values():
            candidates.sort(key=lambda c: tuple(part.startswith("{") for part in c[1]))

    def find(self, path: str, method: str) -> tuple[str, dict[str, str]] | None:
        """The resource and its decoded parameters; None where API Gateway would answer by itself."""
        parts = (path.rstrip("/") or "/").split("/")
        for resource, wanted, methods in self._by_length.get(len(parts), ()):
            if all(w.startswith("{") or w == p for w, p in zip(wanted, parts, strict=True)):
                if method not in methods:
                    return None
                captured = {w[1:-1]: unquote(p) for w, p in zip(wanted, parts, strict=True) if w.startswith("{")}
                return resource, captured
        return None


def request_headers(environ: WSGIEnvironment) -> dict[str, str]:
    """Header names in lower case."""
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    return headers


def gateway_response(status: int) -> Response:
    """What API Gateway answers by itself: its GatewayResponses."""
    body = NOT_FOUND.read_bytes() if status == HTTPStatus.NOT_FOUND else f"{HTTPStatus(status).phrase}\n".encode()
    kind = "text/html" if status == HTTPStatus.NOT_FOUND else "text/plain"
    return Response(status, [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body)))], body)


def _from_lambda(response: Mapping[str, Any]) -> Response:
    body = response.get("body") or ""
    raw = base64.b64decode(body) if response.get("isBase64Encoded") else _encoded(body)
    if len(body) > PAYLOAD_BYTES:
        return gateway_response(502)
    headers = [(name, str(value)) for name, value in (response.get("headers") or {}).items()]
    for name, values in (response.get("multiValueHeaders") or {}).items():
        headers += [(name, str(value)) for value in values]
    headers = [h for h in headers if h[0].lower() not in {"content-length", "connection"}]
    if raw and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Response(response["statusCode"], [*headers, ("Content-Length", str(len(raw)))], raw)


def _encoded(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


_STATUSES = frozenset(status.value for status in HTTPStatus)
WsgiApp = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]
