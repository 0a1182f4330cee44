import smtplib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from aiosmtpd.controller import Controller

from infra.local import smtp
from tests.replies.made import DOMAIN, mail


@dataclass
class Received:
    """In place of the bucket and the queue."""

    mails: list[tuple[bytes, str, list[str]]] = field(default_factory=list)

    def receive(self, raw: bytes, *, sender: str, recipients: list[str]) -> str:
        self.mails.append((raw, sender, recipients))
        return "1"


@pytest.fixture
def received() -> Received:
    return Received()


@pytest.fixture
def server(received: Received) -> Iterator[Controller]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = smtp.serve(received, domain=DOMAIN, port=port)  # type: ignore[arg-type]
    assert made
    yield made
    made.stop()


def test_a_mail_program_sends_a_reply_and_nothing_is_relayed(server: Controller, received: Received) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client:
        client.sendmail("a@b.example", [f"r-1@{DOMAIN}"], mail("It came."))
        with pytest.raises(smtplib.SMTPRecipientsRefused, match="only mail to"):
            client.sendmail("a@b.example", ["somebody@elsewhere.example"], mail())
    ((raw, sender, recipients),) = received.mails
    assert (sender, recipients) == ("a@b.example", [f"r-1@{DOMAIN}"])
    assert b"It came." in raw


def test_a_port_that_is_taken_stops_nothing(server: Controller, received: Received) -> None:
    assert smtp.serve(received, domain=DOMAIN, port=server.port) is None  # type: ignore[arg-type]
