"""A draft is its admin's alone until it is made live, in one transaction with its audit row."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import MailSettings
from chalicelib.dealers.drafts.model import KEPT, DraftKind, fingerprint
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.wording import operations, queries
from chalicelib.dealers.wording.model import MailsDraft, Statement, TextsDraft, Wording
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import PublicScope
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited

OURS = Wording(introduction="Welcome.", privacy="We keep little.\n\nAnd briefly.", footer="Company 123")
MAILS = MailSettings(sender="Moorbeck Parts", closing="Kind regards")


def live(cast: Cast) -> Dealer:
    return dealers.dealer(cast.ours.scope, fresh=True)


def drafted(cast: Cast, now: datetime) -> Wording:
    scope = cast.ours.admin.staff_scope
    return queries.texts_draft(scope, live(cast), person_id=scope.person_id, now=now).wording


def publish(cast: Cast, wording: Wording, now: datetime, ids: Ids, seen: str = "") -> bool:
    named = seen or fingerprint(live(cast).texts)
    return operations.publish_texts(cast.ours.admin.staff_scope, wording, seen=named, now=now, ids=ids)


def test_a_draft_is_seen_by_its_admin_alone_and_goes_after_a_month(cast: Cast, now: datetime) -> None:
    scope, colleague = cast.ours.admin.staff_scope, cast.ours.user.staff_scope
    operations.keep_texts(scope, TextsDraft(OURS, "base"), dealer=live(cast), now=now)
    operations.keep_mails(scope, MailsDraft(MAILS, "base"), dealer=live(cast), now=now)
    assert drafted(cast, now) == OURS
    assert queries.mails_draft(scope, live(cast), person_id=scope.person_id, now=now).mails == MAILS
    assert queries.texts_draft(scope, live(cast), person_id=colleague.person_id, now=now).wording == Wording()
    assert drafted(cast, now + KEPT) == Wording()
    operations.keep_texts(scope, TextsDraft(Wording(), "base"), dealer=live(cast), now=now)
    assert drafted(cast, now) == Wording()
    operations.discard(scope, DraftKind.MAILS)
    assert queries.mails_draft(scope, live(cast), person_id=scope.person_id, now=now).mails == MailSettings()


def test_what_is_saved_is_live_with_its_long_texts_an_audit_row_and_who_saved_it(
    cast: Cast, now: datetime, ids: Ids
) -> None:
    scope, anybody = cast.ours.admin.staff_scope, PublicScope(cast.ours.dealer.dealer_id)
    operations.keep_texts(scope, TextsDraft(OURS, ""), dealer=live(cast), now=now)
    assert publish(cast, OURS, now, ids)
    assert queries.live_wording(scope, live(cast)) == OURS == drafted(cast, now)
    assert dealers.public_dealer(anybody).texts == live(cast).texts
    assert queries.statement(anybody, Statement.PRIVACY) == OURS.privacy
    with pytest.raises(NotFoundError):
        queries.statement(anybody, Statement.TERMS)
    (row,) = audited(cast.ours.scope, now, "texts.")
    assert (row.event, row.actor) == ("texts.changed", scope.person_id)
    assert row.detail == {"settings": ["introduction", "footer", "privacy"]}
    assert dealers.last_saved(scope, "texts") == (scope.person_id, now)
    assert dealers.last_saved(scope, "mails") is None
    assert publish(cast, replace(OURS, privacy=""), now, ids)
    with pytest.raises(NotFoundError):
        queries.statement(anybody, Statement.PRIVACY)


def test_the_same_again_writes_nothing(cast: Cast, now: datetime, ids: Ids) -> None:
    seen = fingerprint(live(cast).texts)
    assert publish(cast, OURS, now, ids, seen)
    assert not publish(cast, OURS, now, ids, seen)  # the second of two clicks
    assert len(audited(cast.ours.scope, now, "texts.")) == 1


def test_of_two_admins_the_second_is_told(cast: Cast, now: datetime, ids: Ids) -> None:
    texts, mails = fingerprint(live(cast).texts), fingerprint(live(cast).mails)
    scope = cast.ours.admin.staff_scope
    publish(cast, OURS, now, ids)
    assert operations.publish_mails(scope, MAILS, seen=mails, now=now, ids=ids)
    with pytest.raises(ConflictError, match="Somebody else"):
        publish(cast, replace(OURS, terms="Ours alone"), now, ids, texts)
    with pytest.raises(ConflictError, match="Somebody else"):
        operations.publish_mails(scope, MailSettings(closing="Bye"), seen=mails, now=now, ids=ids)
    assert queries.live_wording(cast.ours.scope, live(cast)) == OURS
    assert live(cast).mails == MAILS
    assert operations.publish_mails(scope, MailSettings(), seen=fingerprint(MAILS), now=now, ids=ids)
    assert live(cast).own_mails is None
