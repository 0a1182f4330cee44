"""A reply by mail, put into the bucket and published on the topic where AWS has SES's rule for mail that comes in."""

import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from secrets import token_hex

from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.keys import key_part
from chalicelib.replies.model import AddressParts, new_secret
from chalicelib.store.received_mails import PREFIX
from infra.local.inbound import report
from infra.rehearsal.bounce import item
from infra.rehearsal.deployment import REPLY_DOMAIN, Deployment


def send_reply(deployment: Deployment, *, slug: str, ref: str, thread_id: str, email: str, text: str) -> None:
    """As who began the thread, to an address that is made here: the local AWS does not keep the one of the mail."""
    dealer_id = item(deployment, f"SLUG#{slug}", "SLUG")["dealer_id"]["S"]
    thread = item(deployment, f"D#{dealer_id}#A#{key_part(ref)}", f"THREAD#{thread_id}")
    secret, expires = new_secret(Ids()), datetime.now(UTC) + timedelta(hours=1)
    stands_for = {
        "pk": f"D#{dealer_id}#REPLY#{secret_hash(secret)}",
        "sk": "ADDRESS",
        "account_ref": ref,
        "thread_id": thread_id,
        "person_id": thread["begun_by"]["S"],
        "side": "customer",
        "seen": thread["shown_id"]["S"],
        "expires_at": expires.strftime("%Y-%m-%dT%H:%M:%S.%f+0000"),
    }
    deployment.client("dynamodb").put_item(
        TableName=deployment.outputs["TableName"], Item={name: {"S": value} for name, value in stands_for.items()}
    )
    to, mail_id, bucket = AddressParts(dealer_id, secret).at(REPLY_DOMAIN), token_hex(20), _bucket(deployment)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = email, to, "Re: a question"
    mail.set_content(f"{text}\n\n> What was asked\n")
    raw = mail.as_bytes()
    deployment.client("s3").put_object(Bucket=bucket, Key=PREFIX + mail_id, Body=raw)
    told = report(mail_id, bucket, sender=email, recipients=[to], raw=raw)
    topic = deployment.resources("AWS::SNS::Topic")["RepliesTopic"]
    deployment.client("sns").publish(TopicArn=topic, Message=json.dumps(told))


def _bucket(deployment: Deployment) -> str:
    return deployment.outputs["QuarantineBucket"]
