"""Whatever one tenant opens, nothing of the other tenant is in it (threat 1).

Pages, headers, CSVs, workbooks, stored and drawn PDFs here; mails and the log at the end.
"""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from chalice.app import SQSEvent

from app import app
from chalicelib import services, settings
from chalicelib.http import cookies
from chalicelib.identity.sessions import csrf_token
from chalicelib.kernel.keys import link_part
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.dispatch import send_due
from chalicelib.services import Services
from chalicelib.triggers import downloads, feed, ingest, notifications
from tests.fixtures.cast import PASSWORD, Dealership
from tests.fixtures.logs import logged
from tests.fixtures.worlds import World
from tests.sweeps.canary_exports import DRAWN, canary, only_ours, transaction
from tests.sweeps.contents import everything
from tests.sweeps.scenario import OF_DECISIONS, Scenario, address, post
from tests.sweeps.test_triggers import event, produce
from tests.web.client import OWN_PAGE

READ = sorted(resource for resource, methods in app.routes.items() if "GET" in methods)
pytestmark = pytest.mark.usefixtures("no_limit_reached")

TRIGGERS: tuple[Callable[[SQSEvent], object], ...] = (
    ingest.inbox_messages,
    ingest.import_messages,
    notifications.outbox_messages,
    notifications.bulk_messages,
    notifications.feedback_messages,
    lambda event: downloads.download_messages(event, produce),
)
SCHEDULES: tuple[Callable[[], int], ...] = (
    ingest.collect_inbox,
    ingest.resume_runs,
    ingest.sweep_runs,
    notifications.send_outbox,
    notifications.resume_bulk,
    notifications.expire_invitations,
    notifications.chase_documents,
    notifications.make_statements,
    notifications.remind_of_payments,
    feed.take_feed,
)
PAIRS = {"our customer": "the rival's customer", "our admin": "the rival's admin"}
"""Who asks for pages. What other staff are shown, an admin is shown too."""
PROGRAMS = {"our upload client": "the rival's upload client"}


POSTED = sorted(resource for resource, methods in app.routes.items() if "POST" in methods)
FURTHER = (
    "/transactions?status=all&page=2",
    "/transactions?status=history&q=canary",
    "/transactions.csv?status=all",
    "/account-group?status=all",
    "/account-group?account=1302",
    "/staff/accounts?after=1&order=desc",
    "/staff/accounts?q=canary",
    "/staff/imports?below=9",
    "/accounts?q=a",
)
"""Second pages, searches and orders of lists."""


def seen(world: World, scenario: Scenario, caller: str, path: str, *, htmx: bool = False) -> bytes:
    with scenario.visiting(scenario.callers()[caller]) as visitor:
        return everything(world, visitor.get(path, htmx=htmx))


def drawn(dealership: Dealership) -> str:
    return f"/invoices/{link_part(DRAWN)}/invoice/{link_part(f'{canary(dealership)}-{DRAWN}')}/pdf"


def secrets(dealership: Dealership) -> list[bytes]:
    """What only this dealership knows."""
    return [
        text.encode()
        for text in (canary(dealership), dealership.dealer.dealer_id, dealership.dealer.name, dealership.user.email)
    ]


Pair = tuple[Dealership, Dealership, str]


def pairs(scenario: Scenario, path: str) -> Iterator[Pair]:
    """The dealership that is watched for, the other one, and each caller of that who may have use for the address."""
    ours, rival = scenario.cast.ours, scenario.cast.rival
    for mine, theirs in (PROGRAMS if path.startswith("/api/") else PAIRS).items():
        yield ours, rival, theirs
        yield rival, ours, mine


def leaks(watched: Dealership, found: bytes) -> list[bytes]:
    return [secret for secret in secrets(watched) if secret in found]


@pytest.mark.parametrize("resource", READ)
def test_nothing_of_the_other_tenant_is_anywhere(aws: World, scenario: Scenario, resource: str) -> None:
    for watched, other, caller in pairs(scenario, resource):
        for named in (watched, other):
            if named is watched and "{slug}" in resource:
                continue  # a dealer's own public page has its name
            path = address(scenario, resource, named)
            assert leaks(watched, seen(aws, scenario, caller, path)) == [], (caller, path)
            if named is other:  # whose page it is: a part of it is what a script asks for
                assert leaks(watched, seen(aws, scenario, caller, path, htmx=True)) == [], (caller, path, "htmx")


@pytest.mark.parametrize("path", FURTHER)
def test_nothing_of_the_other_tenant_is_further_down(aws: World, scenario: Scenario, path: str) -> None:
    found = b""
    for watched, other, caller in pairs(scenario, path):
        answer = seen(aws, scenario, caller, path) + seen(aws, scenario, caller, path, htmx=True)
        assert leaks(watched, answer) == [], caller
        found += answer if canary(other).encode() in answer else b""
    assert found or path.startswith(("/accounts", "/staff/imports"))  # which have no text of an export


@pytest.mark.parametrize("resource", [resource for resource in POSTED if "{slug}" not in resource])
def test_nothing_of_the_other_tenant_is_in_the_answer_to_a_form(aws: World, scenario: Scenario, resource: str) -> None:
    for watched, other, caller in pairs(scenario, resource):
        for named in (watched, other):
            if resource.rpartition("/")[2] in OF_DECISIONS and named is scenario.cast.rival:
                continue  # whose exports came once
            with scenario.visiting(scenario.callers()[caller], fresh=True) as visitor:
                answer = post(visitor, address(scenario, resource, named), {"name": "", "email": "", "password": ""})
                found = answer.everything + everything(aws, visitor.follow())  # with what a toast says
            assert leaks(watched, found) == [], (caller, named.dealer.name)


@pytest.mark.parametrize(
    ("caller", "hidden"),
    [("the rival's admin, our customer", "ours"), ("our customer, staff of the rival", "rival")],
)
def test_who_has_accounts_at_two_dealers_sees_one_at_a_time(
    aws: World, scenario: Scenario, caller: str, hidden: str
) -> None:
    watched: Dealership = getattr(scenario.cast, hidden)
    for resource in READ:
        for named in (scenario.cast.ours, scenario.cast.rival):
            found = seen(aws, scenario, caller, address(scenario, resource, named))
            assert canary(watched).encode() not in found, resource
    for dealership in (scenario.cast.ours, scenario.cast.rival):
        assert dealership.dealer.name.encode() in seen(aws, scenario, caller, "/accounts")


@pytest.mark.parametrize("resource", READ)
def test_nobody_sees_any_tenants_data(aws: World, scenario: Scenario, resource: str) -> None:
    for caller in ("anonymous", "our removed customer", "our removed staff", "our admin, too late"):
        found = seen(aws, scenario, caller, address(scenario, resource, scenario.cast.ours))
        assert canary(scenario.cast.ours).encode() not in found, caller


def test_the_canary_is_there_to_be_found(aws: World, scenario: Scenario) -> None:
    bird = canary(scenario.cast.ours).encode()

    def found(caller: str) -> set[str]:
        return {r for r in READ if bird in seen(aws, scenario, caller, address(scenario, r, scenario.cast.ours))}

    staff = {"/staff/accounts", "/staff/accounts.csv", "/staff/accounts/{account}", "/staff/to-do", "/staff/feed"}
    assert staff | {"/staff/feed.csv"} <= found("our admin")
    assert "/api/v1/feed" in found("our upload client")
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


@pytest.mark.parametrize("resource", READ)
def test_an_account_of_a_group_sees_nothing_of_its_master(aws: World, scenario: Scenario, resource: str) -> None:
    ours, sub = scenario.cast.ours, "a customer of an account that our customer is the master of"
    path = address(scenario, resource, ours)
    for asked in (path, f"{path}{'&' if '?' in path else '?'}account=1200"):
        found = seen(aws, scenario, sub, asked).replace(asked.encode(), b"")
        for text in (ours.customer.email, transaction(ours), f"{canary(ours)} 1200", f"{canary(ours)} of 1200"):
            assert text.encode() not in found, (asked, text)
    if any(f"{{{name}}}" in resource for name in ("dispute", "thread", "document", "attachment", "forward")):
        with scenario.visiting(scenario.callers()[sub]) as visitor:
            assert visitor.get(path).status == 404, path


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
        box = boxes[dealership.dealer.dealer_id]
        assert [mail for mail in box.sent if canary(dealership) in mail.text and canary(dealership) in mail.html]
        for mail, as_sent in zip(box.sent, box.raw, strict=True):
            raw = as_sent.replace(b"=\r\n", b"")
            said = mail.text + mail.html
            assert not [secret for secret in secrets(other) if secret in raw or secret.decode() in said]


def test_no_log_line_holds_a_tenants_data_or_anybodys_secret(aws: World, scenario: Scenario) -> None:
    with logged(logging.DEBUG) as log:
        for caller in ("anonymous", "our customer", "our admin", "our admin, too late", "our upload client"):
            for resource in READ:
                seen(aws, scenario, caller, address(scenario, resource, scenario.cast.ours))
            with (
                scenario.visiting(scenario.callers()[caller]) as visitor,
                services.use(replace(services.current(), render=_fails)),
            ):
                assert visitor.get("/login?email=" + canary(scenario.cast.ours)).status in {303, 500}
    assert '"request.failed"' in log.getvalue()
    assert told(scenario, log.getvalue()) == []


def test_no_log_line_of_a_form_holds_what_was_typed(scenario: Scenario) -> None:
    email, wrong, new = scenario.cast.ours.user.email, "wrong harbour ribbon", "quiet orchard ladder"
    fields = {"email": email, "password": wrong, "current_password": wrong, "name": canary(scenario.cast.ours)}
    with logged(logging.DEBUG) as log:
        for resource in POSTED:
            for name in ("anonymous", "our admin", "our upload client"):
                with scenario.visiting(scenario.callers()[name], fresh=True) as visitor:
                    path = address(scenario, resource, scenario.cast.ours)
                    post(visitor, path, fields)
                    post(visitor, path, {**fields, "password": new, "email": f"{canary(scenario.cast.ours)} @ x"})
                    with services.use(replace(services.current(), render=_fails)):
                        post(visitor, path, fields)
    lines = log.getvalue()
    assert '"auth.refused"' in lines
    assert [text for text in (wrong, new, PASSWORD) if text in lines] == []
    assert told(scenario, lines) == []


def test_no_log_line_of_a_queue_or_a_schedule_holds_what_it_could_not_read(scenario: Scenario) -> None:
    bird, dealer = canary(scenario.cast.ours), scenario.cast.ours.dealer.dealer_id
    emails = [member.email for member in scenario.cast.ours.people]
    two_addresses = {"eventType": "Bounce", "mail": {"destination": emails, "tags": {"kind": [bird]}}}
    bodies = [
        json.dumps(two_addresses),  # what pydantic refuses, which it would quote
        json.dumps({"dealer_id": dealer, "step": "stage", "run": 1, "part": emails}),
        json.dumps({"dealer_id": dealer, "lane": emails[0], "person_id": emails[0], "download_id": bird}),
        json.dumps({"Records": [{"s3": {"object": {"key": f"d/{dealer}/inbox/{bird}/{emails[0]}.zip"}}}]}),
        f"{bird} {emails[0]}",
    ]
    failing = RecordingSender(failures=[RuntimeError("the mail service is down")] * 9)
    made = Services(settings=settings.load(), mail=failing, clock=lambda: scenario.now, ids=scenario.ids)
    with logged(logging.DEBUG) as log, services.use(made):
        for trigger in TRIGGERS:
            for body in bodies:
                trigger(event(body))
        for schedule in SCHEDULES:
            schedule()
    lines = log.getvalue()
    assert lines.count('"message.failed"') > len(TRIGGERS)
    assert told(scenario, lines) == []


def told(scenario: Scenario, lines: str) -> list[str]:
    """What of tenants' data and of anybody's secrets is in these lines of the log."""
    secret = {*scenario.sessions.values(), *scenario.keys.values(), *scenario.revoked_keys.values()}
    secret |= {csrf_token(one) for one in scenario.sessions.values()}
    for dealership in (scenario.cast.ours, scenario.cast.rival):
        secret |= {canary(dealership), *(member.email for member in dealership.people)}
    return sorted(text for text in secret if text and text in lines)


def _fails(*_: object) -> str:
    raise KeyError("a template that is broken")
