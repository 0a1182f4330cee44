from datetime import datetime, timedelta
from typing import Any

from chalicelib.forwarding.model import LIFE, Forward, ForwardedDocument, ForwardState


def test_a_link_works_for_30_days_unless_it_is_ended_or_did_not_arrive(now: datetime) -> None:
    document = ForwardedDocument(kind="invoice", document_id="1", reference="127070", on="2024-06-05")
    values: dict[str, Any] = {
        "forward_id": "1",
        "account_ref": "1200",
        "account_name": "",
        "email": "",
        "message": "",
        "sent_by": "p",
    }
    sent: dict[str, Any] = {
        "sender_name": "",
        "sender_email": "",
        "sent_at": now,
        "expires_at": now + LIFE,
        "document": document,
    }
    one = Forward(**values, **sent)
    assert one.is_live(now + LIFE - timedelta(seconds=1))
    assert one.state_at(now + LIFE) is ForwardState.EXPIRED
    assert Forward(**values, **sent, ended_at=now).state_at(now) is ForwardState.ENDED
    assert Forward(**values, **sent, undelivered=True).state_at(now) is ForwardState.UNDELIVERED
