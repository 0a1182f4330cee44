from chalicelib.ingest.part_result import PartResult
from chalicelib.kernel.schemas import adapter


def test_a_result_that_was_stored_under_older_names_is_read() -> None:
    stored = '{"uncounted": {"transactions": {"amount": ["GBP"]}}, "unsettled": 2}'
    found = adapter(PartResult).validate_json(stored)
    assert (found.unreadable_amounts, found.incomplete_accounts) == ({"transactions": {"amount": {"GBP"}}}, 2)
