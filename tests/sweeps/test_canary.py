"""Whatever one tenant opens, nothing of the other tenant is in it: neither in bodies nor in headers (threat 1)."""

import pytest

from app import app
from tests.sweeps.stage import Stage, address, canary

READ = sorted(resource for resource, methods in app.routes.items() if "GET" in methods)
PAIRS = {
    "our customer": "the rival's customer",
    "our staff": "the rival's staff",
    "our admin": "the rival's admin",
    "our agent": "the rival's agent",
}


def seen(stage: Stage, caller: str, path: str) -> bytes:
    with stage.visiting(stage.callers()[caller]) as visitor:
        return visitor.get(path).everything


@pytest.mark.parametrize("resource", READ)
def test_nothing_of_the_other_tenant_is_anywhere(stage: Stage, resource: str) -> None:
    ours, rival = stage.cast.ours, stage.cast.rival
    for watched, other in ((ours, rival), (rival, ours)):
        for pair in PAIRS.items():
            caller = pair[other is rival]
            for named in (watched, other):
                if named is watched and "{slug}" in resource:
                    continue  # a dealer's name stands on its own public door
                found = seen(stage, caller, address(stage, resource, named))
                for secret in (canary(watched), watched.dealer.dealer_id, watched.dealer.name, watched.user.email):
                    assert secret.encode() not in found, (caller, named.dealer.name, secret)


@pytest.mark.parametrize("resource", READ)
def test_nobody_sees_any_tenants_data(stage: Stage, resource: str) -> None:
    for caller in ("anonymous", "our removed customer", "our removed staff", "our admin, too late"):
        found = seen(stage, caller, address(stage, resource, stage.cast.ours))
        assert canary(stage.cast.ours).encode() not in found, caller


def test_the_canary_is_there_to_be_found(stage: Stage) -> None:
    bird = canary(stage.cast.ours).encode()
    found = [r for r in READ if bird in seen(stage, "our admin", address(stage, r, stage.cast.ours))]
    assert {"/staff/accounts", "/staff/accounts.csv", "/staff/accounts/{account}"} <= set(found)
    found = [r for r in READ if bird in seen(stage, "our customer", address(stage, r, stage.cast.ours))]
    assert {"/transactions", "/transactions.csv", "/invoices/{account}/{kind}/{transaction}"} <= set(found)


def test_a_customer_sees_nothing_of_the_same_dealers_other_customer(stage: Stage) -> None:
    mine, other = stage.cast.ours.customer, stage.cast.ours.other_customer
    for resource in READ:
        found = seen(stage, "our customer", address(stage, resource, stage.cast.ours))
        assert other.email.encode() not in found, resource
        for text in ("{} 1201", "{} of 1201", "{}-1201"):
            assert text.format(canary(stage.cast.ours)).encode() not in found, resource
    assert mine.email != other.email
