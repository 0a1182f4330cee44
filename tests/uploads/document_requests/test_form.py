from datetime import date, timedelta

import pytest

from chalicelib.kernel.errors import InvalidError
from chalicelib.uploads.document_requests.form import Wanted, read_form
from chalicelib.uploads.model import FilePurpose

TODAY = date(2024, 6, 5)
GOOD = {"purpose": "insurance", "title": " Proof of\tfarm  insurance ", "words": "", "wanted": "1", "due": "2024-06-05"}


def test_a_form_is_read() -> None:
    assert read_form({**GOOD, "words": " a\r\nb "}, today=TODAY) == Wanted(
        purpose=FilePurpose.INSURANCE, title="Proof of farm insurance", words="a\nb", wanted=1, due=TODAY
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("purpose", ""),
        ("purpose", "payslip"),
        ("title", " "),
        ("title", "a" * 81),
        ("title", "a\u202eb"),
        ("words", "a" * 501),
        ("words", "a\x00b"),
        ("wanted", "0"),
        ("wanted", "21"),
        ("wanted", "\u0661"),
        ("wanted", ""),
        ("due", ""),
        ("due", "2024-06-04"),
        ("due", (TODAY + timedelta(days=367)).isoformat()),
        ("due", "tomorrow"),
    ],
)
def test_each_field_is_bounded(field: str, value: str) -> None:
    with pytest.raises(InvalidError) as refused:
        read_form({**GOOD, field: value}, today=TODAY)
    assert refused.value.fields.keys() == {field}


def test_what_is_missing_is_said_of_every_field() -> None:
    with pytest.raises(InvalidError) as refused:
        read_form({}, today=TODAY)
    assert refused.value.fields.keys() == GOOD.keys() - {"words"}
