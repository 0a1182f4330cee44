from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.forwarding.model import LIFE, Forward, ForwardedDocument, ForwardState, holds_link


@pytest.mark.parametrize(
    "text",
    [
        "see https://evil.example/x",
        "HTTP://1.2.3.4",
        "www.evil",
        "www.evil.example",
        "pay at evil.example, please",
        "evil.example/pay",
        "evil-bank.co.uk",
        "bänk.de",
        "evil\N{IDEOGRAPHIC FULL STOP}example",
        "evil\N{FULLWIDTH FULL STOP}example",
        "192.0.2.1",
        "write to al@farm.example",
        "<b>urgent</b>",
        "[here](evil)",
        "javascript://x",
        "tel:0190",
        "mailto:al",
    ],
)
def test_what_mail_programs_would_link_is_found(text: str) -> None:
    assert holds_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please pay this by Friday. Thanks, Al",
        "For the VAT return, e.g. of May: 1.234,50 or 12.40 each (5.00%)",
        "Am 5.6. bezahlt, s. S. 3",
        "ring 01947 600 100 at 7.30 p.m.",
        "Line one\nLine two...",
    ],
)
def test_what_people_write_is_none(text: str) -> None:
    assert not holds_link(text)


@given(st.text(max_size=40), st.from_regex(r"[a-z]{1,9}\.(?:com|example|de)", fullmatch=True), st.text(max_size=40))
def test_a_domain_is_found_wherever_it_stands(before: str, domain: str, after: str) -> None:
    assert holds_link(f"{before} {domain} {after}")


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
