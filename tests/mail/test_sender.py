"""Threat 19: the mail as it goes out. No line break gets into a header; SES is asked once."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.sender import Mail, MailRefusedError, RecordingSender, SesSender, raw_mail
from tests.fixtures.calls import listening
from tests.fixtures.worlds import World

FROM = "Customer Connect <portal@customer-connect.example>"
HEADERS = ["From", "To", "Reply-To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"]


def mail(**changes: str) -> Mail:
    given_: dict[str, Any] = {
        "to": "al.barlow@postgate.example",
        "subject": "Create Your Account with Moorbeck Machinery",
        "text": "Dear al",
        "html": "<p>Dear al</p>",
        "from_name": "Moorbeck Machinery",
        "reply_to": "accounts@moorbeck.example",
    }
    return Mail(**{**given_, **changes})


def read(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_a_mail_in_text_and_html_in_the_dealers_name() -> None:
    sent = read(raw_mail(mail(subject="£7.32 für Müller & Söhne", from_name="Müller, Söhne"), mail_from=FROM))
    assert sent["Subject"] == "£7.32 für Müller & Söhne"
    assert sent["From"].addresses[0].display_name == "Müller, Söhne"
    assert sent["From"].addresses[0].addr_spec == "portal@customer-connect.example"
    assert sent["Reply-To"].addresses[0].addr_spec == "accounts@moorbeck.example"
    assert sent["Auto-Submitted"] == "auto-generated"
    kinds = [part.get_content_type() for part in sent.iter_parts()]
    assert kinds == ["text/plain", "text/html"]


@pytest.mark.parametrize("field", ["to", "subject", "from_name", "reply_to"])
@pytest.mark.parametrize(
    "injected", ["\r\nBcc: all@evil.example", "\nBcc: all@evil.example", "\rX: 1", "\x00", "\u2028Bcc: x"]
)
def test_no_line_break_gets_into_a_header(field: str, injected: str) -> None:
    with pytest.raises(MailRefusedError) as refused:
        raw_mail(mail(**{field: f"a@b.example{injected}"}), mail_from=FROM)
    assert refused.value.for_good


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_sent_has_our_headers_and_no_others(subject: str, name: str) -> None:
    try:
        sent = read(raw_mail(mail(subject=subject, from_name=name), mail_from=FROM))
    except MailRefusedError:
        return
    assert sent.keys() == HEADERS
    assert len(sent["To"].addresses) == 1


@pytest.mark.parametrize("to", ["", "nobody", "a@b@c", "a b@c.example", "a@b.example, c@d.example", "<a@b.example>"])
def test_one_mail_goes_to_one_address(to: str) -> None:
    with pytest.raises(MailRefusedError):
        raw_mail(mail(to=to), mail_from=FROM)


def test_ses_gets_the_raw_mail(aws: World) -> None:
    message_id = SesSender(mail_from=aws.settings.mail_from).send(mail())
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.ses.models import ses_backends

    sent: Any = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages[-1]
    assert sent.id == message_id
    assert set(sent.destinations) == {"al.barlow@postgate.example"}
    assert "Moorbeck Machinery" in read(sent.raw_data.encode())["From"]


def test_a_configuration_set_is_named_if_there_is_one(aws: World) -> None:
    seen: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        seen.append(params.get("ConfigurationSetName", ""))

    with listening("ses", "provide-client-params.ses.SendRawEmail", note):
        SesSender(mail_from=aws.settings.mail_from).send(mail())
        SesSender(mail_from=aws.settings.mail_from, configuration_set="bounces").send(mail())
    assert seen == ["", "bounces"]


def test_an_unverified_sender_is_refused_for_good(aws: World) -> None:  # noqa: ARG001
    with pytest.raises(MailRefusedError) as refused:
        SesSender(mail_from="x@unverified.example").send(mail())
    assert refused.value.for_good


@pytest.mark.parametrize(("status", "expected"), [(400, MailRefusedError), (500, ClientError)])
def test_only_a_clear_refusal_counts_as_not_sent(aws: World, status: int, expected: type[Exception]) -> None:
    tries: list[int] = []

    def fail(**_: Any) -> tuple[Any, dict[str, Any]]:
        from botocore.awsrequest import AWSResponse
        from botocore.compat import HTTPHeaders

        tries.append(1)
        answer = {"Error": {"Code": "Throttling"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return AWSResponse("", status, HTTPHeaders(), None), answer

    with listening("ses", "before-call.ses.SendRawEmail", fail), pytest.raises(expected):
        SesSender(mail_from=aws.settings.mail_from).send(mail())
    assert len(tries) == 1


def test_a_time_out_is_not_repeated(aws: World) -> None:
    tries: list[int] = []

    def lose(**_: Any) -> None:
        tries.append(1)
        raise ReadTimeoutError(endpoint_url="https://email.example")

    with listening("ses", "before-send.ses.SendRawEmail", lose, first=True), pytest.raises(ReadTimeoutError):
        SesSender(mail_from=aws.settings.mail_from).send(mail())
    assert len(tries) == 1


def test_the_recorder_fails_when_told_to() -> None:
    recorder = RecordingSender(failures=[TimeoutError()])
    with pytest.raises(TimeoutError):
        recorder.send(mail())
    assert recorder.send(mail()) == "recorded-1"
    assert recorder.sent == [mail()]
    assert len(recorder.raw) == 1


def test_a_providers_words_about_an_address_are_kept_from_whoever_reads_the_reason(aws: World) -> None:  # noqa: ARG001
    assert "barlow" not in str(MailRefusedError("rejected: al.barlow@postgate.example", for_good=True))
    with pytest.raises(MailRefusedError) as refused:
        raw_mail(mail(to="al.barlow@postgate..example"), mail_from=FROM)
    assert "barlow" not in str(refused.value)


def test_one_click_gets_nobody_more_of_a_kind_of_mails() -> None:
    address = f"https://portal.customer-connect.example/unsubscribe/{'A' * 43}"
    raw = raw_mail(mail(unsubscribe=address), mail_from=FROM)
    assert f"List-Unsubscribe: <{address}>\r\n".encode() in raw, "whole, and on one line"
    sent = read(raw)
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["Subject"] == "Create Your Account with Moorbeck Machinery"
    assert "List-Unsubscribe" not in read(raw_mail(mail(), mail_from=FROM))
    for wrong in (f"{address}\r\nBcc: all@evil.example", f"{address}ü"):
        with pytest.raises(MailRefusedError):
            raw_mail(mail(unsubscribe=wrong), mail_from=FROM)
