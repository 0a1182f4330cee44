from chalicelib.ingest.summary import Summary
from chalicelib.kernel.schemas import adapter


def test_a_summary_that_was_stored_under_an_older_name_is_read() -> None:
    assert adapter(Summary).validate_json('{"files": [], "unsettled": 2}').incomplete_accounts == 2
