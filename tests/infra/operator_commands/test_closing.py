"""A dealer leaves: its data as an archive, the term, the deletion, and that another dealer notices nothing of it."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from chalicelib import settings
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.dealers import queries as dealers
from chalicelib.dealers import repo as dealers_repo
from chalicelib.dealers.look_alikes import skeleton
from chalicelib.dealers.operations import create_dealer
from chalicelib.identity import api_keys, departures, invitations, operations
from chalicelib.identity import queries as identity
from chalicelib.identity import repo as identity_repo
from chalicelib.identity.model import ClientInfo, Membership, MembershipKind, email_hash
from chalicelib.identity.passkeys import repo as passkeys
from chalicelib.identity.passkeys.model import Credential, Passkey
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import ConflictError, UnauthenticatedError
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope, OperatorScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.store import blobs, clients
from infra import dealer_data, dealer_deletion
from infra.dealer_data import DealerData
from infra.operator_commands.cli import main
from tests.fixtures.cast import PASSWORD, Cast, Dealership, LogIn
from tests.fixtures.staff import listed
from tests.fixtures.trail import audited
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.notifications.fakes import Clock, Post

ACTOR = ("--actor", "operator:test")
IDENTITY, OPERATOR = IdentityScope(), OperatorScope("operator:test")
WRITES = {"BatchWriteItem", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "DeleteObjects"}
Run = Callable[..., int]
Picture = dict[tuple[str, str], str]


@pytest.fixture(autouse=True)
def own_clients(aws: World) -> Iterator[None]:  # noqa: ARG001 - those of this AWS
    dealer_data.client.cache_clear()
    yield
    dealer_data.client.cache_clear()


@pytest.fixture
def run(now: datetime, ids: Ids) -> Run:
    """`run("close-dealer", ..., days=3)`: the command so many days later."""

    def command(*words: str, days: int = 0) -> int:
        return main([*words, *ACTOR], ids=ids, now=now + timedelta(days=days))

    return command


def furnish(aws: World, dealership: Dealership, log_in: LogIn, now: datetime, ids: Ids) -> dict[str, str]:
    """A dealer with some of everything; the secrets that nobody may find again."""
    ours = dealership
    listed(ours, ours.admin, ours.user, now=now)
    enrolments.put(ours.scope, Enrolment("1200", State.ACTIVE, ours.customer.email, "01HX", "m", now), before=None)
    enrolments.add_user(ours.scope, AccountUser(ours.customer.person_id, ours.customer.email, now), ref="1200")
    line = ImportPipeline(aws, ours, now, ids)
    line.take_in(export(line, *ledger(2), 1))
    key, _ = api_keys.create_api_key(IDENTITY, dealer=ours.admin.staff_scope, name="DMS", now=now, ids=ids)
    offered = Membership(ours.dealer.dealer_id, MembershipKind.STAFF, role=Role.USER)
    link = invitations.create_invitation(
        IDENTITY,
        email=f"new@{ours.dealer.slug}.example",
        membership=offered,
        invitation_id=ids.ulid(now),
        now=now,
        ids=ids,
    )
    here = settings.load()
    blobs.put(ours.scope, here.files_bucket, "documents/1/1200/a.pdf", b"%PDF " + b"a" * 3_000_000, "application/pdf")
    blobs.put(ours.scope, here.files_bucket, "downloads/mine.csv", b"a,b", "text/csv")
    for content in (b"one", b"two"):
        aws.root("s3").put_object(
            Bucket=here.quarantine_bucket, Key=f"d/{ours.dealer.dealer_id}/MTIwMA/01HX", Body=content
        )
    later = {
        "pk": f"D#{ours.dealer.dealer_id}#LATER",
        "sk": "1",
        "link_hash": secret_hash(key),
        "note": "of a later kind",
    }
    aws.root("dynamodb").put_item(
        TableName=aws.settings.table_name, Item={name: {"S": text} for name, text in later.items()}
    )
    for member in (ours.admin, ours.other_customer):
        credential = Credential(f"credential of {member.email}", "key", 0)
        passkey = Passkey(member.person_id, credential, "Phone", now)
        identity_repo.commit(IDENTITY, passkeys.new_passkey(passkey))
    session = log_in(ours.customer).secret
    return {"key": key, "link": link.secret, "session": session}


def everything(aws: World) -> Picture:
    """Each item and each version of an object there is, by its key: a digest of its content."""
    pages = aws.root("dynamodb").get_paginator("scan").paginate(TableName=aws.settings.table_name)
    found = {(item["pk"]["S"], item["sk"]["S"]): _digest(item) for page in pages for item in page["Items"]}
    for bucket in dealer_data.buckets():
        for page in aws.root("s3").get_paginator("list_object_versions").paginate(Bucket=bucket):
            for one in page.get("Versions", ()):
                found[f"{bucket} {one['Key']}", one["VersionId"]] = one["ETag"]
    return found


def _digest(item: Any) -> str:
    return sha256(repr(sorted(item.items(), key=str)).encode()).hexdigest()


def without(picture: Picture, dealership: Dealership, *more: str) -> Picture:
    """What is another's: neither its dealer nor one of its people is in the key."""
    emails = [email_hash(member.email) for member in dealership.people]
    dealer = dealership.dealer
    names = [
        dealer.dealer_id,
        f"NAME#{skeleton(dealer.name)} ",
        *(member.person_id for member in dealership.people),
        *emails,
        *more,
    ]
    return {key: value for key, value in picture.items() if not any(name in " ".join(key) for name in names)}


def close(run: Run, cast: Cast, *more: str) -> int:
    slug, code = cast.ours.dealer.slug, cast.ours.dealer.code
    return run("close-dealer", code, "--confirm", slug, "--contact", "help@portal.example", *more)


def export_and_check(run: Run, cast: Cast, folder: Path, *, days: int = 0) -> Path:
    archive = folder / "export.zip"
    assert run("export-dealer", cast.ours.dealer.code, str(archive), days=days) == 0
    assert run("check-dealer-export", cast.ours.dealer.code, str(archive), days=days) == 0
    return archive


def test_the_archive_has_everything_but_secrets_and_nothing_of_a_rival(
    aws: World, cast: Cast, run: Run, log_in: LogIn, now: datetime, ids: Ids, tmp_path: Path
) -> None:
    secrets = furnish(aws, cast.ours, log_in, now, ids)
    theirs = furnish(aws, cast.rival, log_in, now, ids)
    before = everything(aws)
    archive = export_and_check(run, cast, tmp_path)
    changed = {key for key, value in everything(aws).items() if before.get(key) != value}
    assert {key[0].split("#AUDIT")[0] for key in changed} == {f"D#{cast.ours.dealer.dealer_id}"}, "audit rows alone"
    with ZipFile(archive) as opened:
        content = {name: opened.read(name) for name in opened.namelist()}
    lines = {
        name: [json.loads(line) for line in text.splitlines()]
        for name, text in content.items()
        if name.endswith("jsonl")
    }
    own = [key for key in before if key[0].startswith(f"D#{cast.ours.dealer.dealer_id}#")]
    wanted = {key for key in own if not key[0].split("#", 2)[2].startswith(("OUTBOX", "RUN#"))}
    records = [one for name, some in lines.items() if name != "records/api_keys.jsonl" for one in some]
    assert {(one["partition"], one["item"]) for one in records} == {(key[0].split("#", 2)[2], key[1]) for key in wanted}
    assert [one["name"] for one in lines["records/api_keys.jsonl"]] == ["DMS"]
    assert "Miller" in str(lines["records/a.jsonl"]) or "1000" in str(lines["records/a.jsonl"]), "pages are unpacked"
    assert len(content["objects/files/documents/1/1200/a.pdf"]) == 3_000_005
    assert [one["note"] for one in lines["records/later.jsonl"]] == ["of a later kind"]
    assert [name for name in content if name.startswith("objects/inbox/inbox/")]
    assert not [name for name in content if "downloads/" in name]
    whole = b"".join(content.values())
    for secret in (*secrets.values(), *theirs.values()):
        assert secret.encode() not in whole
        assert secret_hash(secret).encode() not in whole
    assert b"argon2" not in whole
    for never in (cast.rival.dealer.dealer_id, cast.rival.customer.email, cast.rival.dealer.slug):
        assert never.encode() not in whole
    assert audited(cast.ours.scope, now, "dealer.exported")[0].detail["files"] == sum("objects/" in n for n in content)


def test_an_export_that_fails_leaves_no_data_on_the_disk(cast: Cast, run: Run, tmp_path: Path) -> None:
    def fail(**_: Any) -> None:
        raise OSError("no network")

    dynamodb = dealer_data.client("dynamodb")
    dynamodb.meta.events.register("before-call.dynamodb", fail, unique_id="test")
    try:
        with pytest.raises(OSError, match="no network"):
            run("export-dealer", cast.ours.dealer.code, str(tmp_path / "export.zip"))
    finally:
        dynamodb.meta.events.unregister("before-call.dynamodb", unique_id="test")
    assert list(tmp_path.iterdir()) == []


def test_an_archive_in_s3_and_what_was_changed_in_one(
    aws: World, cast: Cast, run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, bucket = cast.ours.dealer.code, "archives"
    aws.root("s3").create_bucket(Bucket=bucket)
    for _ in range(2):
        assert run("export-dealer", code, f"s3://{bucket}/castleton/export.zip") == 0
    assert run("check-dealer-export", code, f"s3://{bucket}/castleton/export.zip") == 0
    assert "The archive is whole" in capsys.readouterr().out
    other = tmp_path / "rival.zip"
    assert run("export-dealer", cast.rival.dealer.code, str(other)) == 0
    assert run("check-dealer-export", code, str(other)) == 1
    assert "another dealer" in capsys.readouterr().err
    torn = tmp_path / "torn.zip"
    torn.write_bytes(other.read_bytes()[:-40])
    with (
        ZipFile(other) as good,
        ZipFile(tmp_path / "changed.zip", "w") as bad,
        ZipFile(tmp_path / "less.zip", "w") as less,
    ):
        for name in good.namelist():
            content = good.read(name)
            bad.writestr(name, content.replace(b"dealer.created", b"dealer.treated") if name.endswith("l") else content)
            if name != "records/audit.jsonl":
                less.writestr(name, content)
    wrong = {
        "torn": "cannot be read",
        "changed": "audit.jsonl is not",
        "less": "other files",
        "none": "cannot be read",
    }
    for archive, said in wrong.items():
        assert run("check-dealer-export", cast.rival.dealer.code, str(tmp_path / f"{archive}.zip")) == 1
        assert said in capsys.readouterr().err, archive


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--confirm", "castleton", "--contact", "x@y.example"), "--confirm"),
        (("--contact", "x@y.example"), "--confirm"),
        (("--confirm", "{slug}", "--contact", "x@y.example", "--days", "6"), "7 to 365 days"),
        (("--confirm", "{slug}"), "--contact"),
    ],
)
def test_what_is_not_confirmed_does_not_begin(
    cast: Cast, run: Run, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    words = [word.format(slug=cast.ours.dealer.slug) for word in options]
    assert run("close-dealer", cast.ours.dealer.code, *words) == 1
    assert said in capsys.readouterr().err
    assert not dealers.is_suspended(cast.ours.scope)


def test_admins_are_told_the_day_and_it_can_be_withdrawn_until_then(
    cast: Cast, run: Run, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    post = Post(Clock(now), ids)
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    assert close(run, cast, "--days", "10") == 0
    assert "kept until 2024-06-15" in capsys.readouterr().out
    assert dealers.is_suspended(cast.ours.scope)
    assert close(run, cast) == 1
    assert "closed already" in capsys.readouterr().err
    assert run("resume-dealer", cast.ours.dealer.code) == 1
    assert "Withdraw that first" in capsys.readouterr().err
    assert send_due(cast.ours.import_scope, deps=post.deps) == 1
    assert run("close-dealer", cast.ours.dealer.code, "--withdraw", days=11) == 0
    assert not dealers.is_suspended(cast.ours.scope)
    post.clock.forward(timedelta(minutes=1))
    assert send_due(cast.ours.import_scope, deps=post.deps) == 1
    announced, withdrawn = post.sender.sent
    assert (announced.to, withdrawn.to) == (cast.ours.admin.email,) * 2
    assert "15 Jun 2024" in announced.text
    assert "help@portal.example" in announced.text
    assert "no longer to be closed" in withdrawn.text
    assert run("delete-closed-dealers", days=400) == 0
    assert dealers_repo.dealer(cast.ours.scope) == cast.ours.dealer
    events = {row.event for row in audited(cast.ours.scope, now, "dealer.")}
    assert {"dealer.closing_requested", "dealer.closing_withdrawn"} <= events


def test_nothing_is_deleted_before_the_day_or_without_an_export_that_was_checked(
    cast: Cast, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cast.ours.dealer.code
    early = tmp_path / "early.zip"
    assert run("export-dealer", code, str(early)) == 0
    assert run("suspend-dealer", code, "--reason", "it leaves", "--contact", "help@portal.example") == 0
    slug = ("--confirm", cast.ours.dealer.slug, "--contact", "help@portal.example")
    assert run("close-dealer", code, *slug, days=1) == 0
    assert run("check-dealer-export", code, str(early), days=1) == 1
    assert "older than the request" in capsys.readouterr().err
    assert run("delete-closed-dealers", "--without-export", code, days=30) == 0
    assert dealers_repo.dealer(cast.ours.scope), "the last day of its term"
    assert run("delete-closed-dealers", days=31) == 1
    assert f"--without-export {code}" in capsys.readouterr().err
    assert run("delete-closed-dealers", "--without-export", cast.rival.dealer.code, days=31) == 1
    assert dealers_repo.dealer(cast.ours.scope)
    assert dealers_repo.dealer(cast.rival.scope)
    assert run("delete-closed-dealers", "--without-export", "NOBODY", days=31) == 1
    assert run("delete-closed-dealers", "--without-export", code.upper(), days=31) == 0
    assert dealers_repo.dealer(cast.ours.scope) is None
    (closed,) = [one for one in dealers_repo.closed(OPERATOR) if one.code == code]
    assert not closed.with_export


def test_all_of_it_goes_and_the_other_dealer_is_the_same_to_the_byte(
    aws: World,
    cast: Cast,
    run: Run,
    log_in: LogIn,
    now: datetime,
    ids: Ids,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ours, rival = cast.ours, cast.rival
    furnish(aws, rival, log_in, now, ids)
    before_ours = everything(aws)
    secrets = furnish(aws, ours, log_in, now, ids)
    both = ours.other_customer
    identity_repo.commit(IDENTITY, [writes.put_membership(both.person_id, rival.user.membership, now)])
    at_the_rival = log_in(both)
    _, elsewhere = operations.switch_membership(
        IDENTITY, session=at_the_rival.session, membership_key=rival.user.membership.key, now=now, ids=ids
    )
    assert close(run, cast) == 0
    export_and_check(run, cast, tmp_path, days=1)
    everyone = everything(aws)
    assert run("delete-closed-dealers", days=30) == 0
    said = capsys.readouterr().out
    assert "found nothing" in said
    assert "3 people forgotten, 1 people who stay" in said
    after = everything(aws)
    theirs = without(before_ours, ours)
    assert theirs == {key: value for key, value in after.items() if key in theirs}, "not a byte of the other dealer"
    left = {key for key in after if ours.dealer.dealer_id in " ".join(key)}
    assert {key[0] for key in left} == {"OPS#CLOSED"}
    for member in (ours.admin, ours.user, ours.customer):
        assert not [key for key in after if key[0] in {f"P#{member.person_id}", f"E#{email_hash(member.email)}"}]
        with pytest.raises(UnauthenticatedError):
            operations.log_in(
                IDENTITY, email=member.email, password=PASSWORD, client=ClientInfo("192.0.2.77"), now=now, ids=ids
            )
    assert identity_repo.memberships(IDENTITY, both.person_id) == [rival.user.membership]
    (kept,) = passkeys.passkeys(IDENTITY, both.person_id)
    assert passkeys.owner_id(IDENTITY, kept.passkey_id) == both.person_id
    owned = {key[0] for key in everyone if key[0].startswith("K#PASSKEY#") and key not in before_ours}
    assert {key for key in owned if (key, "OWNER") in after} == {f"K#PASSKEY#{kept.passkey_id}"}
    assert len(owned) == 2
    assert identity_repo.session(IDENTITY, elsewhere.session_id)
    assert log_in(both).session.person_id == both.person_id
    assert api_keys.authenticate_key(IDENTITY, secret=secrets["key"], now=now) is None
    assert identity_repo.link(IDENTITY, secret_hash(secrets["link"])) is None
    assert identity.session(IDENTITY, secrets["session"], now) is None
    raw = json.dumps(
        aws.root("dynamodb").query(
            TableName=aws.settings.table_name,
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": {"S": "OPS#CLOSED"}},
        )["Items"]
    )
    for personal in (ours.admin.email, ours.customer.person_id, "Moorbeck Machinery", "Barlow"):
        assert personal not in raw
    assert len(everyone) > len(after)


def test_its_address_and_code_are_nobodys_for_half_a_year(
    cast: Cast, run: Run, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = cast.ours.dealer
    assert close(run, cast) == 0
    assert run("delete-closed-dealers", "--without-export", ours.code, days=30) == 0
    assert run("delete-closed-dealers", days=30 + dealer_deletion.QUARANTINE.days - 1) == 0
    with pytest.raises(ConflictError):
        create_dealer(OPERATOR, profile=ours, now=now, ids=ids)
    assert run("suspend-dealer", ours.code, "--reason", "unpaid", "--contact", "x@y.example") == 1
    assert run("delete-closed-dealers", days=30 + dealer_deletion.QUARANTINE.days) == 0
    assert "may be used again" in capsys.readouterr().out
    new = create_dealer(OPERATOR, profile=ours, now=now, ids=ids)
    assert new.dealer_id != ours.dealer_id
    assert run("delete-closed-dealers", days=900) == 0
    assert dealers.by_slug(OPERATOR, ours.slug) == new.dealer_id


def test_it_may_stop_at_any_write_and_be_run_again(
    aws: World, cast: Cast, run: Run, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    """Each run may make one write more than the one before, of the table or a bucket, until one comes through."""
    assert cast.rival.dealer.slug
    theirs = without(everything(aws), cast.ours)
    furnish(aws, cast.ours, log_in, now, ids)
    assert close(run, cast) == 0
    runs = 0
    while stopped_after(runs, lambda: run("delete-closed-dealers", "--without-export", cast.ours.dealer.code, days=30)):
        runs += 1
    assert runs > 5
    after = everything(aws)
    assert theirs == {key: value for key, value in after.items() if key in theirs}
    assert {key[0] for key in after if cast.ours.dealer.dealer_id in " ".join(key)} == {"OPS#CLOSED"}
    for member in cast.ours.people:
        assert not [key for key in after if key[0] in {f"P#{member.person_id}", f"E#{email_hash(member.email)}"}]


def stopped_after(writes: int, do: Callable[[], int]) -> bool:
    """Whether the power failed: at the write after so many, whichever client made it."""
    left = [writes]

    def fail(model: Any, **_: Any) -> None:
        if model.name in WRITES:
            if not left[0]:
                raise RuntimeError("the power fails")
            left[0] -= 1

    watched = (clients.client("dynamodb"), dealer_data.client("dynamodb"), dealer_data.client("s3"))
    for client in watched:
        client.meta.events.register("before-call", fail)
    try:
        return do() != 0
    except RuntimeError:
        return True
    finally:
        for client in watched:
            client.meta.events.unregister("before-call", fail)


def test_once_it_has_begun_it_is_not_withdrawn(
    cast: Cast, run: Run, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    assert close(run, cast) == 0
    (entry,) = [one for one in dealers_repo.entries(OPERATOR) if one.code == cast.ours.dealer.code]
    dealer_deletion.begin(OPERATOR, entry, without_export=True, now=now + timedelta(days=30), ids=ids)
    assert run("close-dealer", cast.ours.dealer.code, "--withdraw", days=30) == 1
    assert "being deleted already" in capsys.readouterr().err
    assert run("delete-closed-dealers", days=30) == 0
    assert dealers_repo.dealer(cast.ours.scope) is None


def test_who_is_given_something_else_meanwhile_stays(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    """After the look at what they may act for, and before their login is held."""
    person, theirs = cast.ours.customer, cast.rival.user.membership
    stored = identity_repo.person(IDENTITY, person.person_id)
    assert stored
    identity_repo.commit(IDENTITY, [writes.set_factors(stored, (), version="had one, and gave it up")])
    given: list[str] = []

    def give(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems" and not given:
            given.append(theirs.key)
            identity_repo.commit(IDENTITY, [writes.put_membership(person.person_id, theirs, now)])

    events = clients.client("dynamodb").meta.events
    events.register("before-call", give)
    try:
        with pytest.raises(ConflictError):
            departures.leave_dealer(
                IDENTITY, person_id=person.person_id, dealer_id=cast.ours.dealer.dealer_id, now=now, ids=ids
            )
    finally:
        events.unregister("before-call", give)
    assert given
    assert log_in(person).session.person_id == person.person_id
    for _ in range(2):
        assert not departures.leave_dealer(
            IDENTITY, person_id=person.person_id, dealer_id=cast.ours.dealer.dealer_id, now=now, ids=ids
        )
    assert identity_repo.memberships(IDENTITY, person.person_id) == [theirs]
    assert log_in(person).session.person_id == person.person_id


def test_keys_of_another_dealer_are_refused(cast: Cast) -> None:
    data = DealerData(cast.ours.dealer.dealer_id)
    with pytest.raises(ValueError, match="not an item"):
        data.delete_items([(f"D#{cast.rival.dealer.dealer_id}#DEALER", "SETTINGS")])
    with pytest.raises(ValueError, match="not a dealer id"):
        DealerData("a")
