"""A suspended portal: nobody gets in anywhere, nothing that comes is lost, and nobody else notices."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff.operations import invite_staff
from chalicelib.http import cookies
from chalicelib.identity import api_keys, invitations, recovery
from chalicelib.identity import queries as identity
from chalicelib.identity import repo as identity_repo
from chalicelib.identity.model import ClientInfo, Membership, MembershipKind
from chalicelib.identity.repo import writes
from chalicelib.ingest import repo as runs
from chalicelib.ingest.maintenance import inbox
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.dispatch import send_due
from chalicelib.services import Services
from infra.operator_commands.cli import main
from tests.fixtures.cast import PASSWORD, Cast, LogIn
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.notifications.fakes import Clock, Post
from tests.web.client import Page, Visitor

ACTOR = ("--actor", "operator:test")
CONTACT = "help@portal.example"
OPTIONS = ("--reason", "Invoice 77 is not paid", "--contact", CONTACT, *ACTOR)
FOR_STAFF = f"Your portal is suspended. Contact {CONTACT}."
FOR_OTHERS = "The portal of Moorbeck Machinery is not available at the moment."
IDENTITY = IdentityScope()


@pytest.fixture(autouse=True)
def portal(now: datetime, ids: Ids) -> Iterator[Services]:
    with services.use(
        Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    ) as running:
        yield running


def logged_in(cast: Cast, log_in: LogIn, who: str) -> Visitor:
    visitor = Visitor(app)
    visitor.cookies[cookies.SESSION] = log_in(getattr(cast.ours, who)).secret
    return visitor


def choose(visitor: Visitor, membership: Membership) -> Page:
    visitor.get("/accounts")
    token = visitor.page.forms[0].fields["csrf"]  # type: ignore[union-attr]  # to log out
    return visitor.post("/accounts", {"csrf": token, "membership": membership.key})


def suspend(cast: Cast, now: datetime, ids: Ids) -> None:
    assert main(["suspend-dealer", cast.ours.dealer.code, *OPTIONS], ids=ids, now=now) == 0


def resume(cast: Cast, now: datetime, ids: Ids) -> None:
    assert main(["resume-dealer", cast.ours.dealer.code, *ACTOR], ids=ids, now=now) == 0


def test_sessions_end_and_the_next_ones_say_why_until_it_is_resumed(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = cast.ours
    listed(ours, ours.admin, ours.user, now=now)
    enrolments.put(ours.scope, Enrolment("1200", State.ACTIVE, ours.customer.email, "01HX", "m", now), before=None)
    enrolments.add_user(ours.scope, AccountUser(ours.customer.person_id, ours.customer.email, now), ref="1200")
    rival = log_in(cast.rival.admin).secret
    open_before = [log_in(member).secret for member in (ours.admin, ours.user, ours.customer)]
    suspend(cast, now, ids)
    assert "3 sessions ended" in capsys.readouterr().out
    assert [identity.session(IDENTITY, secret, now) for secret in open_before] == [None] * 3
    assert identity.session(IDENTITY, rival, now)
    for who, page, said in (("admin", "/staff/users", FOR_STAFF), ("customer", "/transactions", FOR_OTHERS)):
        visitor = logged_in(cast, log_in, who)
        shown = visitor.get(page)
        assert (shown.status, said in shown.text) == (403, True), shown.text
        assert "Invoice 77" not in shown.html
        assert said in visitor.get("/accounts").text
        assert not [form for form in visitor.page.forms if form.action == "/accounts" and form.method == "post"]  # type: ignore[union-attr]
    resume(cast, now, ids)
    assert logged_in(cast, log_in, "admin").get("/staff/users").status == 200
    page = logged_in(cast, log_in, "admin").get("/staff/activity").text.replace(" ", "")
    assert "Portal suspended Invoice 77 is not paid".replace(" ", "") in page
    assert "Portalnolongersuspended" in page


def test_its_own_address_and_links_say_that_it_is_not_available_and_are_not_used_up(
    cast: Cast, now: datetime, ids: Ids
) -> None:
    slug, email = cast.ours.dealer.slug, "new@farm.example"
    offered = Membership(cast.ours.dealer.dealer_id, MembershipKind.STAFF, role=Role.USER)
    secret = invitations.create_invitation(
        IDENTITY, email=email, membership=offered, invitation_id=ids.ulid(now), now=now, ids=ids
    ).secret
    suspend(cast, now, ids)
    for path in (f"/d/{slug}", f"/d/{slug}/login", f"/d/{slug}/forgot", f"/i/{secret}"):
        visitor = Visitor(app)
        shown = visitor.get(path)
        assert (shown.status, FOR_OTHERS in shown.text) == (403, True), path
        assert CONTACT not in shown.html
        assert "/login" in shown.links.values()
    visitor = Visitor(app)
    visitor.get("/login")
    token = visitor.page.form("/login").fields["csrf"]  # type: ignore[union-attr]
    for path in (f"/d/{slug}/login", f"/d/{slug}/forgot", f"/i/{secret}"):
        fields = {"csrf": token, "email": email, "password": "a quiet orchard ladder"}
        assert FOR_OTHERS in visitor.post(path, fields).text, path
    assert identity_repo.person_id_of(IDENTITY, email) is None
    assert Visitor(app).get(f"/d/{cast.rival.dealer.slug}/login").status == 200
    resume(cast, now, ids)
    assert Visitor(app).get(f"/i/{secret}").status == 200
    assert Visitor(app).get(f"/d/{slug}/login").status == 200


def test_who_belongs_to_two_dealers_goes_on_at_the_other(cast: Cast, now: datetime, ids: Ids) -> None:
    person, theirs = cast.ours.customer, cast.rival.user.membership
    identity_repo.commit(IDENTITY, [writes.put_membership(person.person_id, theirs, now)])
    suspend(cast, now, ids)
    visitor = Visitor(app)
    visitor.get("/login")
    assert visitor.submit("/login", email=person.email, password=PASSWORD).location == "/accounts"
    page = visitor.get("/accounts")
    assert FOR_OTHERS in page.text
    assert choose(visitor, theirs).location == "/staff/accounts"
    assert visitor.get("/staff/accounts").status == 200
    assert choose(visitor, person.membership).status == 303  # by hand: the page offers it no more
    assert FOR_OTHERS in visitor.follow().text
    assert "/accounts" in visitor.follow().links.values()


def test_a_program_is_told_in_json_and_gets_no_form(cast: Cast, now: datetime, ids: Ids) -> None:
    listed(cast.ours, cast.ours.admin, now=now)
    secret, _key = api_keys.create_api_key(IDENTITY, dealer=cast.ours.admin.staff_scope, name="DMS", now=now, ids=ids)
    suspend(cast, now, ids)
    headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}
    body = json.dumps({"file_name": "x.zip", "size": 5})
    for method, path in (("POST", "/api/v1/uploads"), ("GET", "/api/v1/imports"), ("GET", "/api/v1/feed")):
        answer = Visitor(app).call(method, path, headers=headers, body=body if method == "POST" else "")
        assert answer.status == 403
        assert (answer.json["code"], answer.json["message"]) == ("PORTAL_SUSPENDED", FOR_STAFF)
    resume(cast, now, ids)
    assert Visitor(app).call("GET", "/api/v1/imports", headers=headers).status == 200


def test_an_export_that_comes_waits_and_one_that_has_begun_is_read_to_its_end(
    aws: World, cast: Cast, now: datetime, ids: Ids
) -> None:
    line = ImportPipeline(aws, cast.ours, now, ids)
    line.arrive(line.put(export(line, *ledger(1), 1)))
    suspend(cast, now, ids)
    line.drain()
    assert [run.state.value for run in runs.newest_runs(line.scope)] == ["published"]
    waits = line.put(export(line, *ledger(2), 2))
    line.arrive(waits)
    line.drain()
    upload = runs.upload(line.scope, waits.split("/")[1])
    assert upload
    assert (upload.state.value, len(runs.newest_runs(line.scope))) == ("waiting", 1)
    resume(cast, now, ids)
    inbox.collect(line.job())
    line.drain()
    assert [run.state.value for run in runs.newest_runs(line.scope)] == ["published", "published"]


def test_its_mails_wait_and_other_mails_of_its_people_do_not(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, post = cast.ours, Post(Clock(now), ids)
    invite_staff(ours.scope, email="new@x.example", role=Role.USER, invited_by="m", now=now, ids=ids)
    recovery.request_reset(
        IDENTITY, email=ours.admin.email, client=ClientInfo("192.0.2.9"), dealer_id=None, now=now, ids=ids
    )
    suspend(cast, now, ids)
    for _ in range(2):
        send_due(ours.import_scope, deps=post.deps)
        post.clock.forward(timedelta(minutes=20))
    send_due(IDENTITY, deps=post.deps)
    ours_alone = [mail for mail in post.sender.sent if mail.to in {ours.admin.email, "new@x.example"}]
    assert [mail.to for mail in ours_alone] == [ours.admin.email]
    assert "Moorbeck" not in ours_alone[0].text
    resume(cast, now, ids)
    assert send_due(ours.import_scope, deps=post.deps) == 1
    assert post.recipients[-1] == "new@x.example"


def test_an_unknown_code_and_a_missing_reason_are_named(
    cast: Cast, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["suspend-dealer", "NOBODY", *OPTIONS], ids=ids, now=now) == 1
    assert "There is no dealer with the code NOBODY" in capsys.readouterr().err
    options = ("--reason", " ", "--contact", CONTACT, *ACTOR)
    assert main(["suspend-dealer", cast.ours.dealer.code, *options], ids=ids, now=now) == 1
    assert "--reason" in capsys.readouterr().err
    assert not dealers.is_suspended(cast.ours.scope)
    assert main(["resume-dealer", cast.ours.dealer.code, *ACTOR], ids=ids, now=now) == 0
    assert "is not suspended" in capsys.readouterr().out
