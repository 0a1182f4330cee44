from chalicelib.downloads.model import Download
from chalicelib.kernel.schemas import adapter


def test_a_download_that_was_stored_under_an_older_name_is_read() -> None:
    stored = """{"download_id": "01HZ", "address": "/transactions.csv", "as_of": "412.20261121.20261123.397",
        "account_refs": ["1200"], "file_name": "transactions.csv", "kind": "csv", "asked_at": "2024-06-05T09:00:00Z"}"""
    assert adapter(Download).validate_json(stored).snapshot_ref == "412.20261121.20261123.397"
