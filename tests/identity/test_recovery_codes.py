from datetime import datetime

import pytest

from chalicelib.identity import recovery_codes
from chalicelib.kernel.ids import Ids


def test_there_are_ten_and_only_their_hashes_are_stored(ids: Ids, now: datetime) -> None:
    codes = recovery_codes.new_codes(ids)
    kept = recovery_codes.stored("P1", codes, now)
    assert len(set(codes)) == len(set(kept.hashes)) == 10
    assert not any(code.replace("-", "") in str(kept) for code in codes)
    assert recovery_codes.stored("P2", codes, now).hashes != kept.hashes


@pytest.mark.parametrize(
    "typed", ["abcd-efol-ijkb-mnop", "ABCD EFOL IJKB MNOP", "abcdef01ijk8mnop", " abcd-ef01-ijk8-mnop "]
)
def test_a_code_may_be_typed_in_any_case_and_spacing(typed: str) -> None:
    assert recovery_codes.code_hash("P1", typed) == recovery_codes.code_hash("P1", "abcdefolijkbmnop")


@pytest.mark.parametrize("typed", ["", "abcd", "abcd-efgh-ijkl-mnop-q", "x" * 1_000])
def test_what_cannot_be_a_code_has_no_hash(typed: str) -> None:
    assert recovery_codes.code_hash("P1", typed) == ""
