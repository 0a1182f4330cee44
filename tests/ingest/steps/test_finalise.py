"""The events of a published run are recorded in batches, in as many calls as it takes."""

from collections import Counter
from typing import Any

import pytest

from chalicelib.ccx.codes import Code
from chalicelib.customers.change_requests import operations as operations_of_changes
from chalicelib.ingest import findings_by_cause, operations, queries
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.part_result import TouchedAccount
from chalicelib.ingest.steps import finalise, part_summary, spread
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.store.events import EventRecord, events_pk
from chalicelib.store.roles import assume_scope
from chalicelib.tasks import repo as tasks
from tests.bundles import PDF, transaction
from tests.bundles import line as document_line
from tests.fixtures.calls import counted_calls
from tests.ingest.exports import export, ledger
from tests.ingest.found import rejects
from tests.ingest.pipeline import ImportPipeline, Message
from tests.ingest.zips import with_manifest, with_member
from tests.ledger.accounts import a_facts


def published(line: ImportPipeline, news: int, accounts: int = 2) -> tuple[ImportRun, list[Message]]:
    """A run that brings so many new invoices an account, published, and the messages of what follows."""
    customers, rows = ledger(accounts)
    line.take_in(export(line, customers, rows))
    rows += [
        transaction(c["account_ref"], f"N{c['account_ref']}{n:03}", "7.00") for c in customers for n in range(news)
    ]
    line.arrive(line.put(export(line, customers, rows, 2)))
    while True:
        waiting = line.messages()
        if any(message["step"] == "finalise" for message in waiting):
            return line.newest(), [message for message in waiting if message["step"] == "finalise"]
        for message in waiting:
            line.deliver(message)


def events(line: ImportPipeline, run: ImportRun) -> list[EventRecord]:
    with assume_scope(line.scope):
        return list(EventRecord.query(events_pk(line.scope, run.number)))


def test_events_are_written_by_the_batch_and_none_is_read(line: ImportPipeline) -> None:
    run, messages = published(line, 60)
    with counted_calls("dynamodb") as calls:
        line.deliver(messages[0])
    assert len(events(line, run)) == 120
    counted = Counter(calls)
    assert counted["BatchWriteItem"] == 5
    assert counted["PutItem"] == counted["BatchGetItem"] == 0


def test_a_change_that_the_export_shows_is_closed(line: ImportPipeline) -> None:
    customers, rows = ledger(1)
    ref = customers[0]["account_ref"]
    asked_for = operations_of_changes.ask_for_change(
        CustomerScope(line.scope.dealer_id, "al", frozenset({ref})),
        facts=a_facts(ref),
        field=AccountField.PHONE,
        value="01632 960 118",
        note="",
        asked_by="al@farm.example",
        now=line.now,
        ids=line.ids,
    )
    line.take_in(export(line, customers, rows))
    assert [task.task_id for task in tasks.tasks(line.scope)] == [asked_for.request_id]
    line.take_in(export(line, [{**customers[0], "phone": "01632-960118"}], rows, 2))
    assert tasks.tasks(line.scope) == []


def test_short_of_time_the_message_says_where_to_go_on(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finalise, "EVENTS_AT_ONCE", 5)
    monkeypatch.setattr(spread, "MAX_ROWS", 25)
    run, messages = published(line, 7)
    assert run.n == 2
    line.remaining = lambda: 10.0
    line.deliver(messages[0])
    line.drain()
    places = [(m.get("part", 0), m.get("event", 0)) for m in line.delivered if m["step"] == "finalise"][-4:]
    assert places == [(0, 0), (0, 5), (1, 0), (1, 5)]
    assert len(events(line, run)) == 14
    assert line.run(run.number).finalised_at is not None


def test_recorded_again_they_are_the_same(line: ImportPipeline) -> None:
    run, messages = published(line, 3)
    finalise._record_events(line.job(), run, 0, 0)  # noqa: SLF001 - a worker that died before it could conclude
    before = [event.serialize() for event in events(line, run)]
    line.wait(minutes=5)
    line.deliver(messages[0])
    assert [event.serialize() for event in events(line, run)] == before


def test_a_run_that_was_undone_meanwhile_tells_nothing_more(line: ImportPipeline) -> None:
    run, messages = published(line, 3)
    operations.undo_run(line.admin, number=run.number, now=line.now, ids=line.ids)
    line.deliver({**messages[0], "part": 0, "event": 1})
    assert events(line, run) == []
    assert line.run(run.number).finalised_at is not None


def test_causes_come_before_what_follows_and_no_file_hides_another(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings_by_cause, "MAX_IN_GROUP", 3)
    customers, rows = ledger(60, 3)
    lines = [document_line(row["account_ref"], row["transaction_id"], n, "1.00") for row in rows for n in (1, 2)]
    customers[0]["name"] = ""
    for row in rows[-4:]:
        row["transaction_date"] = "31/09/2024"
    run = line.take_in(export(line, customers, rows, lines=lines))
    groups = queries.findings(line.scope, number=run.number)
    assert [(one.first.file, one.first.code.partition("_")[0], one.rows, len(one.findings)) for one in groups] == [
        ("customers.csv", "E101", 1, 1),
        ("transactions.csv", "E104", 4, 3),
        ("transactions.csv", "E201", 3, 3),
        ("invoice_lines.csv", "E201", 8, 3),
        ("invoice_lines.csv", "E201", 6, 3),
    ]


def test_warnings_that_a_part_does_not_keep_are_counted_by_cause(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_summary, "MAX_WARNINGS", 2)
    customers, rows = ledger(1, 6)
    for row in rows:
        row["due_date"] = "2020-01-01"
    run = line.take_in(export(line, customers, rows))
    (group,) = queries.findings(line.scope, number=run.number, warnings=True)
    assert (group.first.code, group.rows, len(group.findings)) == (Code.W302_DUE_DATE, 6, 2)
    assert run.summary
    assert sum(file.warnings for file in run.summary.files) == group.rows


def test_of_one_file_what_most_rows_have_comes_first(line: ImportPipeline) -> None:
    customers, rows = ledger(2, 20)
    rows[0]["transaction_date"] = "31/09/2024"
    for row in rows[1:4]:
        row["due_date"] = "31/09/2024"
    run = line.take_in(export(line, customers, rows))
    groups = queries.findings(line.scope, number=run.number)
    assert [(one.first.column, one.rows, one.first.line) for one in groups] == [
        ("due_date", 3, 3),
        ("transaction_date", 1, 2),
    ]


def test_more_errors_than_are_kept_are_counted_all_the_same(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings_by_cause, "MAX_REPORTED", 3)
    customers, rows = ledger(2, 10)
    for row in rows:
        row["transaction_date"] = "31/09/2024"
    run = line.take_in(export(line, customers, rows))
    (group,) = queries.findings(line.scope, number=run.number)
    assert (group.rows, [finding.line for finding in group.findings]) == (20, [2, 3, 4])


def test_the_accounts_that_a_run_changes_are_listed_with_their_rows(line: ImportPipeline) -> None:
    customers, rows = ledger(3, 2)
    first = line.take_in(export(line, customers, rows))
    assert queries.touched_accounts(line.scope, number=first.number) == [
        TouchedAccount(ref, new=3) for ref in ("1000", "1001", "1002")
    ]
    rows[2]["description"] = "corrected"
    second = line.take_in(export(line, customers, [*rows[1:], rows[0] | {"transaction_id": "9-9"}], 2))
    assert queries.touched_accounts(line.scope, number=second.number) == [
        TouchedAccount("1000", new=1, settled=1),
        TouchedAccount("1001", changed=1),
    ]
    assert queries.touched_accounts(line.scope, number=9) is None


def test_a_document_that_no_row_names_is_told(line: ImportPipeline) -> None:
    def one_more(manifest: dict[str, Any]) -> None:
        manifest["documents"] = {"count": 1, "bytes": len(PDF)}

    bundle = with_manifest(with_member(export(line, *ledger(1)), "documents/stray.pdf", PDF), one_more)
    run = line.take_in(bundle)
    assert run.state is RunState.PUBLISHED
    (found,) = rejects(line.scope, number=run.number, warnings=True)
    assert (found.file, found.line, found.code) == ("documents/stray.pdf", 0, "W318_UNNAMED_DOCUMENT")
