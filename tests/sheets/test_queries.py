"""Sheets are read whole, in one round trip, by whom they belong to."""

from dataclasses import dataclass

import pytest

from chalicelib.dealers.publication import DealerSheet, Published
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, ImportScope
from chalicelib.sheets import queries, repo
from chalicelib.sheets.layout import encode_rows, lay_out
from chalicelib.sheets.model import SheetExpiredError, Sheets
from tests.fixtures.worlds import World
from tests.ledger.published import counted_calls
from tests.sheets.notes import NOTES, Note

ROWS = [Note(f"{year}", f"{year}-01-05") for year in range(2015, 2025)]


@dataclass(frozen=True)
class Head:
    account_ref: str
    sheets: Sheets


@pytest.fixture
def scope(aws: World, ids: Ids) -> ImportScope:
    assert aws.name
    return ImportScope(ids.dealer_id())


@pytest.fixture
def head(scope: ImportScope) -> Head:
    named, written = lay_out(NOTES, ROWS, run=7)
    repo.stage(scope, {"A/1#b": written})
    return Head("A/1#b", {"notes": named})


def test_an_accounts_rows_take_one_round_trip(scope: ImportScope, head: Head) -> None:
    customer = CustomerScope(scope.dealer_id, "somebody", frozenset({"A/1#b"}))
    with counted_calls() as calls:
        assert queries.read(customer, head, NOTES) == ROWS
    assert calls == ["BatchGetItem"]
    assert queries.read(customer, Head("A/1#b", {}), NOTES) == []


def test_anothers_account_is_not_found(scope: ImportScope, head: Head) -> None:
    with pytest.raises(NotFoundError):
        queries.read(CustomerScope(scope.dealer_id, "other", frozenset({"1200"})), head, NOTES)
    with pytest.raises(SheetExpiredError):
        queries.read(ImportScope("rivalrival"), head, NOTES)


def test_the_dealers_rows_are_remembered_by_run(scope: ImportScope) -> None:
    repo.stage_dealer(scope, "notes", 3, [encode_rows(ROWS[:5]), encode_rows(ROWS[5:])])
    state = Published(sheets={"notes": DealerSheet(3, 2, 10)})
    assert queries.read_dealer(scope, state, NOTES) == ROWS
    repo.delete_dealer(scope, "notes", 3)
    assert queries.read_dealer(scope, state, NOTES) == ROWS
    assert queries.read_dealer(scope, Published(), NOTES) == []
    with pytest.raises(SheetExpiredError):
        queries.read_dealer(scope, Published(sheets={"notes": DealerSheet(4, 1, 10)}), NOTES)
