"""From a dealer's export to a spreadsheet on somebody's desk: no text of it is ever computed (threat 16)."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from chalicelib import services, settings
from chalicelib.ccx.cells import Text
from chalicelib.ccx.columns import Schema
from chalicelib.customers.entity import CUSTOMERS
from chalicelib.ingest.model import RunState
from chalicelib.kernel.ids import Ids
from chalicelib.ledger.entity import TRANSACTIONS
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from tests import bundles
from tests.fixtures.cast import make_cast
from tests.fixtures.trail import TrailWriter
from tests.fixtures.worlds import World
from tests.ingest.exports import export
from tests.ingest.pipeline import ImportPipeline
from tests.sweeps.contents import object_of
from tests.sweeps.scenario import Scenario
from tests.web.client import Visitor

STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\n=",
    " =",
    "\u00a0=",
    "\uff1d",
    "\uff20",  # these two: full-width = and @
    "x;=",
    "x|@",
)
KEPT = frozenset({"account_ref", "transaction_id"})
NUMBERS = {"Total", "Outstanding", "Goods", "V.A.T.", "Settlement"}


def row(schema: Schema, given: dict[str, str], start: str) -> dict[str, str]:
    """Every text begins as a formula does; tabs and line ends are taken in free texts, a bare CR nowhere."""
    names = [c.name for c in schema.columns if isinstance(c.parse, Text) and c.name not in KEPT]
    texts = {name: f"{start if schema.texts[name].multiline else start.strip()}1+1,2" for name in names}
    return given | texts | ({"master_account_ref": ""} if schema is CUSTOMERS.schema else {})


@pytest.fixture
def scenario(aws: World, ids: Ids, now: datetime) -> Iterator[Scenario]:
    """Our customer has an invoice for each start. A second export waits: its dates are formulas."""
    found = Scenario(make_cast(ids, now), ids, now)
    dealership = found.cast.ours
    line = ImportPipeline(aws, dealership, now, ids)
    customers = [row(CUSTOMERS.schema, bundles.customer(str(1200 + n)), start) for n, start in enumerate(STARTS)]
    rows = [
        row(TRANSACTIONS.schema, bundles.transaction("1200", f"T{n}", "-7.70", type="credit_note"), start)
        for n, start in enumerate(STARTS)
    ]
    taken = line.take_in(export(line, customers, rows))
    assert taken.state is RunState.PUBLISHED, taken.message
    bad = [{**one, "transaction_date": f"{start}1+1"} for one, start in zip(rows, STARTS, strict=True)]
    line.take_in(export(line, customers, bad, 2))
    found.runs[dealership.dealer.dealer_id] = 2
    with services.use(Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)):
        yield found


def computed(text: str) -> bool:
    """Whether a spreadsheet would compute a cell of this text that is no plain number."""
    begins = bool(re.match(r"[\t\r]|[\s\u200b\ufeff]*[-=+@\uff0d\uff1d\uff0b\uff20]", text))
    return begins and not re.fullmatch(r"-\d+\.\d\d", text)


def computed_in_csv(text: str) -> bool:
    """The same where a program separates cells by another sign than ours."""
    return any(map(computed, re.split(r"[;|\t\n]", text)))


def as_rows(body: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(body.decode("utf-8-sig"), newline="")))


def open_as(scenario: Scenario, who: str, path: str, world: World) -> bytes:
    with scenario.visiting(scenario.callers()[who]) as visitor:
        page = Visitor.get(visitor, path)
    found = object_of(world, page)
    return found[1] if found else page.body


def test_no_csv_holds_a_formula(scenario: Scenario, aws: World) -> None:
    run = scenario.runs[scenario.cast.ours.dealer.dealer_id]
    writer = TrailWriter(scenario.cast.ours.scope, scenario.ids, scenario.now, scenario.cast.ours.admin.person_id)
    for start in STARTS:
        writer.note("customer.created", f"~{scenario.ids.ulid(scenario.now)}", name=f"{start}1+1,2")
    files = {
        "/transactions.csv?status=all": "our customer",
        "/staff/activity.csv": "our admin",
        "/staff/accounts.csv": "our admin",
        f"/staff/imports/{run}/rejects.csv": "our admin",
        f"/staff/imports/{run}/warnings.csv": "our admin",
    }
    for path, who in files.items():
        cells = [cell for line in as_rows(open_as(scenario, who, path, aws)) for cell in line]
        assert [cell for cell in cells if computed_in_csv(cell)] == [], path
        assert sum(cell.startswith("'") for cell in cells) > 4, path  # they came through


def test_no_workbook_holds_a_formula_and_its_numbers_are_numbers(scenario: Scenario, aws: World) -> None:
    data = open_as(scenario, "our customer", "/transactions.xlsx?status=all", aws)
    sheet = load_workbook(BytesIO(data)).active
    assert sheet is not None
    head, *rows = list(sheet.iter_rows())
    labels = [str(cell.value) for cell in head]
    assert len(rows) == len(STARTS)
    for cells in rows:
        for label, cell in zip(labels, cells, strict=True):
            assert cell.data_type != "f", (label, cell.value)
            assert not (isinstance(cell.value, str) and computed(cell.value)), (label, cell.value)
            if label in NUMBERS and cell.value is not None:
                assert (cell.data_type, Decimal(str(cell.value))) == ("n", Decimal("-7.7")), label
    with ZipFile(BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    assert not [part for part in parts if re.search(rb"<f[ >]|<hyperlink", part)]
