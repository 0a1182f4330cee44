"""The ten rules that keep a published run whole, each in a history that goes wrong without it."""

from datetime import timedelta

import pytest

from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.dealers import repo as dealer_repo
from chalicelib.dealers.publication import Published
from chalicelib.ingest import leases, repo
from chalicelib.ingest.model import RunState
from chalicelib.ingest.steps import spread
from chalicelib.kernel.errors import ConflictError
from chalicelib.store import blobs
from tests.bundles import customer, transaction
from tests.fixtures.worlds import World
from tests.ingest.exports import export
from tests.ingest.history import ROWS_A_PART, History

LONG = leases.LEASE_TIMEOUT + timedelta(minutes=1)

pytestmark = pytest.mark.soak


@pytest.fixture
def history(aws: World, monkeypatch: pytest.MonkeyPatch) -> History:
    """A dealer's first day."""
    monkeypatch.setattr(spread, "MAX_ROWS", ROWS_A_PART)
    return History(aws)


def a_taken_over_run(history: History) -> None:
    """Run 1 is published, run 2 has been silent for an hour, run 3 takes its place and changes nothing."""
    history.take_in(a=1)
    history.upload(a=2)
    history.old, history.queue = history.line.messages(), []
    history.line.wait(hours=LONG / timedelta(hours=1))
    history.take_in(a=1)


def test_rule_1_a_run_that_was_set_aside_is_never_read(history: History) -> None:
    history.take_in(a=1)
    history.take_in("held", a=2)
    assert history.decide(2, approve=False)
    assert history.take_in(a=1).state is RunState.PUBLISHED
    history.check()


def test_rule_1_a_run_of_a_past_generation_is_refused(history: History) -> None:
    history.take_in(a=1, b=1)
    history.upload(a=1, b=2)
    assert history.undo()
    history.deliver_all()
    assert history.line.run(2).state is RunState.REFUSED
    history.check()


def test_rule_1_the_run_and_what_it_replaced_are_written_with_it(history: History) -> None:
    history.take_in(a=1)
    history.take_in("held", a=2)
    assert history.decide(2, approve=True)
    history.check()
    assert history.undo()
    history.check()
    assert history.undo()
    assert dealers.published(history.line.scope, fresh=True).run == 0
    history.check()


def test_rule_1_two_decisions_at_once_are_one(history: History) -> None:
    history.take_in(a=1)
    scope, current = history.line.scope, dealers.published(history.line.scope, fresh=True)
    undone = dealer_repo.advance(scope, expected_generation=current.generation, new=current.undone_to(Published()))
    history.take_in(a=2)
    with pytest.raises(ConflictError):
        repo.commit(scope, [undone])
    history.check()


def test_rule_2_a_message_of_a_run_that_ended_writes_nothing(history: History) -> None:
    a_taken_over_run(history)
    history.days_pass(8)
    assert dealers.published(history.line.scope, fresh=True).skipped == frozenset()
    history.deliver(again=True)
    history.check()


def test_rule_2_a_part_of_a_run_that_ended_meanwhile_is_not_done(history: History) -> None:
    history.take_in(a=1)
    history.upload(a=2)

    def taken_over() -> None:
        history.line.wait(hours=2)
        history.take_in(a=3)

    history.while_it_writes(taken_over)
    history.deliver_all()
    assert history.line.run(2).state is RunState.FAILED
    assert repo.parts(history.line.scope, 2) == {}
    history.check()


def test_rule_2_taking_over_fails_the_silent_run(history: History) -> None:
    a_taken_over_run(history)
    assert (history.line.run(2).state, history.line.run(2).code) == (RunState.FAILED, "F501_STALLED")
    history.check()


def test_rule_2_only_a_staging_run_is_published(history: History) -> None:
    history.take_in(a=1)
    history.upload(a=2)
    history.deliver()
    gate = history.line.messages()
    read = history.line.run(2)
    history.line.wait(hours=2)
    history.upload(a=3)
    with pytest.raises(ConflictError):
        repo.commit(history.line.scope, [repo.write_run(history.line.scope, read)])
    for message in gate:
        history.line.deliver(message)
    history.check()
    assert history.line.run(2).state is RunState.FAILED
    history.check()


def test_rule_3_what_a_run_wrote_before_it_died_is_swept(history: History) -> None:
    history.take_in(a=1)
    history.upload(a=2)
    history.while_it_writes(dies)
    with pytest.raises(DiedError):
        history.deliver()
    history.line.wait(hours=2)
    history.take_in(a=1)
    history.check()
    history.days_pass(8)
    assert dealers.published(history.line.scope, fresh=True).skipped == frozenset()
    history.check()


class DiedError(Exception):
    pass


def dies() -> None:
    raise DiedError


def test_rule_3_a_number_is_skipped_until_it_is_swept(history: History) -> None:
    history.take_in(a=1)
    history.take_in("held", a=2)
    history.decide(2, approve=False)
    history.take_in(a=1)
    history.days_pass(1)
    history.check()
    assert dealers.published(history.line.scope, fresh=True).skipped == {2}
    history.check()


def test_rule_3_nobody_undoes_what_may_have_been_swept(history: History) -> None:
    history.take_in(a=1)
    history.take_in(a=2)
    history.days_pass(8)
    assert not history.undo()
    history.check()


def test_rule_3_until_the_sixth_day_everything_is_there(history: History) -> None:
    history.take_in(a=1)
    history.take_in(a=2)
    history.days_pass(5.9)
    assert history.undo()
    history.check()


def test_rule_3_an_undone_run_supersedes_nothing(history: History) -> None:
    history.take_in(a=1)
    history.take_in(a=2)
    history.undo()
    history.days_pass(8)
    history.check()


def test_rule_4_parts_double_and_each_shard_is_found(history: History) -> None:
    assert history.take_in(a=1).n == 1
    history.check()
    assert (history.take_in(a=1, b=1, c=1, d=1).n or 0) > 1
    history.check()
    assert history.take_in(a=1, b=2, c=1).state is RunState.PUBLISHED
    history.check()


def test_rule_5_unchanged_accounts_count_in_the_totals(history: History) -> None:
    history.take_in(a=1, b=1)
    run = history.take_in(a=1, b=2)
    assert run.state is RunState.PUBLISHED, run.reasons
    assert run.summary is not None
    assert [(count.rows, count.unchanged) for count in run.summary.files] == [(2, 1)] * 4
    history.check()


def test_rule_5_a_finding_is_told_again(history: History) -> None:
    for sequence in (1, 2):
        rows = [transaction("a", "a", "1.20"), transaction("b", "b", "1.20")]
        bundle = export(history.line, [customer("a", email="nobody"), customer("b")], rows, sequence)
        summary = history.line.take_in(bundle).summary
        assert summary is not None
        assert [count.warnings for count in summary.files] == [1, 0]
    assert [entry.head_run for entry in history.line.entries()] == [1, 1]


def test_rule_6_an_absent_account_stays_as_it_was(history: History) -> None:
    history.take_in(a=1, b=1)
    history.take_in(a=2)
    history.check()
    history.take_in(a=2)
    history.check()
    history.take_in(a=2, b=3)
    history.check()


def test_rule_7_a_reader_goes_on_in_the_run_of_the_first_page(history: History) -> None:
    for amount in (1, 2, 3):
        history.take_in(a=amount)
        history.check()


def test_rule_7_a_reader_of_an_undone_run_starts_again(history: History) -> None:
    for amount in (1, 2):
        history.take_in(a=amount)
        history.check()
    history.undo()
    history.take_in(a=3)
    history.check()


def test_rule_7_a_reader_of_a_week_ago_starts_again(history: History) -> None:
    for amount in (1, 2):
        history.take_in(a=amount)
        history.check()
    history.days_pass(8)
    history.check()


def test_rule_8_a_write_that_rests_on_rows_is_refused_once_they_changed(history: History) -> None:
    history.take_in(a=1)
    scope, current = history.line.scope, dealers.published(history.line.scope, fresh=True)
    audit = repo.write_audit(
        scope, run=history.line.run(1), event="test", actor="test", now=history.line.now, ids=history.line.ids
    )
    rests = dealer_repo.require_generation(scope, current.generation)
    history.undo()
    with pytest.raises(ConflictError):
        repo.commit(scope, [rests, audit])
    history.check()


def test_rule_9_documents_go_with_the_last_head_that_names_them(history: History) -> None:
    history.take_in(a=1, b=1)
    history.take_in(a=2, b=1)
    history.take_in("held", a=3, b=1)
    history.decide(3, approve=False)
    history.days_pass(8)
    history.days_pass(8)
    assert stored(history, "documents/") == ["documents/1/b/db.pdf", "documents/2/a/da.pdf"]
    history.check()


def test_rule_9_a_document_stays_while_a_head_names_it(history: History) -> None:
    history.take_in(a=1)
    history.take_in()
    history.days_pass(8)
    assert stored(history, "documents/") == ["documents/1/a/da.pdf"]
    history.check()


def stored(history: History, prefix: str) -> list[str]:
    return blobs.list_names(history.line.scope, settings.load().files_bucket, prefix)


def test_rule_10_a_new_dealer_has_run_0_and_undo_may_return_to_it(history: History) -> None:
    assert dealers.published(history.line.scope, fresh=True) == Published()
    history.check()
    history.take_in(a=1)
    history.check()
    assert history.undo()
    history.check()
    history.take_in(a=2)
    history.check()
