"""docs/export-format.md says what the importer does: its columns, its codes, and an example that goes in."""

import json
import re
import zipfile
from io import BytesIO

from chalicelib.ccx.codes import Code
from chalicelib.customers.entity import CUSTOMERS
from chalicelib.ingest.entities import ENTITIES
from infra.export_format import generated, section
from infra.setup.paths import ROOT
from tests.ccx.exports import opened, rows_read

PAGE = (ROOT / "docs" / "export-format.md").read_text()
FILE = re.compile(r"^`([a-z_]+\.(?:csv|json))`\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_files_are_described_as_they_are_declared() -> None:
    """After a change of a declaration: `python3 -m infra.export_format`."""
    assert generated(PAGE, ENTITIES) == PAGE


def test_columns_of_which_the_same_is_said_share_a_line() -> None:
    assert "| `phone` `mobile` `contact_title` | | text, 32 | |" in section(CUSTOMERS).splitlines()
    assert "| `account_ref` | required | text, 32 | the account number |" in section(CUSTOMERS).splitlines()


def test_every_code_is_described() -> None:
    for code in Code:
        assert f"| `{code}` | " in PAGE
    assert "| `E102_TOO_LONG` | This is {length} characters long | Use {limit} or fewer |" in PAGE
    assert "| `W303_LINE_VAT` | {rate}% of {net} is {expected} | Check the VAT of this line |" in PAGE


def test_the_example_goes_in() -> None:
    files = dict(FILE.findall(PAGE))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    bundle = opened(packed.getvalue())
    assert rows_read(bundle) == {"customers": 1, "transactions": 3, "invoice_lines": 4}
    assert bundle.warnings == []
    assert {f["path"] for f in json.loads(files["manifest.json"])["files"]} == files.keys() - {"manifest.json"}
