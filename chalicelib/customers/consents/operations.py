"""A person chooses the channels by which a dealer may send offers and news."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from chalicelib.customers.consents import repo
from chalicelib.customers.consents.model import Choice, Exported
from chalicelib.customers.consents.queries import own_consents
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.enrolment.repo import in_era
from chalicelib.feed import queries as feed
from chalicelib.feed.model import ItemState
from chalicelib.feed.operations import feed_item, settle_item
from chalicelib.feed.payloads import ConsentChosen, yes_or_no
from chalicelib.kernel.channels import Channel
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, ImportScope, TenantScope
from chalicelib.store.audit import IMPORT, AuditRow, audit_row
from chalicelib.store.record import Record
from chalicelib.store.transactions import WriteItem, refusal_as, retry_when_refused


def choose(
    scope: CustomerScope,
    *,
    ref: str,
    account_name: str,
    exported: Exported,
    changed: Mapping[Channel, bool],
    chosen_by: str,
    now: datetime,
    ids: Ids,
) -> list[Choice]:
    """The person in hand allows or forbids these channels. Returns what is new, each with an item of the feed.

    A channel that stays as it counts now is no choice. An earlier choice that still waits is withdrawn: the dealer's
    system need only know the last. Repeatable. Raises NotFoundError for another's account, or one whose number has just
    been given to another customer.
    """
    era = scope.eras.get(ref, "")
    own_era = in_era(scope, ref, era)

    def write() -> list[Choice]:
        shown = own_consents(scope, ref, exported)
        meant = [one for one in shown if one.channel in changed and changed[one.channel] != bool(one.granted)]
        granted = {one.channel: changed[one.channel] for one in meant}
        new = _choices(granted, era=era, person_id=scope.person_id, chosen_by=chosen_by, now=now, ids=ids)
        if not new:
            return []
        also = [
            *(_item(scope, ref, account_name, one, exported, now) for one in new),
            _audit(scope, ref, new, now=now, ids=ids),
        ]
        replaced = [one.choice for one in meant if one.choice]
        writes = [own_era, *_withdrawn(scope, replaced, by=scope.person_id, now=now)]
        with refusal_as(NotFoundError(), of=own_era):
            repo.put(scope, ref, new, before=replaced, writes=writes, also=also)
        return new

    return retry_when_refused(write)


def _choices(
    granted: Mapping[Channel, bool], *, era: str, person_id: str, chosen_by: str, now: datetime, ids: Ids
) -> list[Choice]:
    return [
        Choice(
            channel=channel,
            granted=allowed,
            person_id=person_id,
            chosen_by=chosen_by,
            chosen_at=now,
            item_id=ids.ulid(now),
            era=era,
        )
        for channel, allowed in granted.items()
    ]


def forget_earlier(scope: ImportScope, *, ref: str, now: datetime, ids_of: Callable[[str], Ids]) -> None:
    """The account's number is another customer's now: what an earlier one chose must not be entered. Repeatable.

    `ids_of` gives the ids to use for an item's id.
    """
    era = current_era(scope, ref)
    for choice in repo.choices(scope, ref):
        if choice.era < era:
            _forget(scope, ref, choice, now=now, ids=ids_of(choice.item_id))


def _forget(scope: ImportScope, ref: str, choice: Choice, *, now: datetime, ids: Ids) -> None:
    def write() -> None:
        if choice not in repo.choices(scope, ref, person_id=choice.person_id):
            return
        audit = audit_row(
            scope,
            ids=ids,
            now=now,
            actor=IMPORT,
            event="consent.ended",
            subject=ref,
            detail={"channel": choice.channel.value},
        )
        writes = _withdrawn(scope, [choice], by=IMPORT, now=now)
        repo.delete(scope, ref, choice, writes=writes, also=[audit])

    retry_when_refused(write)


def _audit(scope: CustomerScope, ref: str, new: Collection[Choice], *, now: datetime, ids: Ids) -> AuditRow:
    detail = {"channels": {one.channel.value: yes_or_no(one.granted) for one in new}}
    return audit_row(
        scope, ids=ids, now=now, actor=scope.person_id, event="consent.changed", subject=ref, detail=detail
    )


def _item(
    scope: CustomerScope, ref: str, account_name: str, choice: Choice, exported: Exported, now: datetime
) -> Record:
    said = exported.granted.get(choice.channel)
    payload = ConsentChosen(
        channel=choice.channel,
        granted=yes_or_no(choice.granted),
        before=yes_or_no(said) if said is not None else "",
        chosen_by=choice.chosen_by,
    )
    return feed_item(scope, payload, item_id=choice.item_id, now=now, account_ref=ref, account_name=account_name)


def _withdrawn(scope: TenantScope, ended: Collection[Choice], *, by: str, now: datetime) -> list[WriteItem]:
    found = feed.items(scope, [one.item_id for one in ended])
    waiting = [item for item in found.values() if item.state is ItemState.WAITING]
    settled = (settle_item(scope, one, state=ItemState.WITHDRAWN, by=by, now=now) for one in waiting)
    return [write for writes in settled for write in writes]
