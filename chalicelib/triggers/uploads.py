"""Files that people send: the queues of what has come and what was scanned, and the clock. Declared in `app.py`."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib import services
from chalicelib.dealers.each_dealer import for_each_dealer
from chalicelib.kernel.deadline import Remaining
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.scopes import TenantScope
from chalicelib.observability import bind, logger
from chalicelib.triggers.lambda_events import each_message, remaining_of
from chalicelib.uploads import intake
from chalicelib.uploads.model import Verdict

_KEY = re.compile(r"d/(?P<dealer_id>[a-z0-9]{10})/(?P<account>[A-Za-z0-9_-]+)/(?P<file>[0-9A-Z]{26})")


class _Version(NamedTuple):
    """One version of a file's object: whose it is, by its key."""

    scope: TenantScope
    account_ref: str
    file_id: str
    version: str


def intake_messages(event: SQSEvent) -> dict[str, Any]:
    """Objects that have come into quarantine. Answers with the messages that failed, for SQS to deliver again."""
    return each_message(event, _check, exhausted=_give_up)


def verdict_messages(event: SQSEvent) -> dict[str, Any]:
    """What GuardDuty says of each of them."""
    return each_message(event, _scanned)


def settle_files(event: CloudWatchEvent | None = None) -> int:
    """Every quarter of an hour: files whose messages were lost. Returns how many were looked at."""
    bind(schedule="settle_files")
    current = services.current()
    now = current.clock()
    return for_each_dealer(
        lambda scope: intake.settle_overdue(scope, now=now, ids=current.ids),
        now=now,
        remaining=remaining_of(event),
        even_suspended=True,  # files that have come are not lost
    )


def _check(text: str, _remaining: Remaining) -> None:
    for found in _created(text):
        current = _bound(found)
        intake.check_arrived(**_named(found), now=current.clock(), ids=current.ids)


def _give_up(text: str, _remaining: Remaining) -> None:
    for found in _created(text):
        current = _bound(found)
        intake.give_up(**_named(found), now=current.clock(), ids=current.ids)


def _scanned(text: str, _remaining: Remaining) -> None:
    detail = json.loads(text).get("detail", {})
    stored = detail.get("s3ObjectDetails", {})
    found = _version(stored.get("objectKey", ""), stored.get("versionId"))
    if found is None:
        return
    current = _bound(found)
    status = detail["scanResultDetails"]["scanResultStatus"]
    if status not in set(Verdict):
        logger.error("file.unknown_verdict", verdict=status)
        status = Verdict.FAILED
    intake.record_verdict(**_named(found), verdict=Verdict(status), now=current.clock(), ids=current.ids)


def _created(text: str) -> Iterator[_Version]:
    """The objects of an S3 event. Its test message has none. Keys come encoded there, and plain from GuardDuty."""
    for record in json.loads(text).get("Records", ()):
        stored = record["s3"]["object"]
        found = _version(unquote_plus(stored["key"]), stored.get("versionId"))
        if found:
            yield found


def _version(key: str, version: str | None) -> _Version | None:
    match = _KEY.fullmatch(key)
    if match is None or not version:
        return None
    try:
        return _Version(TenantScope(match["dealer_id"]), from_link_part(match["account"]), match["file"], version)
    except NotFoundError:
        return None


def _bound(found: _Version) -> services.Services:
    bind(dealer_id=found.scope.dealer_id)
    return services.current()


def _named(found: _Version) -> dict[str, Any]:
    return found._asdict()
