from threading import Barrier, Thread

import pytest

from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction
from tests.fixtures.worlds import World
from tests.store.behaviour import StoreBehaviour, Thing


class TestOnEngines(StoreBehaviour):
    """Both serve many at once. What stands in for AWS in process does not: there, one write may come between another's
    condition and its effect.
    """

    @pytest.fixture
    def scope(self, engine: World, ids: Ids) -> TenantScope:
        assert engine.name
        return TenantScope(ids.dealer_id())

    def test_one_of_many_at_once_wins(self, scope: TenantScope) -> None:
        pk, wins = tenant_pk(scope, "THING"), []
        start = Barrier(6)

        def race(number: int) -> None:
            start.wait()
            try:
                with assume_scope(scope), transaction() as t:
                    t.put(Thing(pk, "prize", number=number), Thing.pk.does_not_exist())
                wins.append(number)
            except ConflictError:
                pass

        threads = [Thread(target=race, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with assume_scope(scope):
            prize = Thing.find(pk, "prize", consistent=True)
        assert prize
        assert wins == [prize.number]
