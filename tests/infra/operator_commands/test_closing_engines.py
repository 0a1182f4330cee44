"""The deletion on two engines that are not moto: their scans, filters, versions of objects and transactions."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chalicelib import settings
from chalicelib.dealers import repo
from chalicelib.identity import repo as identity_repo
from chalicelib.identity.repo import writes
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store import blobs
from infra import dealer_data
from infra.dealer_data import DealerData
from infra.operator_commands.cli import main
from tests.fixtures.cast import make_cast
from tests.fixtures.worlds import World

ACTOR = ("--actor", "operator:test")


@pytest.fixture(autouse=True)
def own_clients(engine: World) -> Iterator[None]:  # noqa: ARG001 - those of this AWS
    dealer_data.client.cache_clear()
    yield
    dealer_data.client.cache_clear()


def test_one_dealer_goes_and_the_other_stays(engine: World, now: datetime, ids: Ids, tmp_path: Path) -> None:
    cast = make_cast(ids, now)
    both = cast.ours.customer
    identity_repo.commit(IdentityScope(), [writes.put_membership(both.person_id, cast.rival.user.membership, now)])
    bucket, archive = settings.load().files_bucket, tmp_path / "export.zip"
    for dealership in (cast.ours, cast.rival):
        for content in (b"one", b"two"):
            blobs.put(dealership.scope, bucket, "documents/1/1200/a.pdf", content, "application/pdf")
    theirs = DealerData(cast.rival.dealer.dealer_id)
    before = sorted(map(str, theirs.items())), list(theirs.objects(bucket)), theirs.versions_left(bucket)
    assert before[0]
    code = cast.ours.dealer.code
    close = ("close-dealer", code, "--confirm", cast.ours.dealer.slug, "--contact", "help@portal.example")
    for words, days in (
        (close, 0),
        (("export-dealer", code, str(archive)), 1),
        (("check-dealer-export", code, str(archive)), 1),
        (("delete-closed-dealers",), 30),
        (("delete-closed-dealers",), 30),
    ):
        assert main([*words, *ACTOR], ids=ids, now=now + timedelta(days=days)) == 0, words
    ours = DealerData(cast.ours.dealer.dealer_id)
    assert list(ours.items()) == []
    assert ours.versions_left(bucket) == 0
    assert repo.dealer(cast.ours.scope) is None
    assert (sorted(map(str, theirs.items())), list(theirs.objects(bucket)), theirs.versions_left(bucket)) == before
    held = {member: identity_repo.memberships(IdentityScope(), member.person_id) for member in cast.ours.people}
    assert held.pop(both) == [cast.rival.user.membership]
    assert set(map(len, held.values())) == {0}
    assert [identity_repo.person(IdentityScope(), member.person_id) for member in held] == [None] * 3
    assert engine.settings.files_bucket == bucket
