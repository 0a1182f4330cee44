import json
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.replies.parsing import UNREADABLE, read_mail
from chalicelib.replies.receipt import receipt_of
from tests.replies.made import told

FROM = "barlow@postgate.example"


def test_it_says_who_sent_what_to_whom() -> None:
    found = receipt_of(told("R-x@Reply.example", FROM, headers={"Precedence": "bulk"}))
    assert (found.mail_id, found.sender, found.recipients) == ("o3vrnil0e2ic28tr", FROM, ("r-x@reply.example",))
    assert list(found.headers()) == [("Precedence", "bulk")]


@pytest.mark.parametrize(
    ("verdicts", "clean"),
    [
        ({}, True),
        ({"spam": "GRAY"}, True),
        ({"spam": "FAIL"}, False),
        ({"virus": "FAIL"}, False),
        ({"virus": "DISABLED"}, False),
        ({"virus": "PROCESSING_FAILED"}, False),
    ],
)
def test_what_is_spam_or_was_not_scanned_is_not_clean(verdicts: dict[str, Any], clean: bool) -> None:  # noqa: FBT001
    assert receipt_of(told("r@x.example", FROM, **verdicts)).is_clean is clean


@pytest.mark.parametrize(
    ("verdicts", "source", "genuine"),
    [
        ({}, FROM, True),
        ({"spf": "FAIL", "dmarc": "PASS"}, "other@list.example", True),
        ({"dmarc": "FAIL"}, FROM, False),
        ({"dmarc": "GRAY"}, FROM, True),
        ({"dmarc": "GRAY"}, "other@elsewhere.example", False),
        ({"dmarc": "GRAY", "spf": "GRAY"}, FROM, False),
        ({"dmarc": "PROCESSING_FAILED"}, FROM, False),
        ({"dmarc": "GRAY"}, "", False),
    ],
)
def test_a_sender_is_genuine_by_dmarc_or_by_spf_of_the_same_domain(
    verdicts: dict[str, Any],
    source: str,
    genuine: bool,  # noqa: FBT001
) -> None:
    said = json.loads(told("r@x.example", FROM, **verdicts))
    said["mail"]["source"] = source
    assert receipt_of(json.dumps(said)).is_genuine is genuine


def test_a_mail_with_two_senders_has_none() -> None:
    said = json.loads(told("r@x.example", FROM))
    said["mail"]["headers"] = [{"name": "From", "value": FROM}]
    assert receipt_of(json.dumps(said)).sender == FROM
    said["mail"]["headers"] += [{"name": "from ", "value": "Mallory <mallory@elsewhere.example>"}]
    assert receipt_of(json.dumps(said)).sender == ""
    assert read_mail(b"From: a@b.example\r\n" * 2 + b"\r\nHello") == UNREADABLE


@pytest.mark.parametrize(
    "text", ["{}", '{"notificationType": "Received"}', "[]", told("r@x.example", FROM, mail_id="../x")]
)
def test_anything_else_is_no_receipt(text: str) -> None:
    with pytest.raises(ValidationError):
        receipt_of(text)
