"""A headless browser in miniature, for loading the demo dealer through the portal's pages."""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from infra.local.html_page import HtmlPage
from infra.local.process import LocalError

_BOUNDARY = "a-file-without-scripts"
_FORM = "application/x-www-form-urlencoded"


class Visitor:
    """Opens pages of the portal at `port`, with cookies and forms."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        self.status = 0
        self.path = "/"
        self.location = ""
        self.html = ""

    @property
    def page(self) -> HtmlPage:
        return HtmlPage(self.path, self.html)

    def get(self, path: str) -> int:
        """The status. Redirects are not followed."""
        return self._send("GET", path)

    def submit(self, path: str, **fields: str) -> int:
        """Submit the form of the current page whose action is `path`, with these fields filled in. The status."""
        body = urlencode({**self.page.form(path).fields, **fields})
        return self._send("POST", path, body, {"Content-Type": _FORM, "Sec-Fetch-Site": "same-origin"})

    def _send(self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> int:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection.request(method, path, body, {"Cookie": cookies, "Accept": "text/html", **(headers or {})})
        answer = connection.getresponse()
        self._keep(answer)
        self.status, self.path, self.html = answer.status, path, answer.read().decode()
        self.location = answer.headers.get("Location", "")
        connection.close()
        return self.status

    def _keep(self, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Leave the answer as it is: the storage sends a browser on."""


def post_file(address: str, fields: Mapping[str, str], name: str, data: bytes) -> str:
    """Post a file to the storage as a browser without scripts does. Where that sends it. Raises LocalError."""
    parts = [f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join((*parts, head)).encode() + data + f"\r\n--{_BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
    try:
        build_opener(_Stay).open(Request(address, data=body, headers=headers), timeout=20).close()
    except HTTPError as answer:
        with answer:
            location: str = answer.headers.get("Location", "")
            if location:
                return location
            raise LocalError(f"The storage refused the file ({answer.code}): {answer.read()[:200]!r}") from answer
    raise LocalError("The storage sends nobody back to the portal.")
