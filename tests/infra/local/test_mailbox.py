import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from chalicelib.replies.parsing import read_mail
from infra.local.mailbox import MAILBOX_PATH, Mailbox
from infra.local.mails import Archive

MAIL = {
    "MessageId": "<1@ses>",
    "Source": "Portal <portal@customer-connect.example>",
    "To": ["ann@barlow.example"],
    "CC": [],
    "BCC": [],
    "Subject": "Create <your> account",
    "BodyText": "Open https://portal.example/i/abc to go on",
    "BodyHtml": '<p>Open <a href="https://portal.example/i/abc">this</a></p><script>alert(1)</script>',
    "Timestamp": 1717578000.5,
}
SMS = {"PhoneNumber": "+441234567890", "MessageId": "2", "Message": "Your code is 123456"}


class Aws:
    """What the local AWS says it sent."""

    def __init__(self) -> None:
        self.mails: list[dict[str, Any]] = [MAIL]
        self.texts: list[dict[str, Any]] = [SMS]
        aws = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mails = {"messages": {"000000000000": aws.mails}}
                texts = {"sms_messages": {"+441234567890": aws.texts}}
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(mails if "ses" in self.path else texts).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def aws_with_mail() -> Iterator[Aws]:
    made = Aws()
    thread = Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def archive(aws_with_mail: Aws, tmp_path: Path) -> Archive:
    return Archive(tmp_path / "mails", aws_with_mail.url)


def get(archive: Archive, path: str = "") -> tuple[str, dict[str, str], str]:
    said: list[Any] = []
    body = Mailbox(archive)({"PATH_INFO": MAILBOX_PATH + path}, lambda *a: said.extend(a))  # type: ignore[arg-type]
    return said[0], dict(said[1]), b"".join(body).decode()


def mail_path(archive: Archive) -> str:
    return "/" + next(m.id for m in archive.messages() if m.kind == "email")


def test_the_list_shows_mails_and_text_messages_escaped(archive: Archive) -> None:
    status, headers, html = get(archive)
    assert status == "200 OK"
    assert "Create &lt;your&gt; account" in html
    assert "ann@barlow.example" in html
    assert "Your code is 123456" in html
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_a_message_shows_its_html_in_a_box_and_its_text_with_links(archive: Archive) -> None:
    _, _, html = get(archive, mail_path(archive))
    assert f'src="{MAILBOX_PATH}{mail_path(archive)}/html"' in html
    assert 'sandbox="allow-popups' in html
    assert '<a href="https://portal.example/i/abc"' in html
    assert "alert(1)" not in html


def test_the_html_of_a_mail_cannot_run_anything(archive: Archive) -> None:
    _, headers, html = get(archive, mail_path(archive) + "/html")
    assert html.startswith('<base target="_top">')
    policy = headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


@dataclass
class Received:
    """In place of the bucket and the queue."""

    mails: list[tuple[bytes, str, list[str]]] = field(default_factory=list)

    def receive(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> str:
        self.mails.append((raw, sender, list(recipients)))
        return "1"


def call(archive: Archive, received: Received, path: str, method: str = "GET", **more: Any) -> tuple[str, str]:
    said: list[Any] = []
    environ = {"PATH_INFO": MAILBOX_PATH + path, "REQUEST_METHOD": method, **more}
    made = Mailbox(archive, received)  # type: ignore[arg-type]
    body = made(environ, lambda *a: said.extend(a))  # type: ignore[arg-type]
    return said[0], b"".join(body).decode()


def test_a_mail_that_says_where_is_replied_to_as_by_a_mail_program(archive: Archive, tmp_path: Path) -> None:
    path, received = mail_path(archive), Received()
    assert "r-1@reply.example" not in call(archive, received, path)[1]
    form = {"CONTENT_LENGTH": "200", "wsgi.input": BytesIO(b"from=ann%40barlow.example&text=It+came.%0D%0AThank+you")}
    assert call(archive, received, f"{path}/reply", "POST", **form)[0] == "403 Forbidden"
    (tmp_path / "mails" / f"{path[1:]}.reply-to").write_text("r-1@reply.example")
    assert "r-1@reply.example" in call(archive, received, path)[1]
    other = {**form, "HTTP_SEC_FETCH_SITE": "cross-site"}
    assert call(archive, received, f"{path}/reply", "POST", **other)[0] == "403 Forbidden"
    assert call(archive, received, f"{path}/reply", "POST", **form)[0] == "303 See Other"
    ((raw, sender, recipients),) = received.mails
    assert (sender, recipients) == ("ann@barlow.example", ["r-1@reply.example"])
    assert read_mail(raw).text == "It came.\nThank you"
    assert "Sent." in call(archive, received, path, QUERY_STRING="sent")[1]


def test_tests_read_the_messages_as_json_newest_first(archive: Archive) -> None:
    messages = json.loads(get(archive, "/messages.json")[2])
    assert [m["kind"] for m in messages] == ["sms", "email"]
    assert messages[1]["text"] == MAIL["BodyText"]


@pytest.mark.parametrize("path", ["/0000000000000000", "/../../etc/passwd"])
def test_a_message_that_is_not_there(archive: Archive, path: str) -> None:
    assert get(archive, path)[0] == "404 Not Found"
    assert get(archive, mail_path(archive) + "/attachment")[0] == "404 Not Found"


def test_an_empty_mailbox_says_so(aws_with_mail: Aws, archive: Archive) -> None:
    aws_with_mail.mails, aws_with_mail.texts = [], []
    assert "No messages yet" in get(archive)[2]


def test_messages_outlive_the_local_aws(aws_with_mail: Aws, archive: Archive, tmp_path: Path) -> None:
    assert len(archive.messages()) == 2
    aws_with_mail.mails, aws_with_mail.texts = [], []
    assert len(Archive(tmp_path / "mails", "http://127.0.0.1:9").messages()) == 2


def test_a_half_written_message_does_no_harm(archive: Archive, aws_with_mail: Aws, tmp_path: Path) -> None:
    archive.collect()
    next((tmp_path / "mails").glob("*.json")).write_text('{"id": "x')
    assert len(Archive(tmp_path / "mails", aws_with_mail.url).messages()) == 2


def test_nothing_is_taken_in_twice(archive: Archive, tmp_path: Path) -> None:
    archive.collect()
    archive.collect()
    assert len(list((tmp_path / "mails").glob("*.json"))) == 2
