from dataclasses import replace
from datetime import datetime

import pytest
from pynamodb.exceptions import TransactWriteError

from chalicelib.dealers import queries, repo
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer, DealerEntry, PublicDealer
from chalicelib.dealers.operations import (
    change_settings,
    create_dealer,
    refresh_public_copies,
    settings_fingerprint,
)
from chalicelib.dealers.publication import Published
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import DealerScope, OperatorScope, PublicLookupScope, PublicScope, TenantScope
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.dealers.profiles import a_profile
from tests.fixtures.calls import listening, reply_lost
from tests.fixtures.worlds import World

OPERATOR = OperatorScope("tests")


@pytest.fixture(autouse=True)
def _running(aws: World) -> None:
    assert aws.name


def audit_rows(dealer: Dealer, now: datetime) -> list[str]:
    scope = TenantScope(dealer.dealer_id)
    with assume_scope(scope):
        return [row.event for row in AuditRow.query(tenant_pk(scope, "AUDIT", f"{now:%Y-%m}"))]


def test_a_dealer_is_found_by_id_address_and_code_and_listed(now: datetime, ids: Ids) -> None:
    profile = a_profile(ids)
    dealer = create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
    assert queries.dealer(TenantScope(dealer.dealer_id)) == dealer == Dealer.of(dealer.dealer_id, profile)
    assert queries.by_slug(OPERATOR, profile.slug) == dealer.dealer_id
    assert queries.by_slug(OPERATOR, profile.slug.upper()) == dealer.dealer_id
    assert (
        queries.by_code(OPERATOR, profile.code) == queries.by_code(OPERATOR, profile.code.lower()) == dealer.dealer_id
    )
    assert DealerEntry(dealer.dealer_id, profile.slug, profile.code, profile.name) in queries.all_dealers(OPERATOR)
    assert audit_rows(dealer, now) == ["dealer.created"]


def test_a_new_dealer_has_published_run_0(now: datetime, ids: Ids) -> None:
    dealer = create_dealer(OPERATOR, profile=a_profile(ids), now=now, ids=ids)
    first = dealers.published(TenantScope(dealer.dealer_id))
    assert first == Published(run=0, generation=0, n=1, shards=(0,))
    assert first.as_at is None


def test_again_changes_nothing(now: datetime, ids: Ids) -> None:
    profile = a_profile(ids)
    dealer = create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
    assert create_dealer(OPERATOR, profile=profile, now=now, ids=ids) == dealer
    assert audit_rows(dealer, now) == ["dealer.created"]


def test_again_leaves_what_the_dealers_admins_have_changed_since(now: datetime, ids: Ids) -> None:
    profile = a_profile(ids)
    dealer = create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
    admin = DealerScope(dealer.dealer_id, "maria", Role.ADMIN)
    changed = {"phone": "01947 000000", "phone_note": "Press Option 1"}
    assert change_settings(admin, changed, seen=settings_fingerprint(dealer, changed), now=now, ids=ids)
    again = create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
    assert again.phone_in_full == "01947 000000, Press Option 1"
    assert queries.dealer(admin, fresh=True) == again


def test_a_taken_slug_or_code_is_refused(now: datetime, ids: Ids) -> None:
    profile = a_profile(ids)
    create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
    for other in (
        replace(a_profile(ids), slug=profile.slug),
        replace(a_profile(ids), code=profile.code.lower()),
        replace(profile, name="Somebody Else Ltd"),
        replace(profile, currency="EUR"),
    ):
        with pytest.raises(ConflictError):
            create_dealer(OPERATOR, profile=other, now=now, ids=ids)


@pytest.mark.parametrize("call", range(5))
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_call_is_completed_by_running_it_again(
    call: int, *, after: bool, now: datetime, ids: Ids
) -> None:
    profile = a_profile(ids)
    seen = {"calls": 0}

    def crash(**_: object) -> None:
        seen["calls"] += 1
        if seen["calls"] == call + 1:
            raise KeyboardInterrupt

    event = "after-call.dynamodb" if after else "before-call.dynamodb"
    with listening("dynamodb", event, crash):
        try:
            create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
        except KeyboardInterrupt:
            assert seen["calls"] == call + 1
    dealer = create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
    assert queries.dealer(TenantScope(dealer.dealer_id), fresh=True) == dealer
    assert dealers.published(TenantScope(dealer.dealer_id)).run == 0
    assert audit_rows(dealer, now) == ["dealer.created"]
    assert [one.slug for one in queries.all_dealers(OPERATOR)].count(profile.slug) == 1


def test_a_reply_lost_is_completed_too(now: datetime, ids: Ids) -> None:
    profile = a_profile(ids)
    with reply_lost("dynamodb", "TransactWriteItems"), pytest.raises(TransactWriteError):
        create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
    dealer = create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
    assert queries.dealer(TenantScope(dealer.dealer_id)) == dealer


def test_nobody_is_not_found(ids: Ids) -> None:
    nobody = TenantScope(ids.dealer_id())
    for read in (queries.dealer, dealers.published):
        with pytest.raises(NotFoundError):
            read(nobody)
    assert queries.by_slug(OPERATOR, "nobody") is None
    assert queries.by_code(OPERATOR, "nobody") is None


def test_anybody_may_read_the_public_copy_and_it_holds_no_more_than_is_meant(now: datetime, ids: Ids) -> None:
    profile = a_profile(ids)
    dealer = create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
    found = queries.public_dealer_at(PublicLookupScope(), profile.slug.upper())
    assert found == queries.public_dealer(PublicScope(dealer.dealer_id)) == PublicDealer.of(dealer)
    assert set(PublicDealer.__dataclass_fields__).isdisjoint(
        {
            "code",
            "contact_email",
            "vat_number",
            "user_allowance",
            "invite_allowance",
            "ageing",
            "help_text",
            "help_links",
        }
    )


def test_nobodys_public_copy_is_not_found(ids: Ids) -> None:
    with pytest.raises(NotFoundError):
        queries.public_dealer_at(PublicLookupScope(), "nobody-is-here")
    with pytest.raises(NotFoundError):
        queries.public_dealer(PublicScope(ids.dealer_id()))


def test_a_dealer_of_before_public_copies_gets_one(aws: World, now: datetime, ids: Ids) -> None:
    profile = a_profile(ids)
    dealer = create_dealer(OPERATOR, profile=profile, now=now, ids=ids)
    entry = DealerEntry(dealer.dealer_id, profile.slug, profile.code, profile.name)
    for refresh in (
        lambda: refresh_public_copies(OPERATOR),
        lambda: create_dealer(OPERATOR, profile=profile, now=now, ids=ids),
    ):
        forget_public_copy(aws, dealer)
        assert (entry in refreshed) if isinstance(refreshed := refresh(), list) else refreshed == dealer
        assert repo.public_dealer(PublicScope(dealer.dealer_id)) == PublicDealer.of(dealer)
    assert refresh_public_copies(OPERATOR) == []


def test_a_public_copy_is_not_overwritten_by_settings_that_have_changed(aws: World, now: datetime, ids: Ids) -> None:
    dealer = create_dealer(OPERATOR, profile=a_profile(ids), now=now, ids=ids)
    forget_public_copy(aws, dealer)
    scope = TenantScope(dealer.dealer_id)
    key = {"pk": {"S": f"D#{dealer.dealer_id}#DEALER"}, "sk": {"S": "SETTINGS"}}

    def somebody_saves(**_: object) -> None:
        aws.root("dynamodb").update_item(
            TableName=aws.settings.table_name,
            Key=key,
            UpdateExpression="ADD version :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    with (
        listening("dynamodb", "before-call.dynamodb.TransactWriteItems", somebody_saves),
        pytest.raises(ConflictError),
    ):
        repo.refresh_public_copy(scope)
    assert repo.public_dealer(PublicScope(dealer.dealer_id)) is None


def test_no_dealer_has_no_public_copy(ids: Ids) -> None:
    assert not repo.refresh_public_copy(TenantScope(ids.dealer_id()))


def forget_public_copy(aws: World, dealer: Dealer) -> None:
    key = {"pk": {"S": f"D#{dealer.dealer_id}#PUBLIC"}, "sk": {"S": "DEALER"}}
    aws.root("dynamodb").delete_item(TableName=aws.settings.table_name, Key=key)
