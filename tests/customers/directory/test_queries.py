from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.directory import queries as directory
from chalicelib.customers.directory import repo
from chalicelib.customers.directory.placement import shard_of
from chalicelib.customers.directory.queries import Directory, natural_key
from chalicelib.customers.directory.shards import encode_shard
from chalicelib.customers.model import DirectoryEntry, KnownFile
from chalicelib.dealers.publication import Published
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from tests.customers.entries import an_entry
from tests.fixtures.calls import counted_calls
from tests.fixtures.worlds import World


def a_directory(*rows: DirectoryEntry) -> Directory:
    return Directory(1, {0: (1, list(rows))})


def found(rows: Directory, text: str, field: str = "all") -> list[str]:
    return [row.ref for row in rows.search(text, field)]


def test_accounts_stand_by_number_as_the_manual_lists_them() -> None:
    refs = ["1200", "1011", "100A", "9", "1100", "10", "100B", "A10", "A9", "a1"]
    rows = a_directory(*(an_entry(ref) for ref in refs))
    assert [row.ref for row in rows.entries] == ["9", "10", "100A", "100B", "1011", "1100", "1200", "a1", "A9", "A10"]


@pytest.mark.parametrize("pair", [("SMITH", "SMITH1"), ("A", "A1"), ("CASH", "CASH2"), ("1", "1A"), ("a1", "A1")])
def test_a_reference_stands_beside_one_that_goes_on_from_it(pair: tuple[str, str]) -> None:
    first, second = map(natural_key, pair)
    assert (first < second) != (second < first)
    rows = a_directory(*(an_entry(ref) for ref in pair))
    assert len(rows.entries) == 2


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("postgate.example", ["1", "2"]),
        ("@postgate.example", ["1", "2"]),
        ("@postgate", ["1", "2"]),
        ("barlow@", ["1"]),
        ("600123", ["1"]),
        ("0123", ["1"]),
        ("123", []),
        ("+44 1947 600123", ["1"]),
        ("+44 (0)1947 600123", ["1"]),
        ("01439 770999", ["3"]),
        ("770999", ["3"]),
    ],
)
def test_an_email_domain_and_the_end_of_a_phone_number_are_found(text: str, refs: list[str]) -> None:
    rows = a_directory(
        an_entry("1", email="barlow@Postgate.example", phone="01947 600123"),
        an_entry("2", email="office@postgate.example", phone=None),
        an_entry("3", email="al@farm.example", phone="+44 1439 770999"),
    )
    assert found(rows, text) == refs


NEIGHBOURS = st.text("aA1\u0661 -", min_size=1, max_size=5)
"""References that begin alike and differ by case, by digits, or by going on."""


@given(st.lists(st.text(min_size=1, max_size=8) | NEIGHBOURS, unique=True))
def test_any_references_have_one_order(refs: list[str]) -> None:
    ordered = sorted(refs, key=natural_key)
    assert sorted(set(refs), key=natural_key) == ordered
    assert len({natural_key(ref) for ref in refs}) == len(refs)


@pytest.mark.parametrize("text", ["YO21 6XX", "yo216xx", "YO216", "yo21"])
@pytest.mark.parametrize("field", ["all", "address"])
def test_a_postcode_is_found_however_it_is_spaced(text: str, field: str) -> None:
    listed = Directory(1, {0: (1, [an_entry("1", postcode="YO21 6XX"), an_entry("2", postcode="YO5 1XX")])})
    assert [row.ref for row in listed.search(text, field)] == ["1"]


def test_an_email_is_found_by_its_domain_and_a_phone_number_however_it_is_spaced() -> None:
    rows = a_directory(
        an_entry("1", "Barlow")._replace(email="al@postgate-farm.co.uk", phone="01632 960 014"),
        an_entry("2", "Frost")._replace(email="office@frost.example", phone="+49 831 / 555 0100"),
        an_entry("960", "Depot"),
    )
    for text in ("postgate", "farm", "01632960014", "01632 960", "(01632) 960-014"):
        assert found(rows, text) == ["1"], text
    assert found(rows, "+49 831 555") == ["2"]
    assert found(rows, "960") == ["960"]  # a number by itself is an account's
    assert found(rows, "co") == found(rows, "uk") == found(rows, "com") == []
    assert found(rows, "01632960014", "number") == []


def test_references_differ_by_case() -> None:
    rows = a_directory(an_entry("B0003", "Big"), an_entry("b0003", "Small"))
    assert [row and row.name for row in map(rows.get, ["B0003", "b0003", "B0004"])] == ["Big", "Small", None]
    assert found(rows, "b0003") == ["B0003", "b0003"]


def test_search_by_field() -> None:
    rows = a_directory(
        an_entry("100A", "Mr T.Furber", city="Whitby", region="North Yorkshire", email="tom@farm.example"),
        an_entry("1011", "Whitby Plant Ltd", city="York", region="Yorkshire", email=None, postcode=None),
        an_entry("1100", "Green Acres", city=None, region=None, email="ann@green.example", postcode="LS1 4AP"),
    )
    assert found(rows, "whit") == ["100A", "1011"]
    assert found(rows, "whit", "name") == ["1011"]
    assert found(rows, "whit", "city") == ["100A"]
    assert found(rows, "yorkshire", "state") == ["100A", "1011"]
    assert found(rows, "north york", "state") == ["100A"]
    assert found(rows, "10", "number") == ["100A", "1011"]
    assert found(rows, "t") == ["100A"], "a letter does not find every .com"
    assert found(rows, "tom") == found(rows, "TOM@farm") == ["100A"]
    assert found(rows, "ls1 4ap") == ["1100"]
    assert found(rows, "") == found(rows, " & ") == ["100A", "1011", "1100"]
    assert found(rows, "whit", "nonsense") == ["100A", "1011"]
    assert found(rows, "tom@farm", "name") == []


class TestStored:
    @pytest.fixture
    def scope(self, aws: World, ids: Ids) -> ImportScope:
        assert aws.name
        return ImportScope(ids.dealer_id())

    ROWS = tuple(
        an_entry(f"A/{number}#x", digests={"archived": "ab" * 16}, files={"customers": KnownFile(1, (5,))})
        for number in range(40)
    )
    N = 4

    def stage(self, scope: ImportScope, run: int, *, only: set[int] | None = None) -> None:
        for index in only or range(self.N):
            rows = [row._replace(head_run=run) for row in self.ROWS if shard_of(row.ref, self.N) == index]
            repo.stage_shard(scope, n=self.N, index=index, run=run, packed=encode_shard(rows))

    def published(self, *shards: int) -> Published:
        return Published(
            run=max(shards),
            generation=1,
            n=len(shards),
            shards=shards,
            as_at=date(2024, 6, 5),
            received_at=datetime(2024, 6, 5, tzinfo=UTC),
            sequence=1,
        )

    def test_a_new_dealer_has_no_accounts(self, scope: ImportScope) -> None:
        with counted_calls() as calls:
            assert directory.read(scope, Published()).entries == []
        assert calls == []

    def test_it_is_loaded_in_one_call_a_run(self, scope: ImportScope) -> None:
        self.stage(scope, 1)
        with counted_calls() as calls:
            for _ in range(2):
                rows = directory.read(scope, self.published(1, 1, 1, 1))
        assert calls == ["BatchGetItem"]
        assert [row.ref for row in rows.entries] == [row.ref for row in self.ROWS]
        assert not rows.entries[0].digests

    def test_only_changed_shards_are_read_again(self, scope: ImportScope) -> None:
        self.stage(scope, 1)
        first = directory.read(scope, self.published(1, 1, 1, 1))
        self.stage(scope, 2, only={2})
        second = directory.read(scope, self.published(1, 1, 2, 1))
        assert second.shards[0] is first.shards[0]
        assert {row.head_run for row in second.entries if shard_of(row.ref, self.N) == 2} == {2}
        assert {row.head_run for row in second.entries} == {1, 2}
        assert directory.read(scope, self.published(1, 1, 1, 1)).shards == first.shards

    def test_an_import_reads_digests_a_page_one_account(self, scope: ImportScope) -> None:
        self.stage(scope, 1)
        state = self.published(1, 1, 1, 1)
        row = self.ROWS[7]
        index = shard_of(row.ref, self.N)
        assert row in directory.read_shard(scope, state, index)
        assert directory.entry(scope, state, row.ref) == row._replace(digests={}, files={})
        assert directory.entry(scope, state, "nobody") is None
        assert directory.read_shard(scope, Published(), 0) == []

    def test_shards_are_swept_by_their_run_or_by_name(self, scope: ImportScope) -> None:
        for run in (1, 11):
            self.stage(scope, run)
        assert repo.sweep_shards(scope, run=1) == self.N
        assert repo.sweep_shards(scope, run=1) == 0
        assert len(directory.read(scope, self.published(11, 11, 11, 11)).entries) == 40
        repo.delete_shards(scope, n=self.N, runs={2: 11, 3: 11})
        assert repo.sweep_shards(scope, run=11) == 2

    def test_a_shard_that_is_gone_is_an_error_not_an_empty_list(self, scope: ImportScope) -> None:
        self.stage(scope, 1, only={0, 1, 2})
        with pytest.raises(repo.MissingShardError, match=r"4\.3#1"):
            directory.read(scope, self.published(1, 1, 1, 1))

    def test_another_n_is_another_directory(self, scope: ImportScope) -> None:
        self.stage(scope, 1)
        directory.read(scope, self.published(1, 1, 1, 1))
        repo.stage_shard(scope, n=1, index=0, run=2, packed=encode_shard(self.ROWS[:3]))
        assert len(directory.read(scope, self.published(2)).entries) == 3
