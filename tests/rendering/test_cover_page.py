from io import BytesIO

from pypdf import PdfReader

from chalicelib.rendering.cover_page import CoverPage, draw_cover


def test_it_says_whose_documents_and_lists_all_that_are_missing_on_as_many_pages_as_it_takes() -> None:
    listed = [(f"Invoice {number} " + "x" * 40, "The PDF is damaged") for number in range(80)]
    cover = CoverPage(
        dealer="Moorbeck Machinery",
        title="Documents of account 1200",
        facts=("Al Barlow \N{HEBREW LETTER ALEF}", "Documents 1 to 500 of 900"),
        heading="Not in this file",
        listed=listed,
    )
    reader = PdfReader(BytesIO(draw_cover(cover)), strict=True)
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) == 4
    for words in ("Moorbeck Machinery", "Documents of account 1200", "Documents 1 to 500 of 900", "Not in this file"):
        assert text.count(words) == 1
    assert text.count("The PDF is damaged") == 80
    assert "Invoice 79" in text
    assert draw_cover(cover) == draw_cover(cover)
