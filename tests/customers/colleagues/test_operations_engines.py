"""Two admins of an account at once, on engines that isolate transactions."""

from datetime import datetime
from functools import partial

from chalicelib.customers.colleagues import operations, queries
from chalicelib.customers.colleagues.model import Rights
from chalicelib.kernel.errors import ForbiddenError, InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from tests.customers.colleagues.made import ACCOUNT, as_admin, colleague, enrolled
from tests.dealership_users.test_operations_engines import both_at_once
from tests.fixtures.cast import Member, make_dealership
from tests.fixtures.worlds import World


def test_of_two_admins_who_take_each_others_level_one_stays(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    ours = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    first = enrolled(ours, now)
    second = colleague(ours, Rights(), ids=ids, now=now)

    def demote(one: Member, other: Member) -> None:
        operations.change_rights(
            one.customer_scope,
            ACCOUNT,
            key=f"p{other.person_id}",
            version=1 if other is second else 0,
            rights=Rights(Role.VIEW),
            by=as_admin(one),
            now=now,
            ids=Ids(),
        )

    def remove(one: Member, other: Member) -> None:
        operations.end(one.customer_scope, ACCOUNT, key=f"p{other.person_id}", by=as_admin(one), now=now, ids=Ids())

    failed = both_at_once(partial(demote, first, second), partial(remove, second, first))
    assert [type(error) for error in failed] in ([ForbiddenError], [InvalidError])
    people = queries.people(ours.scope, "1200", "")
    assert len([one for one in people if one.is_admin]) == 1
