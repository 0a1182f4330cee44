from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.replies.parsing import UNREADABLE, answer_in, html_text, is_automatic, one_address, read_mail
from tests.replies.made import mail

QUOTES = [
    "On Mon, 3 Jun 2024 at 10:00, Moorbeck <portal@x.example> wrote:\n\n> ##- Please write above this line -##\n> Old",
    "On Mon, 3 Jun 2024 at 10:00, Moorbeck Machinery Limited\n<portal@x.example> wrote:\n> ##- Please -##\n> Old",
    "Am 03.06.24 um 10:00 schrieb Moorbeck:\n> Alt\n> und älter",
    "Le lun. 3 juin 2024 à 10:00, Moorbeck <portal@x.example> a écrit :\n> ##- Please write above this line -##",
    "-----Original Message-----\nFrom: Moorbeck\nOld",
    "-----Ursprüngliche Nachricht-----\nVon: Moorbeck\nAlt",
    "________________________________\nFrom: Moorbeck\nSent: Monday\nOld",
    "From: Moorbeck <portal@x.example>\nSent: 03 June 2024 10:00\nTo: Barlow\nOld",
    "Von: Moorbeck\nGesendet: Montag\nAlt",
    "*From:* Moorbeck\n*Date:* 3 June\nOld",
    "-- \nA. L. Barlow\nPostgate Farm",
    "##- Bitte schreiben Sie oberhalb dieser Zeile -##\nAlt",
    "> Old",
    "",
]


@pytest.mark.parametrize("quoted", QUOTES)
def test_only_what_is_new_is_the_answer(quoted: str) -> None:
    assert (
        answer_in(f"It came today.\n\nThank you: all of it.\n\n{quoted}") == "It came today.\n\nThank you: all of it."
    )


@pytest.mark.parametrize(
    "text",
    [
        "On Monday you wrote to me:\nthat was wrong.",
        "From: the depot\nit came late.",
        "I ordered -- and paid.",
        "The list:\n1. hose",
        "He said > 3",
    ],
)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert answer_in(text) == text


def test_a_page_is_read_as_its_words_without_what_it_quotes() -> None:
    html = (
        "<html><head><title>x</title><style>p{color:red}</style></head><body><!-- hidden --><p>Caf&eacute; &amp; more"
        "<script>alert('x')</script></p><p>Second<br>line</p><div class='gmail_quote'>On 3 June 2024, a@b wrote:<br>"
        "<blockquote><p>Old</p><blockquote>Older</blockquote>Old</blockquote></div></body></html>"
    )
    assert answer_in(html_text(html)) == "Café & more\n\nSecond\nline"
    assert read_mail(mail("", html=html)).text == "Café & more\n\nSecond\nline"


def test_plain_text_is_preferred_and_files_come_with_their_names() -> None:
    found = read_mail(mail("Plain", html="<p>Page</p>", files={"Größe.pdf": b"%PDF", "a.exe": b"MZ"}))
    assert found.text == "Plain"
    assert [(file.name, file.data) for file in found.files] == [("Größe.pdf", b"%PDF"), ("a.exe", b"MZ")]


def test_a_signatures_logo_is_no_file_and_a_large_picture_in_the_page_is_one() -> None:
    message = EmailMessage(policy=SMTP)
    message.set_content("See below")
    message.add_attachment(b"x" * 100, maintype="image", subtype="png", cid="<logo>", disposition="inline")
    message.add_attachment(b"x" * 60_000, maintype="image", subtype="png", cid="<shot>", disposition="inline")
    assert [(file.name, len(file.data)) for file in read_mail(message.as_bytes()).files] == [("image.png", 60_000)]


@pytest.mark.parametrize("charset", ["punycode", "unicode_escape", "zlib", "x-unknown", "idna", "\udcff"])
def test_a_faulty_encoding_is_read_as_far_as_it_can_be(charset: str) -> None:
    raw = b'From: a@b.example\r\nContent-Type: text/plain; charset="%s"\r\n\r\nHello \xff' % charset.encode(
        "utf-8", "replace"
    )
    assert read_mail(raw).text.startswith("Hello")


def test_an_attached_mail_is_not_opened() -> None:
    message = EmailMessage(policy=SMTP)
    message.set_content("Forwarded")
    inner = EmailMessage(policy=SMTP)
    inner.set_content("Inside")
    message.add_attachment(inner)
    found = read_mail(message.as_bytes())
    assert found.text == "Forwarded"
    assert [file.data for file in found.files] == [b""]


def test_what_is_nested_too_deep_or_has_too_many_parts_is_unreadable() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(400))
    assert read_mail(deep) == UNREADABLE
    many = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 200
    assert read_mail(many) == UNREADABLE


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    read_mail(raw)
    read_mail(
        b"Content-Type: multipart/mixed; boundary=b\nFrom: " + raw + b"\n\n--b\nContent-Type: text/html\n\n" + raw
    )


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    answer_in(text)
    html_text(text)
    one_address([text])


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("a@b.example", "a@b.example"),
        ("A B <a@b.example>", "a@b.example"),
        ('"B, A <x@y.example>" <a@b.example>', "a@b.example"),
        ("=?utf-8?q?A?= <a@b.example>", "a@b.example"),
        ("Barlow, Al <a@b.example>", "a@b.example"),
        ("A@b.example <a@b.example>", "a@b.example"),
        ("a@b.example, c@d.example", ""),
        ("x@y.example, C <a@b.example>", ""),
        ("x@y.example <a@b.example>", ""),
        ("A <a@b.example> <c@d.example>", ""),
        ("Group: a@b.example;", ""),
        ("A" * 2_000 + " <a@b.example>", ""),
        ("", ""),
    ],
)
def test_a_sender_is_one_address(value: str, address: str) -> None:
    assert one_address([value]) == address
    assert one_address([value, value]) == ""


@pytest.mark.parametrize(
    ("name", "value", "automatic"),
    [
        ("Auto-Submitted", "auto-replied", True),
        ("Auto-Submitted", "no", False),
        ("Precedence", "bulk", True),
        ("Precedence", "normal", False),
        ("X-Auto-Response-Suppress", "All", True),
        ("X-Auto-Response-Suppress", "None", False),
        ("Return-Path", "<>", True),
        ("Return-Path", "<a@b.example>", False),
        ("List-Id", "<a.b>", True),
        ("Content-Type", "multipart/report; x=y", True),
        ("Content-Type", "text/plain", False),
        ("Subject", "Auto-Submitted", False),
    ],
)
def test_what_a_program_has_sent_is_told_by_its_headers(name: str, value: str, automatic: bool) -> None:  # noqa: FBT001
    assert is_automatic([(name, value)]) is automatic
    raw = f"{name}: {value}\r\n\r\nHello\r\n".encode()
    assert read_mail(raw).is_automatic is automatic
