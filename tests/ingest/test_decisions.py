"""Approve, refuse, undo: who may, when, and what follows."""

from dataclasses import replace

import pytest

from chalicelib.ccx.messages import sentences
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import operations, repo
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from chalicelib.kernel.roles import Role
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.ccx.words import BRITISH, words
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

WRONG_TOTAL = {"transactions": {"totals": {"outstanding_amount": {"GBP": "1.00"}}}}


def held(line: ImportPipeline, accounts: int = 3, sequence: int = 2) -> ImportRun:
    run = line.take_in(export(line, *ledger(accounts), sequence, files=WRONG_TOTAL))
    assert run.state is RunState.HELD
    return run


def decide(line: ImportPipeline, what: str, run: ImportRun) -> None:
    do = {"approve": operations.approve_run, "refuse": operations.refuse_run, "undo": operations.undo_run}[what]
    do(line.admin, number=run.number, now=line.now, ids=line.ids)
    line.drain()


@pytest.fixture
def first(line: ImportPipeline) -> ImportRun:
    return line.take_in(export(line, *ledger(2)))


def test_a_first_export_brings_accounts_and_rows_and_takes_nothing_away(line: ImportPipeline, first: ImportRun) -> None:
    found = first.summary
    assert found
    assert (found.accounts, found.open_items, found.open_by_currency["GBP"].items) == (2, 20, 20)
    gone = (found.settled, found.archived, found.events, found.stored_documents, found.incomplete_accounts)
    assert (*gone, found.owners_changed) == (0,) * 6
    customers, rows = ledger(2)
    moved = line.take_in(export(line, customers, rows[:-1], 2)).summary
    assert moved
    assert (moved.settled, moved.open_items, moved.open_by_currency["GBP"].items) == (1, 19, 19)


def test_a_wrong_control_total_holds_and_an_admin_may_apply_it(line: ImportPipeline, first: ImportRun) -> None:
    run = held(line)
    assert "your dealer system says £1.00" in words(run.reasons[0])
    assert len(line.entries()) == 2
    decide(line, "approve", run)
    assert line.run(run.number).state is RunState.PUBLISHED
    assert line.run(run.number).decided_by == line.admin.person_id
    assert len(line.entries()) == 3
    assert not dealers.published(line.scope, fresh=True).totals_agree
    assert first.number == 1


def test_a_refused_run_can_never_be_applied(line: ImportPipeline, first: ImportRun) -> None:
    run = held(line)
    decide(line, "refuse", run)
    assert line.run(run.number).code == "F504_REFUSED"
    with pytest.raises(ConflictError):
        decide(line, "approve", run)
    with pytest.raises(ConflictError):
        decide(line, "refuse", run)
    assert dealers.published(line.scope, fresh=True).run == first.number


def test_a_held_run_that_was_overtaken_is_refused(line: ImportPipeline, first: ImportRun) -> None:
    run = held(line)
    line.take_in(export(line, *ledger(4), 3))
    assert line.run(run.number).state is RunState.REFUSED
    assert line.run(run.number).code == "F508_NEWER_EXPORT"
    message = line.run(run.number).message
    assert message
    assert sentences(message, BRITISH).startswith("Overtaken by the export of 5 Jun 2024, number 3, which was applied")
    with pytest.raises(ConflictError):
        decide(line, "approve", run)
    assert len(line.entries()) == 4
    assert first.state is RunState.PUBLISHED


def test_nobody_decides_after_six_days(line: ImportPipeline, first: ImportRun) -> None:
    run = held(line)
    line.wait(days=6)
    with pytest.raises(ConflictError, match="6 days"):
        decide(line, "approve", run)
    with pytest.raises(ConflictError, match="6 days"):
        decide(line, "undo", first)


def test_undo_brings_back_the_export_before_and_its_sequence(line: ImportPipeline, first: ImportRun) -> None:
    before = line.picture()
    second = line.take_in(export(line, *ledger(3), 2))
    decide(line, "undo", second)
    assert line.picture() == before
    current = dealers.published(line.scope, fresh=True)
    assert (current.run, current.sequence, current.generation) == (first.number, 1, 3)
    again = line.take_in(export(line, *ledger(3), 2))
    assert (again.number, again.state) == (3, RunState.PUBLISHED)
    assert len(line.entries()) == 3


def test_undo_of_the_first_export_leaves_no_figures(line: ImportPipeline, first: ImportRun) -> None:
    decide(line, "undo", first)
    assert line.entries() == []
    assert dealers.published(line.scope, fresh=True).run == 0


def test_only_what_customers_see_now_can_be_undone(line: ImportPipeline, first: ImportRun) -> None:
    line.take_in(export(line, *ledger(3), 2))
    with pytest.raises(ConflictError, match="see now"):
        decide(line, "undo", first)


def test_undo_while_an_export_is_read_refuses_that_one(line: ImportPipeline, first: ImportRun) -> None:
    line.arrive(line.put(export(line, *ledger(3), 2)))
    operations.undo_run(line.admin, number=first.number, now=line.now, ids=line.ids)
    line.drain()
    assert line.newest().code == "F503_OVERTAKEN"
    assert line.entries() == []
    assert repo.lease(line.scope).run is None


def test_only_an_admin_decides(line: ImportPipeline, first: ImportRun) -> None:
    user = replace(line.admin, role=Role.USER)
    with pytest.raises(ForbiddenError):
        operations.undo_run(user, number=first.number, now=line.now, ids=line.ids)
    with pytest.raises(NotFoundError):
        operations.undo_run(line.admin, number=99, now=line.now, ids=line.ids)


def test_every_decision_is_in_the_audit_trail(line: ImportPipeline, first: ImportRun) -> None:
    decide(line, "approve", held(line))
    decide(line, "undo", line.newest())
    with assume_scope(line.scope):
        rows = [(row.subject, row.event) for row in AuditRow.query(tenant_pk(line.scope, "AUDIT", "2024-06"))]
    assert sorted(row for row in rows if row[1].startswith("import.")) == [
        ("import 1", "import.opened"),
        ("import 1", "import.published"),
        ("import 2", "import.held"),
        ("import 2", "import.opened"),
        ("import 2", "import.published"),
        ("import 2", "import.undone"),
    ]
    assert first.number == 1
