from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kernel.ids import (
    MAX_SECRET_LENGTH,
    Ids,
    first_ulid,
    is_ulid,
    may_be_secret,
    moment_of,
    secret_hash,
    ulid_month,
)

MOMENT = datetime(2024, 6, 5, 9, 0, 0, 123_000, tzinfo=UTC)


def test_every_letter_of_an_id_is_as_likely_as_any_other() -> None:
    """Of a byte's 256 values 252 divide evenly among 36 letters: from 252 on they are thrown away."""
    blocks = iter([bytes([251, 252, 253, 255, *range(3)] + [255] * 9), bytes(range(16))])
    assert Ids(random_bytes=lambda _: next(blocks)).dealer_id() == "9abcabcdef"


def test_ulids_sort_by_their_moment_and_hold_it(ids: Ids) -> None:
    earlier, ulid, later = (ids.ulid(MOMENT + timedelta(milliseconds=step)) for step in (-1, 0, 1))
    assert earlier < first_ulid(MOMENT) < ulid < first_ulid(MOMENT + timedelta(milliseconds=1)) < later
    assert moment_of(ulid) == MOMENT
    assert ulid_month(ulid) == "2024-06"


@pytest.mark.parametrize(
    "text", ["", "0" * 25, "0" * 27, "1" + "0" * 25, "0" * 25 + "I", "0" * 25 + "a", "0" * 26 + "\n"]
)
def test_other_texts_are_no_ulids(text: str) -> None:
    assert is_ulid(text) is False


def test_a_ulid_is_one(ids: Ids) -> None:
    assert is_ulid(ids.ulid(MOMENT)) is True


def test_a_secret_has_256_bits_and_is_stored_as_its_hash(ids: Ids) -> None:
    secret = ids.secret()
    assert len(secret) == 43
    assert may_be_secret(secret)
    assert secret_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("length", "may"), [(0, False), (1, True), (MAX_SECRET_LENGTH, True), (MAX_SECRET_LENGTH + 1, False)]
)
def test_no_work_is_done_for_a_text_that_is_no_secret(length: int, *, may: bool) -> None:
    assert may_be_secret("x" * length) is may
