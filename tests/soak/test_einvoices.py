"""E-invoices against what the standards' makers publish: schemas, the rules of EN 16931 and of Peppol, and veraPDF."""

import subprocess
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from re import sub

import pytest

from chalicelib.einvoices import cii, ubl
from chalicelib.einvoices.builder import build_einvoice
from chalicelib.einvoices.facturx import embed
from chalicelib.einvoices.model import EInvoice
from chalicelib.rendering.invoice_pdf import draw_invoice
from chalicelib.web.presenters.invoice import document
from infra.setup.paths import EINVOICE_VALIDATORS
from tests.einvoices.drawn import formatter_of, view_of
from tests.einvoices.made import Case, case

pytestmark = pytest.mark.soak
PROGRAM = Path(__file__).parent.parent / "einvoices" / "Validate.java"
EN16931, PEPPOL = "external/schematron/1.3.16", "external/schematron/openpeppol/2026.5/xslt/PEPPOL-EN16931-UBL.xslt"
SIGNATURES = r'<xsd:import namespace=\s*"[^"]*CommonSignatureComponents-2"\s*schemaLocation="[^"]*"/>'
"""Of UBL's extensions, which no invoice of ours has; their schemas would need those of XML signatures."""


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules and schemas, unpacked."""
    to = tmp_path_factory.mktemp("rules")
    for pattern, inside in (("ph-ubl21-*", "external/schemas/"), ("ph-cii-d16b-*", "external/schemas/")):
        with _jar(pattern) as jar:
            jar.extractall(to, [name for name in jar.namelist() if name.startswith(inside)])
    with _jar("phive-rules-en16931-*") as jar:
        for kind in ("ubl", "cii"):
            found = jar.read(f"{EN16931}/{kind}/EN16931-{kind.upper()}-validation.xslt")
            (to / f"en16931-{kind}.xslt").write_bytes(found)
    with _jar("phive-rules-peppol-*") as jar:
        (to / "peppol-ubl.xslt").write_bytes(jar.read(PEPPOL))
    with _jar("ph-xsds-ccts-cct-schemamodule-*") as jar:
        (to / "ccts.xsd").write_bytes(jar.read("schemas/CCTS_CCT_SchemaModule.xsd"))
    extensions = to / "external/schemas/ubl21/common/UBL-ExtensionContentDataType-2.1.xsd"
    extensions.write_text(sub(SIGNATURES, "", extensions.read_text("utf-8")), "utf-8")
    return to


def _jar(pattern: str) -> zipfile.ZipFile:
    (path,) = EINVOICE_VALIDATORS.glob(f"{pattern}.jar")
    return zipfile.ZipFile(path)


def invoices() -> Iterator[tuple[Case, EInvoice]]:
    """Those of the generator that Peppol takes too."""
    for seed in count():
        one = case(seed)
        found = build_einvoice(dealer=one.dealer, facts=one.facts, row=one.row, lines=one.lines, terms=one.terms)
        if found.invoice and not found.peppol_gaps:
            yield one, found.invoice


def write(folder: Path, *, files: int, pdfs: int) -> None:
    """So many invoices, each as both kinds of XML, and so many PDFs."""
    for number, (one, invoice) in zip(range(files), invoices(), strict=False):
        (folder / f"{number:03}.ubl.xml").write_bytes(ubl.write(invoice))
        xml = cii.write(invoice)
        (folder / f"{number:03}.cii.xml").write_bytes(xml)
        if number < pdfs:
            (folder / f"{number:03}.pdf").write_bytes(_pdf(one, xml, embedded=True))


def _pdf(one: Case, xml: bytes, *, embedded: bool) -> bytes:
    view = view_of(one)
    shown = document(view, formatter_of(view), one.row, one.lines, logo=None)
    return embed(draw_invoice(shown, embedded=embedded), xml, title=shown.title, author=shown.dealer)


def validate(rules: Path, folder: Path, *, files: int) -> list[str]:
    """The errors that are found in so many files."""
    command = ("java", "-cp", f"{EINVOICE_VALIDATORS}/*", str(PROGRAM), str(rules), str(folder))
    run = subprocess.run(command, capture_output=True, check=False, text=True, timeout=600)
    assert run.returncode == 0, run.stderr[-2_000:]
    said = run.stdout.splitlines()
    assert sum(line.startswith("checked ") for line in said) == files
    return [line for line in said if not line.startswith("checked ")]


def test_a_few_have_no_error_and_wrong_ones_are_found(rules: Path, tmp_path: Path) -> None:
    write(tmp_path, files=16, pdfs=2)
    one, invoice = next(invoices())
    right = ubl.write(invoice)
    total = f">{invoice.total:f}</cbc:PayableAmount>".encode()
    (tmp_path / "total.ubl.xml").write_bytes(right.replace(total, b">99999.99</cbc:PayableAmount>"))
    (tmp_path / "schema.ubl.xml").write_bytes(right.replace(b"<cbc:PayableAmount ", b'<cbc:PayableAmount x="" '))
    (tmp_path / "font.pdf").write_bytes(_pdf(one, cii.write(invoice), embedded=False))
    errors = validate(rules, tmp_path, files=2 * 16 + 2 + 3)
    named = {line.split()[1] for line in errors}
    assert named == {"total.ubl.xml", "schema.ubl.xml", "font.pdf"}, errors
    assert any("BR-CO-16" in line for line in errors)


def test_two_hundred_have_no_error(rules: Path, tmp_path: Path) -> None:
    write(tmp_path, files=200, pdfs=20)
    assert validate(rules, tmp_path, files=2 * 200 + 20) == []
