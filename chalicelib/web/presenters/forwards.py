"""What was sent on, in words."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.forwarding.model import STATEMENT, Forward, ForwardedDocument, ForwardState
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.names import name_for_strangers
from chalicelib.web.presenters.transactions import TYPES

KINDS = {**{kind.value: label for kind, label in TYPES.items()}, STATEMENT: lazy_gettext("Statement")}
"""What a document is called, by its kind."""
_BADGES = {
    ForwardState.LIVE: ("ok", "link-45deg", lazy_gettext("Active")),
    ForwardState.ENDED: ("", "x-circle", lazy_gettext("Link ended")),
    ForwardState.EXPIRED: ("", "clock", lazy_gettext("Link expired")),
    ForwardState.UNDELIVERED: ("bad", "envelope-x", lazy_gettext("Not delivered")),
}


class ShownForward(NamedTuple):
    """One line of the list; `chip` is kind, icon and words of where it stands."""

    forward: Forward
    title: str
    sender: str
    chip: tuple[str, str, str]
    can_be_ended: bool


def title(document: ForwardedDocument) -> str:
    """`Invoice 127070`."""
    return _("%(type)s %(reference)s", type=KINDS.get(document.kind, ""), reference=document.reference)


def sender(forward: Forward) -> str:
    """`Al Barlow (al@postgate.example)`, or the address alone of somebody without a name."""
    name = name_for_strangers(forward.sender_name)
    return _("%(name)s (%(email)s)", name=name, email=forward.sender_email) if name else forward.sender_email


def shown(forward: Forward, now: datetime, reader_id: str) -> ShownForward:
    """For the customer's list."""
    state = forward.state_at(now)
    kind, icon, words = _BADGES[state]
    by = _("you") if forward.sent_by == reader_id else sender(forward)
    return ShownForward(forward, title(forward.document), by, (str(words), icon, kind), state is ForwardState.LIVE)
