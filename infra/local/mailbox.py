"""The mailbox page: what a customer or a dealer would find in their own, and reply to; and a JSON list for tests."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.local.api_gateway import gateway_response
from infra.local.inbound import Inbound
from infra.local.mails import Archive, Message

MAILBOX_PATH = "/_local/mail"
_MAX_FORM_BYTES = 100_000

_PAGE_POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self'; frame-src 'self'"
_MAIL_POLICY = (
    "default-src 'none'; img-src data: http: https:; style-src 'unsafe-inline'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


class Mailbox:
    """A WSGI app under /_local/mail: the list, one message, its HTML alone, a form to reply to it, and all as JSON."""

    def __init__(self, archive: Archive, inbound: Inbound | None = None) -> None:
        self._archive = archive
        self._inbound = inbound
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
        if message and part == "reply" and environ["REQUEST_METHOD"] == "POST":
            return self._reply(message, environ, start_response)
        if message is None or part not in {"", "html"}:
            missing = gateway_response(404)
            start_response("404 Not Found", missing.headers)
            return [missing.body]
        if part:
            return _answer(start_response, "text/html", _with_links_to_top_frame(message), _MAIL_POLICY)
        answers_to = self._archive.reply_to(message.id) if self._inbound else ""
        is_sent = environ.get("QUERY_STRING") == "sent"
        return self._page(start_response, "message.html", message=message, answers_to=answers_to, is_sent=is_sent)

    def _reply(self, message: Message, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """As the mail program of whom the mail went to; only for the form of this page."""
        to = self._archive.reply_to(message.id)
        if self._inbound is None or not to or environ.get("HTTP_SEC_FETCH_SITE", "same-origin") != "same-origin":
            refused = gateway_response(403)
            start_response("403 Forbidden", refused.headers)
            return [refused.body]
        length = min(int(environ.get("CONTENT_LENGTH") or 0), _MAX_FORM_BYTES)
        form = parse_qs(environ["wsgi.input"].read(length).decode(errors="replace"), keep_blank_values=True)
        sender = " ".join(form.get("from", [message.to])[0].split())
        raw = reply(message, sender=sender, to=to, text=form.get("text", [""])[0])
        self._inbound.receive(raw, sender=sender, recipients=[to])
        start_response("303 See Other", [("Location", f"{MAILBOX_PATH}/{message.id}?sent"), ("Content-Length", "0")])
        return [b""]

    def _page(self, start_response: StartResponse, template: str, **context: Any) -> Iterable[bytes]:
        html = self._pages.get_template(template).render(mailbox=MAILBOX_PATH, **context)
        return _answer(start_response, "text/html", html, _PAGE_POLICY)


def reply(message: Message, *, sender: str, to: str, text: str) -> bytes:
    """A reply to a mail, which quotes it below."""
    quoted = "\n".join(f"> {line}" for line in message.text.splitlines())
    answer = EmailMessage(policy=SMTP)
    answer["From"], answer["To"], answer["Subject"] = sender, to, f"Re: {message.subject}"
    answer.set_content(f"{text}\n\nOn {_moment(message.at)}, {message.sender} wrote:\n\n{quoted}\n")
    return answer.as_bytes()


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
