"""What invitations know of customers that no export names."""

from datetime import datetime

import pytest

from chalicelib.customers import operations
from chalicelib.customers.portal_customers import queries
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("aws")


def test_invitations_know_a_customer_by_name_and_email(cast: Cast, now: datetime, ids: Ids) -> None:
    staff = cast.ours.user.staff_scope
    added = operations.create_customer(staff, name="Hilda Frost", email="hilda@frost.example", now=now, ids=ids)
    unknown = f"~{ids.ulid(now)}"
    (entry,) = queries.entries(cast.ours.scope, ["1200", unknown, added.ref]).values()
    assert (entry.ref, entry.name, entry.email) == (added.ref, "Hilda Frost", "hilda@frost.example")
    assert queries.entries(cast.rival.scope, [added.ref]) == {}
    with pytest.raises(NotFoundError):
        queries.portal_customer(cast.rival.scope, added.customer_id)
    with counted_calls() as calls:
        assert queries.entries(cast.ours.scope, ["1200"]) == {}
    assert calls == []
