"""A dealer's system gives an account's number to somebody else: nobody sees the other's figures, and staff decide."""

from datetime import date, timedelta

import pytest

from chalicelib.ccx.codes import Code
from chalicelib.ccx.messages import Message
from chalicelib.customers import eras
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.ingest import gate_rules
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.operations import approve_run, confirm_same_customers, undo_run
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.ledger.access import AccountShutError, account_scope
from chalicelib.ledger.model import OwnerChange
from chalicelib.ledger.queries import account_view
from chalicelib.ledger.row_query import RowQuery
from chalicelib.notifications.kinds.same_customers import SameCustomers
from chalicelib.sheets import queries as sheets
from chalicelib.statements.entity import STATEMENTS
from chalicelib.store import outbox
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.bundles import customer, transaction
from tests.ingest.exports import Rows, export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.test_entities import with_file

OLD = customer("1000", name="Old Farm", email="old@farm.example")
NEW = customer("1000", name="New Garage Ltd", email="office@garage.example")
OTHER = customer("1001")
OLD_ROWS = [transaction("1000", "old-1", "5.00"), transaction("1000", "old-2", "6.00", transaction_date="2024-05-01")]
NEW_ROWS = [transaction("1000", "new-1", "7.00")]


def take_in(line: ImportPipeline, sequence: int, customers: Rows, rows: Rows) -> ImportRun:
    return line.take_in(export(line, customers, rows, sequence))


def change_of(line: ImportPipeline) -> OwnerChange:
    head = line.head("1000")
    assert head
    assert head.owner_change
    return head.owner_change


def may_open(line: ImportPipeline, era: str = "") -> bool:
    membership = Membership(line.scope.dealer_id, MembershipKind.CUSTOMER, "1000", role=Role.VIEW, era=era)
    try:
        return bool(account_scope("somebody", membership))
    except AccountShutError:
        return False


@pytest.fixture
def changed(line: ImportPipeline) -> ImportRun:
    take_in(line, 1, [OLD, OTHER], OLD_ROWS)
    assert may_open(line)
    return take_in(line, 2, [NEW, OTHER], [*OLD_ROWS, *NEW_ROWS])


def test_name_and_email_of_another_suspend_the_account_and_the_run_says_so(
    line: ImportPipeline, changed: ImportRun
) -> None:
    assert changed.summary
    assert changed.summary.other_owners == ("1000",)
    change = change_of(line)
    assert (change.name, change.email, change.until) == ("Old Farm", "old@farm.example", date(2024, 5, 5))
    assert change.known == ("invoice/old-1",)
    assert not may_open(line)
    assert not may_open(line, change.era)
    (entry,) = [one for one in line.entries() if one.ref == "1000"]
    assert (entry.era, entry.next_era) == ("", change.era)


@pytest.mark.usefixtures("changed")
def test_the_doubt_stays_until_staff_decide(line: ImportPipeline) -> None:
    change = change_of(line)
    again = take_in(line, 3, [NEW | {"city": "Malton"}, OTHER], [*OLD_ROWS, *NEW_ROWS])
    assert again.summary
    assert again.summary.other_owners == ()
    assert change_of(line) == change
    assert not may_open(line)


@pytest.mark.usefixtures("changed")
def test_the_same_customer_is_as_before(line: ImportPipeline) -> None:
    era = change_of(line).era
    eras.confirm_same_customer(line.admin, ref="1000", era=era, now=line.now, ids=line.ids)
    assert may_open(line)
    assert {row.transaction_id for row in line.rows("1000")} == {"old-1", "old-2", "new-1"}
    take_in(line, 3, [NEW, OTHER], [*OLD_ROWS, *NEW_ROWS])
    assert may_open(line)


@pytest.mark.usefixtures("changed")
def test_somebody_else_sees_their_own_rows_alone_from_the_next_export_on(line: ImportPipeline) -> None:
    era = change_of(line).era
    eras.confirm_somebody_else(line.admin, ref="1000", era=era, now=line.now, ids=line.ids)
    assert not may_open(line)
    assert may_open(line, era)
    head = line.head("1000")
    assert head
    assert head.era == ""  # a reader of the new era is shown no figures yet
    for sequence in (3, 4):  # the same rows again, the earlier ones too
        take_in(line, sequence, [NEW, OTHER], [*OLD_ROWS, *NEW_ROWS])
        head = line.head("1000")
        assert head
        assert (head.era, [row.transaction_id for row in line.rows("1000")]) == (era, ["new-1"])
        assert may_open(line, era)
        assert not may_open(line)
    rows = [*OLD_ROWS, *NEW_ROWS, transaction("1000", "new-2", "8.00")]
    take_in(line, 5, [NEW, OTHER], rows)
    assert sorted(row.transaction_id for row in line.rows("1000")) == ["new-1", "new-2"]


@pytest.mark.usefixtures("changed")
def test_statements_of_the_earlier_customer_are_left_out(line: ImportPipeline) -> None:
    eras.confirm_somebody_else(line.admin, ref="1000", era=change_of(line).era, now=line.now, ids=line.ids)
    head = line.head("1000")
    assert head
    days = (head.as_at - timedelta(days=90), head.as_at)
    sent = [
        {"statement_id": f"S{n}", "account_ref": "1000", "period_to": str(day), "closing": "1.00"}
        for n, day in enumerate(days)
    ]
    line.take_in(with_file(export(line, [NEW, OTHER], [*OLD_ROWS, *NEW_ROWS], 3), STATEMENTS, sent))
    head = line.head("1000")
    assert head
    assert head.era
    assert [one.statement_id for one in sheets.read(line.scope, head, STATEMENTS)] == ["S1"]


@pytest.mark.usefixtures("changed")
def test_what_staff_decide_while_an_export_is_staged_waits_for_the_next(line: ImportPipeline) -> None:
    """Copies of a message that are staged before and after the decision write the same."""
    era = change_of(line).era
    line.arrive(line.put(export(line, [NEW | {"city": "Malton"}, OTHER], [*OLD_ROWS, *NEW_ROWS], 3)))
    assert line.newest().eras == {}
    eras.confirm_somebody_else(line.admin, ref="1000", era=era, now=line.now, ids=line.ids)
    line.drain()
    head = line.head("1000")
    assert head
    assert (head.run, head.era, len(line.rows("1000"))) == (3, "", 3)
    take_in(line, 4, [NEW | {"city": "Malton"}, OTHER], [*OLD_ROWS, *NEW_ROWS])
    head = line.head("1000")
    assert head
    assert (line.newest().eras, head.era) == ({"1000": era}, era)
    assert [row.transaction_id for row in line.rows("1000")] == ["new-1"]
    take_in(line, 5, [NEW, OTHER], NEW_ROWS)
    assert line.newest().eras == {}, "it has begun"


def test_a_number_that_comes_back_after_a_gap_under_another_name(line: ImportPipeline) -> None:
    take_in(line, 1, [OLD, OTHER], OLD_ROWS)
    take_in(line, 2, [OTHER], [])
    assert may_open(line)  # archived
    take_in(line, 3, [NEW | {"email": ""}, OTHER], NEW_ROWS)
    assert not may_open(line)


@pytest.mark.parametrize(
    "after",
    [
        OLD | {"name": "Old Farm Limited"},
        OLD | {"email": "barlow@farm.example"},
        OLD | {"email": ""},
        OLD | {"name": "OLD  FARM.", "email": "barlow@farm.example"},
    ],
)
def test_one_of_the_two_may_change(line: ImportPipeline, after: dict[str, str]) -> None:
    take_in(line, 1, [OLD, OTHER], OLD_ROWS)
    take_in(line, 2, [after, OTHER], OLD_ROWS)
    assert may_open(line)


@pytest.mark.usefixtures("changed")
def test_a_slip_that_is_put_right_leaves_nothing(line: ImportPipeline) -> None:
    take_in(line, 3, [OLD, OTHER], [*OLD_ROWS, *NEW_ROWS])
    head = line.head("1000")
    assert head
    assert head.owner_change is None
    assert may_open(line)


def test_undoing_the_export_lifts_the_suspension(line: ImportPipeline, changed: ImportRun) -> None:
    assert not may_open(line)
    undo_run(line.admin, number=changed.number, now=line.now, ids=line.ids)
    assert may_open(line)
    again = take_in(line, 3, [NEW, OTHER], [*OLD_ROWS, *NEW_ROWS])
    assert again.summary
    assert again.summary.other_owners == ("1000",)
    assert not may_open(line)


@pytest.fixture
def cleaned(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """The dealer's system writes every customer again; of 1000 and 1001 somebody was invited. Held."""
    monkeypatch.setattr(gate_rules, "MAX_OTHER_OWNERS", 2)
    customers, rows = ledger(6, 1)
    take_in(line, 1, customers, rows)
    for ref in ("1000", "1001"):
        enrolments.put(
            line.scope, Enrolment(ref, State.ACTIVE, "a@farm.example", "01HX", "maria", line.now), before=None
        )
    renamed = [{**one, "name": f"MR {n}", "email": f"new{n}@farm.example"} for n, one in enumerate(customers)]
    return take_in(line, 2, renamed, rows)


def said_to_be_the_same(line: ImportPipeline) -> list[str]:
    with assume_scope(line.scope):
        rows = list(AuditRow.query(tenant_pk(line.scope, "AUDIT", "2024-06")))
    return sorted(row.subject for row in rows if row.event.endswith("same_customer"))


def carry_out(line: ImportPipeline) -> None:
    for _ in range(2):  # again it has no effect
        for item in (one for one in outbox.items(line.scope) if one.kind == SameCustomers.kind):
            SameCustomers().run(line.scope, item)


def test_a_cleaned_up_list_of_customers_suspends_nobody(line: ImportPipeline, cleaned: ImportRun) -> None:
    assert cleaned.summary
    assert (cleaned.state, cleaned.summary.owners_changed) == (RunState.HELD, 6)
    assert [reason.code for reason in cleaned.reasons if isinstance(reason, Message)] == [Code.G409_OTHER_OWNERS]
    assert may_open(line)


def test_of_all_at_once_staff_say_that_they_are_the_same_customers(
    line: ImportPipeline, cleaned: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eras, "AT_ONCE", 2)
    approve_run(line.admin, number=cleaned.number, same_customers=True, now=line.now, ids=line.ids)
    assert len(outbox.items(line.scope)) == 3
    carry_out(line)
    assert may_open(line)
    assert eras.undecided(line.scope, suggested_at=cleaned.opened_at) == []
    assert said_to_be_the_same(line) == ["1000", "1001", "1002", "1003", "1004", "1005"]


def test_once_applied_those_that_anybody_could_open_are_asked_for(line: ImportPipeline, cleaned: ImportRun) -> None:
    approve_run(line.admin, number=cleaned.number, now=line.now, ids=line.ids)
    assert not may_open(line)
    found = eras.undecided(line.scope, suggested_at=cleaned.opened_at)
    assert (len(found), [entry.ref for entry in eras.asked(line.scope, found)]) == (6, ["1000", "1001"])
    eras.confirm_somebody_else(line.admin, ref="1001", era=found[1].next_era, now=line.now, ids=line.ids)
    confirm_same_customers(line.admin, number=cleaned.number, now=line.now, ids=line.ids)
    carry_out(line)
    assert may_open(line)
    assert said_to_be_the_same(line) == ["1000", "1002", "1003", "1004", "1005"], "what was decided stays"


def test_only_of_an_export_that_is_applied(line: ImportPipeline, cleaned: ImportRun) -> None:
    with pytest.raises(ConflictError):
        confirm_same_customers(line.admin, number=cleaned.number, now=line.now, ids=line.ids)


def of_master(line: ImportPipeline, era: str = "") -> CustomerScope:
    membership = Membership(line.scope.dealer_id, MembershipKind.CUSTOMER, "1001", role=Role.VIEW, era=era)
    return account_scope("somebody", membership)


def seen_by_master(line: ImportPipeline, ref: str, era: str = "") -> set[str]:
    """The ids of the account's rows that a user of its master sees."""
    view = account_view(of_master(line, era), ref=ref, query=RowQuery(status=None), now=line.now)
    return {row.transaction_id for row in view.page.rows}


def test_a_master_goes_on_seeing_an_account_whose_number_is_somebody_elses_now(line: ImportPipeline) -> None:
    member, master = {"master_account_ref": "1001"}, [transaction("1001", "m", "9.00")]
    take_in(line, 1, [OLD | member, OTHER], [*OLD_ROWS, *master])
    assert seen_by_master(line, "1000") == {"old-1", "old-2"}
    take_in(line, 2, [NEW | member, OTHER], [*NEW_ROWS, *master])
    era = change_of(line).era
    eras.confirm_somebody_else(line.admin, ref="1000", era=era, now=line.now, ids=line.ids)
    take_in(line, 3, [NEW | member, OTHER], [*NEW_ROWS, *master])
    assert of_master(line).eras == {"1000": era}
    assert seen_by_master(line, "1000") == {"new-1"}, "the new customer's rows, and none of the earlier one's"
    take_in(line, 4, [NEW, OTHER], [*NEW_ROWS, *master])
    assert of_master(line).account_refs == {"1001"}, "the newest export says whose master it is"


def test_a_master_whose_own_number_is_somebody_elses_lets_its_users_reach_nothing(line: ImportPipeline) -> None:
    member, rows = {"master_account_ref": "1001"}, [*OLD_ROWS, transaction("1001", "m", "9.00")]
    take_in(line, 1, [OLD | member, OTHER], rows)
    era = line.ids.ulid(line.now)
    eras.start_era(line.scope, ref="1001", era=era, reason="staff", now=line.now, ids=line.ids)
    with pytest.raises(AccountShutError):
        of_master(line)
    assert seen_by_master(line, "1000", era) == {"old-1", "old-2"}, "who is invited to it now answers for the group"
