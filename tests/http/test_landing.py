from dataclasses import replace
from datetime import datetime

from chalicelib.http.landing import LOG_IN, SWITCHER, landing
from tests.http.conftest import a_dealer, a_session


def test_everybody_starts_somewhere(now: datetime) -> None:
    dealer = a_dealer()
    assert landing(None, None) == LOG_IN
    assert landing(a_session("undecided", now), None) == SWITCHER
    assert landing(a_session("staff", now), dealer).path == "/staff/accounts"
    assert landing(a_session("customer", now), dealer).path == "/transactions"


def test_nobody_starts_at_a_module_that_is_switched_off(now: datetime) -> None:
    bare = replace(a_dealer(), modules=frozenset())
    assert landing(a_session("customer", now), bare) == SWITCHER
