"""docs/export-format.md says what the importer does: its columns, its codes, and an example that goes in."""

import json
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

import pytest

from chalicelib.ccx.bundle import open_bundle
from chalicelib.ccx.codes import TEXTS
from chalicelib.ingest.checks.schemas import SCHEMAS
from infra.setup.paths import ROOT

PAGE = (ROOT / "docs" / "export-format.md").read_text()
FILE = re.compile(r"^`([a-z_]+\.(?:csv|json))`\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
COLUMN = re.compile(r"`([a-z_0-9]+)`")


def documented(entity: str) -> Iterator[tuple[str, bool]]:
    """(column, required) of each row in the section's first table; `a_1` to `a_4` is four columns."""
    section = PAGE.split(f"### {entity}.csv")[1].split("\n## ")[0].split("\n### ")[0].split("\n\n| `type` |")[0]
    for row in re.findall(r"^\| (`.*)$", section, re.MULTILINE):
        names, required, *_ = (cell.strip() for cell in row.split("|"))
        counted = re.sub(r"`(\w+_)1` to `\w+_4`", r"`\g<1>1` `\g<1>2` `\g<1>3` `\g<1>4`", names)
        for name in COLUMN.findall(counted):
            yield name, required == "required"


@pytest.mark.parametrize("entity", SCHEMAS)
def test_every_column_is_described(entity: str) -> None:
    real = {column.name: column.required for column in SCHEMAS[entity].columns}
    assert dict(documented(entity)) == real


def test_every_code_is_described() -> None:
    for code, text in TEXTS.items():
        assert f"| `{code}` | {text.reason} | " in PAGE


def test_the_example_goes_in() -> None:
    files = dict(FILE.findall(PAGE))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    bundle = open_bundle(packed)
    bundle.check_files()
    assert bundle.warnings == []
    assert {f["path"] for f in json.loads(files["manifest.json"])["files"]} == files.keys() - {"manifest.json"}
