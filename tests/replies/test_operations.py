"""Mails to addresses for answers: what they add, and that they can do nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.customers import eras
from chalicelib.customers.colleagues.model import Rights
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.kernel.areas import Area
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.messages import repo as threads
from chalicelib.messages.model import MAX_ENTRIES, MAX_TEXT, EntryKind, Side
from chalicelib.replies.model import LIFE, MAX_A_DAY, MAX_MAIL_BYTES, parts_of
from chalicelib.replies.operations import NOT_ADDED, Outcome
from chalicelib.store import outbox
from chalicelib.uploads import repo as files
from tests.customers.colleagues.made import colleague
from tests.fixtures.calls import listening
from tests.fixtures.cast import Cast, Dealership, make_dealership
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.ledger.groups import OF_GROUP, publish_group
from tests.messages.made import Talk, asked
from tests.replies.made import DOMAIN, OWN, Correspondence, mail
from tests.uploads.document_requests.made import known


@pytest.fixture
def ours(cast: Cast, now: datetime) -> Dealership:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    return known(cast.ours, now)


@pytest.fixture
def talk(ours: Dealership, now: datetime, ids: Ids) -> Talk:
    begun = asked(ours, now, ids)
    begun.answer()
    return begun


@pytest.fixture
def post(aws: World, ours: Dealership, talk: Talk, now: datetime, ids: Ids) -> Correspondence:
    return Correspondence(aws, ours, talk.stored(), now, ids)


def told(ours: Dealership) -> list[dict[str, object]]:
    """Who is told that an answer was not added, and why."""
    return [dict(item.payload) for item in outbox.items(ours.import_scope) if item.kind == NOT_ADDED]


def words(talk: Talk) -> list[str]:
    return [entry.text for entry in talk.entries()]


def test_a_customers_answer_is_added_once_and_waits_for_staff(
    ours: Dealership, post: Correspondence, talk: Talk
) -> None:
    to = post.address(ours.customer)
    assert post.came(to, ours.customer.email) is Outcome.ADDED
    assert post.came(to, ours.customer.email) is Outcome.REPEATED
    last = talk.entries()[-1]
    assert (last.text, last.side, last.person_id) == (
        "It came today, thank you.",
        Side.CUSTOMER,
        ours.customer.person_id,
    )
    assert len(talk.entries()) == 3
    assert talk.stored().waits
    assert told(ours) == []


def test_a_mail_to_two_conversations_of_an_account_is_added_to_both(
    ours: Dealership, post: Correspondence, talk: Talk
) -> None:
    """With its file, and also where the first address that is dealt with is another person's."""
    other = asked(ours, post.now, post.ids)
    raw, sender = mail("See", files={"slip.pdf": b"%PDF-1.7"}), ours.customer.email
    assert post.came(post.address(ours.user, Side.STAFF), sender, raw) is Outcome.NOT_ADDED
    for one in (talk, other):
        to = post.address(ours.customer, thread=one.stored())
        assert [post.came(to, sender, raw) for _ in range(2)] == [Outcome.ADDED, Outcome.REPEATED]
        assert words(one).count("See") == 1
        assert len(files.attached_files(ours.scope, "1200", one.thread_id)) == 1


def test_the_case_of_letters_in_addresses_does_not_matter(ours: Dealership, post: Correspondence) -> None:
    to = post.address(ours.customer)
    local, _, domain = to.partition("@")
    assert parts_of(f"{local.upper()}@{domain.title()}", DOMAIN) == parts_of(to, DOMAIN)
    assert post.came(to, ours.customer.email.upper()) is Outcome.ADDED


@pytest.mark.parametrize(
    "address", ["r-x@D", "r-0123456789-abc@D", "x@D", "D", "r-0123456789-" + "a" * 26 + "@other.example"]
)
def test_other_addresses_are_none_of_ours(address: str) -> None:
    assert parts_of(address.replace("D", DOMAIN), DOMAIN) is None
    assert parts_of("r-0123456789-" + "a" * 26 + "@", "") is None


def test_a_member_of_the_staff_answers_as_themselves_and_the_customer_is_mailed(
    ours: Dealership, post: Correspondence, talk: Talk
) -> None:
    talk.write("When?")
    to = post.address(ours.user, Side.STAFF, thread=talk.stored())
    assert post.came(to, ours.user.email, mail("On Friday.")) is Outcome.ADDED
    last = talk.entries()[-1]
    assert (last.text, last.side, last.person_id) == ("On Friday.", Side.STAFF, ours.user.person_id)
    assert not talk.stored().waits
    mailed = [item for item in outbox.items(ours.import_scope) if item.kind == "message_answered"]
    assert last.entry_id in [item.payload["entry_id"] for item in mailed]


def test_staff_who_have_not_seen_the_newest_message_do_not_answer_it(
    ours: Dealership, post: Correspondence, talk: Talk
) -> None:
    to = post.address(ours.user, Side.STAFF)
    talk.write("Stop, it has come")
    assert post.came(to, ours.user.email, mail("We look for it")) is Outcome.NOT_ADDED
    assert words(talk)[-1] == "Stop, it has come"
    (item,) = told(ours)
    assert (item["reason"], item["email"], item["of_account"]) == ("news", ours.user.email, "1200")


def test_a_closed_conversation_opens_as_it_does_by_the_form(ours: Dealership, post: Correspondence, talk: Talk) -> None:
    talk.close()
    assert post.came(post.address(ours.customer), ours.customer.email) is Outcome.ADDED
    assert talk.stored().is_open


def test_words_of_a_mail_change_nothing_else(ours: Dealership, post: Correspondence, talk: Talk) -> None:
    assert (
        post.came(post.address(ours.customer), ours.customer.email, mail("close\nunsubscribe\nSTOP")) is Outcome.ADDED
    )
    assert talk.entries()[-1].kind is EntryKind.MESSAGE
    assert talk.stored().is_open


def test_from_another_address_nothing_is_added_and_the_person_is_told(
    ours: Dealership, post: Correspondence, talk: Talk
) -> None:
    before = words(talk)
    to = post.address(ours.customer)
    assert post.came(to, "mallory@elsewhere.example") is Outcome.NOT_ADDED
    assert post.came(to, ours.customer.email, mail_id="forged", dmarc="FAIL") is Outcome.NOT_ADDED
    assert words(talk) == before
    assert [(item["reason"], item["email"]) for item in told(ours)] == [("sender", ours.customer.email)] * 2
    assert post.came(to, "mallory@elsewhere.example") is Outcome.REPEATED
    assert len(told(ours)) == 2


@pytest.mark.parametrize(
    "attempt",
    [
        {"spam": "FAIL"},
        {"virus": "FAIL"},
        {"virus": ""},
        {"headers": {"Auto-Submitted": "auto-replied"}},
        {"raw": b"Auto-Submitted: auto-replied\r\n\r\nI am away\r\n"},
        {"sender": OWN},
    ],
)
def test_spam_and_what_programs_send_is_dropped_without_an_answer(
    ours: Dealership, post: Correspondence, talk: Talk, attempt: dict[str, object]
) -> None:
    before = words(talk)
    sent = {"sender": ours.customer.email} | attempt
    assert post.came(post.address(ours.customer), **sent) is Outcome.DROPPED  # type: ignore[arg-type]
    assert (words(talk), told(ours)) == (before, [])


def test_an_address_that_is_unknown_or_has_expired_adds_nothing(ours: Dealership, post: Correspondence) -> None:
    to = post.address(ours.customer)
    flipped = f"{to[:13]}{'b' if to[13] == 'a' else 'a'}{to[14:]}"  # the first letter of the secret
    assert post.came(flipped, ours.customer.email) is Outcome.DROPPED
    assert post.came(to, ours.customer.email, now=post.now + LIFE) is Outcome.DROPPED
    assert post.came(to, ours.customer.email, now=post.now + LIFE - timedelta(seconds=1)) is Outcome.ADDED
    assert told(ours) == []


def test_an_address_of_another_dealer_adds_nothing(cast: Cast, ours: Dealership, post: Correspondence) -> None:
    to = post.address(ours.customer)
    elsewhere = replace(post, dealership=cast.rival)
    assert elsewhere.came(to, ours.customer.email) is Outcome.DROPPED


def test_who_has_lost_access_adds_nothing(cast: Cast, ours: Dealership, post: Correspondence) -> None:
    to, of_staff = post.address(ours.customer), post.address(cast.rival.user, Side.STAFF)
    former = AccountUser(ours.customer.person_id, ours.customer.email, post.now)
    enrolments.remove_user(ours.scope, former, ref="1200", also=())
    assert post.came(to, ours.customer.email) is Outcome.DROPPED
    assert post.came(of_staff, cast.rival.user.email) is Outcome.DROPPED
    assert told(ours) == []


@pytest.mark.parametrize(
    ("areas", "outcome"),
    [
        ({Area.MESSAGES, Area.INVOICES}, Outcome.ADDED),
        ({Area.MESSAGES}, Outcome.DROPPED),
        ({Area.INVOICES}, Outcome.DROPPED),
    ],
)
def test_a_colleague_adds_to_what_they_are_not_kept_from(
    ours: Dealership, post: Correspondence, areas: set[Area], outcome: Outcome
) -> None:
    """The conversation is about an invoice."""
    member = colleague(ours, Rights(Role.VIEW, frozenset(areas)), ids=post.ids, now=post.now)
    assert post.came(post.address(member), member.email) is outcome


def test_somebody_of_the_master_answers_in_a_conversation_of_its_account(
    aws: World, cast: Cast, now: datetime, ids: Ids
) -> None:
    ours = cast.ours
    publish_group(ours.import_scope, {"1200": OF_GROUP["5000"], "5001": OF_GROUP["5001"]}, master="1200")
    of_master = AccountUser(ours.customer.person_id, ours.customer.email, now)
    enrolments.add_user(ours.scope, of_master, ref="1200")
    talk = asked(ours, now, ids, ref="5001")
    post = Correspondence(aws, ours, talk.stored(), now, ids)
    assert post.came(post.address(ours.customer), ours.customer.email) is Outcome.ADDED
    assert talk.entries()[-1].person_id == ours.customer.person_id


def test_of_an_earlier_customer_nothing_is_added(ours: Dealership, post: Correspondence, ids: Ids) -> None:
    to = post.address(ours.customer)
    eras.start_era(ours.import_scope, ref="1200", era=ids.ulid(post.now), reason="export", now=post.now, ids=ids)
    assert post.came(to, ours.customer.email) is Outcome.DROPPED


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (mail("> only a quotation"), "empty"),
        (mail("x" * (MAX_TEXT + 1)), "too_long"),
        (b"Subject: x\r\n\r\n" + b"x" * MAX_MAIL_BYTES, "too_large"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 200, "unreadable"),
    ],
)
def test_what_cannot_be_added_is_told(
    ours: Dealership, post: Correspondence, talk: Talk, raw: bytes, reason: str
) -> None:
    before = words(talk)
    assert post.came(post.address(ours.customer), ours.customer.email, raw) is Outcome.NOT_ADDED
    assert (words(talk), [item["reason"] for item in told(ours)]) == (before, [reason])


def test_a_full_conversation_takes_no_more(ours: Dealership, post: Correspondence, talk: Talk) -> None:
    threads.change(ours.scope, replace(talk.stored(), number=MAX_ENTRIES))
    assert post.came(post.address(ours.customer), ours.customer.email) is Outcome.NOT_ADDED
    assert [item["reason"] for item in told(ours)] == ["full"]


def test_a_dealer_without_messages_takes_none(aws: World, now: datetime, ids: Ids) -> None:
    bare = make_dealership(ids, now, name="Brightfold", prefix="brightfold", phone="", modules=frozenset())
    talk = asked(known(bare, now), now, ids)
    post = Correspondence(aws, bare, talk.stored(), now, ids)
    assert post.came(post.address(bare.customer), bare.customer.email) is Outcome.NOT_ADDED
    assert [item["reason"] for item in told(bare)] == ["unavailable"]


def test_a_person_sends_so_many_mails_a_day(
    ours: Dealership, post: Correspondence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.replies.repo.MAX_A_DAY", 2)
    assert MAX_A_DAY == 60
    to = post.address(ours.customer)
    assert post.came(to, ours.customer.email, mail_id="1") is Outcome.ADDED
    assert post.came(to, "mallory@elsewhere.example", mail_id="2") is Outcome.NOT_ADDED
    assert post.came(to, ours.customer.email, mail_id="3") is Outcome.DROPPED
    assert post.came(to, ours.customer.email, mail_id="3", now=post.now + timedelta(days=1)) is Outcome.ADDED


def test_a_mail_counts_before_it_is_opened(
    ours: Dealership, post: Correspondence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So one that breaks its reader uses the day up too, once however often it is tried again."""
    monkeypatch.setattr("chalicelib.replies.repo.MAX_A_DAY", 2)
    to, opened = post.address(ours.customer), list[str]()

    def breaks(params: Any, **_: Any) -> None:
        if params["url_path"].endswith(("/1", "/2", "/3")):
            opened.append(params["url_path"][-1])
            raise ConnectionError

    with listening("s3", "before-call.s3.GetObject", breaks):
        for mail_id in ("1", "1", "2"):
            with pytest.raises(ConnectionError):
                post.came(to, ours.customer.email, mail_id=mail_id)
        assert post.came(to, ours.customer.email, mail_id="3") is Outcome.DROPPED
    assert opened == ["1", "1", "2"]
    assert post.came(to, ours.customer.email, mail_id="1") is Outcome.ADDED


def test_files_go_into_quarantine_and_those_that_are_not_taken_are_named(
    aws: World, ours: Dealership, post: Correspondence, talk: Talk
) -> None:
    sent = {"slip.pdf": b"%PDF-1.7", "run.exe": b"MZ", "empty.pdf": b"", **{f"{n}.txt": b"x" for n in range(6)}}
    assert post.came(post.address(ours.customer), ours.customer.email, mail("See", files=sent)) is Outcome.ADDED
    begun = files.attached_files(ours.scope, "1200", talk.thread_id)
    assert sorted(file.name for file in begun) == ["0.txt", "1.txt", "slip.pdf"]
    assert all(file.sent_by == ours.customer.person_id and not file.by_staff for file in begun)
    stored = aws.root("s3").list_objects_v2(Bucket=aws.settings.quarantine_bucket, Prefix=f"d/{ours.dealer.dealer_id}/")
    assert stored["KeyCount"] == 3
    (item,) = told(ours)
    assert (item["reason"], item["names"]) == ("files", ["run.exe", "empty.pdf", "2.txt", "3.txt", "4.txt", "5.txt"])
    assert words(talk)[-1] == "See"


def test_a_mail_may_hold_files_alone(ours: Dealership, post: Correspondence, talk: Talk) -> None:
    before = words(talk)
    raw = mail("\n", files={"slip.pdf": b"%PDF-1.7"})
    assert post.came(post.address(ours.customer), ours.customer.email, raw) is Outcome.ADDED
    assert words(talk) == before
    assert len(files.attached_files(ours.scope, "1200", talk.thread_id)) == 1


def test_what_broke_off_between_words_and_files_goes_on(ours: Dealership, post: Correspondence, talk: Talk) -> None:
    to, raw = post.address(ours.customer), mail("See", files={"slip.pdf": b"%PDF-1.7", "b.pdf": b"%PDF-1.7"})
    stored: list[str] = []

    def breaks(model: Any, **_: Any) -> None:
        if model.name == "PutObject":
            stored.append(model.name)
            if len(stored) == 2:
                raise ConnectionError

    with listening("s3", "before-call", breaks), pytest.raises(ConnectionError):
        post.came(to, ours.customer.email, raw)
    assert post.came(to, ours.customer.email, raw, now=post.now + timedelta(hours=1)) is Outcome.ADDED
    assert post.came(to, ours.customer.email, raw) is Outcome.REPEATED
    assert words(talk).count("See") == 1
    assert len(files.attached_files(ours.scope, "1200", talk.thread_id)) == 2
