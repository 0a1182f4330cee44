"""All that is stored of one dealer, found by reading through the table and the buckets with the operator's own rights.

No role of the portal may read a whole table, and none may delete audit rows or older versions of objects. A dealer's
partitions are in no index either, so this is the one way to miss none, also of kinds that a later release adds.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import boto3

from chalicelib import settings
from chalicelib.kernel.scopes import DEALER_ID

Item = dict[str, Any]
"""As DynamoDB gives it: `{"pk": {"S": "..."}, ...}`."""
_DELETES, _VERSIONS = 25, 1000
_ATTEMPTS = 10
OF_PEOPLE = (
    # memberships, of which a person's others are left alone
    "(begins_with(pk, :person) AND begins_with(sk, :member))"
    # keys of its programs, sessions that act there, links that were mailed, and work that waits for its side
    " OR pk = :keys OR (begins_with(pk, :key) AND dealer_id = :id)"
    " OR (begins_with(pk, :session) AND contains(membership, :named))"
    " OR (begins_with(pk, :token) AND (contains(membership, :named) OR contains(payload, :named)))"
)
OWN = "begins_with(pk, :own)"


class StoredObject(NamedTuple):
    """The newest version of an object. `name` is without the dealer's prefix."""

    bucket: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class DealerData:
    """One dealer's items and objects. Raises ValueError for what is no dealer's id."""

    dealer_id: str

    def __post_init__(self) -> None:
        if not DEALER_ID.fullmatch(self.dealer_id):
            raise ValueError(f"not a dealer id: {self.dealer_id!r}")

    @property
    def prefix(self) -> str:
        """How the keys of its partitions begin; the `#` keeps a longer id's out."""
        return f"D#{self.dealer_id}#"

    @property
    def home(self) -> str:
        """How the keys of its objects begin."""
        return f"d/{self.dealer_id}/"

    def items(self) -> Iterator[Item]:
        """Whole items of its own partitions, a page in memory at a time."""
        values = {":own": {"S": self.prefix}}
        for page in _scan(FilterExpression=OWN, ExpressionAttributeValues=values):
            yield from page

    def key_pages(self) -> Iterator[list[tuple[str, str]]]:
        """Keys of its own items, and of what identity stores for it."""
        texts = {
            ":own": self.prefix,
            ":person": "P#",
            ":member": f"M#{self.dealer_id}#",
            ":keys": f"K#DEALER#{self.dealer_id}",
            ":key": "K#",
            ":session": "S#",
            ":token": "T#",
            ":id": self.dealer_id,
            ":named": json.dumps({"dealer_id": self.dealer_id}).strip("{}"),  # as stored JSON has it
        }
        for page in _scan(
            FilterExpression=f"{OWN} OR {OF_PEOPLE}",
            ExpressionAttributeValues={name: {"S": text} for name, text in texts.items()},
            ProjectionExpression="pk, sk",
        ):
            yield [(item["pk"]["S"], item["sk"]["S"]) for item in page]

    def objects(self, bucket: str) -> Iterator[StoredObject]:
        """What is in a bucket now, in the order of names."""
        pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=self.home)
        for page in pages:
            for found in page.get("Contents", ()):
                yield StoredObject(bucket, found["Key"].removeprefix(self.home), found["Size"])

    def chunks(self, one: StoredObject, size: int = 1 << 20) -> Iterator[bytes]:
        """The object's content, a chunk in memory at a time."""
        body = client("s3").get_object(Bucket=one.bucket, Key=self.home + one.name)["Body"]
        yield from body.iter_chunks(size)

    def delete_items(self, keys: Iterable[tuple[str, str]]) -> int:
        """Delete items of its own partitions, or lines that identity keeps for it; how many."""
        requests = [self._delete(pk, sk) for pk, sk in keys]
        table = settings.load().table_name
        for start in range(0, len(requests), _DELETES):
            waiting = requests[start : start + _DELETES]
            for _ in range(_ATTEMPTS):
                answer = client("dynamodb").batch_write_item(RequestItems={table: waiting})
                waiting = answer.get("UnprocessedItems", {}).get(table, [])
                if not waiting:
                    break
            else:
                raise RuntimeError("DynamoDB kept refusing deletes: run the command again")
        return len(requests)

    def delete_objects(self, bucket: str) -> int:
        """Delete every version of its objects, delete markers and unfinished uploads; how many versions."""
        s3, deleted = client("s3"), 0
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=self.home):
            found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            versions = [{"Key": self._own_key(one["Key"]), "VersionId": one["VersionId"]} for one in found]
            for start in range(0, len(versions), _VERSIONS):
                some = versions[start : start + _VERSIONS]
                answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": some, "Quiet": True})
                if answer.get("Errors"):
                    raise RuntimeError(f"S3 did not delete an object: {answer['Errors'][0].get('Code')}")
            deleted += len(versions)
        for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=self.home):
            for one in page.get("Uploads", ()):
                s3.abort_multipart_upload(Bucket=bucket, Key=self._own_key(one["Key"]), UploadId=one["UploadId"])
        return deleted

    def versions_left(self, bucket: str) -> int:
        """How many versions and markers of its objects there are."""
        pages = client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=self.home)
        return sum(len(page.get("Versions", ())) + len(page.get("DeleteMarkers", ())) for page in pages)

    def _delete(self, pk: str, sk: str) -> Item:
        # Tested control: deletes-own-items
        if not pk.startswith((self.prefix, "K#", "S#", "T#")):
            raise ValueError(f"not an item of the dealer {self.dealer_id}")
        return {"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}}

    def _own_key(self, key: str) -> str:
        if not key.startswith(self.home):
            raise ValueError(f"not an object of the dealer {self.dealer_id}")
        return str(key)


def buckets() -> tuple[str, ...]:
    """All buckets that have dealers' objects."""
    here = settings.load()
    return here.inbox_bucket, here.files_bucket, here.quarantine_bucket


@cache
def client(service: str) -> Any:
    """With the credentials of the person who runs the command: no role of the portal."""
    make: Any = boto3.client
    return make(service)


def _scan(**options: Any) -> Iterator[list[Item]]:
    pages = client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=settings.load().table_name, ConsistentRead=True, **options):
        yield page["Items"]
