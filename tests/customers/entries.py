"""Directory entries for tests."""

from typing import Any

from chalicelib.customers.model import DirectoryEntry


def an_entry(ref: str, name: str = "Mr T.Furber", **fields: Any) -> DirectoryEntry:
    """An open trade account in Whitby that owes £12.50."""
    values: dict[str, Any] = {
        "account_type": "trade",
        "portal_eligible": True,
        "account_status": "open",
        "currency": "GBP",
        "balance": 1250,
        "email": f"{ref.lower()}@example.com",
        "city": "Whitby",
        "region": "North Yorkshire",
        "postcode": "YO21 6XX",
        "head_run": 1,
    }
    return DirectoryEntry(ref, name, **values | fields)
