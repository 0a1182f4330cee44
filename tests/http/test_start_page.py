from dataclasses import replace
from datetime import datetime

from chalicelib.http.start_page import LOG_IN, SWITCHER, start_page
from tests.http.conftest import a_dealer, a_session


def test_everybody_starts_somewhere(now: datetime) -> None:
    dealer = a_dealer()
    assert start_page(None, None) == LOG_IN
    assert start_page(a_session("undecided", now), None) == SWITCHER
    assert start_page(a_session("staff", now), dealer).path == "/staff/accounts"
    assert start_page(a_session("customer", now), dealer).path == "/transactions"


def test_nobody_starts_at_a_module_that_is_switched_off(now: datetime) -> None:
    bare = replace(a_dealer(), modules=frozenset())
    assert start_page(a_session("customer", now), bare) == SWITCHER
