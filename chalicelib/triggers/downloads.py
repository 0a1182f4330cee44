"""The download queue. `app.py` declares the trigger, and hands in what makes the content of a file."""

import json
from functools import partial
from typing import Any

from chalice.app import SQSEvent

from chalicelib import services
from chalicelib.dealers.queries import is_suspended
from chalicelib.downloads.operations import Produce, make_download
from chalicelib.kernel import i18n
from chalicelib.kernel.deadline import Remaining
from chalicelib.kernel.scopes import TenantScope
from chalicelib.observability import bind
from chalicelib.triggers.lambda_events import each_message


def download_messages(event: SQSEvent, produce: Produce) -> dict[str, Any]:
    """Queue of downloads: `{"dealer_id", "person_id", "download_id"}`. Answers with the messages that failed."""
    return each_message(event, partial(_make, produce))


def _make(produce: Produce, text: str, remaining: Remaining) -> None:
    body = json.loads(text)
    current, scope = services.current(), TenantScope(body["dealer_id"])
    bind(dealer_id=scope.dealer_id)
    if is_suspended(scope):  # who asked for it cannot fetch it
        return
    with i18n.activated(lambda: current.dealer_of(scope).locale):
        make_download(
            scope,
            person_id=body["person_id"],
            download_id=body["download_id"],
            produce=produce,
            clock=current.clock,
            ids=current.ids,
            remaining=remaining,
        )
