"""The export queue. `app.py` declares the trigger, and hands in what makes the content of a file."""

import json
from typing import Any

from chalice.app import SQSEvent

from chalicelib import services
from chalicelib.exports.operations import Produce, make_export
from chalicelib.kernel import i18n
from chalicelib.kernel.scopes import TenantScope
from chalicelib.observability import bind, logger


def export_messages(event: SQSEvent, produce: Produce) -> dict[str, Any]:
    """Queue of exports: `{"dealer_id", "person_id", "export_id"}`. Answers with the messages that failed."""
    failed = []
    for record in event:
        message_id = record.to_dict()["messageId"]
        bind(message_id=message_id)
        try:
            _make(json.loads(record.body), produce)
        except Exception:  # noqa: BLE001 - the other messages of the batch go on
            logger.exception("export.message_failed")
            failed.append({"itemIdentifier": message_id})
    return {"batchItemFailures": failed}


def _make(body: dict[str, Any], produce: Produce) -> None:
    current, scope = services.current(), TenantScope(body["dealer_id"])
    bind(dealer_id=scope.dealer_id)
    with i18n.activated(lambda: current.dealer_of(scope).locale):
        make_export(
            scope, person_id=body["person_id"], export_id=body["export_id"], produce=produce, clock=current.clock
        )
