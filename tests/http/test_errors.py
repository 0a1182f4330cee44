"""Expected errors are calm pages with their status; defects are loud in the log and calm on the page."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import services
from chalicelib.http import cookies
from chalicelib.observability import logger
from chalicelib.services import Services
from tests.web.client import Visitor

Visit = Callable[[str], Visitor]
STATUS = {
    "notfound": 404,
    "forbidden": 403,
    "conflict": 409,
    "invalid": 422,
    "toomany": 429,
    "busy": 503,
    "other": 400,
    "defect": 500,
}

HEADING = {
    400: "We cannot accept this",
    403: "You cannot do this",
    404: "Page not found",
    409: "This has changed in the meantime",
    422: "We cannot accept this",
    429: "Please wait",
    500: "Something went wrong",
    503: "Busy at the moment",
}


@pytest.mark.parametrize("kind", STATUS)
@pytest.mark.parametrize("who", ["", "customer", "staff", "undecided"])
def test_each_error_has_its_page_in_every_shell(visit: Visit, kind: str, who: str) -> None:
    got = visit(who).get(f"/fail/{kind}")
    assert got.status == STATUS[kind]
    assert got.headers["content-type"].startswith("text/html")
    assert "secret detail" not in got.html
    assert HEADING[STATUS[kind]] in got.text
    home = {"customer": "Go to My Transactions", "staff": "Go to Customer Accounts", "": "Log in"}
    assert home.get(who, "Choose an account") in got.links


def test_what_to_do_stands_on_the_page(visit: Visit) -> None:
    assert "Only an admin can do this" in visit("").get("/fail/forbidden").text
    assert visit("").get("/fail/toomany").headers["retry-after"] == "60"


def test_an_error_without_a_session_leads_to_log_in(visit: Visit) -> None:
    assert visit("").get("/fail/unauthenticated").location == "/login?next=/fail/unauthenticated"


@pytest.mark.parametrize(
    ("headers", "cleared"),
    [
        ({}, True),
        ({"sec-fetch-mode": "navigate"}, True),
        ({"sec-fetch-mode": "cors"}, False),
        ({"hx-request": "true"}, False),
        ({"hx-request": "true", "sec-fetch-mode": "cors"}, False),
    ],
)
def test_only_a_page_that_ends_a_session_forgets_it(visit: Visit, headers: dict[str, str], *, cleared: bool) -> None:
    """A script's call leaves the cookie: the page after it has yet to say that there was a session."""
    visitor = visit("")
    visitor.cookies[cookies.SESSION] = "ended"
    visitor.get("/fail/unauthenticated", headers=headers)
    assert (cookies.SESSION not in visitor.cookies) is cleared


@pytest.mark.parametrize("headers", [{"hx-request": "true"}, {"accept": "application/json"}])
def test_scripts_get_json(visit: Visit, headers: dict[str, str]) -> None:
    got = visit("customer").get("/fail/invalid", headers=headers)
    assert got.status == 422
    assert got.json == {"message": "That is no number", "fields": {"amount": "Enter a number"}, "id": "request-1"}


def test_a_defect_is_logged_with_the_id_that_its_page_shows(visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    shown = visit("").get("/fail/defect")
    logged = [record for record in caplog.records if record.getMessage() == "request.failed"]
    assert "request-1" in shown.text
    assert len(logged) == 1
    line = json.loads(logger.registered_formatter.format(logged[0]))
    assert (line["request_id"], line["route"], line["exception_name"]) == ("request-1", "/fail/{kind}", "KeyError")


def test_a_broken_page_still_answers(portal: Services, visit: Visit) -> None:
    def broken(_name: str, _context: dict[str, Any]) -> str:
        raise RuntimeError("no template")

    with services.use(replace(portal, render=broken)):
        got = visit("").get("/fail/notfound")
    assert (got.status, got.text) == (500, "Something went wrong on our side. Nothing has changed. request-1")
