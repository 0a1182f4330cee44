"""The feed as a dealer's program sees it."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.feed import operations
from chalicelib.feed.model import FeedItem, Taker
from chalicelib.feed.payloads import ChangeRequested
from chalicelib.identity import api_keys
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from chalicelib.tasks import repo as tasks
from tests.feed.made import written
from tests.fixtures.cast import Cast
from tests.fixtures.staff import listed
from tests.web.client import Page, Visitor

FEED = "/api/v1/feed"
CHANGE = ChangeRequested(
    field=AccountField.PHONE, before="", value="01632 960 118", note="From July", asked_by="al@farm.example"
)


@pytest.fixture
def program(cast: Cast, now: datetime, ids: Ids) -> Iterator[Visitor]:
    """Our dealer's program, which takes the items."""
    admin = cast.ours.admin.staff_scope
    listed(cast.ours, cast.ours.admin, now=now)
    secret, _ = api_keys.create_api_key(IdentityScope(), dealer=admin, name="DMS", now=now, ids=ids)
    operations.choose_taker(admin, taker=Taker.PROGRAM, now=now, ids=ids)
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    with services.use(made):
        yield Visitor(app, headers={"authorization": f"Bearer {secret}"})


@pytest.fixture
def item(cast: Cast, now: datetime, ids: Ids) -> FeedItem:
    written(cast.rival.scope, now, ids, name="CANARY")
    return written(cast.ours.scope, now, ids, CHANGE)


def send(program: Visitor, path: str, body: Any) -> Page:
    return program.call("POST", path, body=json.dumps(body), headers={"content-type": "application/json"})


def test_an_item_reads_as_it_is_described(program: Visitor, item: FeedItem, now: datetime) -> None:
    answer = program.get(FEED)
    assert answer.json == {
        "taker": "program",
        "items": [
            {
                "id": item.item_id,
                "kind": "change_requested",
                "version": 1,
                "at": now.isoformat(),
                "account_ref": "1200",
                "account_name": "Mr A L Barlow",
                "data": {
                    "field": "phone",
                    "before": "",
                    "value": "01632 960 118",
                    "note": "From July",
                    "asked_by": "al@farm.example",
                },
            }
        ],
        "next": None,
    }


def test_the_list_goes_on_page_by_page(program: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    made = [written(cast.ours.scope, now + timedelta(seconds=n), ids).item_id for n in range(3)]
    first = program.get(f"{FEED}?limit=2").json
    assert [one["id"] for one in first["items"]] == made[:2]
    assert first["next"] == made[1]
    second = program.get(f"{FEED}?limit=2&after={first['next']}").json
    assert ([one["id"] for one in second["items"]], second["next"]) == (made[2:], None)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=all", "after=../x", f"after=9{'Z' * 25}"])
def test_a_place_that_is_none_is_refused(program: Visitor, query: str) -> None:
    answer = program.get(f"{FEED}?{query}")
    assert answer.status == 422
    assert query.partition("=")[0] in answer.json["fields"]


def test_an_item_is_acknowledged_however_often(program: Visitor, item: FeedItem) -> None:
    for _ in range(2):
        answer = send(program, f"{FEED}/acknowledgements", {"ids": [item.item_id, "nothing"]})
        states = [{"id": item.item_id, "state": "taken"}, {"id": "nothing", "state": "unknown"}]
        assert (answer.status, answer.json) == (200, {"items": states})
    assert program.get(FEED).json["items"] == []


def test_an_item_is_rejected_with_a_reason(program: Visitor, cast: Cast, item: FeedItem) -> None:
    answer = send(program, f"{FEED}/rejections", {"id": item.item_id, "reason": "At most 15 characters"})
    assert answer.json == {"items": [{"id": item.item_id, "state": "rejected"}]}
    assert [task.detail for task in tasks.tasks(cast.ours.scope)] == [{"reason": "At most 15 characters"}]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("acknowledgements", {}),
        ("acknowledgements", []),
        ("acknowledgements", {"ids": "x"}),
        ("acknowledgements", {"ids": [1]}),
        ("acknowledgements", {"ids": ["x"] * 41}),
        ("acknowledgements", {"ids": [], "taker": "program"}),
        ("rejections", {"id": "x"}),
        ("rejections", {"id": "x", "reason": 1}),
        ("rejections", {"id": "x", "reason": ""}),
        ("rejections", {"id": "x", "reason": "x" * 501}),
        ("rejections", {"id": "x", "reason": "y", "task": "no"}),
    ],
)
def test_anything_else_is_refused_and_changes_nothing(program: Visitor, item: FeedItem, path: str, body: Any) -> None:
    assert send(program, f"{FEED}/{path}", body).status == 422
    assert [one["id"] for one in program.get(FEED).json["items"]] == [item.item_id]


def test_where_staff_take_the_items_a_program_only_reads(
    program: Visitor, cast: Cast, item: FeedItem, now: datetime, ids: Ids
) -> None:
    operations.choose_taker(cast.ours.admin.staff_scope, taker=Taker.PAGE, now=now, ids=ids)
    assert program.get(FEED).json["taker"] == "page"
    for path, body in (("acknowledgements", {"ids": [item.item_id]}), ("rejections", {"id": "x", "reason": "y"})):
        answer = send(program, f"{FEED}/{path}", body)
        assert answer.status == 409
        assert "For your system" in answer.json["message"]
    assert len(program.get(FEED).json["items"]) == 1
