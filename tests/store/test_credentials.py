from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import settings
from chalicelib.kernel.scopes import DealerScope, IdentityScope, OperatorScope, PublicLookupScope, Scope, TenantScope
from chalicelib.store.credentials import RoleCredentials
from chalicelib.store.roles import NoScopeInForceError, assume_scope

A, B = TenantScope("aaaaaaaaaa"), TenantScope("bbbbbbbbbb")


class Sts:
    """Gives numbered credentials for an hour and remembers what it was asked."""

    def __init__(self) -> None:
        self.now = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)
        self.asked: list[dict[str, Any]] = []
        self.down = False
        self.credentials = RoleCredentials(lambda: self, clock=lambda: self.now)  # type: ignore[arg-type,return-value]

    def assume_role(self, **request: Any) -> dict[str, Any]:
        if self.down:
            raise ConnectionError("sts is away")
        self.asked.append(request)
        number = str(len(self.asked))
        expiration = self.now + timedelta(seconds=request["DurationSeconds"])
        return {
            "Credentials": {
                "AccessKeyId": f"key{number}",
                "SecretAccessKey": "s",
                "SessionToken": f"token{number}",
                "Expiration": expiration,
            }
        }

    def key(self, scope: Scope) -> str:
        with assume_scope(scope):
            return str(self.credentials.get_frozen_credentials().access_key)


@pytest.fixture
def sts() -> Sts:
    return Sts()


def test_a_dealers_role_is_taken_with_its_tag_once(sts: Sts) -> None:
    assert [sts.key(A), sts.key(DealerScope("aaaaaaaaaa", "p")), sts.key(B), sts.key(A)] == [
        "key1",
        "key1",
        "key2",
        "key1",
    ]
    assert sts.asked[0] == {
        "RoleArn": settings.load().tenant_role_arn,
        "RoleSessionName": "aaaaaaaaaa",
        "DurationSeconds": 3600,
        "Tags": [{"Key": "dealer", "Value": "aaaaaaaaaa"}],
    }


def test_the_others_have_roles_of_their_own_without_a_tag(sts: Sts) -> None:
    assert len({sts.key(scope) for scope in (IdentityScope(), OperatorScope("op"), PublicLookupScope())}) == 3
    here = settings.load()
    roles = [(request["RoleArn"], request["Tags"]) for request in sts.asked]
    assert roles == [(here.identity_role_arn, []), (here.operator_role_arn, []), (here.public_role_arn, [])]


def test_it_is_renewed_with_16_minutes_left(sts: Sts) -> None:
    assert sts.key(A) == "key1"
    sts.now += timedelta(minutes=43, seconds=59)
    assert sts.key(A) == "key1"
    sts.now += timedelta(seconds=2)
    assert sts.key(A) == "key2"


def test_while_sts_is_away_the_old_one_serves_to_its_last_minutes(sts: Sts) -> None:
    assert sts.key(A) == "key1"
    sts.down = True
    sts.now += timedelta(minutes=46)
    assert sts.key(A) == "key1"
    sts.now += timedelta(minutes=10)
    with pytest.raises(ConnectionError):
        sts.key(A)


def test_threads_share_one_session(sts: Sts) -> None:
    with assume_scope(A), ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(copy_context().run, sts.credentials.get_frozen_credentials) for _ in range(40)]
        assert {one.result().access_key for one in asked} == {"key1"}
    assert len(sts.asked) == 1


def test_without_a_scope_sts_is_not_even_asked(sts: Sts) -> None:
    with pytest.raises(NoScopeInForceError):
        sts.credentials.get_frozen_credentials()
    assert sts.asked == []
