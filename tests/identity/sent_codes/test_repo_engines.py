"""Codes entered at once, on engines that isolate transactions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from random import Random

import pytest

from chalicelib.identity import operations, repo, second_step
from chalicelib.identity.pending_logins import SecondStepError
from chalicelib.identity.sent_codes import repo as sent_codes_repo
from chalicelib.identity.sent_codes.model import MAX_TRIES, Bound, CodePurpose
from chalicelib.kernel.errors import ConflictError, InvalidError, UnauthenticatedError
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import PASSWORD, make_dealership
from tests.fixtures.worlds import World
from tests.identity.second_factors import HERE, give_email_codes, sent_code

SCOPE = IdentityScope()


def of_login(secret: str) -> Bound:
    return Bound(CodePurpose.LOG_IN, secret_hash(secret))


def test_of_two_who_enter_a_code_at_once_one_gets_in(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    member = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="").customer
    give_email_codes(member, now=now, ids=ids)
    with pytest.raises(SecondStepError) as waits:
        operations.log_in(SCOPE, email=member.email, password=PASSWORD, client=HERE, now=now, ids=ids)
    secret = waits.value.secret
    said = sent_code(of_login(secret), now=now, ids=ids)

    def enter(number: int) -> bool:
        own = Ids(random_bytes=Random(number).randbytes)
        try:
            second_step.enter_code(SCOPE, secret=secret, code=said, client=HERE, now=now, ids=own)
        except (ConflictError, InvalidError, UnauthenticatedError):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(4))) == 1
    assert len(repo.session_ids(SCOPE, member.person_id)) == 1


def test_of_many_guesses_at_once_five_are_compared(engine: World, now: datetime, ids: Ids) -> None:
    assert engine.name
    member = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="").customer
    give_email_codes(member, now=now, ids=ids)
    with pytest.raises(SecondStepError) as waits:
        operations.log_in(SCOPE, email=member.email, password=PASSWORD, client=HERE, now=now, ids=ids)
    bound = of_login(waits.value.secret)
    sent_code(bound, now=now, ids=ids)
    stored = sent_codes_repo.sent_code(SCOPE, bound)
    assert stored
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: sent_codes_repo.count_try(SCOPE, stored), range(12))) == MAX_TRIES
