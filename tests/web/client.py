"""A browser without a screen: calls the app in process, keeps cookies, fills in the forms that it was shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http.cookies import SimpleCookie
from json import loads
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from chalice.app import Chalice

from infra.local.api_gateway import routes_of
from infra.local.context import LambdaContext
from infra.local.html_page import Form, HtmlPage

OWN_PAGE = {"sec-fetch-site": "same-origin"}
_TOKENS = re.compile(r"[\w-]{43}\.[\w-]{58,86}|(?<=name=\"form_id\" value=\")[\w-]+")

_SUMMARY = re.compile(r'<div class="error-summary".*?</div>', re.DOTALL)


@dataclass(frozen=True)
class Page:
    """What came back. `headers` have lower-case names; `cookies` are the Set-Cookie lines."""

    path: str
    status: int
    headers: Mapping[str, str]
    cookies: list[str]
    body: bytes

    @property
    def html(self) -> str:
        return self.body.decode()

    @property
    def html_without_tokens(self) -> str:
        """The same for the same page: its masked CSRF token and the ids of its forms never are."""
        return _TOKENS.sub("", self.html)

    @property
    def json(self) -> Any:
        return loads(self.body)

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    @cached_property
    def text(self) -> str:
        """The words a reader sees, single-spaced."""
        return " ".join("".join(self._read.text).split())

    @property
    def forms(self) -> list[Form]:
        return self._read.forms

    @property
    def links(self) -> dict[str, str]:
        """Addresses by their words; of several the first."""
        return dict(reversed(self._read.links))

    @property
    def everything(self) -> bytes:
        """Body and headers, for a search that must find nothing."""
        head = "\n".join([*(f"{name}: {value}" for name, value in self.headers.items()), *self.cookies])
        return head.encode() + b"\n" + self.body

    def form(self, action: str) -> Form:
        """The form that goes to a path, whatever its query."""
        found = [form for form in self.forms if form.method != "dialog" and urlsplit(form.action).path == action]
        assert found, f"no form to {action} on {self.path}, only {[form.action for form in self.forms]}"
        return found[0]

    @cached_property
    def _read(self) -> HtmlPage:
        return HtmlPage(self.path, self.html)


class Visitor:
    """One browser: `visitor.get("/login")`, `visitor.submit("/login", email=..., password=...)`, `visitor.follow()`."""

    def __init__(
        self, app: Chalice, *, address: str = "198.51.100.7", headers: Mapping[str, str] | None = None
    ) -> None:
        self._app = app
        self._routes = routes_of(app)
        self._address = address
        self._headers = dict(headers or {})
        self.cookies: dict[str, str] = {}
        self.page: Page | None = None

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, htmx: bool = False) -> Page:
        """Open an address."""
        return self.call("GET", path, headers={**({"hx-request": "true"} if htmx else {}), **(headers or {})})

    def post(
        self, path: str, fields: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Page:
        """Post fields as they are, from a page of ours: without a token unless `fields` has one."""
        return self.call(
            "POST", path, body=urlencode(fields or {}, doseq=True), headers={**OWN_PAGE, **(headers or {})}
        )

    def submit(self, action: str, **fields: Any) -> Page:
        """Send the form to `action` of the page in hand: its own values, hidden token included, under `fields`."""
        assert self.page is not None
        form = self.page.form(action)
        sent = {**form.fields, **fields}
        if form.method == "get":
            return self.get(f"{urlsplit(form.action).path}?{urlencode(sent, doseq=True)}")
        return self.post(form.action, sent)

    def follow(self) -> Page:
        """Go where the last answer sends us, over as many steps as it takes within the portal."""
        assert self.page is not None
        while self.page.status in {301, 302, 303} and self.page.location.startswith("/"):
            self.get(self.page.location)
        return self.page

    def call(
        self,
        method: str,
        path: str,
        *,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        unrouted: bool = False,
    ) -> Page:
        """One request as API Gateway hands it over. An unknown path or method is its 404, as in front of AWS.

        With `unrouted` a method that the path does not have is handed over all the same.
        """
        parts = urlsplit(path)
        found = self._routes.find(parts.path, method)
        if unrouted:
            found = self._routes.find(parts.path, "GET") or self._routes.find(parts.path, "POST")
        if found is None:
            self.page = Page(parts.path, 404, {}, [], b"")
            return self.page
        sent = {"accept": "text/html,*/*", **self._headers}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            sent["content-type"] = "application/x-www-form-urlencoded"
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        answer = self._app(
            self._event(method, parts.path, parts.query, found, sent, body), LambdaContext("api", seconds=29)
        )
        self.page = _page(parts.path, answer)
        _check_error_summary(self.page)
        self._keep(self.page.cookies)
        return self.page

    def _event(
        self, method: str, path: str, query: str, found: tuple[str, dict[str, str]], headers: dict[str, str], body: str
    ) -> dict[str, Any]:
        resource, params = found
        return {
            "resource": resource,
            "path": path,
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "multiValueQueryStringParameters": parse_qs(query, keep_blank_values=True) or None,
            "pathParameters": params or None,
            "stageVariables": None,
            "requestContext": {
                "httpMethod": method,
                "resourcePath": resource,
                "path": path,
                "requestId": "request-1",
                "identity": {"sourceIp": self._address},
            },
            "body": body or None,
            "isBase64Encoded": False,
        }

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


def _check_error_summary(page: Page) -> None:
    """Each line of it leads to its field, and they come in the order of the fields."""
    found = _SUMMARY.search(page.html) if page.headers.get("content-type", "").startswith("text/html") else None
    if found:
        names = re.findall(r'href="#([^"]+)"', found[0])
        places = [page.html.find(f' id="{name}"') for name in names]
        assert -1 not in places, f"{page.path}: no field for one of {names}"
        assert places == sorted(places), f"{page.path}: not in the order of the fields: {names}"


def _page(path: str, answer: Mapping[str, Any]) -> Page:
    body = answer.get("body") or ""
    if answer.get("isBase64Encoded"):
        from base64 import b64decode

        body = b64decode(body)
    raw = body if isinstance(body, bytes) else body.encode()
    headers = {name.lower(): str(value) for name, value in answer["headers"].items()}
    cookies = [
        line
        for name, lines in answer.get("multiValueHeaders", {}).items()
        if name.lower() == "set-cookie"
        for line in lines
    ]
    return Page(path, answer["statusCode"], headers, cookies, raw)
