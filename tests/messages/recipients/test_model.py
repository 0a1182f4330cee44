import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.messages.recipients.model import (
    ContactPerson,
    Directory,
    Group,
    Recipient,
    RecipientKind,
    recipient_of,
    rep_codes_of,
)

ACCOUNTS = Group("g1", "Accounts", ("anna", "ben"))
PARTS = Group("g2", "Parts", ("cora",), is_offered=False)
STAFF = {"anna", "ben", "cora"}
DIRECTORY = Directory(
    groups=(ACCOUNTS, PARTS),
    people=(ContactPerson("anna"), ContactPerson("cora", ("MH", "JB"))),
    default_group="g2",
)
ANNA = Recipient(RecipientKind.PERSON, "anna")


@pytest.mark.parametrize("value", ["", "group", "group:", ":g1", "team:g1"])
def test_what_names_nobody(value: str) -> None:
    assert recipient_of(value) is None


def test_a_recipient_is_read_as_it_is_written() -> None:
    assert recipient_of(ANNA.value) == ANNA
    assert recipient_of(PARTS.recipient.value) == PARTS.recipient


IDS = st.sampled_from(["g1", "g2", "g3", "anna", "ben", "cora", "gone"])
RECIPIENTS = st.none() | st.builds(Recipient, st.sampled_from(RecipientKind), IDS)


@given(to=RECIPIENTS, default=st.sampled_from(["", "g1", "g3"]), staff=st.sets(st.sampled_from(sorted(STAFF))))
def test_it_always_goes_to_somebody_who_is_there_or_to_all(to: Recipient | None, default: str, staff: set[str]) -> None:
    directory = Directory(groups=(ACCOUNTS, PARTS), default_group=default)
    found = directory.resolved(to, staff)
    assert directory.resolved(found, staff) == found
    assert set(directory.readers(to, staff)) <= staff
    if found is None:
        assert default != "g1"
    elif found.kind is RecipientKind.PERSON:
        assert (found, found.recipient_id in staff) == (to, True)
    else:
        assert found.recipient_id in {"g1", "g2"}
        assert found in {to, ACCOUNTS.recipient}


def test_whom_an_account_is_offered_depends_on_its_rep_code() -> None:
    def offered(rep_code: str, staff: set[str] = STAFF) -> list[str]:
        return [one.person_id for one in DIRECTORY.offered_people(rep_code, staff)]

    assert offered("") == ["anna"]
    assert offered("mh") == ["cora", "anna"]
    assert offered("MH", {"anna"}) == ["anna"]
    assert DIRECTORY.offered_groups() == [ACCOUNTS]


def test_a_deleted_group_is_the_default_no_more() -> None:
    after = DIRECTORY.without_group("g2")
    assert (after.groups, after.default_group) == ((ACCOUNTS,), "")
    assert after.resolved(PARTS.recipient, STAFF) is None


def test_a_group_takes_its_place() -> None:
    service = Group("g3", "Service")
    assert DIRECTORY.with_group(service, 0).groups == (service, ACCOUNTS, PARTS)
    assert DIRECTORY.with_group(ACCOUNTS, 1).groups == (PARTS, ACCOUNTS)


def test_rep_codes_as_they_are_typed() -> None:
    assert rep_codes_of(" MH ,, J  B,MH,") == ("MH", "J B")
