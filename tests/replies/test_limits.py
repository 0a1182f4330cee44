"""Mails that would keep their reader for minutes: each is read, or refused, within a second or two."""

from time import process_time

import pytest

from chalicelib.replies.limits import MAX_LINES, MAX_STRUCTURE
from chalicelib.replies.parsing import UNREADABLE, Answer, read_mail
from tests.replies.made import mail

SECONDS = 3
"""They take half of one; without its limit each took 5 to 150, or would."""
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def in_time(raw: bytes) -> Answer:
    """What it says."""
    begun = process_time()
    found = read_mail(raw)
    assert process_time() - begun < SECONDS
    return found


def nested(levels: int, boundary: bytes = b"boundary") -> bytes:
    """Parts within parts, and the boundary by either of the ways to write it."""
    head = b"Content-Type: multipart/mixed; " + boundary + b"=b%d\n\n--b%d\n"
    return b"".join(head % (level, level) for level in range(levels)) + b"\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/plain" + (b";" * 70 + b"\r\n ") * 640 + b"\r\n\r\nHello",
        b"Content-Type: text/plain" + b"; a=" * 16_000 + b"\r\n\r\nHello",
        b"Content-Disposition: attachment" + b";" * 20_000 + b"\r\n\r\nHello",
        MIXED + (b"--b\r\nContent-Type: text/plain" + b";" * 5_000 + b"\r\n\r\nHello\r\n") * 20,
        MIXED + (b"--b\r\nContent-Type: text/plain" + b";" * 1_900 + b"\r\n\r\nHello\r\n") * 90,
        b"Content-Type: message/rfc822\n\nContent-Type: text/plain" + b";" * 20_000 + b"\n\nHello",
        b"Content-Type: message/delivery-status\n\n" + b"Content-Type: a/b;;;;;;;;;;;;;;;;\n\n" * 100_000,
        nested(90) + b"x\n" * 190_000,
        nested(90, b"boundary*") + b"x\n" * 190_000,
        b"Subject: x\n\n" + b"\n" * 9_900_000,
        b"Subject: x\r\r" + b"\r" * 9_900_000,
        b"a:\n" * 3_300_000,
    ],
    ids=range(12),
)
def test_what_no_program_writes_is_refused_at_once(raw: bytes) -> None:
    assert in_time(raw) == UNREADABLE


@pytest.mark.parametrize(
    "raw",
    [
        MIXED
        + b"".join(b"--b\r\nContent-Type: text/plain; x%d" % n + b'"' * 1_900 + b"\r\n\r\nx\r\n" for n in range(15)),
        nested(24) + b"x" * 40 + b"\n" + b"x\n" * (MAX_LINES - 200),
        MIXED + (b"--b\r\n\r\n" + b"On 12 wrote x:\r\n" * 1_500) * 90,
        MIXED + (b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<b>x" * 25_000 + b"\r\n") * 90,
        MIXED + b"--b\r\n\r\nOn wrote " + b"12: " * 40 + b" " * 9_900_000,
    ],
    ids=range(5),
)
def test_the_largest_that_is_read_is_read_in_time(raw: bytes) -> None:
    assert in_time(raw).is_readable


def test_what_programs_write_is_within_the_limits() -> None:
    names = {f"{'Лист' * 50}-{number}.pdf": b"%PDF" * 100_000 for number in range(15)}
    found = read_mail(mail("See", files=names))
    assert (found.text, [file.name for file in found.files]) == ("See", list(names))
    assert not read_mail(mail("See", files={"x" * MAX_STRUCTURE: b"%PDF"})).is_readable
