"""What a view learns of a request, and what it does not."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from chalice.app import Response

from chalicelib import services
from chalicelib.http import cookies, responses
from chalicelib.http.access import CUSTOMER, MAX_FORM, VISITOR
from chalicelib.http.request import MAX_FIELDS, Request
from chalicelib.http.routing import Routes
from chalicelib.identity.sessions import csrf_token
from chalicelib.services import Services
from tests.web.client import Visitor

Visit = Callable[[str], Visitor]
SECRET = "only the distribution knows"
OTHER_SECRET = "it will know another soon"


@pytest.fixture
def routes() -> Routes:
    made = Routes("tests.http.request")

    @made.get("/show/{ref}", CUSTOMER)
    def show(request: Request) -> Response:
        shown = {
            "address": request.address,
            "params": request.params,
            "query": request.query,
            "here": request.here(sort="date", page=None),
            "refs": sorted(request.customer_scope.account_refs),
            "dealer": request.dealer and request.dealer.name,
            "money": request.fmt.money(770, "GBP"),
        }
        return responses.json(shown)

    @made.get("/token", VISITOR)
    def token(request: Request) -> Response:
        return responses.json(request.csrf)

    @made.post("/json", CUSTOMER)
    def body(request: Request) -> Response:
        return responses.json(request.json)

    @made.get("/wrong", CUSTOMER)
    def wrong(request: Request) -> Response:
        return responses.json(request.dealer_scope.person_id)

    return made


def test_a_view_sees_decoded_input_and_its_scope(visit: Visit) -> None:
    shown = visit("customer").get("/show/A%201?type=invoice&type=payment&page=3").json
    assert shown["params"] == {"ref": "A 1"}
    assert shown["query"] == {"type": "payment", "page": "3"}
    assert shown["here"] == "/show/A%201?type=payment&sort=date"
    assert shown["refs"] == ["1200", "1200/1"]
    assert (shown["dealer"], shown["money"]) == ("Moorbeck Machinery", "£7.70")


def test_a_scope_of_another_kind_is_a_defect(visit: Visit) -> None:
    assert visit("customer").get("/wrong").status == 500


def test_the_token_of_forms_is_the_sessions_or_the_browsers(visit: Visit) -> None:
    assert visit("customer").get("/token").json == csrf_token("customer")
    stranger = visit("")
    token = stranger.get("/token").json
    assert cookies.is_secret(token)
    stranger.cookies[cookies.CSRF] = token
    assert stranger.get("/token").json == token
    stranger.cookies[cookies.CSRF] = "chosen by somebody"
    assert stranger.get("/token").json not in {token, "chosen by somebody"}


def knowing(portal: Services, *secrets: str) -> Services:
    return replace(portal, settings=portal.settings.model_copy(update={"origin_secrets": secrets}))


@pytest.mark.parametrize(
    ("viewer", "address"), [("203.0.113.9:46532", "203.0.113.9"), ("[2001:db8::7]:443", "2001:db8::7"), ("", "")]
)
def test_behind_the_distribution_only_its_word_for_the_address_counts(
    portal: Services, visit: Visit, viewer: str, address: str
) -> None:
    headers = {"x-origin-secret": SECRET, "cloudfront-viewer-address": viewer, "x-forwarded-for": "1.2.3.4"}
    with services.use(knowing(portal, OTHER_SECRET, SECRET)):
        assert visit("customer").get("/show/1", headers=headers).json["address"] == address


@pytest.mark.parametrize("sent", ["", "wrong", SECRET + " "])
def test_a_call_that_bypasses_cloudfront_is_refused(portal: Services, visit: Visit, sent: str) -> None:
    with services.use(knowing(portal, OTHER_SECRET, SECRET)):
        assert visit("customer").get("/show/1", headers={"x-origin-secret": sent}).status == 403


def test_while_the_secret_is_changed_both_are_taken(portal: Services, visit: Visit) -> None:
    with services.use(knowing(portal, SECRET, OTHER_SECRET)):
        for sent in (SECRET, OTHER_SECRET):
            assert visit("customer").get("/show/1", headers={"x-origin-secret": sent}).status == 200


def test_a_deployed_portal_without_a_secret_answers_nobody(portal: Services, visit: Visit) -> None:
    with services.use(replace(portal, settings=portal.settings.model_copy(update={"stage": "prod"}))):
        assert visit("customer").get("/show/1", headers={"x-origin-secret": ""}).status == 500


def test_without_a_distribution_the_connection_counts_and_no_header(visit: Visit) -> None:
    headers = {"cloudfront-viewer-address": "203.0.113.9:1", "x-forwarded-for": "1.2.3.4"}
    assert visit("customer").get("/show/1", headers=headers).json["address"] == "198.51.100.7"


@pytest.mark.parametrize("header", ["__Host-session=\x00; ][", "a\x01b=1", "=;=;", "expires", 'a="\\777"'])
def test_cookies_that_cannot_be_read_are_none(visit: Visit, header: str) -> None:
    assert visit("").get("/show/1", headers={"cookie": header}).status == 303


def test_bytes_that_are_no_text_are_refused(visit: Visit) -> None:
    visitor = visit("customer")
    inner = visitor._event  # noqa: SLF001 - API Gateway sends such a body in base64

    def in_base64(*args: Any) -> dict[str, Any]:
        return {**inner(*args), "body": b64encode(b"\xff\xfe").decode(), "isBase64Encoded": True}

    visitor._event = in_base64  # type: ignore[assignment, method-assign]  # noqa: SLF001
    headers = {"content-type": "application/json", "sec-fetch-site": "same-origin", **TOKEN}
    assert visitor.call("POST", "/json", headers=headers).status == 422


TOKEN = {"x-csrf-token": csrf_token("customer"), "content-type": "application/json"}


@pytest.mark.parametrize(("body", "status"), [('{"a": 1}', 200), ("{", 422), ("[" * 60_000, 422), ("", 422)])
def test_json_is_read_or_refused(visit: Visit, body: str, status: int) -> None:
    assert (
        visit("customer").call("POST", "/json", body=body, headers={**TOKEN, "sec-fetch-site": "same-origin"}).status
        == status
    )


@pytest.mark.parametrize("body", ["&".join(["a=1"] * (MAX_FIELDS + 1)), "a=%FF"])
def test_a_form_that_cannot_be_read_is_refused(visit: Visit, body: str) -> None:
    assert visit("customer").call("POST", "/json", body=body, headers={"sec-fetch-site": "same-origin"}).status == 422


def test_a_body_that_is_too_large_is_refused(visit: Visit) -> None:
    body = "a=" + "x" * MAX_FORM
    assert visit("customer").call("POST", "/json", body=body, headers={"sec-fetch-site": "same-origin"}).status == 413


@pytest.mark.parametrize(
    "kind", ["text/xml", "multipart/form-data; boundary=x", "application/jsonx", "a,application/json"]
)
def test_another_content_type_is_refused(visit: Visit, kind: str) -> None:
    got = visit("customer").call("POST", "/json", body="<a/>", headers={"content-type": kind})
    assert got.status == 415
    assert got.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("kind", ["text/plain", "text/xml"])
def test_the_content_type_of_a_call_without_a_body_is_of_no_matter(visit: Visit, kind: str) -> None:
    assert visit("customer").get("/show/1", headers={"content-type": kind}).status == 200
