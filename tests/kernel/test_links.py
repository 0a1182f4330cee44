import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.links import holds_link


@pytest.mark.parametrize(
    "text",
    [
        "see https://evil.example/x",
        "HTTP://1.2.3.4",
        "www.evil",
        "www.evil.example",
        "pay at evil.example, please",
        "evil.example/pay",
        "evil-bank.co.uk",
        "bänk.de",
        "evil\N{IDEOGRAPHIC FULL STOP}example",
        "evil\N{FULLWIDTH FULL STOP}example",
        "192.0.2.1",
        "write to al@farm.example",
        "<b>urgent</b>",
        "[here](evil)",
        "javascript://x",
        "tel:0190",
        "mailto:al",
        "sms:+441632960001",
        "pay at //moorbeck-pay/login",
        "moorbeck-pay.xn--p1ai/login",
        "moorbeck-pay.\u200bcom/login",
        "moorbeck-pay\u00ad.com",
        "moorbeck-pay.\u3164com",
        "moorbeck-pay\N{KATAKANA MIDDLE DOT}com",
        "moorbeck-pay\N{HALFWIDTH KATAKANA MIDDLE DOT}com",
        "h\u200bttps:login",
    ],
)
def test_what_mail_programs_would_link_is_found(text: str) -> None:
    assert holds_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please pay this by Friday. Thanks, Al",
        "For the VAT return, e.g. of May: 1.234,50 or 12.40 each (5.00%)",
        "Am 5.6. bezahlt, s. S. 3",
        "ring 01947 600 100 at 7.30 p.m.",
        "Line one\nLine two...",
    ],
)
def test_what_people_write_is_none(text: str) -> None:
    assert not holds_link(text)


@given(st.text(max_size=40), st.from_regex(r"[a-z]{1,9}\.(?:com|example|de)", fullmatch=True), st.text(max_size=40))
def test_a_domain_is_found_wherever_it_stands(before: str, domain: str, after: str) -> None:
    assert holds_link(f"{before} {domain} {after}")
