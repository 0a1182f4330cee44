"""What an access says of itself, and which ones make no sense."""

import pytest

from chalicelib.dealers.model import Module
from chalicelib.http import access
from chalicelib.http.access import Access, Audience, SignedRequest
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import ImportScope


def verify(_: SignedRequest) -> ImportScope:
    return ImportScope("a" * 10)


WEBHOOK = Access(Audience.WEBHOOK, verifier=verify)


def test_machines_need_no_csrf_token_and_only_they() -> None:
    every = (access.PUBLIC, access.VISITOR, access.LOGGED_IN, access.MEMBER, access.CUSTOMER, access.STAFF)
    assert [(one.is_machine, one.needs_csrf) for one in every] == [(False, True)] * len(every)
    assert [(one.is_machine, one.needs_csrf) for one in (access.API_KEY, WEBHOOK)] == [(True, False)] * 2


def test_only_public_and_visitor_routes_are_open() -> None:
    accesses = [WEBHOOK if one is Audience.WEBHOOK else Access(one) for one in Audience]
    assert [one for one in accesses if one.is_open] == [access.PUBLIC, access.VISITOR]


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (access.PUBLIC, "public"),
        (access.STAFF_ADMIN, "staff, role admin"),
        (access.CUSTOMER_INVOICES, "customer, module invoices"),
        (
            Access(Audience.CUSTOMER, role=Role.PAY, module=Module.PAYMENTS),
            "customer, role pay, module payments",
        ),
        (WEBHOOK, "webhook"),
    ],
)
def test_it_is_written_as_the_list_of_routes_has_it(one: Access, text: str) -> None:
    assert str(one) == text


def test_strangers_bodies_are_small_and_a_route_may_say_its_own() -> None:
    assert [one.max_body for one in (access.PUBLIC, access.VISITOR, access.API_KEY)] == [16_384] * 3
    assert (access.STAFF.max_body, WEBHOOK.max_body) == (65_536, 262_144)
    own = Access(Audience.STAFF, body_limit=100)
    assert (own.max_body, str(own)) == (100, "staff, body 100")


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.VISITOR, Audience.LOGGED_IN])
def test_without_a_dealer_there_is_no_module(audience: Audience) -> None:
    with pytest.raises(ValueError, match="no dealer"):
        Access(audience, module=Module.INVOICES)


@pytest.mark.parametrize(
    ("audience", "role"),
    [
        (Audience.STAFF, Role.PAY),
        (Audience.CUSTOMER, Role.USER),
        (Audience.MEMBER, Role.ADMIN),
        ("api_key", Role.ADMIN),
    ],
)
def test_a_role_that_nobody_has_there_is_refused(audience: Audience, role: Role) -> None:
    with pytest.raises(ValueError, match="nobody has the role"):
        Access(audience, role=role)


def test_a_webhook_names_its_verifier_and_nobody_else_does() -> None:
    with pytest.raises(ValueError, match="name a verifier"):
        Access(Audience.WEBHOOK)
    with pytest.raises(ValueError, match="name a verifier"):
        Access(Audience.API_KEY, verifier=verify)
