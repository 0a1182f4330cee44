from datetime import date, datetime, timedelta

from chalicelib.kernel.ids import Ids
from chalicelib.store import due
from chalicelib.store.due import DueItem
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction
from tests.fixtures.calls import consistencies
from tests.fixtures.cast import Cast

TODAY = date(2024, 6, 5)


def test_what_is_due_by_a_day_is_found_the_oldest_first_until_it_is_done(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.scope
    items = [DueItem("CALLS", TODAY + timedelta(days=days), ids.ulid(now), "1200") for days in (1, 0, -40)]
    with assume_scope(scope), transaction() as t:
        t.add(*(due.added(scope, item) for item in items))
    with consistencies() as reads:
        assert due.due(scope, "CALLS", until=TODAY) == [items[2], items[1]]
    assert reads == [True], "what was ended a moment ago is not due any more"
    assert due.due(scope, "VISITS", until=TODAY) == due.due(cast.rival.scope, "CALLS", until=TODAY) == []
    with assume_scope(scope), transaction() as t:
        t.add(due.removed(scope, items[2]), due.removed(scope, items[2]._replace(on=TODAY)))
    assert due.due(scope, "CALLS", until=TODAY) == [items[1]]
