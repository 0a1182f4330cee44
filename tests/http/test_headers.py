"""Every answer carries the headers that keep it private, unframed and free of foreign scripts."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib import services
from chalicelib.services import Services
from chalicelib.settings import Settings
from tests.web.client import Visitor

Visit = Callable[[str], Visitor]
ALWAYS = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


@pytest.mark.parametrize(
    "path", ["/public", "/visitor", "/customer", "/staff", "/api_key", "/fail/defect", "/fail/notfound"]
)
def test_every_answer_is_protected(visit: Visit, path: str) -> None:
    got = visit("customer").get(path)
    assert ALWAYS.items() <= got.headers.items()
    policy = got.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("path", "cached", "referrer"),
    [
        ("/public", "no-store", "same-origin"),
        ("/visitor", "no-store", "no-referrer"),
        ("/customer", "no-store", "same-origin"),
    ],
)
def test_private_pages_are_never_kept(visit: Visit, path: str, cached: str | None, referrer: str) -> None:
    got = visit("customer").get(path)
    assert (got.headers.get("cache-control"), got.headers["referrer-policy"]) == (cached, referrer)


def test_the_buckets_may_be_posted_to_and_fetched_from(portal: Services, visit: Visit) -> None:
    settings = Settings(bucket_origins="https://inbox.example https://files.example")
    with services.use(replace(portal, settings=settings)):
        got = visit("").get("/public")
    policy = got.headers["content-security-policy"]
    assert "connect-src 'self' https://inbox.example https://files.example" in policy
    assert "img-src data: 'self' https://inbox.example https://files.example" in policy
    assert "form-action 'self' https://inbox.example https://files.example" in policy
    assert "strict-transport-security" not in got.headers


def test_head_is_answered_without_a_body(visit: Visit) -> None:
    got = visit("customer").call("HEAD", "/customer")
    assert (got.status, got.body) == (200, b"")
