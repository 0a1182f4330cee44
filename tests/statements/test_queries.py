from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import ImportScope
from chalicelib.ledger import repo
from chalicelib.ledger.ageing import Age
from chalicelib.statements.model import Period
from chalicelib.statements.queries import AccountStatement, account_statement
from tests.fixtures.cast import Cast
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish, the_customer
from tests.ledger.rows import a_row
from tests.statements.ledgers import AS_AT, JUNE, PART_PAID, ROWS

NOW = datetime(2024, 7, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def dealer(cast: Cast) -> ImportScope:
    repo.forget()
    return cast.ours.import_scope


def found(dealer: ImportScope, period: Period = JUNE) -> AccountStatement:
    return account_statement(the_customer(dealer), ref="1200", now=NOW, period=period)


@pytest.fixture
def june(dealer: ImportScope) -> AccountStatement:
    publish(dealer, [an_account(ROWS, as_at=AS_AT)], as_at=AS_AT)
    return found(dealer)


def test_ages_and_discounts_of_the_worked_example(june: AccountStatement) -> None:
    assert june.statement.closing == 11376
    assert june.buckets is not None
    assert june.buckets.shown == [(Age.CURRENT, 2026), (Age.ONE, 0), (Age.TWO, 9350), (Age.THREE, 0)]
    assert june.saving is not None
    assert (june.saving.amount, june.saving.saved, june.saving.until) == (2827, 149, date(2024, 7, 5))


def test_what_was_not_there_yet_saves_nothing(dealer: ImportScope, june: AccountStatement) -> None:
    assert june.view.saving is not None
    assert found(dealer, Period(date(2024, 5, 1), date(2024, 5, 31))).saving is None


def test_ages_that_the_dealer_gives_are_those_of_its_own_day(dealer: ImportScope) -> None:
    """A balance without dates has no ages of an earlier day."""
    rows = [a_row("BF", total=900, on="2024-05-31", type="brought_forward")]
    facts = a_facts(ledger_type="balance_forward", balance=900, aged=(0, 100, 800, 0, 0, 0))
    publish(dealer, [an_account(rows, as_at=AS_AT, facts=facts)], as_at=AS_AT)
    today, june = found(dealer, Period(JUNE.first, AS_AT)), found(dealer)
    assert today.buckets is not None
    assert today.buckets.source == "dealer"
    assert june.buckets is not None
    assert june.buckets.source == "none"


def test_open_items_that_are_not_known_have_no_ages(dealer: ImportScope) -> None:
    publish(dealer, [an_account(PART_PAID, as_at=AS_AT)], as_at=AS_AT)
    assert found(dealer).buckets is None


@pytest.mark.usefixtures("june")
def test_another_account_is_not_found(dealer: ImportScope) -> None:
    with pytest.raises(NotFoundError):
        account_statement(the_customer(dealer, "1201"), ref="1200", now=NOW, period=JUNE)
    repo.forget()
    other_era = replace(the_customer(dealer), eras={"1200": "01HX"})
    with pytest.raises(NotFoundError):
        account_statement(other_era, ref="1200", now=NOW, period=JUNE)
