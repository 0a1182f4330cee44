"""A dealer's part of the table is lost. The raw exports are in the inbox: imported again, they make the same."""

import re
from typing import Any

from chalicelib import settings
from chalicelib.ingest.model import RunState
from chalicelib.store import blobs
from tests.bundles import document, transaction
from tests.bundles import line as invoice_line
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.soak.logical import Reader, difference, written_partitions

NOT_AGAIN = r'dealer\.created|"kind": "run_news"'
"""The dealer was created before; and customers are not told again what is new."""


def bundles(line: ImportPipeline) -> list[bytes]:
    """Four exports: rows change, settle and come, an account goes, a file is damaged, there are documents and lines."""
    customers, rows = ledger(5, 2)
    files: dict[str, Any] = {
        "documents": [document("1001", "d1", transaction_id="1001-0")],
        "lines": [invoice_line("1002", "1002-1", 1, "2.50")],
    }
    first = export(line, customers, rows, 1, **files)
    rows[0]["total_amount"] = "9.00"
    second = export(line, customers, [*rows[:5], *rows[6:], transaction("1000", "news", "7.00")], 2)
    damaged = export(line, customers, rows, 3, files={"transactions": {"sha256": "0" * 64}})
    fourth = export(line, customers[:4], [row for row in rows if row["account_ref"] != "1004"], 4)
    return [first, second, damaged, fourth]


def stored(line: ImportPipeline) -> list[dict[str, Any]]:
    """The dealer's settings and its published run, which an operator creates with it."""
    table = line.world.root("dynamodb")
    keys = [{"pk": {"S": f"D#{line.scope.dealer_id}#DEALER"}, "sk": {"S": sk}} for sk in ("SETTINGS", "PUBLISHED")]
    return [table.get_item(TableName=line.world.settings.table_name, Key=key)["Item"] for key in keys]


def lose(line: ImportPipeline, partitions: set[str]) -> None:
    """Every item of these partitions, and all files but the inbox."""
    table, name = line.world.root("dynamodb"), line.world.settings.table_name
    for pk in partitions:
        query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": pk}}}
        for item in table.query(TableName=name, **query)["Items"]:
            table.delete_item(TableName=name, Key={"pk": item["pk"], "sk": item["sk"]})
    files = settings.load().files_bucket
    blobs.delete(line.scope, files, blobs.list_names(line.scope, files))


def test_the_raw_exports_make_the_same_table_again(line: ImportPipeline) -> None:
    created = stored(line)
    with written_partitions() as partitions:
        runs = [line.take_in(bundle) for bundle in bundles(line)]
    assert [run.state for run in runs].count(RunState.PUBLISHED) == 3
    mine = {pk for pk in partitions if pk.startswith(f"D#{line.scope.dealer_id}#")}
    expected, picture = Reader(line).everything(line, mine), line.picture()

    lose(line, mine)
    for item in created:
        line.world.root("dynamodb").put_item(TableName=line.world.settings.table_name, Item=item)
    line.wait(days=20)
    for name in blobs.list_names(line.scope, settings.load().inbox_bucket, "inbox/"):
        line.arrive(name)
        line.drain()
    assert line.picture() == picture
    lost = [
        text for text in difference(expected, Reader(line).everything(line, mine)) if not re.search(NOT_AGAIN, text)
    ]
    assert lost == []
