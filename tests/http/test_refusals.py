"""A refused request leaves one line in the log and one count of a metric, and nothing that names anybody."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chalicelib import services
from chalicelib.http import cookies
from chalicelib.http.access import MAX_FORM
from chalicelib.identity.sessions import csrf_token
from chalicelib.observability import logger
from chalicelib.services import Services
from tests.web.client import Visitor

Visit = Callable[[str], Visitor]
OWN = {"sec-fetch-site": "same-origin"}
TOKEN = {"csrf": csrf_token("customer")}
FORM = {"csrf": "d" * 43, "email": "Al.Barlow@postgate.example", "password": "copper lantern meadow"}


@dataclass(frozen=True)
class Case:
    """A call, why it is turned away, and the route that the log names."""

    call: Callable[[Visit], Any]
    why: str
    route: str
    dealer: bool = False


def anonymous(visit: Visit) -> Visitor:
    visitor = visit("")
    visitor.cookies[cookies.CSRF] = "d" * 43
    return visitor


CASES = {
    "a missing token": Case(lambda v: v("customer").post("/customer", {}), "csrf", "/customer", dealer=True),
    "a foreign token": Case(lambda v: anonymous(v).post("/visitor", FORM | {"csrf": "e" * 43}), "csrf", "/visitor"),
    "another site": Case(
        lambda v: v("customer").post("/customer", TOKEN, headers={"sec-fetch-site": "cross-site"}),
        "origin",
        "/customer",
        dealer=True,
    ),
    "a lower role": Case(lambda v: v("viewer").get("/customer_pay"), "role", "/customer_pay", dealer=True),
    "the other side": Case(lambda v: v("staff").get("/customer"), "audience", "/customer", dealer=True),
    "not there": Case(lambda v: v("staff").get("/fail/notfound"), "not_found", "/fail/{kind}"),
    "not there by a query": Case(lambda v: v("").get("/look?account=1300"), "not_found", "/look"),
    "not there by a form": Case(lambda v: anonymous(v).post("/look", FORM | {"account": "1300"}), "not_found", "/look"),
    "not there by access": Case(
        lambda v: v("customer").get("/customer_payments"), "module", "/customer_payments", dealer=True
    ),
    "another media type": Case(
        lambda v: v("customer").post("/customer", TOKEN, headers={"content-type": "text/plain"}),
        "media_type",
        "/customer",
        dealer=True,
    ),
    "too large": Case(
        lambda v: v("customer").post("/customer", {"a": "x" * MAX_FORM}), "size", "/customer", dealer=True
    ),
    "too large, of a stranger": Case(lambda v: v("").post("/visitor", {"a": "x" * 20_000}), "size", "/visitor"),
    "too large, of a machine": Case(
        lambda v: v("").call("POST", "/webhook", body="x" * 300_000, headers={"signature": "no"}), "size", "/webhook"
    ),
    "too many": Case(lambda v: v("").get("/fail/toomany"), "limit", "/fail/{kind}"),
    "an unknown key": Case(
        lambda v: v("").get("/api_key", headers={"authorization": "Bearer ccx_bad"}), "api_key", "/api_key"
    ),
    "no key": Case(lambda v: v("").get("/api_key"), "api_key", "/api_key"),
    "a wrong signature": Case(
        lambda v: v("").call("POST", "/webhook", body="{}", headers={"signature": "no"}), "webhook", "/webhook"
    ),
}


def refusals(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    found = [record for record in caplog.records if record.getMessage() == "auth.refused"]
    return [json.loads(logger.registered_formatter.format(record)) for record in found]


def counted(printed: str) -> list[tuple[str, list[list[str]], str, str]]:
    """The metrics in what a function prints: namespace, dimensions, stage, why."""
    lines = [json.loads(line) for line in printed.splitlines() if '"_aws"' in line]
    told = [(line["_aws"]["CloudWatchMetrics"][0], line) for line in lines]
    assert all(line["Refusals"] == [1.0] for _, line in told)
    return [(metric["Namespace"], metric["Dimensions"], line["Stage"], line["Why"]) for metric, line in told]


@pytest.mark.parametrize("name", CASES)
def test_each_refusal_is_one_event(
    visit: Visit, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    case = CASES[name]
    case.call(visit)
    (line,) = refusals(caplog)
    assert (line["why"], line["route"], line["level"]) == (case.why, case.route, "WARNING")
    assert line.get("dealer") == ("a" * 10 if case.dealer else None)
    assert len(line["address_hash"]) == 16
    printed = capsys.readouterr().out
    assert counted(printed) == [("CustomerConnect", [["Stage", "Why"]], "local", case.why)]
    said = json.dumps(line) + printed
    assert not [secret for secret in ("198.51.100.7", "@", "arlow", "copper", "d" * 43, "ccx_bad") if secret in said]


def test_one_person_and_one_address_are_known_again_but_not_by_name(
    visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    for email in ("al.barlow@postgate.example", " AL.Barlow@postgate.example", "other@postgate.example"):
        anonymous(visit).post("/toomany", FORM | {"email": email})
        anonymous(visit).post("/visitor", FORM | {"email": email, "csrf": "e" * 43})
    hashes = [line["email_hash"] for line in refusals(caplog)]
    assert hashes[0] == hashes[1] != hashes[2]
    assert len({line["address_hash"] for line in refusals(caplog)}) == 1


@pytest.mark.parametrize("path", ["/customer", "/visitor", "/public"])
def test_nobody_is_turned_away_who_has_yet_to_log_in_or_reads_a_page(
    visit: Visit, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    visit("").get(path)
    visit("customer").get("/fail/invalid")
    visit("").get("/look")
    assert refusals(caplog) == []


def test_a_call_past_the_distribution_is_answered_before_anything_is_read(
    portal: Services, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    def never(*_: object) -> Any:
        raise AssertionError

    closed = replace(
        portal,
        settings=portal.settings.model_copy(update={"origin_secrets": "only the distribution knows"}),
        session_of=never,
        dealer_of=never,
        render=never,
    )
    with services.use(closed):
        page = visit("customer").post("/customer", TOKEN, headers={"cloudfront-viewer-address": "203.0.113.9:1"})
    assert (page.status, page.headers["content-type"]) == (403, "text/plain; charset=utf-8")
    assert page.body == b"Open the portal at its own address"
    assert page.headers["cache-control"] == "no-store"
    (line,) = refusals(caplog)
    assert line["why"] == "origin_secret"
