"""Whatever one tenant opens, nothing of the other tenant is in it (threat 1).

Pages, headers, CSVs, workbooks, stored and drawn PDFs here; mails and the log at the end.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.http import cookies
from chalicelib.identity.sessions import csrf_token
from chalicelib.kernel.keys import link_part
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.dispatch import send_due
from chalicelib.observability import logger
from chalicelib.services import Services
from tests.fixtures.cast import Dealership
from tests.fixtures.worlds import World
from tests.sweeps.canary_exports import DRAWN, canary, only_ours, transaction
from tests.sweeps.contents import everything
from tests.sweeps.scenario import Scenario, address
from tests.web.client import OWN_PAGE

READ = sorted(resource for resource, methods in app.routes.items() if "GET" in methods)
PAIRS = {
    "our customer": "the rival's customer",
    "our staff": "the rival's staff",
    "our admin": "the rival's admin",
    "our upload client": "the rival's upload client",
}


def seen(world: World, scenario: Scenario, caller: str, path: str) -> bytes:
    with scenario.visiting(scenario.callers()[caller]) as visitor:
        return everything(world, visitor.get(path))


def drawn(dealership: Dealership) -> str:
    return f"/invoices/{link_part(DRAWN)}/invoice/{link_part(f'{canary(dealership)}-{DRAWN}')}/pdf"


def secrets(dealership: Dealership) -> list[bytes]:
    """What only this dealership knows."""
    return [
        text.encode()
        for text in (canary(dealership), dealership.dealer.dealer_id, dealership.dealer.name, dealership.user.email)
    ]


@pytest.mark.parametrize("resource", READ)
def test_nothing_of_the_other_tenant_is_anywhere(aws: World, scenario: Scenario, resource: str) -> None:
    ours, rival = scenario.cast.ours, scenario.cast.rival
    for watched, other in ((ours, rival), (rival, ours)):
        for pair in PAIRS.items():
            caller = pair[other is rival]
            for named in (watched, other):
                if named is watched and "{slug}" in resource:
                    continue  # a dealer's own public page has its name
                found = seen(aws, scenario, caller, address(scenario, resource, named))
                for secret in secrets(watched):
                    assert secret not in found, (caller, named.dealer.name, secret)


@pytest.mark.parametrize("resource", READ)
def test_nobody_sees_any_tenants_data(aws: World, scenario: Scenario, resource: str) -> None:
    for caller in ("anonymous", "our removed customer", "our removed staff", "our admin, too late"):
        found = seen(aws, scenario, caller, address(scenario, resource, scenario.cast.ours))
        assert canary(scenario.cast.ours).encode() not in found, caller


def test_the_canary_is_there_to_be_found(aws: World, scenario: Scenario) -> None:
    bird = canary(scenario.cast.ours).encode()

    def found(caller: str) -> set[str]:
        return {r for r in READ if bird in seen(aws, scenario, caller, address(scenario, r, scenario.cast.ours))}

    assert {"/staff/accounts", "/staff/accounts.csv", "/staff/accounts/{account}"} <= found("our admin")
    rejects = address(scenario, "/staff/imports/{run}/rejects.csv", scenario.cast.ours)
    assert transaction(scenario.cast.ours).encode() in seen(aws, scenario, "our admin", rejects)
    invoice = "/invoices/{account}/{kind}/{transaction}"
    customers = {"/transactions", "/transactions.csv", "/transactions.xlsx", invoice, f"{invoice}/pdf"}
    assert customers <= found("our customer")


def test_a_drawn_pdf_is_its_customers_alone(aws: World, scenario: Scenario) -> None:
    path = drawn(scenario.cast.ours)
    assert f"{canary(scenario.cast.ours)} line".encode() in seen(aws, scenario, "our other customer", path)
    callers = scenario.callers().values()
    for caller in (one.name for one in callers if not (one.is_at(DRAWN) and one.name.startswith("our"))):
        assert canary(scenario.cast.ours).encode() not in seen(aws, scenario, caller, path).replace(path.encode(), b"")


def test_a_customer_sees_nothing_of_the_same_dealers_other_customer(aws: World, scenario: Scenario) -> None:
    mine, other = scenario.cast.ours.customer, scenario.cast.ours.other_customer
    for resource in READ:
        found = seen(aws, scenario, "our customer", address(scenario, resource, scenario.cast.ours))
        assert other.email.encode() not in found, resource
        for text in ("{} 1201", "{} of 1201", "{}-1201"):
            assert text.format(canary(scenario.cast.ours)).encode() not in found, resource
    assert mine.email != other.email


def invite(scenario: Scenario, dealership: Dealership, caller: str, mails: RecordingSender) -> None:
    """Staff invite the account that both dealers number alike, and its mail goes out."""
    with scenario.visiting(scenario.callers()[caller]) as visitor:
        token = csrf_token(visitor.cookies[cookies.SESSION])
        body = f"csrf={token}&only={link_part(only_ours(dealership))}"
        assert visitor.call("POST", "/staff/accounts/invite", body=body, headers=OWN_PAGE).status == 303
    made = Services(settings=settings.load(), mail=mails, clock=lambda: scenario.now, ids=scenario.ids)
    with services.use(made):
        send_due(dealership.import_scope, deps=services.current().mail_deps)


def test_no_mail_says_anything_of_another_dealer(scenario: Scenario) -> None:
    boxes = {}
    for dealership, caller in ((scenario.cast.ours, "our staff"), (scenario.cast.rival, "the rival's staff")):
        boxes[dealership.dealer.dealer_id] = RecordingSender()
        invite(scenario, dealership, caller, boxes[dealership.dealer.dealer_id])
    for dealership, other in ((scenario.cast.ours, scenario.cast.rival), (scenario.cast.rival, scenario.cast.ours)):
        (mail,) = boxes[dealership.dealer.dealer_id].sent
        raw = boxes[dealership.dealer.dealer_id].raw[0].replace(b"=\r\n", b"")
        assert canary(dealership) in mail.text
        assert canary(dealership) in mail.html
        assert canary(dealership).encode() in raw
        assert not [secret for secret in secrets(other) if secret in raw or secret.decode() in mail.text + mail.html]


@contextmanager
def logged() -> Iterator[StringIO]:
    """Everything that the portal logs, from DEBUG up."""
    stream = StringIO()
    handler, level = logging.StreamHandler(stream), logger.log_level
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        logging.getLogger(logger.name).removeHandler(handler)
        logger.setLevel(level)


def test_no_log_line_holds_a_tenants_data_or_anybodys_secret(aws: World, scenario: Scenario) -> None:
    known = {secret for secret in (*scenario.sessions.values(), *scenario.keys.values()) if secret}
    with logged() as log:
        for caller in (one for one in scenario.callers().values() if not one.is_unusual):
            for resource in READ:
                seen(aws, scenario, caller.name, address(scenario, resource, scenario.cast.ours))
            with scenario.visiting(caller) as visitor, services.use(replace(services.current(), render=_fails)):
                assert visitor.get("/login?email=" + canary(scenario.cast.ours)).status in {303, 500}
    lines = log.getvalue()
    known |= {csrf_token(secret) for secret in scenario.sessions.values()} | set(scenario.sessions.values())
    assert '"request.failed"' in lines
    for dealership in (scenario.cast.ours, scenario.cast.rival):
        assert not [text for text in (canary(dealership), *(m.email for m in dealership.people)) if text in lines]
    assert not [secret for secret in known if secret in lines]


def _fails(*_: object) -> str:
    raise KeyError("a template that is broken")
