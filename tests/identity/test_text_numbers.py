"""A number for notifications is no factor: neither use changes the other, and strangers' sessions change nothing."""

from datetime import datetime

import pytest

from chalicelib.identity import text_numbers
from chalicelib.identity.model import FactorKind
from chalicelib.identity.repo import factor_reads, person
from chalicelib.identity.sent_codes.model import Bound, CodePurpose
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from tests.fixtures.cast import Cast, LogIn
from tests.identity.second_factors import HERE, SCOPE, give_sms_codes, sent_code

NUMBER, OTHER = "+447400123456", "+447400123457"


def test_a_number_is_kept_once_its_code_is_entered_and_no_factor_comes_with_it(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    session = log_in(cast.ours.customer).session
    text_numbers.begin(SCOPE, session=session, number=NUMBER, client=HERE, now=now, ids=ids)
    assert text_numbers.text_number(SCOPE, session.person_id) is None
    code = sent_code(Bound(CodePurpose.NOTIFY, session.session_id), now=now, ids=ids)
    for typed in ("", "000000" if code != "000000" else "000001"):
        with pytest.raises(InvalidError):
            text_numbers.confirm(SCOPE, session=session, code=typed, now=now, ids=ids)
    other = log_in(cast.ours.customer).session
    with pytest.raises(NotFoundError):
        text_numbers.confirm(SCOPE, session=other, code=code, now=now, ids=ids)
    text_numbers.confirm(SCOPE, session=session, code=code, now=now, ids=ids)
    found, known = text_numbers.text_number(SCOPE, session.person_id), person(SCOPE, session.person_id)
    assert found
    assert (found.number, found.opted_out_at) == (NUMBER, None)
    assert known
    assert known.factors == frozenset()
    assert factor_reads.sms_number(SCOPE, session.person_id) is None


def test_the_number_of_codes_may_be_used_and_either_is_deleted_alone(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    session = log_in(cast.ours.customer).session
    with pytest.raises(NotFoundError):
        text_numbers.use_login_number(SCOPE, session=session, now=now, ids=ids)
    give_sms_codes(cast.ours.customer, NUMBER, now=now, ids=ids)
    text_numbers.use_login_number(SCOPE, session=session, now=now, ids=ids)
    give_sms_codes(cast.ours.customer, OTHER, now=now, ids=ids)
    found = text_numbers.text_number(SCOPE, session.person_id)
    assert found
    assert found.number == NUMBER
    text_numbers.note_opted_out(SCOPE, session.person_id, OTHER, now=now)
    assert text_numbers.text_number(SCOPE, session.person_id) == found, "they have another by now"
    text_numbers.delete(SCOPE, session=session, now=now, ids=ids)
    assert text_numbers.text_number(SCOPE, session.person_id) is None
    kept, known = factor_reads.sms_number(SCOPE, session.person_id), person(SCOPE, session.person_id)
    assert kept
    assert kept.number == OTHER
    assert known
    assert known.factors == {FactorKind.SMS}
