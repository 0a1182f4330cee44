"""A customer raises, withdraws and reopens a dispute; staff decide it and note what only they see."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.enrolment.repo import in_era
from chalicelib.dealers import queries as dealers
from chalicelib.disputes import queries, repo, steps
from chalicelib.disputes.model import (
    MAX_LINES,
    MAX_MESSAGE,
    MAX_NOTE,
    MAX_OPEN_ROWS,
    MAX_ROWS,
    NOT_NOW,
    Action,
    Decision,
    Dispute,
    DisputedLine,
    DisputedRow,
    Step,
    move,
)
from chalicelib.disputes.repo import DisputeNote
from chalicelib.kernel.dispute_codes import DisputeReason
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, DealerScope, ImportScope
from chalicelib.kernel.texts import visible
from chalicelib.ledger import queries as accounts
from chalicelib.ledger import repo as ledger
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.overlays import DisputeMarks
from chalicelib.ledger.row import Row, RowKey
from chalicelib.store.audit import IMPORT
from chalicelib.store.transactions import refusal_as, retry_when_refused

CHOOSE_REASON = lazy_gettext("Choose what it is about")
ALREADY = lazy_gettext("Part of this is already in an open dispute. Withdraw that first, or leave it out.")
NOTHING_OWED = lazy_gettext("Nothing is outstanding on it, so there is nothing to dispute.")
NOTHING_LEFT = lazy_gettext("Nothing is outstanding any longer, so there is nothing to reopen.")
TOO_MANY_OPEN = lazy_gettext("This account has too many open disputes. Wait until some are decided.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What of a row is disputed: minor units (None: no amount that could be read), and the lines that were chosen."""

    key: RowKey
    amount: int | None
    lines: tuple[DisputedLine, ...] = ()


def raise_dispute(
    scope: CustomerScope,
    *,
    ref: str,
    claims: Sequence[Claim],
    reason: str,
    message: str,
    raised_by: str,
    now: datetime,
    ids: Ids,
) -> Dispute:
    """Dispute rows of an account. `raised_by` is an email. Callers notify the outbox.

    Raises InvalidError on `reason`, `message`, `amount-<n>` of the claim with that place, and `rows`, where nothing is
    outstanding on one of them or the account has no such row; NotFoundError for another's account.
    """
    message, era = visible(message), scope.eras.get(ref, "")
    if not 0 < len(claims) <= MAX_ROWS or any(len(claim.lines) > MAX_LINES for claim in claims):
        raise InvalidError(_("Choose 1 to %(max)s transactions", max=MAX_ROWS))
    dispute_id, own_era = ids.ulid(now), in_era(scope, ref, era)

    def write() -> Dispute:
        view, marks = _view(scope, ref, now), ledger.read_dispute_marks(scope, ref)
        rows = [_row(view, claim.key) for claim in claims]
        _check(reason, message, claims, rows, marks, era)
        new = Dispute(
            dispute_id=dispute_id,
            account_ref=ref,
            account_name=view.facts.name,
            currency=view.facts.currency,
            reason=DisputeReason(reason),
            rows=tuple(_disputed(row, claim) for row, claim in zip(rows, claims, strict=True)),
            raised_by=raised_by,
            steps=(Step(action=Action.RAISE, at=now, by=scope.person_id, text=message),),
            depot_code=view.facts.depot_code or "",
            era=era,
        )
        return steps.put_opened(scope, new, view, marks, before=None, provided=own_era, now=now, ids=ids)

    with refusal_as(NotFoundError(), of=own_era):
        return retry_when_refused(write)


def withdraw(scope: CustomerScope, *, ref: str, dispute_id: str, now: datetime, ids: Ids) -> Dispute:
    """Its customer ends it. Repeatable. Raises NotFoundError, ConflictError where it was decided."""
    return _withdraw(scope, ref, dispute_id, by=scope.person_id, now=now, ids=ids)


def reopen(scope: CustomerScope, *, ref: str, dispute_id: str, message: str, now: datetime, ids: Ids) -> Dispute:
    """Its customer does not agree with its end: what is still outstanding of it is disputed once more.

    Raises NotFoundError, InvalidError on `message`, ConflictError where it cannot be reopened (any more).
    """
    own_era = in_era(scope, ref, scope.eras.get(ref, ""))

    def write() -> Dispute:
        before = queries.dispute(scope, ref, dispute_id)
        new = move(before, Decision(Action.REOPEN, message), by=scope.person_id, now=now)
        view, marks = _view(scope, ref, now), ledger.read_dispute_marks(scope, ref)
        rows = tuple(_still_owed(view, before.rows))
        if not rows:
            raise ConflictError(NOTHING_LEFT)
        if any(_is_marked(marks, row.key, before.era) for row in rows):
            raise ConflictError(ALREADY)
        if len(marks.by_row) + len(rows) > MAX_OPEN_ROWS:
            raise ConflictError(TOO_MANY_OPEN)
        new = replace(new, rows=rows)
        return steps.put_opened(scope, new, view, marks, before=before, provided=own_era, now=now, ids=ids)

    with refusal_as(NotFoundError(), of=own_era):
        return retry_when_refused(write)


def decide(
    scope: DealerScope,
    *,
    ref: str,
    dispute_id: str,
    version: int,
    decision: Decision,
    now: datetime,
    ids: Ids,
) -> Dispute:
    """Staff take it one step further; `version` is the one that they have seen. Callers notify the outbox.

    Raises NotFoundError, ConflictError where somebody was quicker, InvalidError on `text` and `credit`.
    """
    if decision.action in {Action.RAISE, Action.WITHDRAW, Action.REOPEN}:
        raise NotFoundError

    def write() -> Dispute:
        before = queries.dispute(scope, ref, dispute_id)
        # Tested control: dispute-seen-version
        if before.version != version:
            raise ConflictError(NOT_NOW)
        new = move(before, decision, by=scope.person_id, now=now)
        return steps.put_moved(scope, before, new, now=now, ids=ids)

    return retry_when_refused(write)


def add_note(scope: DealerScope, *, ref: str, dispute_id: str, text: str, now: datetime, ids: Ids) -> None:
    """Staff note something for each other. Raises NotFoundError, InvalidError on `note`."""
    found, text = queries.dispute(scope, ref, dispute_id), visible(text)
    if not 0 < len(text) <= MAX_NOTE:
        wrong = _("Write a note of 1 to %(max)s characters", max=MAX_NOTE)
        raise InvalidError(wrong, {"note": wrong})
    if len(repo.notes(scope, ref, dispute_id)) >= repo.MAX_NOTES:
        full = _("A dispute holds at most %(max)s notes", max=repo.MAX_NOTES)
        raise InvalidError(full, {"note": full})
    note = DisputeNote(ids.ulid(now), now, scope.person_id, text)
    audit = steps.audit_of(scope, found, "dispute.noted", now=now, ids=ids, actor=scope.person_id)
    repo.put_note(scope, ref, dispute_id, note, also=(audit,))


def end_earlier(scope: ImportScope, *, ref: str, now: datetime, ids_of: Callable[[str], Ids]) -> None:
    """The account's number is another customer's now: the disputes of the earlier one end. Repeatable.

    `ids_of` gives the ids to use for a dispute's id.
    """
    era = current_era(scope, ref)
    for one in repo.open_disputes(scope, ref):
        if one.era < era:
            with suppress(ConflictError):  # ended meanwhile
                _withdraw(scope, ref, one.dispute_id, by=IMPORT, now=now, ids=ids_of(one.dispute_id))


def _withdraw(
    scope: CustomerScope | ImportScope, ref: str, dispute_id: str, *, by: str, now: datetime, ids: Ids
) -> Dispute:
    def write() -> Dispute:
        before = queries.dispute(scope, ref, dispute_id)
        if before.steps[-1].action is Action.WITHDRAW:
            return before
        new = move(before, Decision(Action.WITHDRAW), by=by, now=now)
        return steps.put_moved(scope, before, new, now=now, ids=ids)

    return retry_when_refused(write)


def _view(scope: CustomerScope, ref: str, now: datetime) -> AccountView:
    """The account as of this moment, not of some seconds ago: what is written rests on its rows."""
    return accounts.account_view(scope, ref=ref, now=now, published=dealers.published(scope, fresh=True))


def _row(view: AccountView, key: RowKey) -> Row:
    found = next((row for row in view.open_rows if row.key == key), None)
    if found is None or found.outstanding <= 0:
        raise InvalidError(NOTHING_OWED, {"rows": NOTHING_OWED})
    return found


def _check(
    reason: str,
    message: str,
    claims: Sequence[Claim],
    rows: Sequence[Row],
    marks: DisputeMarks,
    era: str,
) -> None:
    wrong: dict[str, str | LazyText] = {}
    # Tested control: one-open-dispute-a-row
    if any(_is_marked(marks, row.key, era) for row in rows) or len({row.key for row in rows}) < len(rows):
        wrong["rows"] = ALREADY
    elif len(marks.by_row) + len(rows) > MAX_OPEN_ROWS:
        wrong["rows"] = TOO_MANY_OPEN
    if reason not in set(DisputeReason):
        wrong["reason"] = CHOOSE_REASON
    for place, (claim, row) in enumerate(zip(claims, rows, strict=True)):
        if claim.amount is None or not 0 < claim.amount <= row.outstanding:
            wrong[f"amount-{place}"] = lazy_gettext("Enter an amount above 0, and not above what is outstanding")
    if not 0 < len(message) <= MAX_MESSAGE:
        wrong["message"] = _("Say what is wrong, in 1 to %(max)s characters", max=MAX_MESSAGE)
    if wrong:
        raise InvalidError(next(iter(wrong.values())), wrong)


def _is_marked(marks: DisputeMarks, key: RowKey, era: str) -> bool:
    """Whether a row of this era is in an open dispute."""
    return key in marks.by_row and marks.by_row[key].era == era


def _disputed(row: Row, claim: Claim) -> DisputedRow:
    return DisputedRow(
        type=row.type,
        transaction_id=row.transaction_id,
        reference=row.reference,
        on=row.transaction_date,
        amount=claim.amount or 0,
        outstanding=row.outstanding,
        depot_code=row.depot_code or "",
        rep_code=row.rep_code or "",
        lines=claim.lines,
    )


def _still_owed(view: AccountView, rows: Iterable[DisputedRow]) -> Iterable[DisputedRow]:
    """Those that are not settled, each with no more than is outstanding now."""
    opened = {row.key: row.outstanding for row in view.open_rows}
    for row in rows:
        if (owed := opened.get(row.key, 0)) > 0:
            yield replace(row, amount=min(row.amount, owed), outstanding=owed)
