from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.accounts_list import PAGE, SORTS, AccountsList, AccountsQuery
from chalicelib.customers.enrolment.model import EnrolmentSummary, State, Status, ineligibility_reason, status_of
from chalicelib.customers.model import DirectoryEntry


def entry(ref: str, **changes: Any) -> DirectoryEntry:
    base = DirectoryEntry(ref, f"Name {ref}", "trade", True, "open", "GBP", 0, email=f"{ref}@farm.example")
    return base._replace(**changes)


def enrolled(ref: str, state: State) -> EnrolmentSummary:
    return EnrolmentSummary(ref, state, f"{ref}@old.example")


def refs(entries: Sequence[DirectoryEntry], query: AccountsQuery) -> list[str]:
    return [one.ref for one in AccountsList(entries, {}).select(entries, query)]


def test_each_reason_that_stops_an_invitation_is_said() -> None:
    reasons = {
        "Not in the last export": entry("1", archived=True),
        "Internal account": entry("1", account_type="internal"),
        "Cash account": entry("1", account_type="cash"),
        "Closed in your dealer system": entry("1", account_status="closed"),
        "Not enabled for the portal in your dealer system": entry("1", portal_eligible=False),
        "No usable email address": entry("1", email=None),
    }
    assert {str(ineligibility_reason(one)) for one in reasons.values()} == set(reasons)
    assert ineligibility_reason(entry("1")) is None


def test_the_list_says_how_many_it_leaves_out_and_nothing_where_it_was_asked_to() -> None:
    entries = [entry("1"), entry("2", account_type="internal"), entry("3", depot_code="YORK", account_type="cash")]
    listed = AccountsList(entries, {})

    def left_out(**query: Any) -> int:
        return listed.page(entries, AccountsQuery(**query)).left_out

    assert (left_out(), left_out(depot="YORK")) == (2, 1)
    assert left_out(everybody=True) == left_out(status=Status.NONE) == 0


def test_a_sent_invitation_outlives_the_loss_of_the_email() -> None:
    nobody = entry("1", email=None)
    assert status_of(nobody, None) is Status.INELIGIBLE
    assert status_of(nobody, enrolled("1", State.INVITED)) is Status.INVITED
    assert status_of(nobody, enrolled("1", State.ACTIVE)) is Status.ACTIVE
    assert status_of(nobody, enrolled("1", State.CANCELLED)) is Status.INELIGIBLE


def test_an_account_whose_owner_is_undecided_is_listed_as_such_whatever_it_was() -> None:
    entries = [entry(ref, next_era="01HX") for ref in ("1", "2", "3", "4")]
    known = {"1": enrolled("1", State.ACTIVE), "2": enrolled("2", State.CANCELLED)}
    listed = AccountsList(entries, known, frozenset({"3"}))
    page = listed.page(entries, AccountsQuery(status=Status.IN_DOUBT))
    assert [row.entry.ref for row in page.rows] == ["1", "2", "3"]
    assert page.counts[Status.IN_DOUBT] == 3
    assert page.counts[Status.NONE] == 1  # nobody could open it: the first invited sees the new figures alone
    decided = {"1": known["1"]._replace(dismissed_era="01HX")}
    assert status_of(entries[0], decided["1"]) is Status.ACTIVE


@given(
    st.lists(st.sampled_from([*State, None]), max_size=40),
    st.sampled_from(SORTS),
    st.booleans(),
    st.sampled_from([*Status, None]),
)
def test_counters_sum_to_all_accounts_whatever_is_shown(
    states: list[State | None],
    sort: str,
    descending: bool,  # noqa: FBT001 - from hypothesis
    status: Status | None,
) -> None:
    entries = [entry(str(n), email=None if n % 3 == 0 else f"{n}@farm.example") for n in range(len(states))]
    known = {str(n): enrolled(str(n), state) for n, state in enumerate(states) if state}
    page = AccountsList(entries, known).page(entries, AccountsQuery(status=status, sort=sort, descending=descending))
    assert sum(page.counts.values()) == len(entries)
    assert page.total == (len(entries) if status is None else page.counts[status])
    assert {row.status for row in page.rows} <= ({status} if status else set(Status))


def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    entries = [entry(f"{n:03}") for n in range(2 * PAGE + 7)]
    listed = AccountsList(entries, {})
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = listed.page(entries, AccountsQuery(offset=offset))
        seen += [row.entry.ref for row in page.rows]
        offset = page.next_offset
    assert seen == [one.ref for one in entries]
    assert page.previous_offset == PAGE


def test_sorts_by_name_and_balance_both_ways() -> None:
    entries = [entry("1", name="beta", balance=5), entry("2", name="Alpha", balance=-7), entry("3", name="gamma")]
    assert refs(entries, AccountsQuery(sort="name")) == ["2", "1", "3"]
    assert refs(entries, AccountsQuery(sort="balance", descending=True)) == ["1", "3", "2"]


def test_shared_addresses_are_told() -> None:
    entries = [entry("1207", email="one@farm.example"), entry("1311", email="ONE@farm.example"), entry("1400")]
    rows = AccountsList(entries, {}).page(entries, AccountsQuery()).rows
    assert [row.shares_with for row in rows] == [("1311",), ("1207",), ()]


def test_depot_filter() -> None:
    entries = [entry("1", depot_code="A"), entry("2", depot_code="B")]
    assert refs(entries, AccountsQuery(depot="B")) == ["2"]
    assert AccountsList(entries, {}).depots == ["A", "B"]
