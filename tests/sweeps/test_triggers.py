"""A queue's message that names another dealer does nothing to the one whose ids it holds (threat 1)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import pytest
from chalice.app import SQSEvent, SQSEventConfig

from app import app
from chalicelib import services, settings
from chalicelib.customers.enrolment import operations as enrolment
from chalicelib.dealers.staff import repo as staff
from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.dealers.staff.operations import INVITATION
from chalicelib.downloads.model import SpreadsheetFile
from chalicelib.downloads.operations import request_download
from chalicelib.kernel.roles import Role
from chalicelib.mail.sender import Mail, RecordingSender
from chalicelib.messages.model import Side
from chalicelib.notifications.dispatch import send_due
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.services import Services
from chalicelib.store.outbox import outbox_item
from chalicelib.triggers import downloads, ingest, notifications, replies, uploads
from infra.local.context import LambdaContext
from infra.local.scanner import scan_result
from tests.fixtures.cast import Dealership
from tests.fixtures.worlds import World
from tests.messages.made import asked
from tests.replies.made import DOMAIN, Correspondence, mail, told
from tests.sweeps.canary_exports import CanaryExports
from tests.sweeps.scenario import Scenario
from tests.sweeps.test_extra_fields import items
from tests.sweeps.test_named_ids import Table
from tests.uploads.sending import Sending

Trigger = Callable[[SQSEvent], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Case:
    """`message` is one that has an effect for this dealership, which it prepares.

    `is_of_mail`: it names the dealer in an email address, where capitals mean nothing.
    """

    name: str
    trigger: Trigger
    message: Callable[[Scenario, Dealership], str]
    is_of_mail: bool = False


@pytest.fixture(autouse=True)
def sender(scenario: Scenario) -> Iterator[RecordingSender]:
    """The services that triggers find, and the mails that they send."""
    mail = RecordingSender()
    known = settings.load().model_copy(update={"reply_domain": DOMAIN})
    with services.use(Services(settings=known, mail=mail, clock=lambda: scenario.now, ids=scenario.ids)):
        yield mail


def event(body: str) -> SQSEvent:
    context: Any = LambdaContext("worker", seconds=120)
    return SQSEvent({"Records": [{"messageId": "m1", "body": body, "receiptHandle": "r"}]}, context)


def bundle_arrived(scenario: Scenario, dealership: Dealership) -> str:
    key = f"d/{dealership.dealer.dealer_id}/{exports(scenario, dealership).upload()}"
    return json.dumps({"Records": [{"s3": {"object": {"key": quote_plus(key, safe="/")}}}]})


def import_step(scenario: Scenario, dealership: Dealership) -> str:
    made = exports(scenario, dealership)
    made.pipeline.arrive(made.upload())
    return json.dumps(made.pipeline.messages()[0])


def invitation_queued(scenario: Scenario, dealership: Dealership) -> str:
    invited = enrolment.invite_customers(
        dealership.user.staff_scope,
        dealer=dealership.dealer,
        refs=["1200"],
        invited_by=dealership.user.email,
        now=scenario.now,
        ids=scenario.ids,
    )
    assert invited.invited == ("1200",)
    return json.dumps({"dealer_id": dealership.dealer.dealer_id})


def bulk_item_queued(scenario: Scenario, dealership: Dealership) -> str:
    email, invitation_id = f"bulk@{dealership.dealer.slug}.example", scenario.ids.ulid(scenario.now)
    payload = {"email": email, "role": "user", "invitation_id": invitation_id}
    item = outbox_item(
        dealership.scope, kind=INVITATION, payload=payload, bulk=True, now=scenario.now, ids=scenario.ids
    )
    invited = StaffMember(email, Role.USER, StaffState.QUEUED, invitation_id, scenario.now)
    staff.add_invitation(dealership.scope, invited, seen=staff.staff_list(dealership.scope), also=(item,))
    return json.dumps({"dealer_id": dealership.dealer.dealer_id, "lane": int(item.pk.rpartition("#")[2])})


def mail_bounced(scenario: Scenario, dealership: Dealership) -> str:
    enrolment.invite_customers(
        dealership.user.staff_scope,
        dealer=dealership.dealer,
        refs=["1201"],
        invited_by=dealership.user.email,
        now=scenario.now,
        ids=scenario.ids,
    )
    bounced = sent_mails(scenario, dealership)[-1]
    tags = {name: [value] for name, value in bounced.about.items()}
    bounce = {"bounceType": "Permanent", "bounceSubType": "NoEmail"}
    return json.dumps({"eventType": "Bounce", "mail": {"destination": [bounced.to], "tags": tags}, "bounce": bounce})


def sent_mails(scenario: Scenario, dealership: Dealership) -> list[Mail]:
    """All that wait in the dealer's outbox, sent here."""
    sender = RecordingSender()
    made = Services(settings=settings.load(), mail=sender, clock=lambda: scenario.now, ids=scenario.ids)
    send_due(dealership.import_scope, deps=made.mail_deps)
    return sender.sent


def produce(*_: object) -> SpreadsheetFile:
    return SpreadsheetFile(file_name="x.csv", form=FileKind.CSV, title="", columns=(), rows=(), count=0)


def download_asked_for(scenario: Scenario, dealership: Dealership) -> str:
    admin = dealership.admin
    made = request_download(
        admin.staff_scope, address="/staff/accounts.csv", file=produce(), now=scenario.now, ids=scenario.ids
    )
    body = {"dealer_id": dealership.dealer.dealer_id, "person_id": admin.person_id, "download_id": made.download_id}
    return json.dumps(body)


def download_messages(event: SQSEvent) -> dict[str, Any]:
    return downloads.download_messages(event, produce)


def sending(scenario: Scenario, dealership: Dealership) -> Sending:
    return Sending(dealership, scenario.now, scenario.ids)


def file_arrived(scenario: Scenario, dealership: Dealership) -> str:
    made = sending(scenario, dealership)
    return json.dumps({"Records": [{"s3": {"object": {"key": made.key, "versionId": made.put()}}}]})


def file_scanned(scenario: Scenario, dealership: Dealership) -> str:
    made = sending(scenario, dealership)
    version = made.put()
    made.arrived(version)
    return json.dumps(scan_result("quarantine", made.key, version, "e", "NO_THREATS_FOUND"))


def reply_came(scenario: Scenario, dealership: Dealership) -> str:
    talk = asked(dealership, scenario.now, scenario.ids)
    sent_mails(scenario, dealership)
    world, staff_member = exports(scenario, dealership).pipeline.world, dealership.user
    letters = Correspondence(world, dealership, talk.stored(), scenario.now, scenario.ids)
    mail_id = f"of-{dealership.dealer.slug}"
    world.root("s3").put_object(Bucket=settings.load().quarantine_bucket, Key=f"mail/{mail_id}", Body=mail())
    return told(letters.address(staff_member, Side.STAFF), staff_member.email, mail_id=mail_id)


CASES = (
    Case("file from a person", uploads.intake_messages, file_arrived),
    Case("file that was scanned", uploads.verdict_messages, file_scanned),
    Case("object in the inbox", ingest.inbox_messages, bundle_arrived),
    Case("step of an import", ingest.import_messages, import_step),
    Case("invitation", notifications.outbox_messages, invitation_queued),
    Case("bulk lane", notifications.bulk_messages, bulk_item_queued),
    Case("bounce", notifications.feedback_messages, mail_bounced),
    Case("download", download_messages, download_asked_for),
    Case("reply by mail", replies.reply_messages, reply_came, is_of_mail=True),
)


def exports(scenario: Scenario, dealership: Dealership) -> CanaryExports:
    return scenario.exports[dealership.dealer.dealer_id]


def changes(before: Table, after: Table) -> set[str]:
    """The partitions in which something is other than before."""
    return {key[0] for key in {*before, *after} if before.get(key) != after.get(key)}


def of(dealership: Dealership, partitions: set[str]) -> set[str]:
    return {pk for pk in partitions if pk.startswith(f"D#{dealership.dealer.dealer_id}#")}


def test_every_queue_is_tried() -> None:
    read = {source.name for source in app.event_sources if isinstance(source, SQSEventConfig)}
    assert {getattr(case.trigger, "__name__", "") for case in CASES} == read


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("who", ["ours", "rival"])
def test_a_message_of_another_dealer_has_no_effect_across(
    aws: World, scenario: Scenario, sender: RecordingSender, case: Case, who: str
) -> None:
    target, other = (scenario.cast.ours, scenario.cast.rival)[:: 1 if who == "ours" else -1]
    message, own, others = case.message(scenario, target), target.dealer.dealer_id, other.dealer.dealer_id
    before, objects = items(aws), stored_objects(aws)
    case.trigger(event(message.replace(own, others)))
    assert of(target, changes(before, items(aws))) == set()
    between = items(aws)
    capitals = () if case.is_of_mail else (own.upper(),)
    for nobody in ("", "*", "D", f"{own}x", f"{own}#DEALER", f"../{own}", f"{own} ", *capitals):
        case.trigger(event(message.replace(own, nobody)))
    assert changes(between, items(aws)) == set()
    assert stored_objects(aws) >= objects
    assert sender.sent == []
    assert case.trigger(event(message)) == {"batchItemFailures": []}
    done = changes(between, items(aws))
    assert of(target, done), "the message does nothing where it belongs either: it proves nothing"
    assert of(other, done) == set()
    exports(scenario, target).pipeline.drain()  # an import that has begun would keep the next waiting


def stored_objects(world: World) -> set[tuple[str, str]]:
    """Keys and ETags of every stored file."""
    found = world.root("s3").list_objects_v2(Bucket=world.settings.files_bucket)
    assert not found["IsTruncated"]
    return {(one["Key"], one["ETag"]) for one in found.get("Contents", ())}
