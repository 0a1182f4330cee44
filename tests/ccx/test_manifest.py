import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.ccx.bundle_name import check_name, parse_bundle_name
from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError, mask
from chalicelib.ccx.manifest import FileScope
from chalicelib.ccx.manifest_parser import parse_manifest

GOOD: dict[str, Any] = {
    "format": "ccx",
    "version": "1.0",
    "dealer_code": "MOOR",
    "source": {"system": "Gold", "version": "9", "profile": "ccx"},
    "export_id": "7f8f3c2e-6a55-4f0e-8a8e-0d2b9c7b7e01",
    "sequence": 12,
    "previous_export_id": None,
    "generated_at": "2024-06-05T05:00:00+01:00",
    "as_at": "2024-06-05",
    "timezone": "Europe/London",
    "base_currency": "GBP",
    "files": [
        {
            "path": "customers.csv",
            "entity": "customers",
            "mode": "full",
            "rows": 1,
            "bytes": 10,
            "sha256": "0" * 64,
            "totals": {"balance": {"GBP": "7.70"}},
        }
    ],
    "documents": {"count": 0, "bytes": 0},
}


def parsed(**changes: Any) -> Any:
    return parse_manifest(json.dumps(GOOD | changes).encode())


def refusal(data: bytes) -> BundleError:
    with pytest.raises(BundleError) as caught:
        parse_manifest(data)
    return caught.value


def test_a_good_one() -> None:
    manifest = parsed()
    customers = manifest.file("customers")
    assert customers is not None
    assert customers.totals == {"balance": {"GBP": Decimal("7.70")}}
    assert manifest.as_at == date(2024, 6, 5)
    assert manifest.file("transactions") is None


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"source", "previous_export_id", "documents"}))
def test_what_must_be_there_is_named_where_it_is_missing(name: str) -> None:
    left = {field: value for field, value in GOOD.items() if field != name}
    refused = refusal(json.dumps(left).encode())
    assert refused.code is Code.B012_BAD_MANIFEST
    assert f"{name} is missing" in refused.message


@pytest.mark.parametrize("name", ["path", "entity"])
def test_a_file_has_a_path_and_an_entity(name: str) -> None:
    file = {field: value for field, value in GOOD["files"][0].items() if field != name}
    assert f"{name} is missing" in refusal(json.dumps(GOOD | {"files": [file]}).encode()).message


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("abc", "abc"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "\u2026"),
        ("a\tb", "a<09>b"),
        ("\n" * 40, "<0A>" * 9 + "<0A\u2026"),
    ],
)
def test_a_cell_is_shown_cut_and_without_control_characters(cell: str, shown: str) -> None:
    assert mask(cell) == shown


def test_a_later_minor_version_may_say_more() -> None:
    assert parsed(version="1.7", colour="green").sequence == 12


AMOUNTS = [
    ("7.70", True),
    ("7.700", True),
    ("7.705", False),
    (7.705, False),
    ("1e99999", False),
    ("1e999999999", False),
    ("7.70000", True),
    ("0e-9", True),
]


@pytest.mark.parametrize(("total", "good"), AMOUNTS)
def test_a_total_has_no_more_decimals_than_its_currency(total: object, *, good: bool) -> None:
    files = [GOOD["files"][0] | {"totals": {"balance": {"GBP": total}}}]
    if good:
        assert parsed(files=files)
    else:
        said = refusal(json.dumps(GOOD | {"files": files}).encode()).message
        assert "as many decimals as their currency has" in said


@pytest.mark.parametrize("total", ["1e999999999", "-1e999999999", "1e-999999999", "1e400", "NaN", "Infinity"])
def test_a_number_beyond_measure_is_no_total(total: str) -> None:
    assert refusal(json.dumps(GOOD).replace('"7.70"', total).encode()).code == "B012_BAD_MANIFEST"


def test_totals_may_be_numbers_and_lose_no_penny() -> None:
    data = json.dumps(GOOD).replace('"7.70"', "90071992547409.93").encode()
    found = parse_manifest(data).file("customers")
    assert found is not None
    assert found.totals["balance"]["GBP"] == Decimal("90071992547409.93")


FILE = GOOD["files"][0]


@pytest.mark.parametrize(
    ("changes", "as_read"),
    [
        ({"rows": "5"}, ("rows", 5)),
        ({"rows": " +5.0 "}, ("rows", 5)),
        ({"rows": 5.0}, ("rows", 5)),
        ({"scope": {"open_items": "false"}}, ("scope", FileScope(open_items=False))),
        ({"scope": {"history_from": None, "open_items": 1}}, ("scope", FileScope())),
        ({"totals": {"balance": {"GBP": 7}}}, ("totals", {"balance": {"GBP": Decimal(7)}})),
    ],
)
def test_what_may_be_written_in_two_ways_is_taken_in_both(changes: dict[str, Any], as_read: tuple[str, Any]) -> None:
    found = parsed(files=[FILE | changes]).file("customers")
    assert getattr(found, as_read[0]) == as_read[1]


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("source", None, "source"),
        ("source", {"system": "x" * 121}, "source.system"),
        ("documents", {"count": -1}, "documents.count"),
        ("documents", {"bytes": 1e300}, "documents.bytes"),
        ("previous_export_id", "first", "previous_export_id"),
        ("sequence", 12.5, "sequence"),
        ("sequence", "9" * 5_000, "sequence"),
        ("dealer_code", 12, "dealer_code"),
        ("files", [7], "files[0]"),
        ("files", [FILE, FILE | {"totals": []}], "files[1].totals"),
        ("files", [FILE | {"totals": {"balance": "7.70"}}], "files[0].totals.balance"),
        ("files", [FILE | {"totals": {"balance": {"GPB": "7.70"}}}], "files[0].totals.balance.GPB"),
        ("files", [FILE | {"totals": {"balance": {"GBP": None}}}], "files[0].totals.balance.GBP"),
        ("files", [FILE | {"totals": {"balance": {"GBP": True}}}], "files[0].totals.balance.GBP"),
        ("files", [FILE | {"totals": {"balance": {"GBP": "a lot"}}}], "files[0].totals.balance.GBP"),
        ("files", [FILE | {"scope": {"history_from": "June"}}], "files[0].scope.history_from"),
        ("files", [FILE | {"scope": {"open_items": "perhaps"}}], "files[0].scope.open_items"),
    ],
)
def test_what_is_within_a_field_is_named_with_its_place(field: str, value: object, place: str) -> None:
    assert refusal(json.dumps(GOOD | {field: value}).encode()).message.startswith(
        f"manifest.json cannot be used: {place} is not valid here. Use "
    )


@pytest.mark.parametrize("number", ["1e999999999", "-1e999999999", "1e400"])
def test_a_number_beyond_measure_is_no_count(number: str) -> None:
    error = refusal(json.dumps(GOOD).replace('"sequence": 12', f'"sequence": {number}').encode())
    assert error.message.startswith("manifest.json cannot be used: sequence is not valid here. Use a whole number from")


def test_a_file_said_to_be_absent_is_none() -> None:
    assert parsed(files=[{"path": "customers.csv", "entity": "customers", "mode": "absent"}]).file("customers") is None


@pytest.mark.parametrize("version", ["2.0", "0.9", "10.0"])
def test_another_major_version(version: str) -> None:
    assert refusal(json.dumps(GOOD | {"version": version}).encode()).code == "B013_VERSION"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "zip"),
        ("dealer_code", "a b"),
        ("export_id", "12"),
        ("sequence", 0),
        ("sequence", "many"),
        ("generated_at", "2024-06-05T05:00:00"),
        ("generated_at", "2024-06-05"),
        ("generated_at", 1717563600),
        ("generated_at", "1717563600"),
        ("as_at", "05/06/2024"),
        ("as_at", "2024-06-05T00:00:00Z"),
        ("as_at", "2024-06-05T00:00:00"),
        ("as_at", 1717545600),
        ("as_at", "1717545600"),
        ("as_at", "9999-12-31"),
        ("as_at", "1999-12-31"),
        ("generated_at", "9999-12-31T23:59:59Z"),
        ("timezone", "London"),
        ("base_currency", "GPB"),
        ("files", []),
        ("files", GOOD["files"] * 2),
        ("files", [GOOD["files"][0] | {"path": "../customers.csv"}]),
        ("files", [GOOD["files"][0] | {"mode": "some"}]),
        ("files", [GOOD["files"][0] | {"sha256": "abc"}]),
        ("files", [GOOD["files"][0] | {"rows": -1}]),
    ],
)
def test_a_field_that_cannot_be_used_is_named(field: str, value: object) -> None:
    error = refusal(json.dumps(GOOD | {field: value}).encode())
    assert error.code == "B012_BAD_MANIFEST"
    assert error.message.startswith(f"manifest.json cannot be used: {field}")
    assert not re.search(r"Input|Value error|String|…", error.message)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            json.dumps(GOOD | {"timezone": "London"}),
            "timezone is not valid here. Use a time zone, for example",
        ),
        (
            json.dumps(GOOD | {"generated_at": "2024-06-05T05:00:00"}),
            "generated_at is not valid here. Use a moment in the years 2000 to 2199, for example 2024-06-05T06:00:00Z,",
        ),
        (
            json.dumps(GOOD | {"as_at": "2200-01-01"}),
            "as_at is not valid here. Use a date in the years 2000 to 2199, at most a year ahead, for example",
        ),
        (
            json.dumps(GOOD | {"files": 1}),
            "files is not valid here. Use a list with one entry",
        ),
        (json.dumps(GOOD | {"files": GOOD["files"] * 2}), "files lists a file twice. Use each file once"),
        (
            json.dumps({**GOOD, "files": [{"path": "a.csv"}]}),
            "files[0].entity is missing. Use the name of the file",
        ),
        (json.dumps(GOOD).encode("utf-16"), "the file is not UTF-8 text. Use UTF-8 text"),
        (json.dumps(GOOD).encode("utf-16-le"), "the file is not UTF-8 text. Use UTF-8 text"),
        ('{"as_at": 1, "as_at": 2}', "as_at appears twice. Use each name once"),
        ("{", "the file is not JSON. Use one JSON object, as docs/export-format.md says under The manifest."),
    ],
)
def test_what_is_wrong_with_it_is_said_in_plain_words(data: str | bytes, said: str) -> None:
    message = refusal(data.encode() if isinstance(data, str) else data).message
    assert message.startswith(f"manifest.json cannot be used: {said}")


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"\xff", b"{", b"null", b"[" * 100_000, b'{"a":1,"a":1}', b'{"a":1e-99999999999999999999}'],
)
def test_what_is_no_manifest(data: bytes) -> None:
    assert refusal(data).code == "B012_BAD_MANIFEST"


def test_a_byte_order_mark_is_accepted() -> None:
    assert parse_manifest(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()).sequence == 12


def test_the_name_says_dealer_time_and_number() -> None:
    said = parse_bundle_name("ccx_MOOR_20240605T040000Z_00000012.zip")
    assert said == ("MOOR", datetime(2024, 6, 5, 4, tzinfo=UTC), 12)
    check_name("ccx_MOOR_20240605T040000Z_00000012.zip", parsed())


def test_a_second_download_of_the_same_name_is_no_other_export() -> None:
    check_name("ccx_MOOR_20240605T040000Z_00000012 (1).zip", parsed())


@pytest.mark.parametrize(
    "name",
    [
        "export.zip",
        "ccx_MOOR_20240605T040000Z_12.zip",
        "ccx_MOOR_20241305T040000Z_00000012.zip",
        "ccx_MOOR_20240605T040000Z_00000013.zip",
        "ccx_OTHER_20240605T040000Z_00000012.zip",
    ],
)
def test_a_name_that_does_not_fit(name: str) -> None:
    with pytest.raises(BundleError) as caught:
        check_name(name, parsed())
    assert caught.value.code == "B010_BUNDLE_NAME"
