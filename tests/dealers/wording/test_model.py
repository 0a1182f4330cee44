"""Texts as settings have them, and what changed."""

from chalicelib.dealers.appearance import MailSettings, Texts
from chalicelib.dealers.drafts.model import fingerprint
from chalicelib.dealers.wording.model import Wording, changes, texts_of, version_of


def test_what_is_empty_is_not_stored() -> None:
    assert texts_of(Wording()) is None
    assert texts_of(Wording(footer="Company 123")) == Texts(footer="Company 123")
    assert texts_of(Wording(current_label="current_month")) == Texts(current_label="current_month")


def test_a_long_text_is_named_by_what_it_says() -> None:
    first, second = texts_of(Wording(privacy="One")), texts_of(Wording(privacy="Two"))
    assert first
    assert second
    assert first.privacy == version_of("One") != second.privacy
    assert fingerprint(first) != fingerprint(second)
    assert changes(first, second) == ["privacy"]
    assert changes(MailSettings(), MailSettings(closing="Regards")) == ["closing"]
