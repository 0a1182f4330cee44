"""The one mail to a person about all that an export has brought, and none where there is nothing to tell."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.alerts import queries as alerts
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.scopes import customer_scope
from chalicelib.dealers.model import Module
from chalicelib.identity import repo as identity
from chalicelib.identity.model import Membership
from chalicelib.identity.repo import writes
from chalicelib.ingest import operations as imports
from chalicelib.kernel.areas import Area
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import Mail
from chalicelib.notifications.dispatch import send_bulk, send_due
from chalicelib.notifications.kinds import new_documents
from chalicelib.notifications.kinds.run_news import RunNews
from chalicelib.notifications.kinds.run_news_share import RunNewsShare
from chalicelib.notifications.people_of_dealer import accounts_of
from chalicelib.store import outbox
from chalicelib.store.outbox import BULK_LANES
from tests.bundles import transaction
from tests.fixtures.cast import Cast, add_person
from tests.fixtures.worlds import World
from tests.ingest.exports import Rows, export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.notifications.fakes import Post

INVOICE = transaction("1200", "new-1", "642.18", reference="127118")
CREDIT = transaction("1200", "new-2", "-20.00", type="credit_note", reference="C20417")


@pytest.fixture
def line(aws: World, cast: Cast, now: datetime, ids: Ids) -> ImportPipeline:
    """With a first export, of which nobody is told anything."""
    made = ImportPipeline(aws, cast.ours, now, ids)
    customer = cast.ours.customer
    user = AccountUser(customer.person_id, customer.email, now)
    enrolments.add_user(cast.ours.scope, user, ref="1200")
    made.take_in(next_export(made, 1))
    return made


def next_export(line: ImportPipeline, sequence: int, *new: dict[str, str]) -> bytes:
    customers, rows = ledger(2, 2, first=1200)
    more: Rows = list(new)
    return export(line, customers, rows + more, sequence)


def delivered(line: ImportPipeline, post: Post, *, times: int = 1) -> list[Mail]:
    post.sender.sent.clear()
    for _ in range(times):
        send_due(line.scope, deps=post.deps)
        for _ in range(2):
            for lane in range(BULK_LANES):
                send_bulk(line.scope, lane, deps=post.deps)
    return list(post.sender.sent)


def test_a_mail_and_an_entry_say_what_is_new(line: ImportPipeline, cast: Cast, post: Post) -> None:
    assert delivered(line, post) == []
    line.take_in(next_export(line, 2, INVOICE, CREDIT))
    (mail,) = delivered(line, post, times=2)
    assert mail.to == cast.ours.customer.email
    assert mail.subject == "New invoices and credits from Moorbeck Machinery"
    for words in ("Invoice 127118: £642.18", "Credit note C20417: −£20.00", "Account 1200", "/transactions"):
        assert words in mail.text
    assert mail.unsubscribe
    (entry,) = alerts.entries(cast.ours.customer.customer_scope, {Module.INVOICES})
    assert (entry.alert.kind, entry.alert.about["invoices"], entry.alert.about["amount"]) == (
        "new_documents",
        "1",
        "64218",
    )
    line.take_in(next_export(line, 3, INVOICE, CREDIT))
    assert delivered(line, post) == [], "nothing is new"


def test_an_account_on_stop_is_told_too(line: ImportPipeline, post: Post) -> None:
    customers, rows = ledger(2, 2, first=1200)
    stopped = [{**customers[0], "account_status": "on_stop"}, *customers[1:]]
    line.take_in(export(line, stopped, [*rows, INVOICE], 2))
    assert len(delivered(line, post)) == 1


def test_of_a_run_that_was_undone_nobody_is_told_and_of_the_same_again_once(line: ImportPipeline, post: Post) -> None:
    second = line.take_in(next_export(line, 2, INVOICE))
    imports.undo_run(line.admin, number=second.number, now=line.now, ids=line.ids)
    assert delivered(line, post) == []
    third = line.take_in(next_export(line, 3, INVOICE))
    assert [mail.subject for mail in delivered(line, post)] == ["A new invoice from Moorbeck Machinery"]
    imports.undo_run(line.admin, number=third.number, now=line.now, ids=line.ids)
    line.take_in(next_export(line, 4, INVOICE, CREDIT))
    (mail,) = delivered(line, post)
    assert "C20417" in mail.text
    assert "127118" not in mail.text, "told with the run that was undone"


def test_a_step_that_runs_twice_tells_nobody_twice(line: ImportPipeline, post: Post) -> None:
    line.take_in(next_export(line, 2, INVOICE))
    (item,) = outbox.items(line.scope)
    assert len(delivered(line, post)) == 1
    RunNews().run(line.scope, item)
    assert delivered(line, post) == []


def test_of_an_export_from_the_archive_nobody_is_told(line: ImportPipeline, post: Post) -> None:
    line.wait(days=4)
    line.take_in(next_export(line, 2, INVOICE))
    assert delivered(line, post) == []


def test_a_run_that_is_undone_before_the_mail_leaves_is_not_told(line: ImportPipeline, post: Post) -> None:
    second = line.take_in(next_export(line, 2, INVOICE))
    send_due(line.scope, deps=post.deps)
    imports.undo_run(line.admin, number=second.number, now=line.now, ids=line.ids)
    assert delivered(line, post) == []


def test_who_has_two_accounts_gets_one_mail(line: ImportPipeline, cast: Cast, post: Post) -> None:
    membership = cast.ours.customer.membership
    both = add_person(post.ids, post.clock.now, email="both@farm.example", membership=membership)
    other = replace(membership, subject_ref="1201")
    identity.commit(IdentityScope(), [writes.put_membership(both.person_id, other, post.clock.now)])
    for ref in ("1200", "1201"):
        enrolments.add_user(cast.ours.scope, AccountUser(both.person_id, both.email, post.clock.now), ref=ref)
    assert accounts_of(line.scope, both.person_id, Area.INVOICES) == ["1200", "1201"]
    line.take_in(next_export(line, 2, INVOICE, {**INVOICE, "account_ref": "1201", "transaction_id": "new-3"}))
    sent = delivered(line, post)
    assert sorted(mail.to for mail in sent) == sorted([both.email, cast.ours.customer.email])
    (mail,) = [mail for mail in sent if mail.to == both.email]
    assert mail.subject == "2 new invoices from Moorbeck Machinery"
    assert "Account 1200" in mail.text
    assert "Account 1201" in mail.text


def test_who_may_not_log_in_any_more_is_not_told(line: ImportPipeline, cast: Cast, post: Post) -> None:
    line.take_in(next_export(line, 2, INVOICE))
    send_due(line.scope, deps=post.deps)
    for lane in range(BULK_LANES):
        for item in outbox.items(line.scope, lane=lane):
            if item.kind == RunNewsShare.kind:
                RunNewsShare().run(line.scope, item)
    former = AccountUser(cast.ours.customer.person_id, cast.ours.customer.email, post.clock.now)
    enrolments.remove_user(cast.ours.scope, former, ref="1200", also=())
    assert delivered(line, post) == []


def test_b23_what_is_new_on_an_account_of_a_group_reaches_the_people_of_its_master_once(
    line: ImportPipeline, cast: Cast, post: Post
) -> None:
    customers, rows = ledger(4, 2, first=1200)
    of_group = [customers[0], *({**one, "master_account_ref": "1200"} for one in customers[1:3]), customers[3]]
    line.take_in(export(line, of_group, rows, 2))
    own = add_person(post.ids, post.clock.now, email="own@farm.example", membership=_of(cast, "1201"))
    enrolments.add_user(cast.ours.scope, AccountUser(own.person_id, own.email, post.clock.now), ref="1201")
    delivered(line, post)
    new = [{**INVOICE, "account_ref": ref, "transaction_id": f"new-{ref}"} for ref in ("1201", "1202", "1203")]
    line.take_in(export(line, of_group, [*rows, *new, {**CREDIT, "account_ref": "1201"}], 3))
    sent = {mail.to: mail for mail in delivered(line, post, times=2)}
    assert set(sent) == {cast.ours.customer.email, own.email}
    master = sent[cast.ours.customer.email].text
    assert ("Account 1201" in master, "Account 1202" in master, "Account 1203" in master) == (True, True, False)
    assert ("Account 1201" in sent[own.email].text, "Account 1202" in sent[own.email].text) == (True, False)
    scope = customer_scope(cast.ours.customer.person_id, cast.ours.customer.membership)[0]
    found = {entry.alert.account_ref: entry.alert for entry in alerts.entries(scope, {Module.INVOICES})}
    assert set(found) == {"1201", "1202"}
    assert found["1201"].path == "/account-group?account=1201", "two rows lead to the list"
    assert found["1202"].path.startswith("/invoices/")


def test_of_a_large_group_some_accounts_are_listed(
    line: ImportPipeline, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_documents, "MAX_ACCOUNTS", 1)
    customers, rows = ledger(3, 2, first=1200)
    of_group = [customers[0], *({**one, "master_account_ref": "1200"} for one in customers[1:])]
    new = [{**INVOICE, "account_ref": ref, "transaction_id": f"new-{ref}"} for ref in ("1201", "1202")]
    line.take_in(export(line, of_group, rows, 2))
    delivered(line, post)
    line.take_in(export(line, of_group, [*rows, *new], 3))
    (mail,) = delivered(line, post)
    assert mail.subject == "2 new invoices from Moorbeck Machinery"
    assert "1 more account" in mail.text
    assert "Account 1202" not in mail.text


def _of(cast: Cast, ref: str) -> Membership:
    return replace(cast.ours.customer.membership, subject_ref=ref)
