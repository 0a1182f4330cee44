"""What staff choose and what is known of a file, in any order: its customer sees it only where both say so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.uploads.model import Checked, FileState, FileType, Reason, Verdict
from chalicelib.uploads.shared_file import MAX_READERS, DocumentKind, SharedFile

NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)
CHECKED = Checked(FileType.PDF, b"%PDF")
BAD = Checked(reason=Reason.ACTIVE)

Step = Callable[[SharedFile, datetime], SharedFile]
STEPS: dict[str, Step] = {
    "show": lambda file, now: file.with_visibility(now, visible=True),
    "hide": lambda file, now: file.with_visibility(now, visible=False),
    "check": lambda file, now: file.with_check("v1", CHECKED, now),
    "bad": lambda file, now: file.with_check("v1", BAD, now),
    "clean": lambda file, now: file.with_verdict("v1", Verdict.NO_THREATS_FOUND, now),
    "threat": lambda file, now: file.with_verdict("v1", Verdict.THREATS_FOUND, now),
    "other": lambda file, now: file.with_verdict("v2", Verdict.NO_THREATS_FOUND, now),
    "expire": lambda file, now: file.expired(now),
}


def begun(*, visible: bool = False) -> SharedFile:
    return SharedFile(
        file_id="01HZK3V0000000000000000000",
        account_ref="1200",
        era="",
        sent_by="p",
        note="",
        name="a.pdf",
        begun_at=NOW,
        title="A",
        document_kind=DocumentKind.OTHER,
        is_visible=visible,
    )


@given(visible=st.booleans(), steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_nothing_is_shown_that_is_not_accepted_and_chosen(*, visible: bool, steps: list[str]) -> None:
    file, wish, first = begun(visible=visible), visible, None
    for minute, step in enumerate(steps):
        now = NOW + timedelta(minutes=minute)
        file = STEPS[step](file, now)
        wish = {"show": True, "hide": False}.get(step, wish)
        both = file.kind is FileType.PDF and file.verdict is Verdict.NO_THREATS_FOUND
        assert file.is_shown == (wish and file.state is FileState.ACCEPTED)
        assert not file.is_shown or both
        first = first or (now if file.is_shown else None)
        assert file.shown_at == first


def test_a_document_chosen_at_upload_is_shown_with_its_last_fact() -> None:
    file = begun(visible=True).with_check("v1", CHECKED, NOW)
    assert (file.is_shown, file.can_be_deleted) == (False, False)
    file = file.with_verdict("v1", Verdict.NO_THREATS_FOUND, NOW + timedelta(seconds=3))
    assert (file.is_shown, file.shown_at, file.can_be_deleted) == (True, NOW + timedelta(seconds=3), True)


def test_each_persons_first_opening_counts_up_to_a_bound() -> None:
    file = begun().opened_by("a", NOW).opened_by("a", NOW + timedelta(days=1))
    assert file.opened == {"a": NOW}
    for number in range(MAX_READERS + 5):
        file = file.opened_by(str(number), NOW)
    assert len(file.opened) == MAX_READERS
