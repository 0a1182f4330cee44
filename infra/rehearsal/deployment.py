"""The package as a stack: created by CloudFormation from the template and the zip, and updated in place."""

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.settings import Settings
from infra.deployed import environment
from infra.local.aws import ACCOUNT, CREDENTIALS, REGION, local_client
from infra.package.functions import SECRETS, functions
from infra.rehearsal.gateway_responses import put_gateway_responses

STACK = "customer-connect-rehearsal"
_CODE_BUCKET = "deployments"
_DONE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
_PATIENCE_SECONDS = 240
MAIL_DOMAIN = "customer-connect.example"
REPLY_DOMAIN = f"reply.{MAIL_DOMAIN}"


_OPERATOR = "operator"
_OWN = "customer-connect-prod"
OPERATOR_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Resource": [f"arn:aws:iam::{ACCOUNT}:role/{_OWN}-{kind}" for kind in ("operator", "tenant", "identity")],
        },
        {
            "Effect": "Allow",
            "Action": ["sqs:SendMessage", "sqs:SendMessageBatch"],
            "Resource": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{_OWN}-outbox",
        },
    ],
}
"""What docs/deploy.md says that an operator needs, besides a look at the stack."""

_DEALER = re.compile(r"\$\{!?aws:PrincipalTag/dealer\}")
_FUNCTION = re.compile(r"arn:\$\{AWS::Partition\}:iam::\$\{AWS::AccountId\}:role/([^\"]+-fn-[\w*]+)")
_SESSION = r"arn:${AWS::Partition}:sts::${AWS::AccountId}:assumed-role/\1/*"


class RehearsalError(Exception):
    """The text is one sentence that says what would have gone wrong on AWS."""


@dataclass(slots=True)
class Deployment:
    """A stack in the local AWS at `url`, for visitors at `base_url`."""

    url: str
    base_url: str
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    outputs: dict[str, str] = field(default_factory=dict)
    operator: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """With every right, as the person who deploys has."""
        return local_client(service, self.url)

    def make_operator(self) -> None:
        """A person who may create dealers, and no more than that."""
        iam = self.client("iam")
        iam.create_user(UserName=_OPERATOR)
        policy = json.dumps(OPERATOR_POLICY)
        iam.put_user_policy(UserName=_OPERATOR, PolicyName=_OPERATOR, PolicyDocument=policy)
        key = iam.create_access_key(UserName=_OPERATOR)["AccessKey"]
        self.operator = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def deploy(self, template: Path, archive: Path) -> None:
        """Create the stack or update it in place. Raises RehearsalError with CloudFormation's reason."""
        s3, cloudformation = self.client("s3"), self.client("cloudformation")
        s3.create_bucket(Bucket=_CODE_BUCKET)
        code = archive.read_bytes()
        key = f"{sha256(code).hexdigest()[:16]}.zip"
        s3.put_object(Bucket=_CODE_BUCKET, Key=key, Body=code)
        body = adapt_to_emulator(template.read_text().replace("./deployment.zip", f"s3://{_CODE_BUCKET}/{key}"))
        s3.put_object(Bucket=_CODE_BUCKET, Key="template.json", Body=body.encode())
        act = cloudformation.update_stack if self.outputs else cloudformation.create_stack
        act(
            StackName=STACK,
            TemplateURL=f"{self.url}/{_CODE_BUCKET}/template.json",
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in self._parameters().items()],
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        stack = self._settled(cloudformation)
        self.outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
        (api,) = self.resources("AWS::ApiGateway::RestApi").values()
        put_gateway_responses(self.client("apigateway"), api, template.read_text())

    def resources(self, kind: str) -> dict[str, str]:
        """Logical to physical names of all resources of a type."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        return {
            r["LogicalResourceId"]: r["PhysicalResourceId"]
            for page in pages
            for r in page["StackResourceSummaries"]
            if r["ResourceType"] == kind
        }

    def environment(self) -> dict[str, str]:
        """The operator's."""
        return {**CREDENTIALS, **self.operator, "AWS_ENDPOINT_URL": self.url, **environment(self.outputs)}

    def _parameters(self) -> Mapping[str, str]:
        return {
            "BaseUrl": self.base_url,
            "MailFrom": f"Customer Connect <portal@{MAIL_DOMAIN}>",
            "MailDomain": MAIL_DOMAIN,
            "ReplyDomain": REPLY_DOMAIN,
            "OriginSecret": self.secret,
            "WebAclArn": "",
            "OperatorPrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/{_OPERATOR}",
        }

    def _settled(self, cloudformation: Any) -> Mapping[str, Any]:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                stack: Mapping[str, Any] = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
            except ClientError as error:
                raise RehearsalError(f"CloudFormation lost the stack: {error}") from error
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                break
            time.sleep(0.1)
        if stack["StackStatus"] not in _DONE:
            events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
            failed = [e for e in events if "FAILED" in e["ResourceStatus"]]
            why = "; ".join(f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in failed)
            raise RehearsalError(f"CloudFormation did not deploy the template ({stack['StackStatus']}): {why}")
        return stack


def adapt_to_emulator(template: str) -> str:
    """The eight changes, all for what the local AWS cannot judge.

    It puts nothing in place of policy variables, so a dealer's own part of the bucket becomes everybody's part, and it
    knows no keys of a call, so that none is demanded (that each dealer keeps to its own is what the tests under the key
    guard show). It asks for ses:SendRawEmail on `*`, where AWS asks for the sender's identity, and for
    sqs:SendMessageBatch, which AWS takes for sqs:SendMessage. It speaks plain HTTP, which the buckets refuse. Where AWS
    calls a principal by its role, it calls it by the role's session. It has no GuardDuty, and receives no mail.
    """
    document = json.loads(_FUNCTION.sub(_SESSION, _DEALER.sub("*", template)))
    for name in ("QuarantineScan", "ReplyRules", "ReplyRule"):
        del document["Resources"][name]
    for resource in document["Resources"].values():
        for policy in resource.get("Properties", {}).get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Action"] == ["ses:SendRawEmail"]:
                    statement["Resource"] = "*"
                elif statement["Action"] == ["sqs:SendMessage"]:
                    statement["Action"].append("sqs:SendMessageBatch")
                elif "Null" in statement.get("Condition", {}):
                    del statement["Condition"]["Null"]
        if resource.get("Type") == "AWS::S3::BucketPolicy":
            policy = resource["Properties"]["PolicyDocument"]
            policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != "OnlyOverTls"]
    return json.dumps(document)


def variable_mismatches(deployment: Deployment) -> list[str]:
    """Sentences about variables that a function lacks, or has and nobody reads."""
    known = {name.upper() for name in Settings.model_fields}
    found = []
    for logical, name in sorted(deployment.resources("AWS::Lambda::Function").items()):
        config = deployment.client("lambda").get_function_configuration(FunctionName=name)
        has = set(config.get("Environment", {}).get("Variables", {}))
        wanted = known if functions()[logical].get("Public") else known - SECRETS.keys()
        found += [f"{logical} has no variable {lost}, which the settings read" for lost in sorted(wanted - has)]
        found += [f"{logical} has a variable {odd}, which nobody reads" for odd in sorted(has - wanted)]
    return found
