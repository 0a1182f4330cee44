"""Who has opened which documents, in the table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kernel.errors import NotFoundError
from chalicelib.ledger.viewed import repo
from chalicelib.ledger.viewed.model import KEPT, Viewer
from chalicelib.store.record import account_pk
from tests.fixtures.worlds import World
from tests.ledger.published import NOW, a_dealer, counted_calls, the_customer

KEY, OTHER = ("invoice", "127070"), ("invoice", "127071")
ANN, BEN = Viewer("ann", lambda: "Ann Barlow"), Viewer("ben", lambda: "ben@farm.example")


def test_each_viewer_is_kept_with_their_times_beside_any_run(aws: World) -> None:
    assert aws.name
    dealer = a_dealer()
    customer, later = the_customer(dealer), NOW + timedelta(days=2)
    repo.note(customer, "1200", BEN, [KEY], month="2024-06", now=later)
    repo.note(customer, "1200", ANN, [KEY, OTHER], month="2024-06", now=NOW)
    repo.note(customer, "1200", ANN, [KEY], month="2024-06", now=later)
    repo.note(customer, "1200", Viewer.recipient("01HX", "books@tax.example"), [OTHER], month="2024-05", now=later)
    with counted_calls() as calls:
        found = repo.viewings(dealer, "1200", era="", since="2024-05")
    assert calls == ["Query"]
    assert [(one.name, one.seen.first_at, one.seen.last_at) for one in found.by_row[KEY]] == [
        ("Ann Barlow", NOW, later),
        ("ben@farm.example", later, later),
    ]
    assert [(one.name, one.is_recipient) for one in found.by_row[OTHER]] == [
        ("Ann Barlow", False),
        ("books@tax.example", True),
    ]
    assert set(repo.viewings(dealer, "1200", era="", since="2024-07").by_row) == set()


def test_a_hundred_reloads_are_one_write(aws: World) -> None:
    assert aws.name
    customer = the_customer(a_dealer())
    with counted_calls() as calls:
        for minute in range(100):
            repo.note(customer, "1200", ANN, [KEY], month="2024-06", now=NOW + timedelta(minutes=minute))
    assert calls.count("PutItem") == 1
    assert set(calls) == {"GetItem", "PutItem"}


def test_an_earlier_customers_views_are_nobodys_now(aws: World) -> None:
    assert aws.name
    dealer = a_dealer()
    repo.note(the_customer(dealer), "1200", ANN, [KEY], month="2024-06", now=NOW)
    assert not repo.viewings(dealer, "1200", era="01HX", since="2024-06").by_row
    new = replace(the_customer(dealer), eras={"1200": "01HX"})
    assert (
        repo.wanted(new, "1200", "ann", ["2024-06"])
        .keys()
        .isdisjoint(repo.wanted(the_customer(dealer), "1200", "ann", ["2024-06"]))
    )


def test_it_is_gone_once_nothing_is_said_of_its_month(aws: World) -> None:
    assert aws.name
    dealer = a_dealer()
    repo.note(the_customer(dealer), "1200", ANN, [KEY], month="2024-06", now=NOW)
    table, key = aws.root("dynamodb"), {"pk": {"S": account_pk(dealer, "1200")}, "sk": {"S": "VIEWED##2024-06#ann"}}
    item = table.get_item(TableName=aws.settings.table_name, Key=key)["Item"]
    gone = datetime.fromtimestamp(int(item["ttl"]["N"]), UTC)
    assert (
        datetime(2024, 6, 30, tzinfo=UTC) + KEPT < gone < datetime(2024, 6, 30, tzinfo=UTC) + KEPT + timedelta(days=40)
    )


def test_another_account_is_not_found(aws: World) -> None:
    assert aws.name
    customer = the_customer(a_dealer())
    with pytest.raises(NotFoundError):
        repo.note(customer, "1201", ANN, [KEY], month="2024-06", now=NOW)
    with pytest.raises(NotFoundError):
        repo.wanted(customer, "1201", "ann", ["2024-06"])
