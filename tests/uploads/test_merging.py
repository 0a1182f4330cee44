"""Files of people as one PDF."""

from datetime import datetime
from io import BytesIO
from random import Random

import pytest
from pypdf import PdfReader

from chalicelib import settings
from chalicelib.kernel.ids import Ids
from chalicelib.store import blobs
from chalicelib.uploads.merging import can_be_merged, write_pdf
from chalicelib.uploads.model import kept_name
from tests.fixtures.cast import Cast
from tests.uploads.made_files import PICTURE, docx, pdf
from tests.uploads.sending import GOOD, Sending


def test_pictures_and_pdfs_are_merged_and_the_rest_is_named(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.user.staff_scope
    contents = PICTURE, GOOD, pdf(Random(1)), docx(Random(1)), pdf(Random(2))
    files = [Sending(cast.ours, now, ids, name=f"{n}.x").accept(data) for n, data in enumerate(contents)]
    assert [can_be_merged(file) for file in files] == [True, False, True, False, True]
    blobs.put(scope, settings.load().files_bucket, kept_name(files[4].file_id), b"%PDF-1.4 no more", "application/pdf")
    out = BytesIO()
    left_out = write_pdf(scope, out, files, title="Payslips")
    assert left_out == [files[1], files[3], files[4]]
    pages = PdfReader(BytesIO(out.getvalue())).pages
    assert len(pages[0].images) == 1
    assert len(pages) == 1 + len(PdfReader(BytesIO(contents[2])).pages)


def test_of_nothing_no_pdf_is_made(cast: Cast, now: datetime, ids: Ids) -> None:
    file = Sending(cast.ours, now, ids).accept()
    with pytest.raises(ValueError, match="no pages"):
        write_pdf(cast.ours.user.staff_scope, BytesIO(), [file], title="Payslips")
