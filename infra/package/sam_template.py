"""What is merged into Chalice's SAM template: infra/cloudformation, shared and aws_only, and the functions."""

from copy import deepcopy

from infra.cloudformation.loader import Json, merge, merge_files
from infra.cloudformation.template import AWS_ONLY, template
from infra.package import functions, rest_api
from infra.package.dashboard import dashboard
from infra.package.trust import trusting

KINDS = ("Tenant", "Intake", "Mail", "Identity", "Operator", "Public")
"""Of data roles."""

_NO_DEFAULT = ("BaseUrl", "MailFrom")
_BUCKET_HOSTS = ("s3.amazonaws.com", "s3.${AWS::Region}.${AWS::URLSuffix}")


def merged(stage: str) -> Json:
    """Raises ValueError when two files define the same entry."""
    found = deepcopy(template())
    merge_files(found, AWS_ONLY.glob("*.yaml"))
    made = {"RestAPI": rest_api.rest_api(), "Dashboard": dashboard(), **functions.resources()}
    merge(found, {"Resources": made}, "the functions")
    for kind in KINDS:
        found["Resources"][f"{kind}Role"] = trusting(found["Resources"][f"{kind}Role"], kind)
    found["Parameters"]["Stage"]["Default"] = stage
    for name in _NO_DEFAULT:
        del found["Parameters"][name]["Default"]
    found["Globals"] = {"Function": {"Environment": {"Variables": environment()}}}
    return found


def environment() -> Json:
    """The variables that chalicelib.settings reads, but for the secrets, which one function has (functions.SECRETS)."""
    return {
        "STAGE": _ref("Stage"),
        "TABLE_NAME": _ref("Table"),
        "INBOX_BUCKET": _ref("InboxBucket"),
        "FILES_BUCKET": _ref("FilesBucket"),
        "QUARANTINE_BUCKET": _ref("QuarantineBucket"),
        "INBOX_QUEUE_URL": _ref("InboxQueue"),
        "IMPORT_QUEUE_URL": _ref("ImportQueue"),
        "OUTBOX_QUEUE_URL": _ref("OutboxQueue"),
        "BULK_QUEUE_URL": _ref("BulkQueue"),
        "DOWNLOADS_QUEUE_URL": _ref("DownloadsQueue"),
        "INTAKE_QUEUE_URL": _ref("IntakeQueue"),
        "VERDICT_QUEUE_URL": _ref("VerdictQueue"),
        "REPLIES_QUEUE_URL": _ref("RepliesQueue"),
        "TENANT_ROLE_ARN": {"Fn::GetAtt": ["TenantRole", "Arn"]},
        "INTAKE_ROLE_ARN": {"Fn::GetAtt": ["IntakeRole", "Arn"]},
        "MAIL_ROLE_ARN": {"Fn::GetAtt": ["MailRole", "Arn"]},
        "IDENTITY_ROLE_ARN": {"Fn::GetAtt": ["IdentityRole", "Arn"]},
        "OPERATOR_ROLE_ARN": {"Fn::GetAtt": ["OperatorRole", "Arn"]},
        "PUBLIC_ROLE_ARN": {"Fn::GetAtt": ["PublicRole", "Arn"]},
        "BASE_URL": _ref("BaseUrl"),
        "MAIL_FROM": _ref("MailFrom"),
        "MAIL_CONFIGURATION_SET": _ref("MailConfiguration"),
        "REPLY_DOMAIN": _ref("ReplyDomain"),
        "SMS_COUNTRIES": _ref("SmsCountries"),
        "SMS_SENDER_ID": _ref("SmsSenderId"),
        "BUCKET_ORIGINS": {"Fn::Sub": _bucket_origins()},
        "ASSETS_URL": "/assets",
        "LOG_LEVEL": _ref("LogLevel"),
    }


def _bucket_origins() -> str:
    """Botocore signs links for a bucket's global address in us-east-1, and for its region's elsewhere."""
    buckets = ("${InboxBucket}", "${FilesBucket}", "${QuarantineBucket}")
    return " ".join(f"https://{bucket}.{host}" for bucket in buckets for host in _BUCKET_HOSTS)


def _ref(name: str) -> Json:
    return {"Ref": name}
