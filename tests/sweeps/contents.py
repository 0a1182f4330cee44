"""What a visitor ends up with: the answer, and the file that it leads to, as texts that a search can read."""

import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from pypdf import PdfReader

from tests.fixtures.worlds import World
from tests.web.client import Page


def object_of(world: World, page: Page) -> tuple[str, bytes] | None:
    """The key and the bytes of the object that a presigned link leads to; None for any other answer."""
    link = urlsplit(page.location)
    if page.status != 303 or "X-Amz-Signature" not in link.query:
        return None
    key = "d/" + unquote(link.path).split("/d/", 1)[1]
    s3: Any = world.root("s3")
    return key, s3.get_object(Bucket=world.settings.files_bucket, Key=key)["Body"].read()


def everything(world: World, page: Page) -> bytes:
    """Status line apart, all of it: headers, body, the object behind the link, its parts unpacked."""
    found = object_of(world, page)
    return page.everything if found is None else b"\n".join([page.everything, found[0].encode(), *parts(found[1])])


def parts(data: bytes) -> list[bytes]:
    """The members of an archive, the texts of a PDF; else the bytes themselves."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return [archive.read(name) for name in archive.namelist()]
    if data.startswith(b"%PDF") and b"startxref" in data:  # the stored ones of tests are no whole PDFs
        reader = PdfReader(BytesIO(data))
        return [data, str(reader.metadata).encode(), *(page.extract_text().encode() for page in reader.pages)]
    return [data]
