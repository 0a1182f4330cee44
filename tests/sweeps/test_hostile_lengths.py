"""What is long is refused before any work is done on it, wherever anybody may send a text (threat 21).

The longest text that each place takes is filled with what costs most: combining marks, which Unicode has to sort.
"""

import re
import secrets
import time
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest

from app import app
from chalicelib.http import cookies
from chalicelib.http.access import Audience
from chalicelib.http.request import MAX_HEADER
from chalicelib.identity.sessions import csrf_token
from tests.sweeps.scenario import Scenario, access_of, address, parameters
from tests.web.client import OWN_PAGE, Page, Visitor

MAX_NORMALISED = 1_024
"""Characters that are ever normalised at once: that takes a millisecond, however they are chosen."""
BUDGET_SECONDS = 0.05
"""Of the processor, beyond what the same request costs with short values."""
ROUTES = sorted((path, method) for path, methods in app.routes.items() for method in methods if method != "HEAD")
OPEN = [(path, method) for path, method in ROUTES if access_of(app, path, method).is_open]
FIELDS = ("email", "password", "csrf", "next")
QUERY = ("q", "next", "done", "at", "page", "after", "below", "upload", "field", "depot", "status", "row", "on", "run")
HEADERS = ("user-agent", "origin", "referer", "accept", "hx-request", "authorization", "x-csrf-token", "cookie")
COOKIES = (cookies.SESSION, cookies.CSRF, cookies.FLASH, cookies.DEVICE)
MARKS = "\u0301\u0316"
"""Two marks of different classes: of a run of them each has to pass all of the other kind."""
IDS = ("membership", "session", "name", "only", "ref", "back")
CALLERS = {
    Audience.CUSTOMER: "our customer",
    Audience.API_KEY: "our upload client",
    Audience.VISITOR: "anonymous",
    Audience.PUBLIC: "anonymous",
}
DIGITS = "7" * 5_000
"""More digits than Python makes a number of."""

HOSTILE = (DIGITS, MARKS * MAX_NORMALISED, "\u0661" * 400, "-1", "1e999", "\x00")

Ask = Callable[[Visitor], Page]


def marks(size: int) -> str:
    """So many bytes of them, one kind after the other."""
    half = size // 2 // 2
    return MARKS[0] * half + MARKS[1] * half


def body_of(fields: dict[str, str]) -> str:
    """A form whose values stand there as they are: percent-encoding would take a third of the length away."""
    return "&".join(f"{name}={value}" for name, value in fields.items())


@pytest.fixture
def longest(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long what was normalised was."""
    seen: list[int] = [0]
    normalize = unicodedata.normalize

    def counted(form: str, text: str) -> str:
        seen.append(len(text))
        return normalize(form, text)  # type: ignore[arg-type]

    monkeypatch.setattr(unicodedata, "normalize", counted)
    return seen


def costs(scenario: Scenario, ask: Ask) -> float:
    """The processor's seconds for one request of a stranger: the least of three, for the machine has other work too."""

    def once() -> float:
        with scenario.visiting(scenario.callers()["anonymous"]) as visitor:
            visitor.cookies[cookies.CSRF] = "d" * 43
            visitor._address = f"2001:db8:{scenario.ids.random_bytes(2).hex()}:1::7"  # noqa: SLF001 - no limit comes first
            begun = time.process_time()
            page = ask(visitor)
            spent = time.process_time() - begun
        assert page.status < 500, page.status
        return spent

    return min(once() for _ in range(3))


def posted(path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Ask:
    body = body_of(fields)

    def ask(visitor: Visitor) -> Page:
        somebody = secrets.token_hex(5)  # whose tries are not used up
        return visitor.call("POST", path, body=body.replace("{somebody}", somebody), headers=OWN_PAGE | (headers or {}))

    return ask


PLAIN = {"csrf": "d" * 43, "email": "{somebody}@b.example", "password": "x"}


def asked(method: str, target: str, headers: dict[str, str]) -> Ask:
    """A request with these headers."""
    return posted(target, PLAIN, headers) if method == "POST" else lambda visitor: visitor.get(target, headers=headers)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("path", [path for path, method in OPEN if method == "POST"])
def test_no_field_of_an_open_form_costs_more_for_being_long(
    scenario: Scenario, longest: list[int], path: str, field: str
) -> None:
    most = access_of(app, path, "POST").max_body
    target = address(scenario, path, scenario.cast.ours)
    value = marks(most - len(body_of(PLAIN)) - 100)
    hostile = f"{{somebody}}{value}@b.example" if field == "email" else value
    plain = costs(scenario, posted(target, PLAIN))
    assert costs(scenario, posted(target, PLAIN | {field: hostile})) < plain + BUDGET_SECONDS
    assert max(longest) <= MAX_NORMALISED
    too_long = PLAIN | {field: "x" * most}
    with scenario.visiting(scenario.callers()["anonymous"]) as visitor:
        visitor.cookies[cookies.CSRF] = "d" * 43
        assert posted(target, too_long)(visitor).status == 413


@pytest.mark.parametrize(("path", "method"), OPEN)
def test_no_header_and_no_cookie_does(scenario: Scenario, longest: list[int], path: str, method: str) -> None:
    target = address(scenario, path, scenario.cast.ours)
    plain = costs(scenario, asked(method, target, {}))
    for size in (MAX_HEADER - 200, 10 * MAX_HEADER):
        hostile = dict.fromkeys(HEADERS, marks(size))
        assert costs(scenario, asked(method, target, hostile)) < plain + BUDGET_SECONDS, size
        cookie = "; ".join(f"{name}={marks(size // len(COOKIES))}" for name in COOKIES)
        assert costs(scenario, asked(method, target, {"cookie": cookie})) < plain + BUDGET_SECONDS, size
    assert max(longest) <= MAX_NORMALISED


@pytest.mark.parametrize(("path", "method"), [one for one in OPEN if parameters(one[0])])
def test_no_part_of_a_path_does(scenario: Scenario, longest: list[int], path: str, method: str) -> None:
    plain = costs(scenario, asked(method, re.sub(r"\{\w+\}", "nobody", path), {}))
    for name in parameters(path):
        long = re.sub(r"\{\w+\}", "nobody", path.replace(f"{{{name}}}", quote(marks(8_000))))
        assert costs(scenario, asked(method, long, {})) < plain + BUDGET_SECONDS
    assert max(longest) <= MAX_NORMALISED


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_no_number_or_name_of_an_address_is_a_defect(
    scenario: Scenario, longest: list[int], path: str, method: str
) -> None:
    """Of routes behind login too: every text that becomes a number, an id or a search."""
    caller = scenario.callers()[CALLERS.get(access_of(app, path, method).audience, "our admin")]
    for hostile in HOSTILE:
        query = urlencode(dict.fromkeys(QUERY, hostile))
        targets = [f"{address(scenario, path, scenario.cast.ours)}?{query}"]
        if parameters(path):
            targets.append(re.sub(r"\{\w+\}", quote(hostile, safe=""), path))
        with scenario.visiting(caller, fresh=path == "/logout") as visitor:
            for target in targets:
                page = called(visitor, method, target, hostile)
                assert page.status < 500, target[:80]
    assert max(longest) <= MAX_NORMALISED


def called(visitor: Visitor, method: str, target: str, hostile: str) -> Page:
    if method != "POST":
        return visitor.get(target)
    visitor.cookies[cookies.CSRF] = "d" * 43
    secret = visitor.cookies.get(cookies.SESSION)
    fields = {**dict.fromkeys(IDS, hostile), "csrf": csrf_token(secret) if secret else "d" * 43}
    return visitor.call("POST", target, body=urlencode(fields), headers=OWN_PAGE)


@pytest.mark.parametrize("size", [DIGITS, "1" * 30, "-1", "1e400", '"1"', "[" * 5_000])
def test_no_json_of_an_upload_client_is_a_defect(scenario: Scenario, size: str) -> None:
    body = f'{{"file_name": "ccx_a_20240605T090000Z_00000001.zip", "size": {size}}}'
    with scenario.visiting(scenario.callers()["our upload client"]) as visitor:
        headers = {"content-type": "application/json"}
        assert visitor.call("POST", "/api/v1/uploads", body=body, headers=headers).status == 422
