"""Pictures and PDFs as one PDF. Each picture has an A4 page to itself, landscape where the picture is.

pypdf and Pillow are loaded by an import of this module: only the function that makes downloads does.
"""

from io import BytesIO
from typing import IO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from chalicelib.rendering.photos import PagePhoto, page_photo

MAX_PAGES = 1_000
_MARGIN = 8 * mm


class TooManyPagesError(ValueError):
    """It would have more pages than it may."""


class MergedPdf:
    """A PDF that grows by what is added, up to `max_pages`. What raises has added nothing."""

    def __init__(self, title: str, *, max_pages: int = MAX_PAGES) -> None:
        self._writer = PdfWriter()
        self._writer.add_metadata({"/Title": title})
        self._max_pages = max_pages

    @property
    def pages(self) -> int:
        """How many it has."""
        return len(self._writer.pages)

    def add_picture(self, data: bytes) -> None:
        """A JPEG or PNG. Raises TooManyPagesError, and what Pillow raises for damage."""
        self._require_room(1)
        photo = page_photo(data)
        self._draw(photo)

    def add_pdf(self, data: bytes, *, bookmark: str = "") -> None:
        """All pages of a PDF as they are. Raises TooManyPagesError, and what pypdf raises for damage.

        `bookmark` is what readers list it as beside the pages.
        """
        reader, before = PdfReader(BytesIO(data)), self.pages
        self._require_room(len(reader.pages))
        try:
            self._writer.append(reader, import_outline=False)
        except Exception:
            while self.pages > before:
                self._writer.remove_page(before)
            raise
        if bookmark and self.pages > before:
            self._writer.add_outline_item(title=bookmark, page_number=before)

    def put_first(self, data: bytes) -> None:
        """The pages of a PDF of our own, before all others."""
        self._writer.merge(0, PdfReader(BytesIO(data)), import_outline=False)

    def write(self, out: IO[bytes]) -> None:
        """Fonts and pictures that several pages share are written once."""
        self._writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
        self._writer.write(out)

    def _require_room(self, pages: int) -> None:
        # Tested control: merged-pages-limited
        if self.pages + pages > self._max_pages:
            raise TooManyPagesError

    def _draw(self, photo: PagePhoto) -> None:
        """As large as fits within the margins, in the middle. Its JPEG goes in as it is."""
        width, height = A4 if photo.height >= photo.width else reversed(A4)
        page = self._writer.add_blank_page(width, height)
        scale = min((width - 2 * _MARGIN) / photo.width, (height - 2 * _MARGIN) / photo.height)
        drawn_width, drawn_height = photo.width * scale, photo.height * scale
        left, bottom = (width - drawn_width) / 2, (height - drawn_height) / 2
        content = DecodedStreamObject()
        content.set_data(f"q {drawn_width:.2f} 0 0 {drawn_height:.2f} {left:.2f} {bottom:.2f} cm /P Do Q".encode())
        pictures = DictionaryObject({NameObject("/P"): self._writer._add_object(_picture(photo))})  # noqa: SLF001
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})
        page[NameObject("/Contents")] = self._writer._add_object(content)  # noqa: SLF001 - pypdf has no other way


def _picture(photo: PagePhoto) -> StreamObject:
    """PDF reads JPEG (ISO 32000-1, 7.4.8)."""
    picture = StreamObject()
    picture.set_data(photo.jpeg)
    for name, value in (
        ("/Type", NameObject("/XObject")),
        ("/Subtype", NameObject("/Image")),
        ("/Width", NumberObject(photo.width)),
        ("/Height", NumberObject(photo.height)),
        ("/ColorSpace", NameObject("/DeviceGray" if photo.is_grey else "/DeviceRGB")),
        ("/BitsPerComponent", NumberObject(8)),
        ("/Filter", NameObject("/DCTDecode")),
    ):
        picture[NameObject(name)] = value
    return picture
