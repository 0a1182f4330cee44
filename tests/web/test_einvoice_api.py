"""A transaction as e-invoice, for a dealer's program."""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.web.presenters.einvoices import GAPS
from tests.api.test_feed import program
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.web.client import Visitor
from tests.web.customer.test_einvoices import complete, put, stored
from tests.web.customer.test_invoices import LINES

__all__ = ["program"]  # the fixture
HERE = f"/api/v1/transactions/{link_part('1200')}/invoice/{link_part('127070')}/e-invoice"


def test_both_forms_are_given_as_a_link(cast: Cast, program: Visitor, aws: World, now: datetime, ids: Ids) -> None:
    put(cast, LINES)
    complete(cast, now, ids)
    for extension, media_type, begins in (("xml", "application/xml", b"<?xml"), ("pdf", "application/pdf", b"%PDF-")):
        answer = program.get(f"{HERE}.{extension}").json
        content = stored(cast, aws, answer["url"])
        assert content.startswith(begins)
        assert {name: value for name, value in answer.items() if name != "url"} == {
            "file_name": f"Invoice-127070-e-invoice.{extension}",
            "media_type": media_type,
            "size": len(content),
        }
        assert parse_qs(urlsplit(answer["url"]).query)["X-Amz-Expires"] == ["60"]


def test_what_is_missing_is_an_error_with_a_field_for_each_gap(cast: Cast, program: Visitor) -> None:
    put(cast, [replace(LINES[0], vat_rate=None), LINES[1]])
    answer = program.get(f"{HERE}.xml")
    assert (answer.status, answer.json["code"]) == (422, "EINVOICE_INCOMPLETE")
    assert answer.json["fields"]["line_vat"] == "The rate of V.A.T. of each line (vat_rate in invoice_lines.csv)."
    assert "seller_endpoint" in answer.json["fields"]
    assert "seller_endpoint" not in program.get(f"{HERE}.pdf").json["fields"], "Peppol alone asks for it"


def test_what_is_not_there_is_not_found(cast: Cast, program: Visitor) -> None:
    put(cast, LINES)
    for path in (HERE.replace(link_part("1200"), link_part("9999")), HERE.replace(link_part("127070"), "x")):
        answer = program.get(f"{path}.xml")
        assert (answer.status, set(answer.json)) == (404, {"message", "fields", "id"})


def test_every_gap_is_described() -> None:
    section = Path("docs/api.md").read_text().partition("## E-invoices")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [gap.value for gap in GAPS]
