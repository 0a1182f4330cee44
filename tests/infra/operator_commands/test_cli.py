"""The operator's command: sets a dealer up once, says what is wrong, sends one invitation."""

from collections.abc import Callable
from datetime import datetime

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import HelpLink
from chalicelib.dealers.staff import repo as staff
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope, OperatorScope, TenantScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.dispatch import send_due
from chalicelib.rendering.templates import render
from infra.operator_commands.cli import main
from tests.fixtures.worlds import World

Run = Callable[..., int]


@pytest.fixture
def run(aws: World, now: datetime, ids: Ids) -> Run:  # noqa: ARG001 - the world must stand
    tail = ids.dealer_id()

    def command(**changes: str | None) -> int:
        given = {
            "name": "Moorbeck Machinery",
            "slug": f"moor-{tail}",
            "code": f"moor_{tail}",
            "contact-email": f"Owner@moor-{tail}.example",
            "address": "Beck Lane, Castleton, Whitby YO21 6XX",
            "vat-number": "GB 123 4567 89",
            "user-allowance": "5",
            "invite-allowance": "500",
            "modules": "invoices,messages",
            "locale": "en-GB",
            "time-zone": "Europe/London",
            "currency": "GBP",
            "phone": "01632 960 014",
            "actor": "operator:test",
            **changes,
        }
        argv = [part for name, value in given.items() if value is not None for part in (f"--{name}", value) if part]
        return main(["create-dealer", *argv], ids=ids, now=now)

    run_ = command
    run_.slug = f"moor-{tail}"  # type: ignore[attr-defined]
    return run_


def dealer_id(run: Run) -> str:
    found = dealers.by_slug(OperatorScope("test"), run.slug)  # type: ignore[attr-defined]
    assert found
    return found


def test_a_dealer_is_set_up_and_its_contact_invited(
    run: Run, aws: World, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.messages(aws.settings.outbox_queue_url)
    assert run() == 0
    said = capsys.readouterr().out
    made = dealers.dealer(TenantScope(dealer_id(run)))
    assert made.address == ("Beck Lane", "Castleton", "Whitby YO21 6XX")
    assert (made.user_allowance, made.invite_allowance, made.modules) == (5, 500, frozenset({"invoices", "messages"}))
    assert f"Created Moorbeck Machinery, {made.dealer_id}, at http://localhost:8000/d/{made.slug}" in said
    assert f"Queued the invitation to owner@{made.slug}.example" in said
    assert aws.messages(aws.settings.outbox_queue_url) == [{"dealer_id": made.dealer_id}]
    sender = RecordingSender()
    deps = MailDeps(sender, render, "https://portal.example", lambda: now, ids)
    assert send_due(ImportScope(made.dealer_id), deps=deps) == 1
    assert sender.sent[0].to == f"owner@{made.slug}.example"
    assert "https://portal.example/i/" in sender.sent[0].text


def test_help_for_customers_is_set(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(**{"help-text": "Press option 1 for parts.", "help-link": "Order parts=https://parts.example/?a=b"}) == 0
    made = dealers.dealer(TenantScope(dealer_id(run)))
    assert (made.help_text, made.help_links) == (
        "Press option 1 for parts.",
        (HelpLink("Order parts", "https://parts.example/?a=b"),),
    )
    assert run(**{"help-link": "no address"}) == 1
    assert "help_links" in capsys.readouterr().err.replace("-", "_")


def test_again_changes_nothing_and_sends_nothing(run: Run, aws: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert [run(), run()] == [0, 0]
    said = capsys.readouterr().out
    assert "Already exists: Moorbeck Machinery" in said
    assert "no mail was queued" in said
    assert aws.messages(aws.settings.outbox_queue_url).count({"dealer_id": dealer_id(run)}) == 1
    assert [m.role for m in staff.members(TenantScope(dealer_id(run)))] == ["admin"]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("slug", "Not a slug", "--slug: "),
        ("currency", "XXQ", "--currency: "),
        ("time-zone", "Europe/Whitby", "--time-zone: "),
        ("modules", "invoices,teleport", "--modules: "),
        ("user-allowance", "many", "--user-allowance: "),
        ("contact-email", "owner", "--contact-email: "),
        ("code", "x", "--code: "),
    ],
)
def test_what_is_wrong_is_named(
    run: Run, capsys: pytest.CaptureFixture[str], option: str, value: str, said: str
) -> None:
    assert run(**{option: value}) == 1
    assert said in capsys.readouterr().err


def test_another_dealers_address_is_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert run(name="Somebody Else", code="somebody") == 1
    assert "belongs to another dealer" in capsys.readouterr().err


def test_what_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["create-dealer", "--name", "x"])
    assert "--slug, --code, --contact-email" in capsys.readouterr().err.replace("required: ", "")


def test_public_copies_are_written_where_they_are_missing(
    run: Run, aws: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    key = {"pk": {"S": f"D#{dealer_id(run)}#PUBLIC"}, "sk": {"S": "DEALER"}}
    aws.root("dynamodb").delete_item(TableName=aws.settings.table_name, Key=key)
    assert main(["refresh-public-copies"]) == 0
    assert f"Wrote the public copy of Moorbeck Machinery, {dealer_id(run)}" in capsys.readouterr().out
    assert main(["refresh-public-copies"]) == 0
    assert capsys.readouterr().out.startswith("0 written")
