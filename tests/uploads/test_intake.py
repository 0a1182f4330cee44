"""Two facts about one version of an object, in every order, more than once, late, and about another version."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from chalicelib import settings
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IntakeScope
from chalicelib.store import audit, quarantine
from chalicelib.store.record import Record
from chalicelib.uploads import checks, intake, repo
from chalicelib.uploads.model import Checked, FileState, Reason, Verdict
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited
from tests.uploads.made_files import EICAR, PICTURE
from tests.uploads.sending import GOOD, Sending, root

HALF_AN_HOUR = timedelta(minutes=31)
PER_DAY = timedelta(hours=24)

Step = Callable[[Sending, str], None]


@pytest.fixture
def sending(cast: Cast, now: datetime, ids: Ids) -> Sending:
    return Sending(cast.ours, now, ids)


def events(sending: Sending) -> list[str]:
    """By name: they are all of one moment."""
    found = audited(sending.dealership.scope, sending.now, "file.")
    return sorted(entry.event for entry in found)


def check(sending: Sending, version: str) -> None:
    assert sending.arrived(version) == []


def verdict(sending: Sending, version: str) -> None:
    assert sending.scanned(version) == []


FACTS: tuple[Step, ...] = (check, verdict, check, verdict)
ORDERS = sorted(set(permutations(FACTS)), key=lambda order: [step.__name__ for step in order])


@pytest.mark.parametrize("steps", ORDERS, ids=lambda steps: "-".join(step.__name__ for step in steps))
def test_both_facts_in_any_order_and_twice(sending: Sending, steps: tuple[Step, ...]) -> None:
    version = sending.put()
    seen: set[Step] = set()
    for step in steps:
        step(sending, version)
        seen.add(step)
        wanted = FileState.ACCEPTED if len(seen) == 2 else FileState.RECEIVED
        assert sending.found().state is wanted
        assert (sending.kept() == GOOD) is (len(seen) == 2)
    first = "file.checked" if steps[0] is check else "file.scanned"
    assert events(sending) == sorted(["file.begun", first, "file.accepted"])
    assert repo.pending_files(sending.dealership.scope, begun_before=sending.now + PER_DAY) == []


@pytest.mark.parametrize("steps", [(check, verdict), (verdict, check)])
def test_a_thumbnail_is_kept_beside_a_picture_that_is_accepted(sending: Sending, steps: tuple[Step, Step]) -> None:
    version = sending.put(PICTURE)
    steps[0](sending, version)
    assert (sending.kept_thumbnail(), sending.found().has_thumbnail) == (None, False)
    steps[1](sending, version)
    assert sending.found().has_thumbnail
    assert sending.kept_thumbnail() == checks.check(PICTURE, "").thumbnail


def test_what_is_no_picture_or_is_refused_has_none(sending: Sending, cast: Cast) -> None:
    refused = Sending(cast.ours, sending.now, sending.ids)
    version = refused.put(PICTURE)
    check(refused, version)
    refused.scanned(version, "THREATS_FOUND")
    sending.accept()
    for each in (sending, refused):
        assert (each.kept_thumbnail(), each.found().has_thumbnail) == (None, False)


def test_one_fact_is_not_enough(sending: Sending) -> None:
    version = sending.put()
    check(sending, version)
    assert (sending.found().state, sending.kept()) == (FileState.RECEIVED, None)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("THREATS_FOUND", Reason.THREAT),
        ("UNSUPPORTED", Reason.PROTECTED),
        ("FAILED", Reason.NOT_SCANNED),
        ("ACCESS_DENIED", Reason.NOT_SCANNED),
        ("SOMETHING_NEW", Reason.NOT_SCANNED),
    ],
)
@pytest.mark.parametrize("first", [check, verdict])
def test_only_no_threats_found_is_clean(sending: Sending, status: str, reason: Reason, first: Step) -> None:
    version = sending.put()
    if first is check:
        check(sending, version)
    sending.scanned(version, status)
    check(sending, version)
    verdict(sending, version)
    assert (sending.found().state, sending.found().reason) == (FileState.REFUSED, reason)
    assert sending.kept() is None
    assert events(sending).count("file.refused") == 1


@pytest.mark.parametrize("first", [check, verdict])
def test_hostile_content_is_refused_whatever_the_scanner_says(sending: Sending, first: Step) -> None:
    version = sending.put(b"<html><script>")
    first(sending, version)
    check(sending, version)
    assert (sending.found().reason, sending.kept()) == (Reason.WEB_PAGE, None)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_fact_of_another_version_says_nothing_of_this_one(sending: Sending, order: tuple[int, int]) -> None:
    """Something is put over the file between the check and the scan: what was checked is what must be scanned."""
    first = sending.put(GOOD)
    check(sending, first)
    second = sending.put(EICAR)
    verdict(sending, second)
    assert (sending.found().state, sending.kept()) == (FileState.RECEIVED, None)
    for at in order:
        check(sending, (first, second)[at])
    verdict(sending, first)
    assert (sending.found().state, sending.kept()) == (FileState.ACCEPTED, GOOD)


def test_what_was_scanned_is_what_is_kept(sending: Sending) -> None:
    first = sending.put(GOOD)
    verdict(sending, first)
    second = sending.put(b"swapped;1")
    check(sending, second)
    check(sending, first)
    assert sending.kept() == GOOD


def test_before_anything_came_nothing_is_decided(sending: Sending) -> None:
    assert sending.settle(after=HALF_AN_HOUR) >= 1
    assert sending.found().state is FileState.BEGUN
    sending.settle(after=PER_DAY)
    assert (sending.found().state, sending.found().reason) == (FileState.REFUSED, Reason.NEVER_CAME)


@pytest.mark.parametrize("told", [(), (check,), (verdict,)], ids=["of nothing", "of the object", "of the scan"])
def test_after_half_an_hour_the_schedule_looks_itself(sending: Sending, told: tuple[Step, ...]) -> None:
    version = sending.put()
    sending.tag(version, "NO_THREATS_FOUND")
    for step in told:
        step(sending, version)
    sending.settle(after=timedelta(minutes=29))
    assert sending.found().state is not FileState.ACCEPTED
    sending.settle(after=HALF_AN_HOUR)
    assert (sending.found().state, sending.kept()) == (FileState.ACCEPTED, GOOD)


def test_without_a_tag_it_waits_for_a_day_and_is_refused(sending: Sending) -> None:
    version = sending.put()
    check(sending, version)
    sending.settle(after=HALF_AN_HOUR)
    assert sending.found().state is FileState.RECEIVED
    sending.settle(after=PER_DAY)
    assert (sending.found().state, sending.found().reason) == (FileState.REFUSED, Reason.NOT_SCANNED)
    verdict(sending, version)
    assert (sending.found().state, sending.kept()) == (FileState.REFUSED, None)


def test_an_object_that_nobody_announced_is_left_alone(sending: Sending) -> None:
    version = sending.put()
    unknown = {"account_ref": "1200", "file_id": "0" * 26, "version": version, "now": sending.now, "ids": sending.ids}
    scope = sending.dealership.scope
    intake.check_arrived(scope, **unknown)  # type: ignore[arg-type]
    intake.record_verdict(scope, **unknown, verdict=Verdict.NO_THREATS_FOUND)  # type: ignore[arg-type]
    intake.give_up(scope, **unknown)  # type: ignore[arg-type]
    assert sending.found().state is FileState.BEGUN


def test_an_object_that_has_gone_is_not_accepted(sending: Sending) -> None:
    version = sending.put()
    check(sending, version)
    root().delete_object(Bucket=settings.load().quarantine_bucket, Key=sending.key, VersionId=version)
    verdict(sending, version)
    assert sending.found().state is FileState.RECEIVED
    check(sending, "anotherone")
    assert sending.kept() is None


def test_a_check_that_keeps_failing_tells_the_sender(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_data: bytes, _name: str) -> Checked:
        raise SystemError("out of memory")

    version = sending.put()
    monkeypatch.setattr(checks, "check", killed)
    assert sending.arrived(version) == ["m1"]
    assert sending.found().state is FileState.BEGUN
    assert sending.arrived(version, receives=5) == ["m1"]
    assert sending.found().reason is Reason.UNCHECKED


def test_a_file_that_kills_its_check_stops_no_other(cast: Cast, now: datetime, ids: Ids) -> None:
    """The schedule runs for all dealers: it opens no file itself."""
    killer, good = (Sending(cast.ours, now, ids, name=name) for name in ("killer.csv", "good.csv"))
    for sent in (killer, good):
        sent.tag(sent.put(), "NO_THREATS_FOUND")
    check = checks.check

    def killed(data: bytes, name: str) -> Checked:
        if name == killer.name:
            raise SystemError("out of memory")
        return check(data, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "check", killed)
        killer.settle(after=HALF_AN_HOUR)
    assert (killer.found().state, good.found().state) == (FileState.RECEIVED, FileState.ACCEPTED)


def test_what_fails_of_one_overdue_file_leaves_the_others_to_go_on(
    cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, good = (Sending(cast.ours, now, ids, name=name) for name in ("failing.csv", "good.csv"))
    for sent in (failing, good):
        sent.tag(sent.put(), "NO_THREATS_FOUND")
    scan_status = quarantine.scan_status

    def unavailable(scope: IntakeScope, name: str, version: str) -> str | None:
        if failing.file.file_id in name:
            raise RuntimeError("the storage is away")
        return scan_status(scope, name, version)

    monkeypatch.setattr(quarantine, "scan_status", unavailable)
    good.settle(after=HALF_AN_HOUR)
    assert (failing.found().state, good.found().state) == (FileState.BEGUN, FileState.ACCEPTED)


def test_of_two_writers_the_second_reads_again(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both facts at once: one write meets a version that has grown, and is made anew."""
    version = sending.put()
    change, calls = repo.change, []

    def at_once(*args: object, **more: object) -> None:
        calls.append(1)
        if len(calls) == 1:
            verdict(sending, version)
        change(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(repo, "change", at_once)
    check(sending, version)
    assert (sending.found().state, sending.kept()) == (FileState.ACCEPTED, GOOD)
    assert len(calls) == 3


def test_a_decision_and_its_audit_row_are_one_write(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    version = sending.put()

    def refuse(_row: Record) -> object:
        raise RuntimeError

    monkeypatch.setattr(audit.AuditRow, "put_condition", refuse)
    assert sending.arrived(version) == ["m1"]
    assert sending.found().state is FileState.BEGUN
