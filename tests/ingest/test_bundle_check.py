"""What an export shows by itself is what its import finds, to the word: the same rules without the store."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chalicelib import settings
from chalicelib.ccx.bundle import open_bundle
from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError, Finding
from chalicelib.ccx.messages import Message, Stored, sentences
from chalicelib.ccx.source_formats import SOURCE_FORMATS
from chalicelib.ingest import names, report
from chalicelib.ingest.bundle_check import LEFT_TO_THE_IMPORT, check_bundle, may_be_in_the_portal, open_export
from chalicelib.ingest.entities import ENTITIES
from chalicelib.ingest.gate_rules import Decision
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.steps import spread
from chalicelib.store import blobs
from tests.bundles import (
    CUSTOMER_COLUMNS,
    TRANSACTION_COLUMNS,
    csv_bytes,
    customer,
    document,
    transaction,
)
from tests.bundles import line as invoice_line
from tests.ccx.words import words
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.test_entities import DEPOTS
from tests.ingest.test_handwritten import handwritten
from tests.ingest.zips import members, with_manifest, with_member, without, without_customers, without_transactions

Make = Callable[[ImportPipeline], bytes]
DECISIONS = {
    RunState.PUBLISHED: Decision.PUBLISH,
    RunState.HELD: Decision.HOLD,
    RunState.REFUSED: Decision.REFUSE,
}


def name_of(line: ImportPipeline) -> str:
    return f"ccx_{line.code}_20240605T050000Z_00000001.zip"


def plain(line: ImportPipeline, **more: Any) -> bytes:
    return export(line, *ledger(4, 5), documents=[document("1000", f"d{n}") for n in range(3)], **more)


def raw(line: ImportPipeline, data: bytes, entity: str = "customers", **told: Any) -> bytes:
    """One whose file is these bytes, as its manifest says."""
    said = {"bytes": len(data), "sha256": sha256(data).hexdigest(), "totals": {}} | told
    return export(line, *ledger(4, 5), raw={f"{entity}.csv": data}, files={entity: said})


def table(*, entity: str = "customers", separator: str = ",", **header: str) -> bytes:
    rows, columns = ledger(4, 5), CUSTOMER_COLUMNS if entity == "customers" else TRANSACTION_COLUMNS
    text = csv_bytes(columns, rows[0] if entity == "customers" else rows[1]).decode()
    for old, new in header.items():
        text = text.replace(old, new, 1)
    return text.replace(",", separator).encode()


def told(line: ImportPipeline, **changes: Any) -> bytes:
    return with_manifest(plain(line), lambda manifest: manifest.update(changes))


def hopeless(line: ImportPipeline) -> bytes:
    customers, rows = ledger(4, 5)
    return export(line, customers, [{**row, "transaction_date": "31/31/2024"} for row in rows])


def some_wrong(line: ImportPipeline) -> bytes:
    """More rejected rows than are applied, and fewer than are refused."""
    customers, rows = ledger(4, 25)
    return export(line, customers, [{**row, "currency": "EUR"} if n < 6 else row for n, row in enumerate(rows)])


def wrong_total(line: ImportPipeline) -> bytes:
    return export(line, *ledger(4, 5), files={"transactions": {"totals": {"outstanding_amount": {"GBP": "1.00"}}}})


def uncountable_total(line: ImportPipeline) -> bytes:
    customers, rows = ledger(4, 25)
    rows[3]["total_amount"] = "a lot"
    return export(line, customers, rows)


def of_two_accounts(line: ImportPipeline) -> bytes:
    documents = [document("1000", "d0"), document("1001", "d0"), document("1001", "d1", b"<html>", bytes="6")]
    return export(line, *ledger(2, 3), documents=documents, contents={"d1": b"<html>", "unnamed": b"%PDF-1.4"})


def allocations_and_statements(line: ImportPipeline) -> bytes:
    """Everything that can be wrong with them, one thing a row."""
    customers, rows = ledger(1, 3)
    rows.append(transaction("1000", "R", "-1.00", type="payment"))
    rows += [transaction("1000", "two", "-1.00", type=kind) for kind in ("payment", "credit_note")]
    pairs = [("R", "1000-0"), ("two", "1000-0"), ("1000-1", "1000-0"), ("R", "two"), ("R", "old")]
    paid = [
        {"account_ref": "1000", "from_transaction_id": source, "to_transaction_id": target, "amount": amount}
        | {"allocated_date": "2024-06-05"}
        for (source, target), amount in zip(pairs, ("-1.00", "1.00", "1.00", "1.00", "1.00"), strict=True)
    ]
    sent = [
        {"account_ref": "1000", "statement_id": name, "period_from": "2024-06-05", "period_to": day, "closing": "1.00"}
        for name, day in (("s1", "2024-06-05"), ("s2", "2024-06-04"))
    ]
    sent[0] |= {"aged_current": "2.00"}
    return export(line, customers, rows, allocations=paid, statements=sent)


def damaged_document(line: ImportPipeline) -> bytes:
    whole = plain(line)
    with_end = bytearray(whole)
    at = whole.index(b"documents/d1.pdf") + len("documents/d1.pdf") + 8
    with_end[at] ^= 0xFF
    return bytes(with_end)


def of_no_account(line: ImportPipeline) -> bytes:
    customers, rows = ledger(4, 25)
    rows[1] |= {"account_ref": ""}
    rows[2] |= {"account_ref": "9999", "document_id": "never"}
    lines = [invoice_line("1000", "1000-0", 1, "1.50", vat_amount="9.00"), invoice_line("1000", "gone", 1, "1.50")]
    return export(line, customers, rows, lines=lines)


def oddities(line: ImportPipeline) -> bytes:
    """A number of the portal's own, a line end in a text, a document of a transaction that is not there."""
    customers, rows = ledger(4, 25)
    customers[0]["city"] = "two\nlines"
    documents = [document("1000", "d0", transaction_id="gone")]
    return export(line, [*customers, customer("~01HZZZZZZZZZZZZZZZZZZZZZZZ")], rows, documents=documents)


def masters(line: ImportPipeline) -> bytes:
    refs = {"1": "2", "2": "1", "3": "nobody", "4": "", "5": "4", "6": "5"}
    customers = [customer(ref, master_account_ref=master) for ref, master in refs.items()]
    return export(line, customers, [transaction("4", "t", "1.00", settlement_rate="5", settlement_amount="9.00")])


def typed(name: str) -> Make:
    return lambda line: with_manifest(handwritten(name), lambda m: m.update(dealer_code=line.code, sequence=1))


def told_of_more(line: ImportPipeline) -> bytes:
    """A file of no known entity, columns and totals that nobody reads."""
    more = {"path": "colours.csv", "entity": "colours", "rows": 1, "bytes": 2, "sha256": "0" * 64}
    bundle = export(
        line, [customer("1000", colour="red")], [], files={"customers": {"totals": {"colour": {"GBP": "1"}}}}
    )
    return with_member(with_manifest(bundle, lambda m: m["files"].append(more)), "colours.csv", b"x\n")


HOSTILE = (
    "",
    " ",
    "x" * 5_000,
    "=1+1",
    "31/12/2024",
    "-1",
    "1.999",
    "1e9",
    "true",
    "EUR",
    "a\tb",
    'a"b',
    "é\u0308",
    "0",
)


def at_random(seed: int) -> Make:
    """Cells of every file replaced, rows doubled, and told as if that were right."""

    def make(line: ImportPipeline) -> bytes:
        rng = Random(seed)
        customers, rows = ledger(12, 12)
        customers = [{**row, "master_account_ref": rng.choice(("", "", "1000", "1001"))} for row in customers]
        documents = [document(row["account_ref"], f"d{n}") for n, row in enumerate(rows[:12])]
        lines = [invoice_line(row["account_ref"], row["transaction_id"], 1, row["total_amount"]) for row in rows[:12]]
        contents = {f"d{n}": b"%PDF-1.4" if rng.random() < 0.8 else b"<html>" for n in range(12)}
        tables = {"customers": customers, "transactions": rows, "documents": documents, "invoice_lines": lines}
        whole = members(export(line, customers, rows, documents=documents, lines=lines, contents=contents))
        raw = {f"{entity}.csv": spoilt(whole[f"{entity}.csv"], rng) for entity in tables}
        told = {
            entity: {
                "rows": data.count(b"\r\n") - 1,
                "bytes": len(data),
                "sha256": sha256(data).hexdigest(),
                **rng.choice(({}, {"totals": {}})),
            }
            for entity, data in ((name.removesuffix(".csv"), data) for name, data in raw.items())
        }
        return export(line, customers, rows, documents=documents, lines=lines, contents=contents, raw=raw, files=told)

    return make


def spoilt(data: bytes, rng: Random) -> bytes:
    header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    for row in rng.sample(rows, k=max(1, len(rows) // rng.choice((3, 12, 100)))):
        row[rng.randrange(len(row))] = rng.choice(HOSTILE)
    rows += [rng.choice(rows), [*rng.choice(rows)[:-1], "9"], rng.choice(rows)[:-1]]
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


MADE: dict[str, Make] = {
    "good": plain,
    "with a mark": lambda line: raw(line, table().decode().encode("utf-8-sig")),
    "blank lines": lambda line: raw(line, table() + b",,,,\r\n\r\n", rows=5),
    "typed: everything": typed("everything"),
    "typed: goes in": typed("goes_in"),
    "held": some_wrong,
    "hopeless": hopeless,
    "wrong total": wrong_total,
    "uncountable total": uncountable_total,
    "two accounts": of_two_accounts,
    "damaged document": damaged_document,
    "no account": of_no_account,
    "oddities": oddities,
    "masters": masters,
    "allocations and statements": allocations_and_statements,
    "no customers": lambda line: without_customers(plain(line)),
    "no transactions": lambda line: without_transactions(plain(line)),
    "unused": told_of_more,
    "as at ahead": lambda line: told(line, as_at="2024-06-20"),
    **{f"random {seed}": at_random(seed) for seed in range(8)},
}
REFUSED: dict[str, Make] = {
    "no zip": lambda _: b"PK and nothing more",
    "half a zip": lambda line: plain(line)[: len(plain(line)) // 2],
    "no manifest": lambda line: without(plain(line), "manifest.json"),
    "bad manifest": lambda line: told(line, timezone="London"),
    "another version": lambda line: told(line, version="2.0"),
    "another number": lambda line: told(line, sequence=2),
    "years ahead": lambda line: told(line, as_at="2026-06-05"),
    "missing file": lambda line: without(plain(line), "transactions.csv"),
    "extra file": lambda line: with_member(plain(line), "notes.txt", b"x"),
    "folder": lambda line: with_member(plain(line), "a/b.csv", b"x"),
    "unsafe": lambda line: with_member(plain(line), "../x", b"x"),
    "clash": lambda line: with_member(plain(line), "CUSTOMERS.csv", b"x"),
    "bomb": lambda line: with_member(plain(line), "documents/z.pdf", bytes(3_000_000)),
    "delta": lambda line: plain(line, files={"transactions": {"mode": "delta"}}),
    "documents": lambda line: told(line, documents={"count": 9, "bytes": 9}),
    "checksum": lambda line: plain(line, files={"transactions": {"sha256": "0" * 64}}),
    "rows": lambda line: plain(line, files={"transactions": {"rows": 3}}),
    "bytes": lambda line: plain(line, files={"transactions": {"bytes": 3}}),
    "no UTF-8": lambda line: raw(line, table().replace(b"Thirsk", b"Th\xefrsk", 1)),
    "UTF-16": lambda line: raw(line, table().decode().encode("utf-16")),
    "semicolons": lambda line: raw(line, table(separator=";")),
    "missing column": lambda line: raw(line, table(balance="saldo")),
    "repeated column": lambda line: raw(line, table(phone="email")),
    "old line ends": lambda line: raw(line, table().replace(b"\r\n", b"\r")),
    "open quote": lambda line: raw(line, table() + b'"open', rows=5),
    "long line": lambda line: raw(line, table(entity="transactions") + b"x" * 1_100_000, entity="transactions"),
}


@pytest.mark.parametrize("case", MADE)
def test_the_same_is_found_as_by_the_import(line: ImportPipeline, tmp_path: Path, case: str) -> None:
    assert_alike(line, MADE[case](line), tmp_path)


def assert_alike(line: ImportPipeline, bundle: bytes, work: Path) -> tuple[ImportRun, list[Finding]]:
    found: list[Finding] = []
    run = line.take_in(bundle, file_name=name_of(line))
    opened = open_export(io.BytesIO(bundle), name=name_of(line), now=line.now, entities=line.entities)
    result = check_bundle(opened, now=line.now, found=found.append, work=work)
    assert result.verdict.decision is DECISIONS[run.state]
    assert spelt(result.verdict.reasons) == spelt(run.reasons)
    assert run.summary
    assert [(f.entity, f.path, f.rows, f.rejected) for f in result.files] == [
        (f.entity, f.path, f.rows, f.rejected) for f in run.summary.files
    ]
    assert result.totals == run.summary.totals
    imported = [finding for finding in findings_of(line, run) if finding.code not in LEFT_TO_THE_IMPORT]
    assert listed(found) == listed(imported)
    return run, found


def findings_of(line: ImportPipeline, run: ImportRun) -> list[Finding]:
    stored = (names.rejects(run.number), names.warnings(run.number))
    bucket = settings.load().files_bucket
    return [one for name in stored for one in report.ALL.unpack(blobs.get(line.scope, bucket, f"{name}.all"))]


def listed(findings: list[Finding]) -> list[str]:
    """All that a finding says, and its words."""
    return sorted(f"{finding!r} {sentences(finding.stored_message, SOURCE_FORMATS)}" for finding in findings)


def spelt(messages: tuple[Stored, ...]) -> list[str]:
    return [words(message) for message in messages]


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_for_the_same_reason(line: ImportPipeline, tmp_path: Path, case: str) -> None:
    bundle = REFUSED[case](line)
    run = line.take_in(bundle, file_name=name_of(line))
    with pytest.raises(BundleError) as caught:
        checked(bundle, line, tmp_path)
    assert run.state is RunState.REFUSED
    assert isinstance(run.message, Message)
    assert (caught.value.stored_message, caught.value.file) == (run.message, run.file)
    assert caught.value.message == words(run.message)


def checked(bundle: bytes, line: ImportPipeline, work: Path) -> list[Finding]:
    found: list[Finding] = []
    opened = open_export(io.BytesIO(bundle), name=name_of(line), now=line.now, entities=line.entities)
    check_bundle(opened, now=line.now, found=found.append, work=work)
    return found


def test_the_cases_find_all_that_rows_can_have(line: ImportPipeline, tmp_path: Path) -> None:
    every = {
        finding.code for case, make in MADE.items() for finding in checked(make(line), line, made(tmp_path / case))
    }
    of_rows = {code for code in Code if code[0] in "EW"}
    assert of_rows - every - LEFT_TO_THE_IMPORT == {Code.E211_FILE_TOO_BIG}


def test_a_document_beyond_the_limit(line: ImportPipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.ingest.checks.document.MAX_BYTES", 10)
    _, found = assert_alike(line, plain(line), tmp_path)
    assert {finding.code for finding in found} == {Code.E211_FILE_TOO_BIG}


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", ["export.zip", "ccx_X_1.zip"])
def test_a_name_that_the_portal_would_not_take_is_refused_first(name: str, now: datetime) -> None:
    with pytest.raises(BundleError) as caught:
        open_export(io.BytesIO(b""), name=name, now=now, entities=ENTITIES)
    assert caught.value.code is Code.B010_BUNDLE_NAME


def test_files_of_the_dealers_are_checked_too(line: ImportPipeline, tmp_path: Path) -> None:
    line.entities = (*ENTITIES, DEPOTS)
    data = b"code,name,opened\r\n,Thirsk,\r\nY,Yarm,\r\n"
    entry = {
        "path": "depots.csv",
        "entity": "depots",
        "rows": 2,
        "bytes": len(data),
        "sha256": sha256(data).hexdigest(),
    }
    bundle = with_manifest(plain(line), lambda m: m["files"].append(entry))
    _, found = assert_alike(line, with_member(bundle, "depots.csv", data), tmp_path)
    assert [finding.code for finding in found if finding.file == "depots.csv"]


def test_rows_that_do_not_fit_are_spread_again(
    line: ImportPipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "MAX_ROWS", 30)
    customers, rows = ledger(12, 12)
    rows[100]["due_date"] = "soon"
    found = checked(export(line, customers, rows), line, tmp_path)
    assert [(finding.code, finding.line) for finding in found] == [(Code.E104_BAD_DATE, 102)]
    assert len(list(tmp_path.iterdir())) > 4


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (plain, {Code.E207_NO_FILE, Code.W301_DOCUMENT_NOT_YET, Code.W321_ALLOCATED_UNKNOWN}),
        (
            lambda line: without_customers(plain(line)),
            {Code.E207_NO_FILE, Code.W301_DOCUMENT_NOT_YET, Code.W321_ALLOCATED_UNKNOWN, Code.E202_UNKNOWN_ACCOUNT},
        ),
        (
            lambda line: without_transactions(plain(line)),
            {Code.E207_NO_FILE, Code.W301_DOCUMENT_NOT_YET, Code.W321_ALLOCATED_UNKNOWN, Code.W312_OUT_OF_BALANCE},
        ),
    ],
)
def test_what_an_earlier_export_may_have_brought(line: ImportPipeline, make: Make, codes: set[Code]) -> None:
    bundle = open_bundle(io.BytesIO(make(line)), ENTITIES)
    assert {code for code in Code if may_be_in_the_portal(code, bundle)} == codes
