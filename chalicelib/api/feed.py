"""For a dealer's system: what it has to know, and its word on what it took. docs/api.md describes it."""

from typing import Any

from chalice.app import Response

from chalicelib.feed import operations, queries
from chalicelib.feed.kinds import as_json
from chalicelib.feed.model import ItemState, is_item_id
from chalicelib.http.access import API_KEY
from chalicelib.http.request import Request
from chalicelib.http.responses import json
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.whole_numbers import whole_number

routes = Routes(__name__)


@routes.get("/api/v1/feed", API_KEY)
def feed(request: Request) -> Response:
    """What waits, oldest first: at most `limit`, from behind the id `after`."""
    scope = request.import_scope
    found = queries.waiting(scope, after=_after(request), limit=_limit(request))
    items = [as_json(item) for item in found.items]
    return json({"taker": queries.taker(scope), "items": items, "next": found.next})


@routes.post("/api/v1/feed/acknowledgements", API_KEY)
def acknowledge(request: Request) -> Response:
    """`{"ids": [...]}`: these are taken. Answers the state of each."""
    body = _body(request, {"ids"}, _("Send ids, and nothing else"))
    ids = body["ids"]
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise InvalidError(_("ids must be an array of strings"))
    states = operations.acknowledge(request.import_scope, item_ids=ids, now=request.now, ids=request.services.ids)
    return _answer(states)


@routes.post("/api/v1/feed/rejections", API_KEY)
def reject(request: Request) -> Response:
    """`{"id", "reason"}`: it cannot be taken, and why. Answers its state."""
    body = _body(request, {"id", "reason"}, _("Send id and reason, and nothing else"))
    if not all(isinstance(value, str) for value in body.values()):
        raise InvalidError(_("id and reason are texts"))
    states = operations.reject(
        request.import_scope,
        item_id=body["id"],
        reason=body["reason"],
        now=request.now,
        ids=request.services.ids,
    )
    return _answer(states)


def _body(request: Request, fields: set[str], wrong: str) -> dict[str, Any]:
    body = request.json
    # Tested control: feed-fields-allow-list
    if not isinstance(body, dict) or set(body) != fields:
        raise InvalidError(wrong)
    return body


def _answer(states: dict[str, ItemState]) -> Response:
    return json({"items": [{"id": one, "state": state} for one, state in states.items()]})


def _limit(request: Request) -> int:
    text = request.query.get("limit", str(queries.MAX_ITEMS))
    limit = whole_number(text)
    if limit is None or not 1 <= limit <= queries.MAX_ITEMS:
        wrong = _("limit is a whole number from 1 to %(max)s", max=queries.MAX_ITEMS)
        raise InvalidError(wrong, {"limit": wrong})
    return limit


def _after(request: Request) -> str:
    after = request.query.get("after", "")
    if after and not is_item_id(after):
        wrong = _("after must be the id of an item")
        raise InvalidError(wrong, {"after": wrong})
    return after
