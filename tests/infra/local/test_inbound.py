import json

from chalicelib.replies.receipt import receipt_of
from infra.local.inbound import Inbound
from tests.fixtures.worlds import World
from tests.replies.made import mail


def test_a_mail_is_stored_and_reported_as_ses_does_it(aws: World) -> None:
    known = aws.settings
    received = Inbound(aws.root("s3"), aws.root("sqs"), known.quarantine_bucket, known.replies_queue_url)
    raw = mail("It came.")
    mail_id = received.receive(raw, sender="barlow@postgate.example", recipients=["r-1@reply.example"])
    stored = aws.root("s3").get_object(Bucket=known.quarantine_bucket, Key=f"mail/{mail_id}")["Body"].read()
    assert stored == raw
    (reported,) = aws.messages(known.replies_queue_url)
    found = receipt_of(json.dumps(reported))
    assert (found.mail_id, found.sender, found.recipients) == (
        mail_id,
        "barlow@postgate.example",
        ("r-1@reply.example",),
    )
    assert found.is_clean
    assert found.is_genuine
    assert ("Subject", "Re: The dealer has answered") in list(found.headers())
