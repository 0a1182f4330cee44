"""Creates the shared stack in the local AWS, and gives the environment in which the app finds it."""

import json
import re
import time
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from infra.cloudformation.template import resource, template
from infra.local.aws import CREDENTIALS, local_client
from infra.local.emulators import LocalAws
from infra.local.process import LocalError

STAGE = "local"
STACK = f"customer-connect-{STAGE}"
REPLY_DOMAIN = "reply.customer-connect.example"
MAIL_FROM: str = template()["Parameters"]["MailFrom"]["Default"]


def provision(local_aws: LocalAws, *, base_url: str) -> dict[str, str]:
    """Create or update the stack; the environment variables that `settings` and boto3 read. Idempotent.

    Raises LocalError when CloudFormation refuses the template.
    """
    outputs = provision_stack(local_aws, base_url=base_url)
    provision_table(local_client("dynamodb", local_aws.dynamodb_url), outputs["TableName"])
    address = re.search(r"<(.+)>", MAIL_FROM)
    local_client("ses", local_aws.url).verify_email_identity(EmailAddress=address[1] if address else MAIL_FROM)
    return {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": local_aws.url,
        "AWS_ENDPOINT_URL_DYNAMODB": local_aws.dynamodb_url,
        "STAGE": STAGE,
        "BASE_URL": base_url,
        "BUCKET_ORIGINS": local_aws.url,
        "REPLY_DOMAIN": REPLY_DOMAIN,
        **{variable(name): _at_this_port(local_aws, value) for name, value in outputs.items()},
    }


def provision_stack(local_aws: LocalAws, *, base_url: str) -> dict[str, str]:
    """The stack's outputs. Raises LocalError when CloudFormation refuses the template."""
    return _stack(local_client("cloudformation", local_aws.url), {"Stage": STAGE, "BaseUrl": base_url})


def variable(output: str) -> str:
    """`InboxQueueUrl` -> `INBOX_QUEUE_URL`: an output of the template is a variable of `settings`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", output).upper()


def _at_this_port(local_aws: LocalAws, value: str) -> str:
    """A queue's URL contains the port on which it was created; a later start may use another."""
    return f"{local_aws.url}{urlsplit(value).path}" if value.startswith("http") else value


def _stack(cloudformation: Any, parameters: Mapping[str, str]) -> dict[str, str]:
    body = json.dumps(template())
    wanted = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
    now = _described(cloudformation)
    if now is None or now["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"} or _differs(now, body, wanted):
        act = cloudformation.update_stack if now else cloudformation.create_stack
        act(
            StackName=STACK,
            TemplateBody=body,
            Parameters=wanted,
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Tags=_tags(body),
        )
        now = _settled(cloudformation)
    return {o["OutputKey"]: o["OutputValue"] for o in now["Outputs"]}


def _tags(body: str) -> list[dict[str, str]]:
    return [{"Key": "template", "Value": sha256(body.encode()).hexdigest()}]


def _differs(stack: Mapping[str, Any], body: str, wanted: list[dict[str, str]]) -> bool:
    known = {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}
    return _tags(body) != stack.get("Tags") or any(known.get(w["ParameterKey"]) != w["ParameterValue"] for w in wanted)


def _described(cloudformation: Any) -> Mapping[str, Any] | None:
    try:
        stacks: list[Mapping[str, Any]] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    except ClientError:
        return None
    return stacks[0] if stacks else None


def _settled(cloudformation: Any) -> Mapping[str, Any]:
    while (stack := _described(cloudformation)) and stack["StackStatus"].endswith("_IN_PROGRESS"):
        time.sleep(0.05)
    if stack is None or stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        reasons = {e["ResourceStatusReason"] for e in events if "FAILED" in e["ResourceStatus"]}
        raise LocalError(f"The local AWS refused the template: {'; '.join(sorted(reasons)) or 'it gave no reason'}")
    return stack


def provision_table(dynamodb: Any, name: str) -> None:
    """The table itself where DynamoDB is not ministack's, and its TTL, which ministack's CloudFormation leaves out."""
    described = resource("Table")
    if name not in dynamodb.list_tables()["TableNames"]:
        keys = ("AttributeDefinitions", "KeySchema", "BillingMode")
        dynamodb.create_table(TableName=name, **{k: described[k] for k in keys})
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
    if expiry == "DISABLED":
        ttl = described["TimeToLiveSpecification"]
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
