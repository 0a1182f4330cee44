import json
import os
from collections.abc import Iterator
from io import StringIO
from time import process_time

import pytest

from chalicelib.kernel.ids import Ids
from chalicelib.observability import bind, bind_also, logger, redact
from tests.fixtures.logs import logged


@pytest.fixture
def lines() -> Iterator[StringIO]:
    with logged() as stream:
        yield stream
    bind()


def test_a_line_names_its_event_and_what_is_bound(lines: StringIO) -> None:
    bind(request="r1", dealer=None)
    bind_also(dealer="aaaaaaaaaa")
    logger.info("import.published", run=17)
    line = json.loads(lines.getvalue())
    assert (line["message"], line["run"], line["request"], line["dealer"]) == (
        "import.published",
        17,
        "r1",
        "aaaaaaaaaa",
    )


def test_a_new_request_forgets_the_one_before(lines: StringIO) -> None:
    bind(request="r1", dealer="aaaaaaaaaa")
    bind(request="r2")
    logger.info("x")
    line = json.loads(lines.getvalue())
    assert line["request"] == "r2"
    assert "dealer" not in line


def test_no_secret_reaches_a_line(lines: StringIO) -> None:
    secret = Ids().secret()
    try:
        int(f"/i/{secret}")
    except ValueError:
        logger.exception("link.refused", password="Tractor2024!", url=f"/i/{secret}", nested={"cookies": ["a=b"]})
    text = lines.getvalue()
    assert secret not in text
    assert "Tractor2024!" not in text
    assert "a=b" not in text


def test_an_api_key_is_a_secret_too() -> None:
    key = f"ccx_{Ids().secret()}"
    assert redact(f"Bearer {key}") == "Bearer ***"


def test_what_pydantic_could_not_take_is_nobodys_business() -> None:
    said = "destination\\n  Too long [type=too_long, input_value=['al@farm.example'], input_type=list]"
    assert "al@farm" not in redact(said)
    assert redact(said).endswith("[type=too_long, input_value=***, input_type=list]")


def test_redact_leaves_the_rest() -> None:
    kept = {"dealer": "aaaaaaaaaa", "run": 3, "rows": [1, None, "x"], "digest": "0" * 64}
    assert redact(kept) == kept
    assert redact("https://b.s3/x?X-Amz-Signature=abc&y=1") == "https://b.s3/x?X-Amz-Signature=***&y=1"


@pytest.mark.parametrize(
    "said",
    [
        "Email address is not verified: al.barlow@postgate.example",
        "<al.barlow@postgate.example>: Recipient address rejected",
        "Invalid Address; only 'al.barlow@postgate' could be parsed from 'al.barlow@postgate.example'",
        "GET https://mail.example/v2/al.barlow%40postgate.example?x=1",
        "an error (InvalidParameterValue): to=AL.BARLOW@POSTGATE.EXAMPLE, Local part",
    ],
)
def test_no_email_address_reaches_a_line(lines: StringIO, said: str) -> None:
    try:
        os.environ[said]
    except KeyError:
        logger.exception("mail.unconfirmed", reason=said, more=[{"detail": said}])
    text = lines.getvalue().lower()
    assert "mail.unconfirmed" in text
    assert not [part for part in ("barlow", "postgate") if part in text]


def test_a_long_text_is_searched_in_no_time() -> None:
    begun = process_time()
    redact("x" * 200_000)
    redact("@" * 200_000)
    redact(f"{'x' * 200_000}@{'%40' * 100_000}")
    redact("input_value=" * 20_000)
    assert process_time() - begun < 1
