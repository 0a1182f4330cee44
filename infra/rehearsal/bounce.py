"""Makes a mail bounce: publishes on the deployed topic what SES would, with the tags that the mail was sent with."""

import json
from typing import Any

from chalicelib.kernel.keys import key_part, link_part
from infra.rehearsal.deployment import Deployment


def publish_bounce(deployment: Deployment, *, slug: str, ref: str, email: str) -> None:
    """For the latest invitation to a dealer's account. Raises KeyError if there is none."""
    dealer_id = item(deployment, f"SLUG#{slug}", "SLUG")["dealer_id"]["S"]
    portal = item(deployment, f"D#{dealer_id}#PORTAL", f"A#{key_part(ref)}")
    tags = {
        "kind": ["customer_invitation"],
        "dealer": [dealer_id],
        "account": [link_part(ref)],
        "invitation": [portal["invitation_id"]["S"]],
    }
    why = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [{"emailAddress": email}]}
    event = {"eventType": "Bounce", "mail": {"destination": [email], "tags": tags}, "bounce": why}
    topic = deployment.resources("AWS::SNS::Topic")["MailFeedbackTopic"]
    deployment.client("sns").publish(TopicArn=topic, Message=json.dumps(event))


def item(deployment: Deployment, pk: str, sk: str) -> dict[str, Any]:
    """With the deployer's rights. Raises KeyError."""
    table, key = deployment.outputs["TableName"], {"pk": {"S": pk}, "sk": {"S": sk}}
    found: dict[str, Any] = deployment.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
    there: dict[str, Any] = found["Item"]
    return there
