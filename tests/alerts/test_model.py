from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.model import MAX_ENTRIES, MAX_TEXT, NEEDED, Bell, shortened
from chalicelib.dealers.model import Module
from chalicelib.kernel.areas import Area
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope
from tests.alerts.made import an_entry

MODULES = frozenset({Module.MESSAGES})


def a_scope(*refs: str) -> CustomerScope:
    return CustomerScope("aaaaaaaaaa", "anna", frozenset(refs))


@given(order=st.permutations(range(MAX_ENTRIES + 4)), again=st.lists(st.integers(0, MAX_ENTRIES + 3), max_size=9))
def test_the_newest_are_kept_once_each_in_whatever_order_they_come(order: list[int], again: list[int]) -> None:
    start = datetime.fromisoformat("2024-06-05T09:00:00+00:00")
    ids = Ids(random_bytes=bytes)
    made = [an_entry(ids, start + timedelta(minutes=number)) for number in range(MAX_ENTRIES + 4)]
    bell = Bell()
    for number in [*order, *again]:
        bell = bell.with_entry(made[number])
    assert list(bell.entries) == made[:3:-1]


def test_what_was_read_stays_so_when_the_same_comes_again(now: datetime, ids: Ids) -> None:
    entry, other = an_entry(ids, now), an_entry(ids, now)
    bell = Bell().with_entry(entry).with_entry(other).with_read({entry.entry_id})
    assert bell.with_entry(entry) == bell
    assert {one.entry_id: one.is_read for one in bell.entries} == {entry.entry_id: True, other.entry_id: False}


def test_only_what_the_scope_reaches_is_visible(now: datetime, ids: Ids) -> None:
    first, second = an_entry(ids, now, ref="1200"), an_entry(ids, now, ref="1201", era="two")
    bell = Bell().with_entry(first).with_entry(second)
    assert bell.visible(a_scope("1200"), MODULES) == [first]
    assert bell.visible(CustomerScope("aaaaaaaaaa", "anna", frozenset({"1201"}), eras={"1201": "two"}), MODULES) == [
        second
    ]
    assert bell.visible(a_scope("1201"), MODULES) == [], "of the era before"
    assert bell.visible(a_scope("1200"), frozenset()) == [], "the module is off"
    unknown = replace(first, alert=replace(first.alert, kind="of a newer release"))
    assert Bell((unknown,)).visible(a_scope("1200"), MODULES) == []


def test_a_text_is_one_line_of_bounded_length(now: datetime, ids: Ids) -> None:
    assert shortened(" one\n two ") == "one two"
    entry = an_entry(ids, now, subject="x" * 1000)
    (kept,) = Bell().with_entry(entry).entries
    assert len(kept.alert.about["subject"]) == MAX_TEXT
    assert kept.alert.about["subject"].endswith("x…")


def test_of_what_needs_an_area_nothing_is_shown_to_those_who_are_kept_from_it(now: datetime, ids: Ids) -> None:
    """Besides that of its kind: an answer about an invoice."""
    entry = an_entry(ids, now)
    about = {**entry.alert.about, NEEDED: f"{Area.MESSAGES} {Area.INVOICES}"}
    bell = Bell((replace(entry, alert=replace(entry.alert, about=about)),))
    scope = a_scope("1200")
    assert len(bell.visible(scope, MODULES)) == 1
    assert bell.visible(replace(scope, areas=frozenset({Area.MESSAGES})), MODULES) == []
