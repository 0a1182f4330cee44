"""Who uses up whose text messages: strangers none of an owner's, and nobody those of a dealer that is not theirs."""

from collections.abc import Callable
from datetime import datetime

import pytest

from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.dealers.queries import dealer as dealer_of
from chalicelib.identity import rate_limits, repo
from chalicelib.identity.model import ClientInfo, FactorKind
from chalicelib.identity.rate_limits import Attempt
from chalicelib.identity.repo import writes
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes.model import Bound, CodePurpose, Destination
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import Cast, Dealership, Member
from tests.identity.second_factors import HERE, give_sms_codes

SCOPE = IdentityScope()
Text = Callable[..., None]


@pytest.fixture
def number(ids: Ids) -> str:
    return f"+447400{int.from_bytes(ids.random_bytes(4)) % 10**6:06}"


@pytest.fixture
def text(now: datetime, ids: Ids) -> Text:
    """Sends the person a code, each time for another login: to the number that is theirs, or to a new one."""

    def sent(
        member: Member,
        number: str = "",
        *,
        device: str | None = None,
        dealer_id: str | None = None,
        by_mail: bool = False,
    ) -> None:
        person = repo.person(SCOPE, member.person_id)
        assert person
        sent_codes.request_code(
            SCOPE,
            destination=Destination(FactorKind.EMAIL if by_mail else FactorKind.SMS, number),
            bound=Bound(CodePurpose.TURN_ON if number else CodePurpose.LOG_IN, ids.secret()),
            person=person,
            client=ClientInfo(HERE.address, device=device),
            dealer_id=dealer_id,
            now=now,
            ids=ids,
        )

    return sent


def use_up(limit: rate_limits.Limit, subject: str, now: datetime, *, but: int = 0) -> None:
    used = Attempt(limit, subject)
    repo.count(SCOPE, used.key, used.window(now), maximum=10**9, ttl=2**31, by=limit.maximum - but)


def offer(dealership: Dealership, now: datetime, ids: Ids) -> str:
    scope = dealership.admin.staff_scope
    seen = settings_fingerprint(dealer_of(scope, fresh=True), {"sms_codes": True})
    assert change_settings(scope, {"sms_codes": True}, seen=seen, now=now, ids=ids)
    dealer_of(scope, fresh=True)
    return dealership.dealer.dealer_id


def texts_of(dealer_id: str, now: datetime) -> int:
    counted = Attempt(rate_limits.TEXTS_DEALER, dealer_id)
    return repo.counted(SCOPE, counted.key, counted.window(now))


def test_strangers_who_name_a_number_use_up_nothing_of_its_owners(
    cast: Cast, text: Text, number: str, now: datetime, ids: Ids
) -> None:
    owner = cast.ours.customer
    give_sms_codes(owner, number, now=now, ids=ids)
    strangers = (cast.rival.customer, cast.rival.other_customer, cast.ours.other_customer)
    for stranger in strangers[:2]:
        for _ in range(rate_limits.TEXTS_NEW_NUMBERS.maximum):
            text(stranger, number)
    with pytest.raises(TooManyError):  # it is sent so many a day by people to whom it does not belong
        text(strangers[2], number)
    for _ in range(rate_limits.TEXTS_NUMBER.maximum):
        text(owner)
    with pytest.raises(TooManyError):
        text(owner)


def test_a_number_is_counted_for_each_who_has_proved_it(
    cast: Cast, text: Text, number: str, now: datetime, ids: Ids
) -> None:
    for member in (cast.ours.customer, cast.rival.customer):
        give_sms_codes(member, number, now=now, ids=ids)
    use_up(rate_limits.TEXTS_NUMBER, f"{cast.rival.customer.person_id}\n{number}", now)
    with pytest.raises(TooManyError):
        text(cast.rival.customer)
    text(cast.ours.customer)
    text(cast.ours.customer, number)  # to prove it once more


def test_who_has_the_password_uses_up_nothing_of_the_owners_browser(
    cast: Cast, text: Text, number: str, now: datetime, ids: Ids
) -> None:
    owner = cast.ours.customer
    give_sms_codes(owner, number, now=now, ids=ids)
    use_up(rate_limits.TEXTS_NUMBER, f"{owner.person_id}\n{number}", now)
    with pytest.raises(TooManyError):
        text(owner)
    for _ in range(rate_limits.TEXTS_DEVICE.maximum):
        text(owner, device="a browser of theirs")
    with pytest.raises(TooManyError):
        text(owner, device="a browser of theirs")
    text(owner, device="another browser of theirs")


@pytest.mark.parametrize("limit", [rate_limits.TEXTS_NUMBER, rate_limits.TEXTS_DEALER, rate_limits.TEXTS_ALL])
def test_what_is_refused_costs_nothing(
    cast: Cast, text: Text, number: str, limit: rate_limits.Limit, now: datetime, ids: Ids
) -> None:
    owner = cast.ours.customer
    give_sms_codes(owner, number, now=now, ids=ids)
    ours = offer(cast.ours, now, ids)
    subjects = {"text.number": f"{owner.person_id}\n{number}", "text.dealer": ours}
    full = Attempt(limit, subjects.get(limit.name, ""))
    use_up(limit, full.subject, now)
    try:
        for _ in range(rate_limits.CODES_SENT.maximum):
            with pytest.raises(TooManyError):
                text(owner)
    finally:
        repo.clear_count(SCOPE, full.key, full.window(now))
    for _ in range(rate_limits.CODES_SENT.maximum):
        text(owner, by_mail=True)
    before = texts_of(ours, now)
    for _ in range(3):  # nor does a code that is one too many cost a text message
        with pytest.raises(TooManyError):
            text(owner)
    assert texts_of(ours, now) == before
    text(owner, device="a browser of theirs")
    assert texts_of(ours, now) == before + 1


def test_a_text_message_counts_for_a_dealer_of_the_persons_own(
    cast: Cast, text: Text, number: str, now: datetime, ids: Ids
) -> None:
    ours, rivals = offer(cast.ours, now, ids), offer(cast.rival, now, ids)
    stranger = cast.rival.customer
    give_sms_codes(stranger, number, now=now, ids=ids)
    text(stranger, dealer_id=ours)  # anybody may log in at our page
    assert (texts_of(ours, now), texts_of(rivals, now)) == (0, 1)
    use_up(rate_limits.TEXTS_DEALER, rivals, now)
    with pytest.raises(TooManyError):
        text(stranger, dealer_id=ours)
    assert texts_of(ours, now) == 0


def test_of_several_dealers_the_one_counts_at_whose_page_it_is_asked_for(
    cast: Cast, text: Text, number: str, now: datetime, ids: Ids
) -> None:
    member = cast.ours.customer
    ours, rivals = offer(cast.ours, now, ids), offer(cast.rival, now, ids)
    repo.commit(SCOPE, [writes.put_membership(member.person_id, cast.rival.customer.membership, now)])
    give_sms_codes(member, number, now=now, ids=ids)
    for asked_at in (ours, rivals):
        text(member, dealer_id=asked_at)
    assert (texts_of(ours, now), texts_of(rivals, now)) == (1, 1)


def test_nothing_counts_for_a_dealer_that_offers_no_text_messages(
    cast: Cast, text: Text, number: str, now: datetime, ids: Ids
) -> None:
    member, ours = cast.ours.customer, cast.ours.dealer.dealer_id
    give_sms_codes(member, number, now=now, ids=ids)
    before = texts_of("", now)
    text(member, dealer_id=ours)
    assert (texts_of(ours, now), texts_of("", now)) == (0, before + 1)
