from datetime import datetime

import pytest

from chalicelib.customers.customer_search import FoundCustomers, find_customers
from chalicelib.customers.operations import create_customer
from chalicelib.kernel.ids import Ids
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast, Dealership


@pytest.fixture
def ours(cast: Cast, now: datetime, ids: Ids) -> Dealership:
    ours, rival = cast.ours, cast.rival
    accounts = [
        account("1200", "Barlow Farms"),
        account("1201", "Barn Hire"),
        account("9000", "Cash", account_type="cash"),
    ]
    publish(ours.import_scope, accounts)
    publish(rival.import_scope, [account("1200", "Barlow of the rival")])
    for dealership, name in ((ours, "Zoë Barlow"), (ours, "Ann Pike"), (rival, "Zoe of the rival")):
        email = f"{name.split()[0].lower()}@farm.example".replace("ë", "e")
        create_customer(dealership.admin.staff_scope, name=name, email=email, now=now, ids=ids)
    return ours


def names(found: FoundCustomers) -> list[str]:
    return [one.entry.name for one in found.customers]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["Ann Pike", "Zoë Barlow"]),
        ("barl", ["Zoë Barlow", "Barlow Farms"]),
        ("zoe", ["Zoë Barlow"]),
        ("ann@", ["Ann Pike"]),
        ("120", ["Barlow Farms", "Barn Hire"]),
        ("cash", []),
        ("rival", []),
    ],
)
def test_accounts_and_customers_of_the_portal_are_found_alike(ours: Dealership, text: str, expected: list[str]) -> None:
    found = find_customers(ours.user.staff_scope, text=text, limit=20)
    assert names(found) == expected
    assert found.total == len(expected)


def test_no_more_than_so_many_are_shown(ours: Dealership) -> None:
    found = find_customers(ours.user.staff_scope, text="barl", limit=1)
    assert (names(found), found.total) == (["Zoë Barlow"], 2)
