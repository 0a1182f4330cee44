import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from urllib.parse import unquote

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.feed import operations, queries
from chalicelib.feed.model import FeedItem, ItemState, Taker
from chalicelib.feed.payloads import ChangeRequested, DisputeChanged, DisputeRaised, Payload
from chalicelib.http import cookies
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.dispute_codes import DisputeReason, DisputeState
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from chalicelib.web.staff.feed import PAGE
from tests.feed.made import DOCUMENT, written
from tests.fixtures.cast import Cast, LogIn
from tests.web.client import Visitor

HERE = "/staff/feed"
CHANGE = ChangeRequested(
    field=AccountField.PHONE, before="1", value="=cmd()", note="<b>July</b>", asked_by="al@farm.example"
)


@pytest.fixture
def items(cast: Cast, now: datetime, ids: Ids) -> list[FeedItem]:
    written(cast.rival.scope, now, ids, name="CANARY")
    return [written(cast.ours.scope, now, ids), written(cast.ours.scope, now + timedelta(seconds=1), ids, CHANGE)]


@pytest.fixture
def admin(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> Iterator[Visitor]:
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    visitor = Visitor(app)
    visitor.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    with services.use(made):
        yield visitor


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def waiting(cast: Cast) -> list[str]:
    return [item.item_id for item in queries.waiting(cast.ours.scope, limit=100).items]


def test_what_waits_is_listed_and_marked_as_taken_by_hand(staff: Visitor, cast: Cast, items: list[FeedItem]) -> None:
    page = staff.get(HERE)
    for words in ("Invitation accepted", "al@farm.example", "Phone: =cmd() instead of 1", "Note: <b>July</b>", "1200"):
        assert words in page.text
    assert "CANARY" not in page.html
    staff.submit(f"{HERE}/taken", item=[items[0].item_id])
    assert flash(staff) == "1 item taken"
    assert waiting(cast) == [items[1].item_id]
    assert "Invitation accepted" not in staff.get(HERE).text
    taken = staff.get(f"{HERE}?month=2024-06")
    assert "Invitation accepted" in taken.text
    assert "Taken" in taken.text
    assert 'name="item"' not in taken.html


def test_nothing_ticked_changes_nothing(staff: Visitor, cast: Cast, items: list[FeedItem]) -> None:
    token = staff.get(HERE).form(f"{HERE}/taken").fields["csrf"]
    staff.post(f"{HERE}/taken", {"csrf": token})
    assert flash(staff) == "!Choose at least one item"
    staff.post(f"{HERE}/taken", {"csrf": token, "item": "nothing"})
    assert flash(staff) == "!0 items taken"
    assert len(waiting(cast)) == len(items)


def test_only_an_admin_says_who_takes_the_items(
    staff: Visitor, admin: Visitor, cast: Cast, items: list[FeedItem]
) -> None:
    before = staff.get(HERE)
    assert "An admin of the dealership can change this" in before.text
    token = before.form(f"{HERE}/taken").fields["csrf"]
    assert staff.post(f"{HERE}/taker", {"csrf": token, "taker": "program"}).status == 403
    admin.get(HERE)
    admin.submit(f"{HERE}/taker", taker="program")
    assert flash(admin) == "Saved"
    page = admin.follow()
    assert 'name="item"' not in page.html
    staff.post(f"{HERE}/taken", {"csrf": token, "item": items[0].item_id})  # from the page as it was
    assert flash(staff).startswith("!Your program takes these items")
    assert len(waiting(cast)) == len(items)
    admin.get(HERE)
    admin.submit(f"{HERE}/taker", taker="files")
    page = staff.get(HERE)
    assert "written into your outbox within a quarter of an hour" in page.text
    assert "Your system, which fetches them as files from your outbox." in page.text
    staff.post(f"{HERE}/taken", {"csrf": token, "item": items[0].item_id})
    assert flash(staff).startswith("!These items are written to your outbox")
    admin.get(HERE)
    assert admin.submit(f"{HERE}/taker", taker="nobody").status == 422


def test_a_rejected_item_is_found_from_its_task(
    staff: Visitor, cast: Cast, items: list[FeedItem], now: datetime, ids: Ids
) -> None:
    ours = cast.ours
    operations.choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    operations.reject(ours.import_scope, item_id=items[1].item_id, reason="Too long", now=now, ids=ids)
    link = staff.get("/staff/to-do").links["Your dealer system did not take it: Too long"]
    page = staff.get(link)
    for words in ("Phone: =cmd() instead of 1", "Not taken", "Too long", "Your upload program"):
        assert words in page.text
    assert "Invitation accepted" not in page.text
    assert "Invitation accepted" in staff.get(f"{HERE}?item=nothing").text  # then it is the list


def test_the_csv_has_the_columns_of_the_api_and_no_formula(
    staff: Visitor, cast: Cast, items: list[FeedItem], now: datetime, ids: Ids
) -> None:
    rows = list(csv.DictReader(StringIO(staff.get(f"{HERE}.csv").html.lstrip("\ufeff"))))
    assert [row["id"] for row in rows] == [item.item_id for item in items]
    assert rows[1]["kind"] == "change_requested"
    assert rows[1]["field"] == "phone"
    assert rows[1]["value"] == "'=cmd()"
    operations.acknowledge(cast.ours.user.staff_scope, item_ids=[items[0].item_id], now=now, ids=ids)
    answer = staff.get(f"{HERE}.csv?month=2024-06")
    (row,) = csv.DictReader(StringIO(answer.html.lstrip("\ufeff")))
    assert (row["id"], row["state"]) == (items[0].item_id, ItemState.TAKEN)
    assert "for-your-system-2024-06.csv" in answer.headers["content-disposition"]


def test_a_dispute_has_its_amounts_and_a_link(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    raised = DisputeRaised(
        dispute_id=ids.ulid(now),
        dispute_reason=DisputeReason.GOODS,
        amount=64218,
        currency="GBP",
        transactions="invoice 127299 64018\ninvoice A 12 200",
        message="",
        raised_by="al@farm.example",
    )
    credited = DisputeChanged(
        dispute_id=raised.dispute_id,
        dispute_state=DisputeState.RESOLVED_CREDIT,
        credit=2050,
        currency="JPY",
        transactions="invoice 127299 64018",
        answer="",
    )
    told: tuple[Payload, ...] = (raised, credited, DOCUMENT)
    for second, data in enumerate(told):
        written(cast.ours.scope, now + timedelta(seconds=second), ids, data)
    page = staff.get(HERE)
    for words in ("127299, A 12, £642.18: Goods are missing or wrong", "Credit JPY 2,050 for 127299"):
        assert page.links[words] == f"/staff/disputes/MTIwMA/{raised.dispute_id}"
    rows = list(csv.DictReader(StringIO(staff.get(f"{HERE}.csv").html.lstrip("\ufeff"))))
    assert [(row["amount"], row["credit"], row["size"]) for row in rows] == [
        ("642.18", "", ""),
        ("", "2050", ""),
        ("", "", "1200"),
    ]
    assert rows[0]["transactions"].splitlines() == ["invoice 127299 640.18", "invoice A 12 2.00"]


def test_a_long_list_goes_on(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    made = [written(cast.ours.scope, now + timedelta(seconds=n), ids).item_id for n in range(PAGE + 1)]
    first = staff.get(HERE)
    assert first.html.count('name="item"') == PAGE
    second = staff.get(first.links["More"])
    assert second.html.count('name="item"') == 1
    assert made[-1] in second.html


def test_an_empty_list_says_what_comes_there(staff: Visitor) -> None:
    assert "Nothing waits" in staff.get(HERE).text
    assert "Nothing of this month has ended" in staff.get(f"{HERE}?month=2024-05").text
    assert "Nothing waits" in staff.get(f"{HERE}?month=nonsense").text
