"""One text message through SNS, and what is not sent at all."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.mail.sender import MailRefusedError
from chalicelib.mail.texts import RecordingTextSender, SnsSender, TextMessage, is_one_part, is_short
from chalicelib.store import clients
from tests.fixtures.worlds import World

MESSAGE = TextMessage("+447400123456", "314159 is your code")


def seen(event: str, act: Any) -> Any:
    """Listens to what is sent to SNS while the block runs."""
    client = clients.client("sns")
    client.meta.events.register(event, act, unique_id="test")
    return client


@pytest.mark.parametrize("sender_id", ["", "Moorbeck"])
def test_it_is_published_to_the_number_as_transactional(aws: World, sender_id: str) -> None:
    assert aws.name
    calls: list[dict[str, Any]] = []
    client = seen("provide-client-params.sns.Publish", lambda params, **_: calls.append(dict(params)))
    try:
        assert SnsSender(sender_id).send(MESSAGE)
    finally:
        client.meta.events.unregister("provide-client-params.sns.Publish", unique_id="test")
    (call,) = calls
    attributes = {name: one["StringValue"] for name, one in call["MessageAttributes"].items()}
    named = {"AWS.SNS.SMS.SenderID": sender_id} if sender_id else {}
    assert (call["PhoneNumber"], call["Message"]) == (MESSAGE.to, MESSAGE.text)
    assert attributes == {"AWS.SNS.SMS.SMSType": "Transactional", **named}


@pytest.mark.parametrize(
    ("code", "for_good"),
    [("InvalidParameter", True), ("Throttling", False), ("OptedOut", True)],
)
def test_what_sns_refuses_is_said(aws: World, code: str, for_good: bool) -> None:  # noqa: FBT001
    assert aws.name

    def refuse(**_: Any) -> None:
        answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        raise ClientError(answer, "Publish")

    client = seen("before-call.sns.Publish", refuse)
    try:
        with pytest.raises(MailRefusedError) as refused:
            SnsSender().send(MESSAGE)
    finally:
        client.meta.events.unregister("before-call.sns.Publish", unique_id="test")
    assert refused.value.for_good is for_good


def test_of_an_error_at_their_side_nobody_knows(aws: World) -> None:
    assert aws.name

    def fail(**_: Any) -> None:
        answer: Any = {"Error": {"Code": "InternalError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
        raise ClientError(answer, "Publish")

    client = seen("before-call.sns.Publish", fail)
    try:
        with pytest.raises(ClientError):
            SnsSender().send(MESSAGE)
    finally:
        client.meta.events.unregister("before-call.sns.Publish", unique_id="test")


@pytest.mark.parametrize(
    "message",
    [
        TextMessage("07400 123456", "x"),
        TextMessage("arn:aws:sns:eu-west-2:000000000000:alarms", "x"),
        TextMessage("+447400123456,+447400123457", "x"),
        TextMessage("+447400123456", ""),
        TextMessage("+447400123456", "x" * 161),
        TextMessage("+447400123456", "ł" + "x" * 70),
        TextMessage("+447400123456", "x" * 161, may_be_two=True),
        TextMessage("+447400123456", "ł" + "x" * 134, may_be_two=True),
    ],
)
def test_what_is_no_number_or_more_than_one_message_is_not_sent(message: TextMessage) -> None:
    for sender in (SnsSender(), RecordingTextSender()):
        with pytest.raises(MailRefusedError) as refused:
            sender.send(message)
        assert refused.value.for_good


def test_the_recording_one_keeps_what_it_is_given() -> None:
    sender = RecordingTextSender(failures=[MailRefusedError("busy", for_good=False)])
    with pytest.raises(MailRefusedError):
        sender.send(MESSAGE)
    assert sender.send(MESSAGE) == "recorded-1"
    assert sender.sent == [MESSAGE]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("ä" * 160, True),
        ("x" * 161, False),
        ("€" * 80, True),
        ("€" * 80 + "x", False),
        ("ł" + "x" * 69, True),
        ("ł" + "x" * 70, False),
        ("🚜" * 35, True),
        ("🚜" * 36, False),
    ],
)
def test_a_message_has_room_for_fewer_letters_outside_the_alphabet_of_gsm(text: str, fits: bool) -> None:  # noqa: FBT001
    assert is_one_part(text) is fits


@pytest.mark.parametrize(
    ("text", "fits"),
    [("x" * 160, True), ("x" * 161, False), ("ł" + "x" * 133, True), ("ł" + "x" * 134, False)],
)
def test_a_short_one_may_take_two_parts_outside_that_alphabet(text: str, fits: bool) -> None:  # noqa: FBT001
    assert is_short(text) is fits


def test_who_has_answered_stop_is_known_and_where_sns_does_not_say_it_is_sent(
    aws: World, caplog: pytest.LogCaptureFixture
) -> None:
    assert aws.name
    assert [SnsSender().is_opted_out(number) for number in ("+447400123499", "+447400123456")] == [True, False]

    def refuse(**_: Any) -> None:
        answer: Any = {"Error": {"Code": "Throttled"}, "ResponseMetadata": {"HTTPStatusCode": 429}}
        raise ClientError(answer, "CheckIfPhoneNumberIsOptedOut")

    event = "before-call.sns.CheckIfPhoneNumberIsOptedOut"
    client = seen(event, refuse)
    try:
        assert not SnsSender().is_opted_out("+447400123499")
    finally:
        client.meta.events.unregister(event, unique_id="test")
    assert "text.opt_out_unknown" in [record.getMessage() for record in caplog.records]
