"""Mails that bounced or were complained about, as SES reports it: those who can act on it see it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications.handlers import BounceReport, Handlers, MailHandler, Notice
from chalicelib.notifications.registry import KINDS
from chalicelib.observability import logger

GREETING = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES sends once, in plain text, when it is given a destination for its events."""


class _Part(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", hide_input_in_errors=True)


class _Mail(_Part):
    destination: tuple[str, ...] = Field(min_length=1, max_length=1)  # ours go to one address each
    tags: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class _Bounced(_Part):
    type: Literal["Permanent", "Transient", "Undetermined"] = Field(alias="bounceType")
    subtype: str = Field(alias="bounceSubType", max_length=60)


class _Event(_Part):
    """https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html."""

    kind: Literal["Bounce", "Complaint", "Reject"] = Field(alias="eventType")
    mail: _Mail
    bounce: _Bounced | None = None

    @property
    def reason(self) -> str | None:
        """Why no mail will ever reach this address; None where another may: a full mailbox, an answer by a machine."""
        if self.kind != "Bounce":
            return self.kind.lower()
        return self.bounce.subtype if self.bounce and self.bounce.type == "Permanent" else None


def handle_ses_event(text: str, *, now: datetime, ids: Ids, kinds: Handlers = KINDS) -> bool:
    """Note one event; False where nothing changes by it. Reported twice, it counts once.

    Raises ValueError, KeyError or NotFoundError for what SES never says of our mails; ConflictError: try again.
    """
    if text.strip() == GREETING:
        return False
    event = _Event.model_validate_json(text)
    tags = {name: values[0] for name, values in event.mail.tags.items() if values}
    logger.info("mail.bounced", kind=tags.get("kind"), event=event.kind, reason=event.reason)
    handler = next((one for one in kinds if one.kind == tags.get("kind")), None)
    if not isinstance(handler, MailHandler) or event.reason is None or "item" not in tags:
        return False
    report = BounceReport(event.mail.destination[0], tags, event.reason)
    scope = ImportScope(tags["dealer"]) if isinstance(handler, Notice) else IdentityScope()
    return handler.bounced(scope, report, now=now, ids=ids)
