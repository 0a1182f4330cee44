"""A dealer's system fetches the feed as files, in the role that the operator's command describes."""

import json
import time
from collections.abc import Callable
from typing import Any

from boto3.session import Session
from botocore.exceptions import ClientError

from chalicelib.uploads.feed_files import FOLDER
from infra.deployed import outputs_of
from infra.local.aws import ACCOUNT, REGION
from infra.operator_commands.outbox import template
from infra.rehearsal.bounce import item
from infra.rehearsal.deployment import Deployment, RehearsalError

_STACK = "customer-connect-outbox"
_EXTERNAL_ID = "fb8c1e0e7a5d4c0f93e2"
_PATIENCE_SECONDS = 20


def fetch(deployment: Deployment, slug: str) -> dict[str, bytes]:
    """Deploy the role, and get everything in the dealer's outbox by it. Raises RehearsalError if it reaches more."""
    dealer_id = item(deployment, f"SLUG#{slug}", "SLUG")["dealer_id"]["S"]
    bucket, home = deployment.outputs["FilesBucket"], f"d/{dealer_id}/{FOLDER}/"
    s3 = _client(deployment, _deployed_role(deployment, dealer_id, bucket))
    for prefix in ("", f"d/{dealer_id}/"):
        _must_be_denied(f"lists {prefix!r}", s3.list_objects_v2, Bucket=bucket, Prefix=prefix)
    _must_be_denied("gets another object", s3.get_object, Bucket=bucket, Key=f"d/{dealer_id}/uploads/x")
    _must_be_denied("writes into the outbox", s3.put_object, Bucket=bucket, Key=f"{home}x", Body=b"")
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket, Prefix=home).get("Contents", ())]
    return {key.removeprefix(home): s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def _deployed_role(deployment: Deployment, dealer_id: str, bucket: str) -> str:
    """Its ARN."""
    made = template(dealer_id, bucket=bucket, account=ACCOUNT, external_id=_EXTERNAL_ID)
    cloudformation = deployment.client("cloudformation")
    cloudformation.create_stack(StackName=_STACK, TemplateBody=json.dumps(made), Capabilities=["CAPABILITY_NAMED_IAM"])
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        (stack,) = cloudformation.describe_stacks(StackName=_STACK)["Stacks"]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return outputs_of(cloudformation, _STACK)["OutboxRoleArn"]
        time.sleep(0.1)
    raise RehearsalError(f"CloudFormation did not make the role of the outbox: {stack['StackStatus']}.")


def _client(deployment: Deployment, role: str) -> Any:
    """S3 with the rights of the role."""
    assumed = deployment.client("sts").assume_role(
        RoleArn=role, RoleSessionName="dealer-system", ExternalId=_EXTERNAL_ID
    )["Credentials"]
    session = Session(assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"], region_name=REGION)
    make: Any = session.client
    return make("s3", endpoint_url=deployment.url)


def _must_be_denied(what: str, call: Callable[..., object], **arguments: Any) -> None:
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"AccessDenied", "403"}:
            return
        raise RehearsalError(f"The role of the outbox fails otherwise than by its rights: {error}") from error
    raise RehearsalError(f"The role of the outbox {what}.")
