"""Pictures and PDFs become one PDF."""

from io import BytesIO
from random import Random

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PdfReadError
from reportlab.lib.pagesizes import A4

from chalicelib.rendering import merged_pdf
from chalicelib.rendering.merged_pdf import MergedPdf, TooManyPagesError
from chalicelib.rendering.photos import PAGE_SIDE
from tests.uploads.made_files import pdf, saved


def of_pages(*sizes: tuple[float, float], rotate: int = 0) -> bytes:
    writer, out = PdfWriter(), BytesIO()
    for size in sizes:
        writer.add_blank_page(*size).rotate(rotate)
    writer.write(out)
    return out.getvalue()


def written(merged: MergedPdf) -> PdfReader:
    out = BytesIO()
    merged.write(out)
    return PdfReader(BytesIO(out.getvalue()), strict=True)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize(
    ("size", "drawn", "page"),
    [
        ((300, 400), (300, 400), A4),
        ((400, 300), (400, 300), A4[::-1]),
        ((3_000, 4_000), (1_800, 2_400), A4),
        ((16, 2_000), (16, 2_000), A4),
    ],
)
def test_a_picture_has_a_page_that_stands_as_it_does(
    form: str, mode: str, size: tuple[int, int], drawn: tuple[int, int], page: tuple[float, float]
) -> None:
    merged = MergedPdf("Payslips")
    image = Image.linear_gradient("L").resize(size).convert(mode)
    merged.add_picture(saved(image, form))
    (only,) = written(merged).pages
    assert (float(only.mediabox.width), float(only.mediabox.height)) == pytest.approx(page)
    (found,) = only.images
    assert found.image
    assert (found.image.size, found.image.mode) == (drawn, mode)
    assert max(found.image.size) <= PAGE_SIDE
    assert found.image.convert("L").getpixel((drawn[0] // 2, 2)) == pytest.approx(0, abs=6)


def test_a_picture_is_as_large_as_the_margins_let_it() -> None:
    merged = MergedPdf("Payslips")
    merged.add_picture(saved(Image.new("RGB", (100, 400)), "JPEG"))
    contents = written(merged).pages[0].get_contents()
    assert contents is not None
    width, _, _, height, left, bottom = map(float, contents.get_data().split()[1:7])
    assert (height, width / height) == pytest.approx((A4[1] - 2 * 8 * 72 / 25.4, 0.25), abs=0.01)
    assert (left + width / 2, bottom + height / 2) == pytest.approx((A4[0] / 2, A4[1] / 2), abs=0.02)


def test_a_jpeg_that_is_small_enough_goes_in_as_it_is() -> None:
    merged, data = MergedPdf("Payslips"), saved(Image.new("RGB", (300, 400), "teal"), "JPEG")
    merged.add_picture(data)
    assert written(merged).pages[0].images[0].data == data


def test_pages_keep_their_order_their_sizes_and_their_rotation() -> None:
    merged = MergedPdf("Payslips")
    merged.add_pdf(of_pages((100, 200), (300, 200), rotate=90))
    merged.add_picture(saved(Image.new("RGB", (30, 40)), "PNG"))
    merged.add_pdf(pdf(Random(1)))
    reader = written(merged)
    assert [(float(page.mediabox.width), page.rotation) for page in reader.pages[:3]] == [
        (100, 90),
        (300, 90),
        (pytest.approx(A4[0]), 0),
    ]
    assert reader.pages[3].extract_text() == PdfReader(BytesIO(pdf(Random(1)))).pages[0].extract_text()
    assert reader.metadata
    assert reader.metadata.title == "Payslips"


def test_what_is_damaged_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    merged, picture = MergedPdf("Payslips"), saved(Image.new("RGB", (300, 400)), "PNG")
    merged.add_pdf(of_pages((100, 200)))
    with pytest.raises(PdfReadError):
        merged.add_pdf(b"%PDF-1.4\nnothing")
    with pytest.raises(OSError, match="truncated"):
        merged.add_picture(picture[:200])

    class Half(PdfWriter):
        def append(self, *arguments: object, **more: object) -> None:
            super().append(*arguments, **more)  # type: ignore[arg-type]
            raise PdfReadError

    monkeypatch.setattr(merged_pdf, "PdfWriter", Half)
    half = MergedPdf("Payslips")
    half.add_picture(picture)
    with pytest.raises(PdfReadError):
        half.add_pdf(of_pages((100, 200), (100, 200)))
    assert [made.pages for made in (merged, half)] == [1, 1]


def test_a_file_that_would_make_it_too_long_is_left_out_whole() -> None:
    merged = MergedPdf("Payslips", max_pages=2)
    merged.add_pdf(of_pages((100, 200)))
    with pytest.raises(TooManyPagesError):
        merged.add_pdf(of_pages((100, 200), (100, 200)))
    assert merged.pages == 1
    merged.add_pdf(of_pages((100, 200)))
    with pytest.raises(TooManyPagesError):
        merged.add_picture(saved(Image.new("RGB", (30, 40)), "PNG"))
