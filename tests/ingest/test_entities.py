"""An entity comes in by its declaration alone, be it of accounts or of the dealer, unknown to the program before."""

import re
from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chalicelib.ccx.codes import Code
from chalicelib.ccx.columns import (
    AMOUNT,
    DATE,
    TRANSACTION_TYPES,
    Column,
    Schema,
    account_ref,
    currency,
    one_of,
    text,
)
from chalicelib.ccx.entity import Absence, AccountContext, Change, Entity
from chalicelib.ccx.messages import Choice
from chalicelib.ccx.row_plan import Problem, ReadRow
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import operations
from chalicelib.ingest.entities import ENTITIES
from chalicelib.ingest.maintenance import sweep
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.steps import part_format, spread
from chalicelib.kernel.i18n import lazy_gettext, lazy_ngettext
from chalicelib.kernel.scopes import ImportScope
from chalicelib.ledger.row import TransactionType
from chalicelib.sheets import queries as sheets
from tests.bundles import csv_bytes
from tests.ccx.words import words
from tests.ingest.exports import Rows, export, ledger
from tests.ingest.found import rejects
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.test_swept_runs import keys
from tests.ingest.zips import with_manifest, with_member

STEPS = Path(part_format.__file__).parent


class Hire(NamedTuple):
    hire_id: str
    machine: str
    since: str | None
    price: int
    stale: bool = False


class Depot(NamedTuple):
    code: str
    name: str


HEARD: list[tuple[int, Change]] = []


def _check(row: ReadRow, around: AccountContext) -> None:
    machine = row.values[2]
    if machine == "crane" and around.currency != "EUR":
        row.problems.append(Problem("machine", Code.E103_BAD_VALUE, {"what": "no crane"}, machine))


def _heard(scope: ImportScope, run: int, changes: Iterable[Change]) -> None:
    assert scope.dealer_id
    HEARD.extend((run, change) for change in changes)


HIRES: Entity[Hire] = Entity(
    name="hires",
    tag="H",
    intro="One row a machine on hire.",
    nouns=lazy_ngettext("%(num)s hire", "%(num)s hires"),
    absence=Absence.GONE,
    key=("hire_id",),
    row=Hire,
    period="since",
    amounts={"price": lazy_gettext("Hires")},
    refuses=False,
    check=_check,
    event=lambda row: "new_hire" if row.price else None,
    after=_heard,
    schema=Schema(
        Column("hire_id", text(20), what=lazy_gettext("the hire's number")),
        account_ref(),
        Column("machine", one_of("saw", "mower", "crane"), what=Choice(("saw", "mower", "crane"))),
        Column("since", DATE),
        Column("price", AMOUNT, what=lazy_gettext("the price")),
        currency(),
    ),
)
DEPOTS: Entity[Depot] = Entity(
    name="depots",
    tag="P",
    intro="One row a depot.",
    nouns=lazy_ngettext("%(num)s depot", "%(num)s depots"),
    absence=Absence.GONE,
    key=("code",),
    row=Depot,
    per_dealer=True,
    schema=Schema(
        Column("code", text(10), what=lazy_gettext("the depot's code")),
        Column("name", text(40), what=lazy_gettext("its name")),
    ),
)


@pytest.fixture(autouse=True)
def declared(line: ImportPipeline) -> None:
    line.entities = (*ENTITIES, HIRES, DEPOTS)
    HEARD.clear()


def hire(ref: str, hire_id: str, price: str = "10.00", **values: str) -> dict[str, str]:
    row = {"account_ref": ref, "hire_id": hire_id, "machine": "saw", "since": "2024-05-01", "currency": "GBP"}
    return row | {"price": price} | values


def with_file(bundle: bytes, entity: Entity[Any], rows: Rows, **values: Any) -> bytes:
    """The bundle with another CSV, declared in its manifest."""
    data = csv_bytes([column.name for column in entity.schema.columns], rows)
    entry = {"path": entity.file, "entity": entity.name, "rows": len(rows), "bytes": len(data)}
    entry |= {"sha256": sha256(data).hexdigest()} | values
    return with_manifest(with_member(bundle, entity.file, data), lambda manifest: manifest["files"].append(entry))


def bundle(
    line: ImportPipeline, hires: Rows | None, depots: Rows | None = None, sequence: int = 1, **values: Any
) -> bytes:
    made = export(line, *ledger(3, 2), sequence)
    for entity, rows in ((HIRES, hires), (DEPOTS, depots)):
        if rows is not None:
            made = with_file(made, entity, rows, **(values if entity is HIRES else {}))
    return made


def hires(line: ImportPipeline, ref: str = "1000") -> list[Hire]:
    head = line.head(ref)
    assert head is not None
    return sheets.read(line.scope, head, HIRES)


def depots(line: ImportPipeline) -> list[str]:
    return [row.code for row in sheets.read_dealer(line.scope, dealers.published(line.scope, fresh=True), DEPOTS)]


def counted(run: ImportRun, name: str = "hires") -> tuple[int, int, int, int, int]:
    file = run.summary.file(name) if run.summary else None
    assert file is not None
    return file.rows, file.new, file.changed, file.unchanged, file.rejected


def test_it_comes_in_and_is_read(line: ImportPipeline) -> None:
    run = line.take_in(bundle(line, [hire("1000", "h2"), hire("1000", "h1", "7.70"), hire("1001", "h3")]))
    assert (run.state, counted(run)) == (RunState.PUBLISHED, (3, 3, 0, 0, 0))
    assert hires(line) == [Hire("h1", "saw", "2024-05-01", 770), Hire("h2", "saw", "2024-05-01", 1000)]
    assert [row.hire_id for row in hires(line, "1001")] == ["h3"]
    assert hires(line, "1002") == []
    assert [(t.column, t.counted) for t in run.summary.totals if t.file == "hires.csv"] == [("price", 2770)]  # type: ignore[union-attr]
    assert [(1, Change(ref, (name,), "new")) for ref, name in (("1000", "h2"), ("1000", "h1"), ("1001", "h3"))] == HEARD


def test_what_is_told_of_changes_goes_on_where_time_ran_short(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "MAX_ROWS", 5)
    rows = [hire(str(1000 + n), f"h{n}") for n in range(3)]
    line.remaining = lambda: 10.0
    line.take_in(bundle(line, rows, [{"code": "MAL", "name": "Malton"}]))
    run = line.newest()
    assert run.state is RunState.PUBLISHED
    assert run.finalised_at
    places = [message["changes"] for message in line.delivered if message.get("changes")]
    assert places == sorted(set(places)), "each call goes on after the one before"
    assert len(places) == run.n, "the parts, and the dealer's own files; the first call does the first"
    told = [(1, Change(f"{1000 + n}", (f"h{n}",), "new")) for n in range(3)]
    assert sorted(HEARD) == told, "each change once where nothing fails, and none is left out"


def test_rows_are_rejected_one_by_one_and_keep_their_last_good_value(line: ImportPipeline) -> None:
    rows = [hire("1000", f"h{n}") for n in range(9)]
    line.take_in(bundle(line, rows))
    rows[0] |= {"price": "much"}
    rows[1] |= {"machine": "crane"}
    rows[2] |= {"currency": "EUR"}
    run = line.take_in(bundle(line, rows[:8], sequence=2))
    assert (run.state, counted(run)[4]) == (RunState.PUBLISHED, 3)
    assert [(row.hire_id, row.price, row.stale) for row in hires(line)] == [
        *((f"h{n}", 1000, True) for n in range(3)),
        *((f"h{n}", 1000, False) for n in range(3, 8)),
    ]
    assert [(found.line, found.column, found.code) for found in rejects(line.scope, number=2, warnings=False)] == [
        (2, "price", Code.E105_BAD_AMOUNT),
        (3, "machine", Code.E103_BAD_VALUE),
        (4, "currency", Code.E116_CURRENCY),
    ]


def test_a_wrong_control_total_holds_the_export(line: ImportPipeline) -> None:
    run = line.take_in(bundle(line, [hire("1000", "h1")], totals={"price": {"GBP": str(Decimal("9.99"))}}))
    assert (run.state, len(run.reasons)) == (RunState.HELD, 1)
    assert "hires.csv" in words(run.reasons[0])


def test_too_many_bad_rows_hold_it_and_never_refuse(line: ImportPipeline) -> None:
    run = line.take_in(bundle(line, [hire("1000", f"h{n}", "much") for n in range(6)]))
    assert run.state is RunState.HELD


def test_what_is_absent_goes_and_undo_brings_it_back(line: ImportPipeline) -> None:
    line.take_in(bundle(line, [hire("1000", "h1"), hire("1000", "h2"), hire("1001", "h3")]))
    HEARD.clear()
    line.take_in(bundle(line, [hire("1000", "h2", "12.00")], sequence=2))
    assert [(row.hire_id, row.price) for row in hires(line)] == [("h2", 1200)]
    assert hires(line, "1001") == []
    gone = [Change("1000", ("h2",), "changed"), Change("1000", ("h1",), "gone"), Change("1001", ("h3",), "gone")]
    assert [(2, change) for change in gone] == HEARD
    operations.undo_run(line.admin, number=2, now=line.now, ids=line.ids)
    assert [row.hire_id for row in hires(line)] == ["h1", "h2"]
    assert [row.hire_id for row in hires(line, "1001")] == ["h3"]


def test_what_is_older_than_the_files_scope_is_kept(line: ImportPipeline) -> None:
    line.take_in(
        bundle(line, [hire("1000", "old", since="2022-01-01"), hire("1000", "new"), hire("1000", "none", since="")])
    )
    scope = {"history_from": "2023-01-01", "open_items": True}
    line.take_in(bundle(line, [], sequence=2, scope=scope))
    assert [row.hire_id for row in hires(line)] == ["old"]


def test_an_export_without_the_file_leaves_all_as_it_is_and_the_next_one_is_still_believed(
    line: ImportPipeline,
) -> None:
    line.take_in(bundle(line, [hire("1000", "h1"), hire("1001", "h3")], [{"code": "N", "name": "North"}]))
    line.take_in(bundle(line, None, sequence=2))
    assert ([row.hire_id for row in hires(line)], depots(line)) == (["h1"], ["N"])
    line.take_in(bundle(line, [hire("1001", "h3")], sequence=3))
    assert hires(line) == []


def test_a_row_without_a_readable_account_keeps_what_is_absent(line: ImportPipeline) -> None:
    line.take_in(bundle(line, [hire("1000", f"h{n}") for n in range(3)]))
    run = line.take_in(bundle(line, [hire("1000", "h0"), hire("", "h1")], sequence=2))
    assert run.state is RunState.PUBLISHED
    assert [row.hire_id for row in hires(line)] == ["h0", "h1", "h2"]
    line.drain()
    line.take_in(bundle(line, [hire("1000", "h0")], sequence=3))
    assert [row.hire_id for row in hires(line)] == ["h0"]


def test_the_same_again_writes_nothing_and_counts_the_same(line: ImportPipeline) -> None:
    rows, places = [hire("1000", "h1"), hire("1001", "h3")], [{"code": "N", "name": "North"}]
    line.take_in(bundle(line, rows, places))
    before = keys(line)
    run = line.take_in(bundle(line, rows, places, sequence=2))
    assert (counted(run), counted(run, "depots")) == ((2, 0, 0, 2, 0), (1, 0, 0, 1, 0))
    assert all(total.agrees for total in run.summary.totals)  # type: ignore[union-attr]
    assert keys(line) == before
    assert "stage" not in {message["step"] for message in line.delivered if message.get("run") == 2}


def test_a_year_that_did_not_change_keeps_its_page_and_the_sweeper_knows(line: ImportPipeline) -> None:
    rows = [hire("1000", "h1", since="2022-01-01"), hire("1000", "h2")]
    line.take_in(bundle(line, rows))
    line.take_in(bundle(line, [*rows, hire("1000", "h3")], sequence=2))
    pages = ["X#hires#2022#0000000001", "X#hires#2024#0000000001", "X#hires#2024#0000000002"]
    assert sheet_keys(line) == pages
    line.wait(days=8)
    sweep.sweep(line.job())
    assert sheet_keys(line) == [pages[0], pages[2]]
    assert [row.hire_id for row in hires(line)] == ["h1", "h2", "h3"]


def sheet_keys(line: ImportPipeline) -> list[str]:
    return [key.split(" ")[1] for key in keys(line) if key.startswith("A#1000 X#")]


def test_nothing_of_an_undone_run_is_left(line: ImportPipeline) -> None:
    line.take_in(bundle(line, [hire("1000", "h1")], [{"code": "N", "name": "North"}]))
    before = [*keys(line), *dealer_keys(line)]
    line.take_in(bundle(line, [hire("1000", "h2")], [{"code": "S", "name": "South"}], sequence=2))
    operations.undo_run(line.admin, number=2, now=line.now, ids=line.ids)
    line.wait(days=8)
    sweep.sweep(line.job())
    assert [*keys(line), *dealer_keys(line)] == before
    assert ([row.hire_id for row in hires(line)], depots(line)) == (["h1"], ["N"])


def dealer_keys(line: ImportPipeline) -> list[str]:
    client, home = line.world.root("dynamodb"), f"D#{line.scope.dealer_id}#SHEET#"
    pages = client.get_paginator("scan").paginate(TableName=line.world.settings.table_name)
    found = [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]]
    return sorted(f"{pk.removeprefix(home)} {sk}" for pk, sk in found if pk.startswith(home))


def test_the_dealers_own_rows_come_in_are_rejected_undone_and_swept(line: ImportPipeline) -> None:
    north, south = {"code": "N", "name": "North"}, {"code": "S", "name": "South"}
    others = [{"code": f"{n}", "name": f"Depot {n}"} for n in range(9)]
    run = line.take_in(bundle(line, None, [south, *others, north, {"code": "", "name": "Nowhere"}]))
    assert (run.state, counted(run, "depots")) == (RunState.PUBLISHED, (12, 11, 0, 0, 1))
    assert [found.code for found in rejects(line.scope, number=1, warnings=False)] == [Code.E101_MISSING]
    assert depots(line) == [*map(str, range(9)), "N", "S"]
    line.take_in(bundle(line, None, [north], sequence=2))
    assert (depots(line), dealer_keys(line)) == (["N"], ["depots 0000000001#00", "depots 0000000002#00"])
    operations.undo_run(line.admin, number=2, now=line.now, ids=line.ids)
    assert depots(line)[-2:] == ["N", "S"]
    line.take_in(bundle(line, None, [north], sequence=3))
    line.wait(days=8)
    sweep.sweep(line.job())
    assert (depots(line), dealer_keys(line)) == (["N"], ["depots 0000000003#00"])


def test_a_held_run_brings_its_depots_once_it_is_approved(line: ImportPipeline) -> None:
    line.take_in(bundle(line, None, [{"code": "N", "name": "North"}]))
    wrong = {"price": {"GBP": "1.00"}}
    run = line.take_in(bundle(line, [hire("1000", "h1")], [{"code": "S", "name": "South"}], sequence=2, totals=wrong))
    assert (run.state, depots(line)) == (RunState.HELD, ["N"])
    operations.approve_run(line.admin, number=2, now=line.now, ids=line.ids)
    assert depots(line) == ["S"]


def test_a_dealers_file_too_long_is_refused(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "MAX_DEALER_ROWS", 1)
    run = line.take_in(bundle(line, None, [{"code": "N", "name": "North"}, {"code": "S", "name": "South"}]))
    assert (run.state, run.code) == (RunState.REFUSED, Code.B031_TOO_MANY_ROWS)


def test_tags_are_given_once() -> None:
    tags = [entity.tag for entity in ENTITIES]
    assert len({*tags}) == len(tags)
    assert not {*tags} & part_format.RESERVED_TAGS
    assert {len(tag) for tag in tags} == {1}


def test_the_ledgers_types_are_those_that_files_may_name() -> None:
    assert tuple(kind.value for kind in TransactionType) == TRANSACTION_TYPES


def test_no_step_names_an_entity() -> None:
    named = re.compile("|".join(rf'"{entity.name}"|\b{entity.name.upper()}\b' for entity in ENTITIES))
    found = [(path.name, named.findall(path.read_text())) for path in STEPS.glob("*.py")]
    assert [(name, names) for name, names in found if names] == []
