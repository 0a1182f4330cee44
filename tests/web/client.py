"""A browser without a screen: calls the app in process, keeps cookies, fills in the forms that it was shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from json import loads
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from chalice.app import Chalice

from infra.local.api_gateway import Routes
from infra.local.context import LambdaContext

OWN_PAGE = {"sec-fetch-site": "same-origin"}


@dataclass(slots=True)
class Form:
    """A form as a reader finds it: where it goes and what it holds. `buttons` are (text, name, value, formaction)."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self._open: list[str] = []
        self._since = 0
        self._href = ""
        self._button: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or self.path
            self._form = Form(urljoin(self.path, action), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag in {"input", "select", "textarea", "option"} and self._form:
            self._field(tag, given)
        elif tag in {"button", "a"}:
            self._since = len(self.text)
            self._href = given.get("href", "")
            self._button = given if tag == "button" else None

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        form = self._form
        assert form is not None
        if tag == "option":
            if "selected" in given or self._select not in form.fields:
                form.fields[self._select] = given.get("value", "")
        elif tag == "select":
            self._select = given.get("name", "")
        elif given.get("type") in {"checkbox", "radio"} and "checked" not in given:
            return
        elif "name" in given:
            form.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        words = " ".join("".join(self.text[self._since :]).split())
        if tag == "form":
            self._form = None
        elif tag == "a" and self._href:
            self.links.append((words, urljoin(self.path, self._href)))
        elif tag == "button" and self._form and self._button is not None:
            given = self._button
            self._form.buttons.append(
                (words, given.get("name", ""), given.get("value", ""), given.get("formaction", ""))
            )

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@dataclass(frozen=True, slots=True)
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
    def json(self) -> Any:
        return loads(self.body)

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    @property
    def text(self) -> str:
        """The words a reader sees, single-spaced."""
        return " ".join("".join(self._read().text).split())

    @property
    def forms(self) -> list[Form]:
        return self._read().forms

    @property
    def links(self) -> dict[str, str]:
        """Addresses by their words; of several the first."""
        return dict(reversed(self._read().links))

    @property
    def everything(self) -> bytes:
        """Body and headers, for a search that must find nothing."""
        head = "\n".join([*(f"{name}: {value}" for name, value in self.headers.items()), *self.cookies])
        return head.encode() + b"\n" + self.body

    def form(self, action: str) -> Form:
        """The form that goes to a path, whatever its query."""
        found = [form for form in self.forms if urlsplit(form.action).path == action]
        assert found, f"no form to {action} on {self.path}, only {[form.action for form in self.forms]}"
        return found[0]

    def _read(self) -> _Reader:
        reader = _Reader(self.path)
        reader.feed(self.html)
        return reader


class Visitor:
    """One browser: `visitor.get("/login")`, `visitor.submit("/login", email=..., password=...)`, `visitor.follow()`."""

    def __init__(
        self, app: Chalice, *, address: str = "198.51.100.7", headers: Mapping[str, str] | None = None
    ) -> None:
        self._app = app
        self._routes = Routes(app)
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
