"""The mailbox page: what a customer or a dealer would find in their own, and a JSON list for tests."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.local.api_gateway import gateway_response
from infra.local.mails import Archive, Message

MAILBOX_PATH = "/_local/mail"

_PAGE_POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self'; frame-src 'self'"
_MAIL_POLICY = (
    "default-src 'none'; img-src data: http: https:; style-src 'unsafe-inline'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


class Mailbox:
    """A WSGI app under /_local/mail: the list, one message, its HTML alone, and all as JSON."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        pages = FileSystemLoader(Path(__file__).parent / "pages")
        self._pages = Environment(loader=pages, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self._pages.filters["moment"] = _moment

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name, _, part = environ["PATH_INFO"].removeprefix(MAILBOX_PATH).strip("/").partition("/")
        if not name:
            return self._page(start_response, "mailbox.html", messages=self._archive.messages())
        if name == "messages.json":
            body = json.dumps([asdict(m) for m in self._archive.messages()])
            return _answer(start_response, "application/json", body, _PAGE_POLICY)
        message = self._archive.get(name)
        if message is None or part not in {"", "html"}:
            missing = gateway_response(404)
            start_response("404 Not Found", missing.headers)
            return [missing.body]
        if part:
            return _answer(start_response, "text/html", _with_links_to_top_frame(message), _MAIL_POLICY)
        return self._page(start_response, "message.html", message=message)

    def _page(self, start_response: StartResponse, template: str, **context: Any) -> Iterable[bytes]:
        html = self._pages.get_template(template).render(mailbox=MAILBOX_PATH, **context)
        return _answer(start_response, "text/html", html, _PAGE_POLICY)


def _with_links_to_top_frame(message: Message) -> str:
    return f'<base target="_top">{message.html}'


def _answer(start_response: StartResponse, kind: str, text: str, policy: str) -> Iterable[bytes]:
    body = text.encode()
    start_response(
        "200 OK",
        [
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", policy),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )
    return [body]


def _moment(at: float) -> str:
    """In this machine's time zone."""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%-d %b %Y, %H:%M:%S")
