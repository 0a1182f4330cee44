"""Where each mail is answered. The local AWS forgets Reply-To, so it is noted beside the mails as they leave."""

from base64 import b64decode
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from chalicelib.store import clients
from infra.local.mails import REPLY_TO, short

_KEY = "local_reply_to"


def note_in(folder: Path) -> None:
    """From now on, of every mail that this process sends."""
    clients.observers.append(observer(folder))


def observer(folder: Path) -> Callable[[BaseClient], None]:
    """Looks at what a client of SES sends."""

    def attach(client: BaseClient) -> None:
        if client.meta.service_model.service_name == "ses":
            client.meta.events.register("provide-client-params.ses.SendRawEmail", _see)
            client.meta.events.register("after-call.ses.SendRawEmail", note)

    def note(parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        address = context.get(_KEY)
        if address and "MessageId" in parsed:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{short(parsed['MessageId'])}{REPLY_TO}").write_text(address)

    return attach


def _see(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    raw = params["RawMessage"]["Data"]
    message = message_from_bytes(raw if isinstance(raw, bytes) else b64decode(raw), policy=default)
    context[_KEY] = parseaddr(str(message.get("Reply-To", "")))[1]
