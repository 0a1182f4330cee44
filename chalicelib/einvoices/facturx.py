"""Factur-X (ZUGFeRD): a PDF for people that carries its e-invoice for programs, as PDF/A-3 (ISO 19005-3).

pypdf is loaded by an import of this module: only what makes such a file does. It has no other way to add an object than
a private one.
"""

from hashlib import md5, sha256
from io import BytesIO
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from chalicelib.einvoices.icc import srgb_profile

XML_NAME = "factur-x.xml"
_PROFILE = "EN 16931"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part>\
<pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>\
<rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>{author}</rdf:li>\
</rdf:Seq></dc:creator></rdf:Description>
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">\
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>{file}</fx:DocumentFileName><fx:Version>1.0</fx:Version>\
<fx:ConformanceLevel>{profile}</fx:ConformanceLevel></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>\
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
_PROPERTIES = {
    "DocumentFileName": "name of the embedded XML invoice file",
    "DocumentType": "INVOICE",
    "Version": "The actual version of the Factur-X XML schema",
    "ConformanceLevel": "The conformance level of the embedded Factur-X data",
}


def embed(pdf: bytes, xml: bytes, *, title: str, author: str) -> bytes:
    """The PDF with its e-invoice. Equal contents give equal bytes. Its fonts have to be embedded already."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.metadata = None  # what is said of the file is said once, in XMP
    writer.pdf_header = "%PDF-1.7"
    catalog = writer.root_object
    file = writer._add_object(_file(writer, xml))  # noqa: SLF001
    names = ArrayObject([TextStringObject(XML_NAME), file])
    embedded = DictionaryObject({NameObject("/Names"): names})
    catalog[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): embedded})
    catalog[NameObject("/AF")] = ArrayObject([file])
    catalog[NameObject("/Metadata")] = writer._add_object(_metadata(title, author))  # noqa: SLF001
    catalog[NameObject("/OutputIntents")] = ArrayObject([writer._add_object(_output_intent(writer))])  # noqa: SLF001
    digest = ByteStringObject(sha256(pdf + xml).digest()[:16])
    writer._ID = ArrayObject([digest, digest])  # noqa: SLF001
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _file(writer: PdfWriter, xml: bytes) -> DictionaryObject:
    stream = DecodedStreamObject()
    stream.set_data(xml)
    checksum = md5(xml, usedforsecurity=False).digest()  # what PDF has there
    stream[NameObject("/Type")] = NameObject("/EmbeddedFile")
    stream[NameObject("/Subtype")] = NameObject("/text/xml")
    stream[NameObject("/Params")] = DictionaryObject(
        {
            NameObject("/Size"): NumberObject(len(xml)),
            NameObject("/CheckSum"): ByteStringObject(checksum),
            NameObject("/ModDate"): TextStringObject("D:20260101000000Z"),
        }
    )
    held = writer._add_object(stream.flate_encode())  # noqa: SLF001
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/F"): TextStringObject(XML_NAME),
            NameObject("/UF"): TextStringObject(XML_NAME),
            NameObject("/Desc"): TextStringObject("Factur-X"),
            NameObject("/AFRelationship"): NameObject("/Alternative"),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): held, NameObject("/UF"): held}),
        }
    )


def _metadata(title: str, author: str) -> DecodedStreamObject:
    described = "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{text}</pdfaProperty:description></rdf:li>"
        for name, text in _PROPERTIES.items()
    )
    xmp = _XMP.format(title=escape(title), author=escape(author), file=XML_NAME, profile=_PROFILE, properties=described)
    stream = DecodedStreamObject()
    stream.set_data(xmp.encode())
    stream[NameObject("/Type")] = NameObject("/Metadata")
    stream[NameObject("/Subtype")] = NameObject("/XML")
    return stream


def _output_intent(writer: PdfWriter) -> DictionaryObject:
    profile = DecodedStreamObject()
    profile.set_data(srgb_profile())
    profile[NameObject("/N")] = NumberObject(3)
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/OutputIntent"),
            NameObject("/S"): NameObject("/GTS_PDFA1"),
            NameObject("/OutputConditionIdentifier"): TextStringObject("sRGB"),
            NameObject("/Info"): TextStringObject("sRGB"),
            NameObject("/DestOutputProfile"): writer._add_object(profile.flate_encode()),  # noqa: SLF001
        }
    )
