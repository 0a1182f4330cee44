"""No kind of record that a dealer has is missed, neither by its export nor by its deletion."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import pytest

from chalicelib import settings
from chalicelib.kernel.ids import Ids
from chalicelib.store import blobs
from infra import dealer_data
from infra.dealer_data import DealerData
from infra.operator_commands.cli import main
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.profiles.made import PHOTO, has_profile
from tests.tooling.test_architecture import rows

NOT_EXPORTED = {
    "DownloadsRecord",
    "DraftRecord",
    "FormRecord",
    "ImpersonationRecord",
    "PartRecord",
    "ProgressRecord",
    "_LaneRecord",
    "_OutboxRecord",
}
"""Work that waits, and what one person has open: what the export says that it leaves out."""
EXPORTED = {
    "PROFILE",
    "PHOTO",
    "LANDING",
    "STATEMENT#1",
    "SAVED#1",
    "OPEN",
}
"""Items of people and brand."""
FILES = {
    "public/landing/1-2-640.webp": True,
    "public/logo/1.png": True,
    "landing/1/2-3-640.webp": False,
    "landing-uploads/1/2": False,
    "photos/1/2": False,
    "logos/1/2": False,
}
Key = tuple[str, str]


def keys_of(dealer_id: str) -> Iterator[tuple[str, Key]]:
    """An item of each kind that the key table lists for a dealer, with its record."""
    for role, record, partitions, items in rows():
        if role == "tenant":
            for pk, sk in product(partitions, items):
                yield record, (_filled(pk).replace("D#d#", f"D#{dealer_id}#", 1), _filled(sk))


def _filled(pattern: str) -> str:
    """The key with `1` for what differs."""
    return re.sub(r"<[^>]*>", "1", re.sub(r"\[[^\]]*\]", "", pattern))


@pytest.fixture(autouse=True)
def own_clients(aws: World) -> Iterator[None]:  # noqa: ARG001 - those of this AWS
    dealer_data.client.cache_clear()
    yield
    dealer_data.client.cache_clear()


def test_each_kind_of_record_is_exported_or_work_and_all_are_deleted(
    aws: World, cast: Cast, now: datetime, ids: Ids, tmp_path: Path
) -> None:
    ours, bucket, archive = cast.ours, settings.load().files_bucket, tmp_path / "export.zip"
    own = DealerData(ours.dealer.dealer_id)
    kinds = list(keys_of(own.dealer_id))
    assert {record for record, _ in kinds} > NOT_EXPORTED
    assert {sk for _, (_, sk) in kinds} > EXPORTED
    real = {(item["pk"]["S"], item["sk"]["S"]) for item in own.items()}
    planted = [key for _, key in kinds if key not in real]

    def plant() -> None:
        for pk, sk in planted:
            aws.root("dynamodb").put_item(TableName=aws.settings.table_name, Item={"pk": {"S": pk}, "sk": {"S": sk}})

    plant()
    has_profile(ours.admin.staff_scope, now=now, ids=ids)
    for file in FILES:
        blobs.put(ours.scope, bucket, file, b"x", "image/webp")
    code, close = ours.dealer.code, ("close-dealer", ours.dealer.code, "--confirm", ours.dealer.slug)

    def run(*words: str, days: int) -> None:
        assert main([*words, "--actor", "operator:test"], ids=ids, now=now + timedelta(days=days)) == 0, words

    run("export-dealer", code, str(archive), days=0)
    with ZipFile(archive) as opened:
        names = opened.namelist()
        lines = [json.loads(line) for one in names if one.endswith(".jsonl") for line in opened.open(one)]
    found = {(f"{own.prefix}{one['partition']}", one["item"]): one for one in lines if "partition" in one}
    missed = {record for record, key in kinds if key not in found and key not in real}
    assert missed == NOT_EXPORTED
    assert not [key for record, key in kinds if record in NOT_EXPORTED and key in found]
    person = f"{own.prefix}U#{ours.admin.person_id}"
    assert found[person, "PROFILE"]["city"] == "Whitby"
    assert found[person, "PHOTO"]["large"] == {"base64": "bGFyZ2U="}
    assert found[person, "PHOTO"]["photo"] == PHOTO.version
    assert {file: f"objects/files/{file}" in names for file in FILES} == FILES
    own.delete_items(planted)  # which no command can read
    run(*close, "--contact", "help@portal.example", days=0)
    plant()
    run("delete-closed-dealers", "--without-export", code, days=31)
    assert list(own.items()) == []
    assert own.versions_left(bucket) == 0
