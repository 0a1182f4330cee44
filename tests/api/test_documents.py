"""A document of the feed as a dealer's program fetches it."""

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from chalicelib.kernel.ids import Ids
from tests.api.test_feed import FEED, program, send
from tests.fixtures.cast import Cast
from tests.uploads.sending import GOOD, Sending
from tests.web.client import Visitor

__all__ = ["program"]  # the fixture


def test_a_file_is_listed_fetched_and_acknowledged(program: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    file = Sending(cast.ours, now, ids, name="may.csv").accept()
    (item,) = program.get(FEED).json["items"]
    assert (item["id"], item["kind"], item["data"]["file_name"]) == (file.file_id, "document", "may.csv")
    answer = program.get(f"/api/v1/documents/{item['id']}/content")
    assert {name: value for name, value in answer.json.items() if name != "url"} == {
        "file_name": "may.csv",
        "media_type": "text/csv; charset=utf-8",
        "size": len(GOOD),
    }
    query = parse_qs(urlsplit(answer.json["url"]).query)
    assert query["response-content-disposition"] == ["attachment; filename*=UTF-8''may.csv"]
    assert query["X-Amz-Expires"] == ["60"]
    told = send(program, f"{FEED}/acknowledgements", {"ids": [item["id"]]})
    assert told.json == {"items": [{"id": item["id"], "state": "taken"}]}
    assert program.get(FEED).json["items"] == []
    assert program.get(f"/api/v1/documents/{item['id']}/content").status == 200  # a reply may be lost


def test_what_is_not_in_the_feed_is_not_found(program: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    rivals = Sending(cast.rival, now, ids).accept()
    waiting = Sending(cast.ours, now, ids).file
    for file_id in (rivals.file_id, waiting.file_id, ids.ulid(now), "x"):
        answer = program.get(f"/api/v1/documents/{file_id}/content")
        assert (answer.status, set(answer.json)) == (404, {"message", "fields", "id"})
