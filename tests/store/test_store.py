import pytest

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from tests.fixtures.worlds import World
from tests.store.behaviour import StoreBehaviour


class TestInProcess(StoreBehaviour):
    @pytest.fixture
    def scope(self, aws: World, ids: Ids) -> TenantScope:
        assert aws.name
        return TenantScope(ids.dealer_id())
