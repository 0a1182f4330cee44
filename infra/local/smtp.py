"""Takes mail at a port of this machine, as SES takes it at the reply domain: for who replies with a mail program."""

import asyncio
import logging
import socket
from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.local.inbound import Inbound

MAX_BYTES = 40_000_000
"""As SES: https://docs.aws.amazon.com/ses/latest/dg/quotas.html."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)  # without slots: aiosmtpd reads each attribute
class Handler:
    """Hands each mail to `inbound`. For other domains than ours nothing is taken: it relays to nobody."""

    inbound: Inbound
    domain: str

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.lower().rpartition("@")[2] != self.domain:
            return f"550 only mail to {self.domain} is taken here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.content
        if not isinstance(raw, bytes):
            return "554 no mail"
        sender, recipients = envelope.mail_from or "", list(envelope.rcpt_tos)
        await asyncio.to_thread(self.inbound.receive, raw, sender=sender, recipients=recipients)
        return "250 OK"


def serve(inbound: Inbound, *, domain: str, port: int) -> Controller | None:
    """In a thread of its own, until the process ends. None where the port is another's: the mailbox page does too."""
    try:
        with socket.create_server(("127.0.0.1", port)):  # the controller leaves its loop open where it cannot begin
            pass
    except OSError as error:
        log.warning("no mail is taken at port %s: %s", port, error)
        return None
    controller = Controller(Handler(inbound, domain), hostname="127.0.0.1", port=port, data_size_limit=MAX_BYTES)
    controller.start()
    return controller
