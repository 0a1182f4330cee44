"""Two admins who save a landing page at the same moment, on engines that isolate transactions."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.dealers.landing import operations, queries, repo
from chalicelib.dealers.landing.model import Landing, Published, Slot, SlotContent, fingerprint
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.store.audit import AuditRow, audit_row
from tests.dealers.landing.made import save, with_picture
from tests.fixtures.cast import make_dealership
from tests.fixtures.trail import audited
from tests.fixtures.worlds import World


def test_a1_31_two_saves_at_the_same_moment_leave_one_page_and_all_its_pictures(
    engine: World, now: datetime, ids: Ids
) -> None:
    assert engine.name
    dealership = make_dealership(ids, now, name="Moorbeck", prefix="moorbeck", phone="")
    admin, other = dealership.admin.staff_scope, dealership.user.staff_scope
    first = save(admin, with_picture(admin, Landing(), Slot.FIRST, now, ids), now, ids)
    before = fingerprint(queries.published(admin))

    def slow(found: Published | None) -> Published | None:
        assert fingerprint(found) == before
        save(other, replace(first, first=SlotContent()), now, ids)  # takes the picture away that this one keeps
        return Published(replace(first, title="Mine"), is_shown=True, saved_at=now, retired={})

    def audit(_before: Published | None, _after: Published) -> AuditRow:
        return audit_row(admin, ids=ids, now=now, actor=admin.person_id, event="landing.published", subject="")

    with pytest.raises(ConflictError):
        repo.change(admin, slow, audit, ends_draft=True)
    found = queries.published(admin)
    assert found
    assert found.landing.first.picture is None
    actors = [row.actor for row in audited(dealership.scope, now, "landing.")]  # of one moment, so in any order
    assert sorted(actors) == sorted([admin.person_id, other.person_id])
    # A draft that still names it cannot bring it back without its files.
    with pytest.raises(InvalidError) as refused:
        operations.publish(admin, first, seen=fingerprint(queries.published(admin)), now=now, ids=ids)
    assert list(refused.value.fields) == ["first"]
    assert queries.published(admin) == found
