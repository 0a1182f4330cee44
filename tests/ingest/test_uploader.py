import pytest

from chalicelib.ingest.uploader import Uploader, UploaderKind


@pytest.mark.parametrize(
    ("stored", "uploader"),
    [
        ("staff 01HX", Uploader(UploaderKind.STAFF, "01HX")),
        ("agent", Uploader(UploaderKind.CLIENT)),
        ("inbox", Uploader(UploaderKind.INBOX)),
    ],
)
def test_it_is_stored_as_text(stored: str, uploader: Uploader) -> None:
    assert Uploader.parse(stored) == uploader
    assert str(uploader) == stored


def test_another_kind_is_no_uploader() -> None:
    with pytest.raises(ValueError, match="nobody"):
        Uploader.parse("nobody 01HX")
