"""One answer to what an email address is: the quick one agrees with the library's."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.kernel.emails import is_email, normal_email

LABELS = st.text("abZ09-", min_size=1, max_size=8)
DOMAINS = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
TOPS = st.sampled_from(["de", "UK", "local", "test", "c1", "example", "invalid", "xn--p1ai", "onion", "a"])
LOCALS = st.one_of(st.text("aB9.+_-'ö\"() ", min_size=1, max_size=12), st.integers(60, 70).map("x".__mul__))


def accepted(text: str) -> bool:
    try:
        return bool(normal_email(text))
    except ValueError:
        return False


@given(LOCALS, DOMAINS, TOPS)
@example("a", "b" * 63, "de")
@example("a", "b" * 64, "de")
@example("a", "ab--cd", "de")
@example("a", ".".join(["b" * 60] * 4), "uk")
def test_the_quick_answer_is_the_librarys(local: str, domain: str, top: str) -> None:
    text = f"{local}@{domain}.{top}"
    assert is_email(text) == accepted(text)


@pytest.mark.parametrize(("length", "why"), [(254, "not an email"), (255, "longer than any email address")])
def test_a_length_is_looked_at_before_anything_else(length: int, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        normal_email("a" * length)


def test_one_spelling_in_ascii() -> None:
    assert normal_email("  Al.Barlow@Postgate.Example ") == "al.barlow@postgate.example"
    assert normal_email("a@M\u00fcller.de") == "a@xn--mller-kva.de"


@pytest.mark.parametrize(
    "text", ["", "a", "office@farm.local", "x@farm.test", "j\u00f6rg@farm.de", "a@b.c1", "a@b\n.de"]
)
def test_what_mail_cannot_be_sent_to(text: str) -> None:
    assert not is_email(text)
    with pytest.raises(ValueError, match="not an email"):
        normal_email(text)
