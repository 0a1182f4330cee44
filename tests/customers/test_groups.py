"""Which accounts a master answers for, from the export to the customer who logs in."""

from chalicelib.customers import eras, groups, queries
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.groups import Member
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import operations
from chalicelib.sheets.layout import decode_rows
from tests.bundles import customer
from tests.ingest.conftest import line
from tests.ingest.exports import Rows, export, ledger
from tests.ingest.pipeline import ImportPipeline

__all__ = ["line"]


def group(line: ImportPipeline, ref: str) -> set[str]:
    return set(queries.account_group(line.scope, dealers.published(line.scope, fresh=True), ref))


def of_masters(*masters: str) -> tuple[Rows, Rows]:
    """Accounts 1000, 1001, ... of which each has the master given."""
    _, rows = ledger(len(masters), 1)
    return [customer(str(1000 + n), master_account_ref=master) for n, master in enumerate(masters)], rows


def test_a_master_answers_for_its_accounts_and_they_for_themselves(line: ImportPipeline) -> None:
    line.take_in(export(line, *of_masters("", "1000", "1000", "")))
    assert group(line, "1000") == {"1000", "1001", "1002"}
    assert group(line, "1001") == {"1001"}
    assert group(line, "1003") == {"1003"}
    assert group(line, "nobody") == {"nobody"}


def test_without_masters_there_is_no_sheet(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(2)))
    assert dealers.published(line.scope, fresh=True).sheets == {}
    assert group(line, "1000") == {"1000"}


def test_unchanged_accounts_stay_in_their_group_and_the_sheet_stays_too(line: ImportPipeline) -> None:
    customers, rows = of_masters("", "1000", "", "")
    line.take_in(export(line, customers, rows))
    first = dealers.published(line.scope, fresh=True).sheets
    line.take_in(export(line, customers, rows, 2))
    assert dealers.published(line.scope, fresh=True).sheets == first
    rows[3]["description"] = "changed"
    line.take_in(export(line, customers, rows, 3))
    assert dealers.published(line.scope, fresh=True).sheets == first
    assert group(line, "1000") == {"1000", "1001"}


def test_another_master_and_back_again(line: ImportPipeline) -> None:
    line.take_in(export(line, *of_masters("", "1000", "")))
    run = line.take_in(export(line, *of_masters("", "1002", ""), 2))
    assert (group(line, "1000"), group(line, "1002")) == ({"1000"}, {"1001", "1002"})
    operations.undo_run(line.admin, number=run.number, now=line.now, ids=line.ids)
    assert (group(line, "1000"), group(line, "1002")) == ({"1000", "1001"}, {"1002"})
    line.take_in(export(line, *of_masters("", "", ""), 3))
    assert group(line, "1000") == {"1000"}


def test_a_large_sheet_is_split_by_the_master() -> None:
    members = [Member(f"m{n % 50}", f"a{n}") for n in range(3 * groups.MAX_MEMBERS)]
    pages = groups.lay_out(members)
    assert len(pages) == 4
    read = [decode_rows(Member, page) for page in pages]
    assert sorted(member for page in read for member in page) == sorted(members)
    masters = [{member.master for member in page} for page in read]
    assert sum(map(len, masters)) == 50
    assert groups.digest_of(pages) == groups.digest_of(groups.lay_out(reversed(members)))


def test_an_account_has_one_master_at_most(line: ImportPipeline) -> None:
    line.take_in(export(line, *of_masters("", "1000", "1000", "")))
    published = dealers.published(line.scope, fresh=True)
    found = [queries.master_of(line.scope, published, ref) for ref in ("1000", "1001", "1002", "1003", "nobody")]
    assert found == [None, "1000", "1000", None, None]


def test_the_masters_people_are_told_of_an_account_in_its_present_era_alone(line: ImportPipeline) -> None:
    line.take_in(export(line, *of_masters("", "1000")))
    own, master = (AccountUser(name, f"{name}@farm.example", line.now) for name in ("own", "master"))
    for ref, user in (("1001", own), ("1000", master)):
        enrolments.add_user(line.dealership.scope, user, ref=ref)
    assert readers(line, "1001") == ["master", "own"], "its own and those of its master"
    assert readers(line, "1000") == ["master"]
    era = line.ids.ulid(line.now)
    eras.start_era(line.scope, ref="1001", era=era, reason="other name", now=line.now, ids=line.ids)
    assert readers(line, "1001") == ["own"], "of the era before, its users alone"
    assert readers(line, "1001", era) == ["master"], "of the new one, nobody but the master's people"


def readers(line: ImportPipeline, ref: str, era: str = "") -> list[str]:
    return sorted(user.person_id for user in queries.readers_of_account(line.scope, ref, era))
