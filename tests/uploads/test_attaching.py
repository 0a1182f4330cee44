"""Files of threads and disputes: the same checks as all others, then an item that has them taken in."""

import base64
import json
from datetime import datetime, timedelta

import pytest

from chalicelib.kernel.errors import ConflictError, NotFoundError, TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.store import outbox
from chalicelib.uploads import attaching, operations, queries, repo
from chalicelib.uploads.attached_file import MAX_ATTACHED_BYTES, AttachedFile
from chalicelib.uploads.model import FileState, Reason
from tests.fixtures.calls import beside_a_transaction
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited
from tests.uploads.attached import AttachedSending

THREAD = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def sending(cast: Cast, now: datetime, ids: Ids) -> AttachedSending:
    return AttachedSending(cast.ours, now, ids, owner_id=THREAD)


def waiting(sending: AttachedSending) -> list[str]:
    return [item.kind for item in outbox.items(sending.dealership.scope)]


def on_their_way(sending: AttachedSending, now: datetime | None = None) -> list[AttachedFile]:
    return attaching.on_their_way(sending.scope, sending.owner, added=set(), now=now or sending.now)


def test_both_facts_are_needed_before_it_is_taken_in(sending: AttachedSending) -> None:
    version = sending.put()
    sending.scanned(version)
    assert (sending.found().state, waiting(sending)) == (FileState.RECEIVED, [])
    sending.arrived(version)
    sending.arrived(version)
    assert (sending.found().state, waiting(sending)) == (FileState.ACCEPTED, [attaching.ATTACHED])
    assert sending.kept() is not None
    assert repo.stored_file(sending.dealership.scope, "1200", sending.file.file_id) is None
    events = {entry.event for entry in audited(sending.dealership.scope, sending.now, "attached.")}
    assert events == {"attached.begun", "attached.scanned", "attached.accepted"}


@pytest.mark.parametrize("status", ["THREATS_FOUND", "UNSUPPORTED", "FAILED"])
def test_what_is_not_clean_reaches_nobody_and_its_sender_is_told(sending: AttachedSending, status: str) -> None:
    version = sending.put()
    sending.arrived(version)
    sending.scanned(version, status)
    file = sending.found()
    with pytest.raises(NotFoundError):
        queries.file_link(sending.scope, file, file_name="a")
    assert (file.state, waiting(sending), sending.kept()) == (FileState.REFUSED, [], None)
    assert on_their_way(sending) == [file]
    assert on_their_way(sending, sending.now + timedelta(days=1)) == []


def test_a_web_page_is_refused_whatever_it_is_called(sending: AttachedSending) -> None:
    sending.arrived(sending.put(b"<html><script>"))
    assert sending.found().reason is Reason.WEB_PAGE


def test_one_that_never_came_leaves_nothing(sending: AttachedSending) -> None:
    assert on_their_way(sending) == [sending.file]
    assert on_their_way(sending, sending.now + timedelta(minutes=15)) == []
    sending.settle(after=timedelta(hours=24))
    assert sending.stored() is None
    assert repo.attached_files(sending.dealership.scope, "1200", THREAD) == []
    assert repo.pending_files(sending.dealership.scope, begun_before=sending.now + timedelta(days=9)) == []


def test_its_form_takes_ten_megabytes(sending: AttachedSending) -> None:
    forms = operations.file_forms(sending.scope, sending.file, success_url="https://portal.example/back")
    assert forms.form.fields["key"].endswith(sending.file.file_id)
    policy = json.loads(base64.b64decode(forms.form.fields["policy"]))
    assert ["content-length-range", 1, MAX_ATTACHED_BYTES] in policy["conditions"]


def test_it_belongs_to_what_it_was_sent_for_and_to_nothing_else(
    sending: AttachedSending, cast: Cast, now: datetime, ids: Ids
) -> None:
    other = AttachedSending(cast.ours, now, ids, owner_id=ids.ulid(now))
    of_later_era = AttachedSending(cast.ours, now, ids, owner_id=THREAD, era=ids.ulid(now))
    assert attaching.attachment(sending.scope, sending.owner, sending.file.file_id) == sending.file
    for file_id in (other.file.file_id, of_later_era.file.file_id, ids.ulid(now), "x"):
        with pytest.raises(NotFoundError):
            attaching.attachment(sending.scope, sending.owner, file_id)


def test_of_two_that_are_begun_at_the_same_moment_one_has_the_last_place(
    cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "MAX_FILES", 1)

    def more() -> AttachedSending:
        return AttachedSending(cast.ours, now, ids, owner_id=THREAD)

    with beside_a_transaction(more), pytest.raises(ConflictError, match="At most 1 files can be attached"):
        more()
    assert len(repo.attached_files(cast.ours.scope, "1200", THREAD)) == 1


def test_five_are_on_their_way_at_a_time_fifty_in_all_and_so_many_a_day(
    cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    def more(*, by_staff: bool = False, maximum: int = 50) -> AttachedSending:
        return AttachedSending(cast.ours, now, ids, owner_id=THREAD, by_staff=by_staff, maximum=maximum)

    others = [more() for _ in range(attaching.MAX_AT_ONCE)]
    with pytest.raises(ConflictError, match="At most 5 files at a time"):
        more()
    more(by_staff=True)
    others[0].accept()
    with pytest.raises(TooManyError):
        more(maximum=5)
    monkeypatch.setattr(attaching, "MAX_FILES", 6)
    with pytest.raises(ConflictError, match="At most 6 files can be attached"):
        more()
