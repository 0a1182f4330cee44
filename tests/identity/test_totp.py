"""RFC 6238, appendix B: its vectors have eight digits, of which ours are the last six."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity import totp
from chalicelib.kernel.ids import Ids

SECRET = b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "94287082",
    1_111_111_109: "07081804",
    1_111_111_111: "14050471",
    1_234_567_890: "89005924",
    2_000_000_000: "69279037",
    20_000_000_000: "65353130",
}


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_codes_of_the_rfc_are_those_of_their_moment(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.matching_step(SECRET, code[-6:], moment) == seconds // totp.SECONDS


@pytest.mark.parametrize(("late", "counts"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_counts_one_step_early_and_one_late(late: int, counts: bool) -> None:  # noqa: FBT001 - a column
    moment = datetime.fromtimestamp(1_234_567_890 + late, UTC)
    assert (totp.matching_step(SECRET, "005924", moment) is not None) == counts


def test_a_code_of_a_step_that_is_used_up_is_none(now: datetime) -> None:
    step = totp.matching_step(SECRET, "005924", datetime.fromtimestamp(1_234_567_890, UTC), after=1_234_567_890 // 30)
    assert step is None
    assert totp.matching_step(SECRET, "005924", now + timedelta(days=1)) is None


@given(st.text(max_size=40))
def test_only_six_digits_are_a_code(text: str) -> None:
    found = totp.typed_code(text)
    assert found == "" or (len(found) == 6 and found.isascii() and found.isdigit())


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456", "12 34 56"])
def test_a_code_may_be_spaced_as_the_app_shows_it(typed: str) -> None:
    assert totp.typed_code(typed) == "123456"


def test_the_address_for_the_app_names_the_dealer_and_the_person(ids: Ids) -> None:
    secret = totp.new_secret(ids)
    address = totp.setup_address(secret, email="al.barlow@postgate.example", issuer="Smith: Sons")
    assert unquote(urlsplit(address).path) == "/Smith  Sons:al.barlow@postgate.example"
    assert parse_qs(urlsplit(address).query) == {"secret": [secret], "issuer": ["Smith  Sons"]}
    assert len(secret) == 32
