from datetime import datetime

import pytest

from chalicelib.customers import queries
from chalicelib.customers.accounts_list import AccountsQuery
from chalicelib.customers.enrolment import operations
from chalicelib.customers.enrolment.model import Status
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.ids import Ids
from tests.customers.accounts import account, publish
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("aws")
MANY = 300


@pytest.fixture(autouse=True)
def invited(cast: Cast, now: datetime, ids: Ids) -> None:
    publish(cast.ours.import_scope, [account(str(n)) for n in range(MANY)])
    refs = list(map(str, range(0, MANY, 2)))
    staff, dealer = cast.ours.user.staff_scope, cast.ours.dealer
    operations.invite_customers(staff, dealer=dealer, refs=refs, invited_by="maria", now=now, ids=ids)


def listed(cast: Cast, text: str = "") -> queries.CustomerAccounts:
    return queries.customer_accounts(cast.ours.user.staff_scope, text=text, field="all", query=AccountsQuery())


def test_a_search_among_many_invited_is_one_small_read(cast: Cast) -> None:
    assert listed(cast).page.counts[Status.INVITED] == MANY // 2
    with counted_calls("dynamodb") as calls:
        assert listed(cast, "customer 12").page.total == 11
    assert calls == ["GetItem"]


def test_a_change_is_seen_at_once_for_one_more_read(cast: Cast, now: datetime, ids: Ids) -> None:
    listed(cast)
    staff = cast.ours.user.staff_scope
    operations.invite_customers(staff, dealer=cast.ours.dealer, refs=["1"], invited_by="maria", now=now, ids=ids)
    with counted_calls("dynamodb") as calls:
        assert listed(cast).page.counts[Status.INVITED] == MANY // 2 + 1
    assert calls == ["GetItem", "BatchGetItem"]


def test_counters_are_reckoned_once_for_a_directory_and_its_enrolments(cast: Cast) -> None:
    assert listed(cast).page.counts is listed(cast, "customer 1").page.counts
    before = listed(cast).page.counts
    publish(cast.ours.import_scope, [account(str(n)) for n in range(MANY + 1)])
    assert sum(listed(cast).page.counts.values()) == sum(before.values()) + 1


def test_a_file_of_the_list_is_as_of_the_run_asked_for(cast: Cast) -> None:
    staff = cast.ours.user.staff_scope
    pinned = dealers.published(staff)
    publish(cast.ours.import_scope, [account("only")])
    rows = queries.all_rows(staff, published=pinned, text="", field="all", query=AccountsQuery())
    assert len(rows) == MANY
