"""The operator's command for a dealer whose system fetches the feed as files: who may reach that dealer's outbox."""

import argparse
import json
import re

from chalicelib import settings
from chalicelib.kernel.errors import InvalidError
from chalicelib.uploads.feed_files import FOLDER
from infra.cloudformation.loader import Json
from infra.operator_commands.dealer import dealer_with_code

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9+=,.@:/_-]{16,1224}", re.ASCII)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command."""
    command = commands.add_parser(
        "outbox-role", help="print the CloudFormation template of a role that may fetch a dealer's outbox"
    )
    command.add_argument("dealer", help="the dealer's code")
    command.add_argument("--account", required=True, help="the AWS account of the dealer's system: 12 digits")
    command.add_argument("--external-id", required=True, help="what that system says when it assumes the role")
    command.set_defaults(run=_print_template)
    return command


def template(dealer_id: str, *, bucket: str, account: str, external_id: str) -> Json:
    """A role that lists, gets and deletes what is in the dealer's outbox, and reaches nothing else."""
    properties = {
        "RoleName": f"customer-connect-outbox-{dealer_id}",
        "AssumeRolePolicyDocument": _document(_trust(account, external_id)),
        "Policies": [{"PolicyName": "outbox", "PolicyDocument": _document(*_rights(dealer_id, bucket))}],
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Who may fetch the outbox of the dealer {dealer_id}",
        "Resources": {"OutboxRole": {"Type": "AWS::IAM::Role", "Properties": properties}},
        "Outputs": {"OutboxRoleArn": {"Value": {"Fn::GetAtt": ["OutboxRole", "Arn"]}}},
    }


def _document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _trust(account: str, external_id: str) -> Json:
    """The external id keeps a program that many dealers use from being sent to another dealer's role.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    return {
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{account}:root"}},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }


def _rights(dealer_id: str, bucket: str) -> tuple[Json, Json]:
    arn, prefix = f"arn:${{AWS::Partition}}:s3:::{bucket}", f"d/{dealer_id}/{FOLDER}/*"
    objects = {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:DeleteObject"],
        # Tested control: outbox-role-prefix
        "Resource": {"Fn::Sub": f"{arn}/{prefix}"},
    }
    listing = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": {"Fn::Sub": arn},
        "Condition": {"StringLike": {"s3:prefix": prefix}},
    }
    return objects, listing


def _print_template(arguments: argparse.Namespace, **_: object) -> None:
    if not _ACCOUNT.fullmatch(arguments.account):
        raise InvalidError("Correct this option:", {"account": "Give the 12 digits of an AWS account"})
    if not _EXTERNAL_ID.fullmatch(arguments.external_id):
        wrong = "Give 16 or more of A-Z, a-z, 0-9 and + = , . @ : / _ -"
        raise InvalidError("Correct this option:", {"external_id": wrong})
    dealer_id = dealer_with_code(arguments.dealer, actor=arguments.actor)
    made = template(
        dealer_id,
        bucket=settings.load().files_bucket,
        account=arguments.account,
        external_id=arguments.external_id,
    )
    print(json.dumps(made, indent=2))
