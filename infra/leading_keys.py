"""Enforces our own role policies in the client: the local stand-ins for AWS do not know `dynamodb:LeadingKeys`.

Every data call is judged by the policy documents that deploy, under the role in force. A refusal is the same
AccessDeniedException that AWS would answer. It cannot see a presigned POST, which is signed without a call.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.model import OperationModel

from chalicelib import settings
from chalicelib.settings import Settings
from chalicelib.store import clients, roles
from infra.accesses import UnknownCallError, accesses
from infra.iam import allows
from infra.key_conditions import UnreadableConditionError
from infra.template import Json, resolved, role_policy

POLICIES = {"tenant": "TenantRole", "identity": "IdentityRole", "operator": "OperatorRole", "door": "DoorRole"}


def install() -> None:
    """From now on every DynamoDB and S3 client of the store is watched. Calling it again changes nothing."""
    if watch not in clients.observers:
        clients.observers.append(watch)


def watch(client: BaseClient) -> None:
    """Judge each call of this client before it is sent."""
    service = client.meta.service_model.service_name
    if service in {"dynamodb", "s3"}:
        client.meta.events.register(f"provide-client-params.{service}", judge, unique_id=f"leading-keys-{service}")


def judge(
    params: Mapping[str, Any], model: OperationModel, context: Mapping[str, Any] | None = None, **_: object
) -> None:
    """Raises ClientError (AccessDeniedException) unless the role in force may make this call."""
    service, operation = model.service_model.service_name, model.name
    role = roles.current_role()
    if operation == "CreateBucket" and (context or {}).get("is_presign_request"):
        return  # botocore learns a presigned POST's address by building this call; it sends none
    try:
        wanted = accesses(service, operation, params)
    except (UnknownCallError, UnreadableConditionError) as error:
        raise _denied(operation, str(error)) from error
    tag = {"aws:PrincipalTag/dealer": [role.dealer_id]} if role.dealer_id else {}
    document = policy(role.kind, settings.load())
    for access in wanted:
        if not allows(document, replace(access, context={**access.context, **tag})):
            raise _denied(operation, f"the {role.kind} role may not {access.action} on {access.resource}")


@cache
def policy(kind: str, names: Settings) -> Json:
    """The policy document of a role, with the ARNs of this environment's table and buckets."""
    arns = {
        "Table": f"arn:aws:dynamodb:us-east-1:000000000000:table/{names.table_name}",
        "InboxBucket": f"arn:aws:s3:::{names.inbox_bucket}",
        "FilesBucket": f"arn:aws:s3:::{names.files_bucket}",
    }
    document: Json = resolved(role_policy(POLICIES[kind]), arns)
    return document


def _denied(operation: str, why: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": f"Not authorized: {why}"}}, operation)
