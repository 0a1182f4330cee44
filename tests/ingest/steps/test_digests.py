"""What is remembered of an account, and when that lets it pass unread."""

from chalicelib.ccx.entity import Absence
from chalicelib.ccx.row_collector import Counted
from chalicelib.customers.model import DirectoryEntry, KnownFile
from chalicelib.ingest.entities import ENTITIES
from chalicelib.ingest.steps.digests import digests_by_absence, is_unchanged, remembered

HEADERS = {entity.name: "a,b" for entity in ENTITIES}
TAGS = {entity.name: entity.tag for entity in ENTITIES}
ALL = dict.fromkeys(HEADERS, 7)
BARE = DirectoryEntry("1200", "Mr A L Barlow", "trade", True, "open", "GBP", 0, address="")


def known(sums: dict[str, int], old: DirectoryEntry = BARE, **values: object) -> DirectoryEntry:
    """The account after an export that holds these records of it."""
    given = {"entities": ENTITIES, "has_findings": False, "incomplete": (), "stored": {}} | values
    counts = {name: Counted(rows=2, totals={("balance", "GBP"): 5}) for name in sums}
    digests, files = remembered(old, digests_by_absence(sums, ENTITIES, HEADERS), counts, **given)  # type: ignore[arg-type]
    return old._replace(digests=digests, files=files)


def same(entry: DirectoryEntry, sums: dict[str, int], entities: tuple = ENTITIES) -> bool:  # type: ignore[type-arg]
    named = [TAGS[name] for name in sums]
    return is_unchanged(entry, digests_by_absence(sums, ENTITIES, HEADERS), named, entities)


def without(*names: str) -> dict[str, int]:
    return {name: total for name, total in ALL.items() if name not in names}


def test_one_digest_covers_files_of_which_absence_means_the_same() -> None:
    assert known(ALL).digests.keys() == set(Absence)
    assert known(ALL).files["customers"] == KnownFile(2, (5,))
    assert known(ALL).files["documents"] == KnownFile(2)


def test_the_same_again_is_unchanged_and_any_other_record_is_not() -> None:
    assert same(known(ALL), ALL)
    assert not any(same(known(ALL), ALL | {name: 8}) for name in ALL)


def test_what_is_kept_may_be_absent_and_anything_else_may_not() -> None:
    assert same(known(ALL), without("documents", "invoice_lines"))
    assert not same(known(ALL), without("transactions"))
    assert not same(known(ALL), without("customers"))


def test_a_file_that_the_export_has_not_says_nothing() -> None:
    rest = tuple(entity for entity in ENTITIES if entity.name != "transactions")
    assert same(known(ALL), without("transactions"), rest)


def test_findings_and_doubt_have_it_read_again() -> None:
    assert not same(known(ALL, has_findings=True), ALL)
    assert not same(known(ALL, incomplete={"transactions"}), ALL)
    assert same(known(without("transactions"), incomplete={"transactions"}), without("transactions"))


def test_rows_that_an_export_was_not_believed_to_have_left_out_are_not_forgotten() -> None:
    entry = known(without("transactions"), incomplete={"transactions"}, stored={"transactions": 3})
    assert entry.files["transactions"] == KnownFile(3)
    assert not same(entry, without("transactions"))


def test_an_archived_account_passes_while_nothing_names_it() -> None:
    archived = known(ALL)._replace(archived=True)
    assert same(archived, {})
    assert not same(archived, ALL)


def test_an_account_that_a_file_no_longer_names_is_read_again_when_it_comes_back_as_it_was() -> None:
    gone = known(without("transactions"), known(ALL))
    assert Absence.SETTLED not in gone.digests
    assert not same(gone, ALL)


def test_an_account_that_has_lost_a_file_passes_when_the_same_comes_again() -> None:
    gone = known(without("transactions"), known(ALL))
    assert same(gone, without("transactions"))
    _, files = remembered(known(ALL), {}, {}, entities=ENTITIES, has_findings=False, incomplete=(), stored={})
    assert "transactions" not in files


def test_an_account_whose_address_was_not_kept_yet_is_read_again() -> None:
    before = known(ALL, BARE._replace(address=None))
    assert not same(before, ALL)
    assert is_unchanged(before._replace(archived=True), {}, (), ENTITIES)  # nothing to read
