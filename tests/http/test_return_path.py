import pytest

from app import app
from chalicelib.http.return_path import MAX_RETURN_PATH, is_file, return_path


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/transactions?q=oil&page=2", "/transactions?q=oil&page=2"),
        ("/transactions.csv?q=oil&row=invoice%3AMQ&row=invoice%3AMg", "/transactions?q=oil"),
        ("/transactions.xlsx", "/transactions"),
        ("/downloads/abc/file", "/downloads/abc"),
        ("/invoices/MTIwMA/invoice/MQ/pdf?on=2024-06-05&save=1", "/invoices/MTIwMA/invoice/MQ?on=2024-06-05"),
        ("/statements/sent/MTIwMA/pdf", "/statements"),
        ("/staff/accounts.csv?q=x", "/staff/accounts?q=x"),
        ("/staff/imports/7/rejects.csv", "/staff/imports/7"),
        ("/staff/imports/7/warnings.csv", "/staff/imports/7"),
        ("/transactions?q=" + "x" * MAX_RETURN_PATH, "/transactions"),
        ("/" + "x" * MAX_RETURN_PATH, ""),
        ("//evil.example/transactions.csv", ""),
        ("/\\evil.example", ""),
        ("https://evil.example/", ""),
        ("/file", ""),
        ("", ""),
    ],
)
def test_log_in_leads_to_a_page_of_ours_of_bounded_length(wanted: str, expected: str) -> None:
    assert return_path(wanted) == expected


def test_every_file_has_a_page() -> None:
    pages = {path for path, methods in app.routes.items() if "GET" in methods}
    files = {path for path in pages if is_file(path)}
    assert {"/transactions.csv", "/staff/accounts.csv", "/downloads/{download}/file"} <= files
    assert {path for path in files if return_path(path) not in pages} == set()
