"""Refuses in the client what our own role policies refuse: AWS's emulators know no `dynamodb:LeadingKeys`.

Every call for stored data is checked against the policy documents that deploy, under the role in force. A refusal is
the AccessDeniedException that AWS would answer. A presigned POST is signed without a call, so it is not seen here.
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
from infra.cloudformation.loader import Json
from infra.cloudformation.template import resolved, role_policy
from infra.iam.calls import UnknownCallError, access_requests
from infra.iam.key_conditions import UnreadableConditionError
from infra.iam.policy import allows

ROLES = {
    "tenant": "TenantRole",
    "intake": "IntakeRole",
    "mail": "MailRole",
    "identity": "IdentityRole",
    "operator": "OperatorRole",
    "public": "PublicRole",
}
"""A scope's kind of role, and the role's logical name in the template."""


def install() -> None:
    """Check every DynamoDB and S3 client of the store from now on. Idempotent."""
    if attach not in clients.observers:
        clients.observers.append(attach)


def attach(client: BaseClient) -> None:
    """Have each call of this client authorized before it is signed."""
    service = client.meta.service_model.service_name
    # Tested control: key-guard-watches-table
    if service in {"dynamodb", "s3"}:
        client.meta.events.register(f"provide-client-params.{service}", authorize, unique_id=f"iam-guard-{service}")


def authorize(
    params: Mapping[str, Any], model: OperationModel, context: Mapping[str, Any] | None = None, **_: object
) -> None:
    """Raises ClientError (AccessDeniedException) unless the role in force may make this call."""
    service, operation = model.service_model.service_name, model.name
    role = roles.current_role()
    if operation == "CreateBucket" and (context or {}).get("is_presign_request"):
        return  # botocore builds this call to learn a presigned POST's address, and never sends it
    try:
        requests = access_requests(service, operation, params)
    except (UnknownCallError, UnreadableConditionError) as error:
        raise _denied(operation, str(error)) from error
    tag = {"aws:PrincipalTag/dealer": [role.dealer_id]} if role.dealer_id else {}
    document = role_document(role.kind, settings.load())
    for request in requests:
        if not allows(document, replace(request, context={**request.context, **tag})):
            raise _denied(operation, f"the {role.kind} role may not {request.action} on {request.resource}")


@cache
def role_document(kind: str, names: Settings) -> Json:
    """The policy document of a role, with the ARNs of this environment's table and buckets."""
    arns = {
        "Table": f"arn:aws:dynamodb:us-east-1:000000000000:table/{names.table_name}",
        "InboxBucket": f"arn:aws:s3:::{names.inbox_bucket}",
        "FilesBucket": f"arn:aws:s3:::{names.files_bucket}",
        "QuarantineBucket": f"arn:aws:s3:::{names.quarantine_bucket}",
    }
    document: Json = resolved(role_policy(ROLES[kind]), arns)
    return document


def _denied(operation: str, reason: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": f"Not authorized: {reason}"}}, operation)
