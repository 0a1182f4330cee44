"""The hook, on real clients of the store: what each role may do, and what it may not."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import settings
from chalicelib.kernel.scopes import (
    IdentityScope,
    IntakeScope,
    MailScope,
    OperatorScope,
    PublicLookupScope,
    PublicScope,
    Scope,
    TenantScope,
)
from chalicelib.store import clients
from chalicelib.store.roles import NoScopeInForceError, assume_scope
from infra.iam import guard
from tests.fixtures.worlds import World

OWN, OTHER = "aaaaaaaaaa", "bbbbbbbbbb"
TENANT = TenantScope(OWN)
IDENTITY = IdentityScope()
OPERATOR = OperatorScope("test")
LOOKUP = PublicLookupScope()
PUBLIC = PublicScope(OWN)

pytestmark = pytest.mark.usefixtures("aws")


def dynamodb(operation: str, **params: Any) -> Any:
    client: Any = clients.client("dynamodb")
    named = params if "RequestItems" in params or "TransactItems" in params else {"TableName": table(), **params}
    return getattr(client, operation)(**named)


def s3(operation: str, **params: Any) -> Any:
    client: Any = clients.client("s3")
    return getattr(client, operation)(**{"Bucket": settings.load().files_bucket, **params})


def table() -> str:
    return settings.load().table_name


def item(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "1"}}


def own(part: str = "DEALER", dealer: str = OWN) -> dict[str, Any]:
    return item(f"D#{dealer}#{part}")


def query(pk: str, **more: Any) -> Any:
    return dynamodb("query", KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": pk}}, **more)


def denied() -> AbstractContextManager[Any]:
    return pytest.raises(ClientError, match="AccessDeniedException")


def judged(scope: Scope, call: Callable[[], Any], *, passes: bool) -> None:
    with assume_scope(scope), nullcontext() if passes else denied():
        call()


ATTACKS: dict[str, Callable[[], Any]] = {
    "delete an audit row": lambda: dynamodb("delete_item", Key=own("AUDIT#2024-06")),
    "delete an audit row in a batch": lambda: dynamodb(
        "batch_write_item", RequestItems={table(): [{"DeleteRequest": {"Key": own("AUDIT#2024-06")}}]}
    ),
    "alter an audit row": lambda: dynamodb(
        "update_item", Key=own("AUDIT#2024-06"), UpdateExpression="REMOVE #d", ExpressionAttributeNames={"#d": "detail"}
    ),
    "put another dealer's": lambda: dynamodb("put_item", Item=own(dealer=OTHER)),
    "get another dealer's": lambda: dynamodb("get_item", Key=own(dealer=OTHER)),
    "get a longer dealer's": lambda: dynamodb("get_item", Key=item(f"D#{OWN}a#DEALER")),
    "get the prefix alone": lambda: dynamodb("get_item", Key=item(f"D#{OWN}")),
    "get a wildcard": lambda: dynamodb("get_item", Key=item("D#*#DEALER")),
    "get a person": lambda: dynamodb("get_item", Key=item("P#1")),
    "get without a key": lambda: dynamodb("get_item", Key={"sk": {"S": "1"}}),
    "get a binary key": lambda: dynamodb("get_item", Key={"pk": {"B": b"D"}, "sk": {"S": "1"}}),
    "update another dealer's": lambda: dynamodb(
        "update_item",
        Key=own(dealer=OTHER),
        UpdateExpression="SET a = :a",
        ExpressionAttributeValues={":a": {"S": "x"}},
    ),
    "delete another dealer's": lambda: dynamodb("delete_item", Key=own(dealer=OTHER)),
    "query another dealer's": lambda: query(f"D#{OTHER}#DEALER"),
    "query a range of dealers": lambda: dynamodb(
        "query",
        KeyConditionExpression="pk BETWEEN :p AND :q",
        ExpressionAttributeValues={":p": {"S": f"D#{OWN}#"}, ":q": {"S": "D#z"}},
    ),
    "query in the old way": lambda: dynamodb(
        "query",
        KeyConditions={"pk": {"AttributeValueList": [{"S": f"D#{OWN}#A"}], "ComparisonOperator": "EQ"}},
    ),
    "query an index": lambda: query(f"D#{OWN}#DEALER", IndexName="by-date"),
    "mix in a batch get": lambda: dynamodb(
        "batch_get_item", RequestItems={table(): {"Keys": [own(), own(dealer=OTHER)]}}
    ),
    "mix in a batch write": lambda: dynamodb(
        "batch_write_item",
        RequestItems={table(): [{"PutRequest": {"Item": own()}}, {"DeleteRequest": {"Key": own(dealer=OTHER)}}]},
    ),
    "mix in a transaction": lambda: dynamodb(
        "transact_write_items",
        TransactItems=[
            {"Put": {"TableName": table(), "Item": own()}},
            {"Put": {"TableName": table(), "Item": own(dealer=OTHER)}},
        ],
    ),
    "check another dealer's in a transaction": lambda: dynamodb(
        "transact_write_items",
        TransactItems=[
            {
                "ConditionCheck": {
                    "TableName": table(),
                    "Key": own(dealer=OTHER),
                    "ConditionExpression": "attribute_exists(pk)",
                }
            }
        ],
    ),
    "read another dealer's in a transaction": lambda: dynamodb(
        "transact_get_items", TransactItems=[{"Get": {"TableName": table(), "Key": own(dealer=OTHER)}}]
    ),
    "send an empty batch": lambda: dynamodb("batch_get_item", RequestItems={}),
    "use another table": lambda: clients.client("dynamodb").get_item(TableName="another", Key=own()),
    "scan": lambda: dynamodb("scan"),
    "use PartiQL": lambda: clients.client("dynamodb").execute_statement(Statement="SELECT * FROM t"),
    "export": lambda: clients.client("dynamodb").export_table_to_point_in_time(TableArn="arn:x", S3Bucket="b"),
    "describe the table": lambda: dynamodb("describe_table"),
    "delete the table": lambda: dynamodb("delete_table"),
    "put another dealer's object": lambda: s3("put_object", Key=f"d/{OTHER}/x", Body=b""),
    "get another dealer's object": lambda: s3("get_object", Key=f"d/{OTHER}/x"),
    "climb out of the prefix": lambda: s3("get_object", Key=f"e/{OWN}/x"),
    "delete another dealer's object among own": lambda: s3(
        "delete_objects", Delete={"Objects": [{"Key": f"d/{OWN}/x"}, {"Key": f"d/{OTHER}/x"}]}
    ),
    "copy another dealer's object": lambda: s3(
        "copy_object",
        Key=f"d/{OWN}/x",
        CopySource={"Bucket": settings.load().files_bucket, "Key": f"d/{OTHER}/x"},
    ),
    "copy by a text": lambda: s3("copy_object", Key=f"d/{OWN}/x", CopySource=f"b/d/{OWN}/x"),
    "list all": lambda: s3("list_objects_v2"),
    "list another dealer's": lambda: s3("list_objects_v2", Prefix=f"d/{OTHER}/"),
    "sign a link to another dealer's": lambda: clients.client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": settings.load().files_bucket, "Key": f"d/{OTHER}/x"}
    ),
    "read what somebody has sent": lambda: s3("get_object", Bucket=settings.load().quarantine_bucket, Key=f"d/{OWN}/x"),
    "look at a version of it": lambda: s3(
        "get_object", Bucket=settings.load().quarantine_bucket, Key=f"d/{OWN}/x", VersionId="1"
    ),
    "take it out of quarantine by a copy": lambda: s3(
        "copy_object",
        Key=f"d/{OWN}/uploads/x",
        CopySource={"Bucket": settings.load().quarantine_bucket, "Key": f"d/{OWN}/x"},
    ),
    "say that it is clean": lambda: s3(
        "put_object",
        Bucket=settings.load().quarantine_bucket,
        Key=f"d/{OWN}/x",
        Tagging="GuardDutyMalwareScanStatus=NO_THREATS_FOUND",
    ),
    "list what people have sent": lambda: s3(
        "list_objects_v2", Bucket=settings.load().quarantine_bucket, Prefix=f"d/{OWN}/"
    ),
    "put into another dealer's quarantine": lambda: s3(
        "put_object", Bucket=settings.load().quarantine_bucket, Key=f"d/{OTHER}/x"
    ),
    "delete the bucket": lambda: s3("delete_bucket"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_tenant_role_may_not(attack: str) -> None:
    judged(TENANT, ATTACKS[attack], passes=False)


def test_a_tenant_role_does_its_own_work() -> None:
    with assume_scope(TENANT):
        dynamodb("put_item", Item=own())
        assert dynamodb("get_item", Key=own())["Item"] == own()
        assert query(f"D#{OWN}#DEALER")["Count"] == 1
        dynamodb("batch_get_item", RequestItems={table(): {"Keys": [own(), own("STAFF")]}})
        dynamodb("transact_write_items", TransactItems=[{"Delete": {"TableName": table(), "Key": own()}}])
        s3("put_object", Key=f"d/{OWN}/work/a", Body=b"x")
        s3(
            "copy_object",
            Key=f"d/{OWN}/work/b",
            CopySource={"Bucket": settings.load().files_bucket, "Key": f"d/{OWN}/work/a"},
        )
        assert s3("list_objects_v2", Prefix=f"d/{OWN}/work/")["KeyCount"] == 2
        s3("delete_objects", Delete={"Objects": [{"Key": f"d/{OWN}/work/a"}, {"Key": f"d/{OWN}/work/b"}]})


@pytest.mark.parametrize(
    ("scope", "pk", "passes"),
    [
        (IDENTITY, "P#1", True),
        (IDENTITY, "E#1", True),
        (IDENTITY, "S#1", True),
        (IDENTITY, "T#OUTBOX", True),
        (IDENTITY, "K#1", True),
        (IDENTITY, "LIMIT#x", True),
        (IDENTITY, f"D#{OWN}#DEALER", False),
        (IDENTITY, "OPS#DEALERS", False),
        (OPERATOR, "OPS#DEALERS", True),
        (OPERATOR, "SLUG#moorbeck", True),
        (OPERATOR, "CODE#1", True),
        (OPERATOR, "NAME#moorbeck", True),
        (OPERATOR, "P#1", False),
        (OPERATOR, f"D#{OWN}#DEALER", False),
        (TENANT, "OPS#DEALERS", False),
    ],
)
def test_each_role_has_its_keys(scope: Scope, pk: str, passes: bool) -> None:  # noqa: FBT001 - a column of the table
    judged(scope, lambda: dynamodb("get_item", Key=item(pk)), passes=passes)
    judged(scope, lambda: query(pk), passes=passes)


INTAKE = IntakeScope(OWN)
OF_INTAKE: dict[str, Callable[[], Any]] = {
    "read another dealer's quarantine": lambda: quarantined("get_object", OTHER),
    "tag what it reads": lambda: quarantined("put_object_tagging", OWN, Tagging={"TagSet": []}),
    "put into quarantine": lambda: quarantined("put_object", OWN),
    "delete from it": lambda: quarantined("delete_object", OWN),
    "list another dealer's": lambda: s3(
        "list_objects_v2", Bucket=settings.load().quarantine_bucket, Prefix=f"d/{OTHER}/"
    ),
    "read the dealer's files": lambda: s3("get_object", Key=f"d/{OWN}/uploads/x"),
    "put a document over another": lambda: s3("put_object", Key=f"d/{OWN}/documents/1/2/3.pdf"),
    "put into another dealer's files": lambda: s3("put_object", Key=f"d/{OTHER}/uploads/x"),
    "read the inbox": lambda: s3("get_object", Bucket=settings.load().inbox_bucket, Key=f"d/{OWN}/x"),
    "get an item": lambda: dynamodb("get_item", Key=own()),
    "put an item": lambda: dynamodb("put_item", Item=own()),
    "scan": lambda: dynamodb("scan"),
}


def quarantined(operation: str, dealer: str, **more: Any) -> Any:
    return s3(operation, Bucket=settings.load().quarantine_bucket, Key=f"d/{dealer}/x", **more)


@pytest.mark.parametrize("attack", OF_INTAKE)
def test_the_intake_role_may_not(attack: str) -> None:
    judged(INTAKE, OF_INTAKE[attack], passes=False)


def test_the_intake_role_reads_its_quarantine_and_puts_what_it_has_checked(aws: World) -> None:
    bucket = settings.load().quarantine_bucket
    version = aws.root("s3").put_object(Bucket=bucket, Key=f"d/{OWN}/x", Body=b"1")["VersionId"]
    with assume_scope(INTAKE):
        quarantined("head_object", OWN)
        quarantined("get_object", OWN, VersionId=version)
        quarantined("get_object_tagging", OWN, VersionId=version)
        s3("put_object", Key=f"d/{OWN}/uploads/x", Body=b"1")


MAIL = MailScope()
OF_MAIL: dict[str, Callable[[], Any]] = {
    "read what a dealer's people sent": lambda: quarantined("get_object", OWN),
    "put a mail": lambda: mailed("put_object"),
    "delete a mail": lambda: mailed("delete_object"),
    "read the dealer's files": lambda: s3("get_object", Key=f"d/{OWN}/uploads/x"),
    "read what is called like one elsewhere": lambda: s3("get_object", Key="mail/x"),
    "list mails": lambda: s3("list_objects_v2", Bucket=settings.load().quarantine_bucket, Prefix="mail/"),
    "get an item": lambda: dynamodb("get_item", Key=own()),
    "get a person": lambda: dynamodb("get_item", Key=item("P#1")),
    "scan": lambda: dynamodb("scan"),
}


def mailed(operation: str) -> Any:
    return s3(operation, Bucket=settings.load().quarantine_bucket, Key="mail/x")


@pytest.mark.parametrize("attack", OF_MAIL)
def test_the_mail_role_may_not(attack: str) -> None:
    judged(MAIL, OF_MAIL[attack], passes=False)


def test_the_mail_role_reads_mails_and_no_dealers_role_does(aws: World) -> None:
    aws.root("s3").put_object(Bucket=settings.load().quarantine_bucket, Key="mail/x", Body=b"1")
    judged(MAIL, lambda: mailed("get_object"), passes=True)
    judged(INTAKE, lambda: mailed("get_object"), passes=False)
    judged(TenantScope(OWN), lambda: mailed("get_object"), passes=False)


@pytest.mark.parametrize("scope", [LOOKUP, PUBLIC])
def test_the_public_role_gets_lookups_and_the_public_copy_and_nothing_else(scope: Scope) -> None:
    for pk in ("SLUG#moorbeck", "HOST#portal.moorbeck.example", "ACCT#acct_1", "NAME#moorbeck"):
        judged(scope, lambda pk=pk: dynamodb("get_item", Key=item(pk)), passes=True)  # type: ignore[misc]
        judged(scope, lambda pk=pk: query(pk), passes=False)  # type: ignore[misc]
        judged(scope, lambda pk=pk: dynamodb("put_item", Item=item(pk)), passes=False)  # type: ignore[misc]
        judged(scope, lambda pk=pk: dynamodb("delete_item", Key=item(pk)), passes=False)  # type: ignore[misc]
    closed = (item("CODE#moorbeck"), item("OPS#DEALERS"), item("P#1"), own(), own("PUBLIC", OTHER), own("PUBLIC#1"))
    for key in closed:
        judged(scope, lambda key=key: dynamodb("get_item", Key=key), passes=False)  # type: ignore[misc]
    judged(scope, lambda: dynamodb("get_item", Key=own("PUBLIC")), passes=scope is PUBLIC)
    judged(scope, lambda: dynamodb("put_item", Item=own("PUBLIC")), passes=False)


@pytest.mark.parametrize("scope", [LOOKUP, PUBLIC])
def test_the_public_role_puts_requests_of_its_dealer_and_reads_none(scope: Scope) -> None:
    judged(scope, lambda: dynamodb("put_item", Item=own("REQUESTS")), passes=scope is PUBLIC)
    judged(scope, lambda: dynamodb("put_item", Item=own("REQUESTS", OTHER)), passes=False)
    judged(scope, lambda: dynamodb("get_item", Key=own("REQUESTS")), passes=False)
    judged(scope, lambda: query(f"D#{OWN}#REQUESTS"), passes=False)
    judged(scope, lambda: dynamodb("delete_item", Key=own("REQUESTS")), passes=False)


@pytest.mark.parametrize("scope", [LOOKUP, PUBLIC])
def test_the_public_role_reads_public_objects_of_its_dealer_and_writes_none(scope: Scope) -> None:
    logo = f"d/{OWN}/public/logo/1.png"
    judged(TENANT, lambda: s3("put_object", Key=logo, Body=b""), passes=True)
    judged(scope, lambda: s3("get_object", Key=logo), passes=scope is PUBLIC)
    judged(scope, lambda: s3("put_object", Key=logo, Body=b""), passes=False)
    judged(scope, lambda: s3("delete_object", Key=logo), passes=False)
    for other in (f"d/{OTHER}/public/logo/1.png", f"d/{OWN}/publicity.png", f"d/{OWN}/documents/1/public/x.pdf"):
        judged(scope, lambda other=other: s3("get_object", Key=other), passes=False)  # type: ignore[misc]
    judged(TENANT, lambda: s3("delete_object", Key=logo), passes=True)


@pytest.mark.parametrize("scope", [IDENTITY, OPERATOR, LOOKUP, PUBLIC])
def test_only_a_tenant_role_reads_objects(scope: Scope) -> None:
    judged(scope, lambda: s3("get_object", Key=f"d/{OWN}/x"), passes=False)


def test_nothing_goes_out_without_a_role() -> None:
    with pytest.raises(NoScopeInForceError):
        dynamodb("get_item", Key=own())


def test_other_services_are_left_alone(aws: World) -> None:
    clients.client("sqs").send_message(QueueUrl=aws.settings.import_queue_url, MessageBody="x")


def test_installing_twice_changes_nothing() -> None:
    before = list(clients.observers)
    guard.install()
    assert clients.observers == before
