"""A customer who is logged in, calling the web function as Lambda does: an event in, an answer out, in this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app import app as portal
from chalicelib import services, settings
from chalicelib.customers import queries as customers
from chalicelib.customers.directory import queries as directory
from chalicelib.customers.enrolment import queries as enrolment
from chalicelib.dealers import queries as dealer_queries
from chalicelib.identity.model import Membership, MembershipKind, Session
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger import repo
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from infra.local.context import LambdaContext

NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)
CONTEXT = LambdaContext("api", seconds=29)
HEADERS = {  # as a browser, CloudFront and API Gateway send them
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-encoding": "gzip, deflate, br",
    "accept-language": "en-GB,en;q=0.9",
    "cloudfront-viewer-address": "192.0.2.1:46532",
    "host": "a1b2c3d4e5.execute-api.eu-west-2.amazonaws.com",
    "referer": "https://portal.example/transactions",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "same-origin",
    "upgrade-insecure-requests": "1",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "via": "2.0 5f1b.cloudfront.net (CloudFront)",
    "x-amz-cf-id": "w3dQ8c0Kc3S8yH2bS1mXx7cJ0ZxJ8o1v5Yt2Wk9rP4nQ6uE7aA==",
    "x-amzn-trace-id": "Root=1-66602b5a-0a1b2c3d4e5f60718293a4b5",
    "x-forwarded-for": "192.0.2.1, 198.51.100.17",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}
Call = Callable[[], dict[str, Any]]


@contextmanager
def logged_in(scope: TenantScope, *, ref: str | None = "1200", **more: Any) -> Iterator[Services]:
    """Every call inside is that of a customer of this account, or of an admin of the dealer where `ref` is None.

    The session comes from memory: what is measured begins after it was read.
    """
    kind, role = (MembershipKind.STAFF, Role.ADMIN) if ref is None else (MembershipKind.CUSTOMER, Role.ADMIN)
    name = "" if ref is None else "Mr A L Barlow"
    membership = Membership(scope.dealer_id, kind, ref, name, role=role, active=True)
    session = Session(
        "s" * 43, "person", "al.barlow@postgate.example", membership, "c" * 43, NOW, NOW, NOW, "192.0.2.1", "Firefox"
    )
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: NOW, session_of=lambda *_: session)
    with services.use(replace(made, **more)) as used:
        yield used


def getting(path: str, query: dict[str, str] | None = None) -> Call:
    """A call that gets this page of the portal, and raises AssertionError unless it comes."""
    event = event_of(path, query)

    def call() -> dict[str, Any]:
        answer: dict[str, Any] = portal(event, CONTEXT)
        assert answer["statusCode"] == 200, answer
        return answer

    return call


def event_of(path: str, query: dict[str, str] | None = None, *, secret: str = "s" * 43) -> dict[str, Any]:
    """What API Gateway sends when a browser with this session gets a page."""
    headers = {**HEADERS, "cookie": f"__Host-session={secret}"}
    return {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "multiValueQueryStringParameters": {name: [value] for name, value in (query or {}).items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "GET",
            "resourcePath": path,
            "path": path,
            "requestId": "request-1",
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": None,
        "isBase64Encoded": False,
    }


def forget(scope: TenantScope) -> None:
    """What this process remembers of the dealer, as if it had just started."""
    dealer_queries.forget(scope)
    directory.forget_all()
    enrolment.forget_all()
    customers.forget_all()
    repo.forget()
