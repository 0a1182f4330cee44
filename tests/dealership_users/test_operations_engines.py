"""Two who change the list of users at the same moment, on engines that isolate transactions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Barrier, Thread

from chalicelib.dealers.staff import repo
from chalicelib.dealership_users import operations
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError
from chalicelib.kernel.ids import Ids
from tests.dealership_users.test_operations import invite
from tests.fixtures.cast import add_person, make_dealership
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World


def both_at_once(*acts: Callable[[], object]) -> list[Exception]:
    """What went wrong, of acts that begin at the same moment."""
    barrier, failed = Barrier(len(acts)), list[Exception]()

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except (ConflictError, ForbiddenError, InvalidError) as error:
            failed.append(error)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_of_two_admins_who_delete_each_other_at_once_one_stays(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    ours = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    other = add_person(ids, now, email=f"b@{ours.dealer.slug}.example", membership=ours.admin.membership)
    listed(ours, ours.admin, other, now=now)
    failed = both_at_once(
        lambda: operations.delete(ours.admin.staff_scope, member_id=other.person_id, now=now, ids=Ids()),
        lambda: operations.delete(other.staff_scope, member_id=ours.admin.person_id, now=now, ids=Ids()),
    )
    assert len(failed) == 1
    assert len(repo.members(ours.scope)) == 1


def test_the_allowance_holds_for_two_who_invite_at_once(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    made = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    ours = replace(made, dealer=replace(made.dealer, user_allowance=2))
    listed(ours, ours.admin, now=now)
    failed = both_at_once(*(partial(invite, ours, f"{n}@{ours.dealer.slug}.example", now, Ids()) for n in range(2)))
    assert len(failed) == 1
    assert len(repo.members(ours.scope)) == 2


def test_of_two_admins_who_demote_each_other_at_once_one_stays_an_admin(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    ours = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    other = add_person(ids, now, email=f"b@{ours.dealer.slug}.example", membership=ours.admin.membership)
    listed(ours, ours.admin, other, now=now)
    failed = both_at_once(
        lambda: operations.change_role(
            ours.admin.staff_scope, member_id=other.person_id, role="user", now=now, ids=Ids()
        ),
        lambda: operations.change_role(
            other.staff_scope, member_id=ours.admin.person_id, role="user", now=now, ids=Ids()
        ),
    )
    assert len(failed) == 1
    assert len([one for one in repo.members(ours.scope) if one.is_active_admin]) == 1
