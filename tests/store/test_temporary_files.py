from io import BytesIO

import pytest

from chalicelib import settings
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store import blobs
from chalicelib.store.temporary_files import safe_file_name, temporary_download
from tests.fixtures.worlds import World

DEALER = ImportScope("aaaaaaaaaa")


def test_it_is_stored_under_the_dealer_for_a_day_and_saved_by_its_name(aws: World) -> None:
    assert aws.name
    url = temporary_download(
        DEALER, key="01J", extension="csv", data=BytesIO(b"a,b"), file_name="x.csv", content_type="text/csv"
    )
    assert "attachment" in url
    bucket = settings.load().files_bucket
    assert blobs.get(DEALER, bucket, "downloads/01J.csv") == b"a,b"
    tags = aws.root("s3").get_object_tagging(Bucket=bucket, Key=f"d/{DEALER.dealer_id}/downloads/01J.csv")["TagSet"]
    assert tags == [{"Key": "kept", "Value": "a-day"}]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("Invoice", "127070"), "Invoice-127070.pdf"),
        (("Invoice", '../../etc"\r\nX: 1'), "Invoice-..-..-etc-X-1.pdf"),
        (("", "€€"), "document.pdf"),
        (("x" * 300,), "x" * 100 + ".pdf"),
    ],
)
def test_file_names_are_plain(words: tuple[str, ...], expected: str) -> None:
    assert safe_file_name(*words, extension="pdf") == expected
