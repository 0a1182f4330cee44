"""Every mail and text message that the portal sent. The local AWS forgets them when it stops, so they are kept here."""

import json
import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from urllib.request import urlopen

from infra.local.process import LocalError

_FOLLOW_SECONDS = 1.0
REPLY_TO = ".reply-to"
"""Ends the name of the file with the address by which a mail is answered."""
_LOOK_SECONDS = 0.2
_INVITATION = re.compile(r"https?://\S+(/i/\S+)")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, or one text message (which has only `to` and `text`). `at` is seconds since 1970."""

    id: str
    kind: Literal["email", "sms"]
    to: str
    text: str
    at: float
    sender: str = ""
    subject: str = ""
    html: str = ""


class Archive:
    """The messages saved in `folder`, and those that the local AWS at `aws_url` still holds."""

    def __init__(self, folder: Path, aws_url: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._aws_url = aws_url
        self._lock = threading.Lock()
        self._kept = {m.id: m for m in map(_read, sorted(folder.glob("*.json"))) if m}

    def messages(self) -> list[Message]:
        """Newest first. A local AWS that does not answer adds none."""
        self.collect()
        return sorted(self._kept.values(), key=lambda m: m.at, reverse=True)

    def get(self, identifier: str) -> Message | None:
        return self._kept.get(identifier)

    def reply_to(self, identifier: str) -> str:
        """Where a mail is answered; empty where nothing is known of that."""
        path = self._folder / f"{identifier}{REPLY_TO}"
        return path.read_text() if path.is_file() else ""

    def invitation(self, to: str, *, since: float, seconds: float) -> str:
        """Waits for an invitation to this address; the path of its link. Raises LocalError after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self.messages():
                if message.to == to and message.at > since - 1 and (link := _INVITATION.search(message.text)):
                    return link[1]
            time.sleep(_LOOK_SECONDS)
        raise LocalError(f"The invitation to {to} did not arrive within {seconds:.0f} seconds.")

    def collect(self) -> None:
        """Save what was sent since the last call."""
        with self._lock, suppress(OSError):
            for message in self._sent():
                if message.id not in self._kept:
                    self._kept[message.id] = message
                    (self._folder / f"{message.id}.json").write_text(json.dumps(asdict(message)))

    def follow(self) -> None:
        """Collect every second in a thread of its own, so that a crash of the local AWS loses next to nothing."""

        def run() -> None:
            while True:
                self.collect()
                time.sleep(_FOLLOW_SECONDS)

        threading.Thread(target=run, name="mails", daemon=True).start()

    def _sent(self) -> Iterator[Message]:
        for mails in self._get("ses/messages")["messages"].values():
            yield from map(_mail, mails)
        for texts in self._get("sns/sms-messages")["sms_messages"].values():
            yield from map(_sms, texts)

    def _get(self, path: str) -> Any:
        with urlopen(f"{self._aws_url}/_ministack/{path}", timeout=5) as answer:
            return json.load(answer)


def _mail(sent: Mapping[str, Any]) -> Message:
    to = ", ".join([*sent["To"], *sent["CC"], *sent["BCC"]])
    return Message(
        short(sent["MessageId"]),
        "email",
        to,
        sent.get("BodyText") or "",
        float(sent["Timestamp"]),
        sender=sent["Source"],
        subject=sent.get("Subject") or "",
        html=sent.get("BodyHtml") or "",
    )


def _sms(sent: Mapping[str, Any]) -> Message:
    return Message(short(sent["MessageId"]), "sms", sent["PhoneNumber"], sent["Message"], time.time())


def short(message_id: str) -> str:
    """The id of a message here."""
    return sha256(message_id.encode()).hexdigest()[:16]


def _read(path: Path) -> Message | None:
    """None for a file that a crash left half written."""
    try:
        return Message(**json.loads(path.read_text()))
    except (ValueError, TypeError):
        log.warning("cannot read %s", path)
        return None
