import pytest

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from tests.fixtures.worlds import World
from tests.store.behaviour import StoreBehaviour


class TestOnEngines(StoreBehaviour):
    @pytest.fixture
    def scope(self, engine: World, ids: Ids) -> TenantScope:
        assert engine.name
        return TenantScope(ids.dealer_id())
