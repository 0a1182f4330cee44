"""Reads about marketing consent."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from chalicelib.customers.consents import repo
from chalicelib.customers.consents.model import Choice, Consent, Exported, consents
from chalicelib.feed import queries as feed
from chalicelib.feed.model import ItemState
from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope


def own_consents(scope: CustomerScope, ref: str, exported: Exported) -> list[Consent]:
    """Every channel, as the person in hand has chosen it for this account, and as the export has it.

    Reads: their choices, then the feed's items of these.
    """
    choices = _own_choices(scope, ref)
    return consents(exported, choices, _taken(scope, choices))


def consents_of_account(scope: DealerScope, ref: str, exported: Exported, *, era: str) -> list[list[Consent]]:
    """The same for each person of the account who has chosen, or once with what the export says if nobody has."""
    choices = [one for one in repo.choices(scope, ref) if one.era == era]
    taken = _taken(scope, choices)
    by_person = [list(theirs) for _, theirs in groupby(choices, key=lambda one: one.person_id)]
    return [consents(exported, theirs, taken) for theirs in by_person or [[]]]


def _own_choices(scope: CustomerScope, ref: str) -> list[Choice]:
    """What the person in hand has chosen for this account, of the era that is theirs."""
    era = scope.eras.get(ref, "")
    return [one for one in repo.choices(scope, ref, person_id=scope.person_id) if one.era == era]


def _taken(scope: TenantScope, choices: Sequence[Choice]) -> dict[str, date]:
    found = feed.items(scope, [one.item_id for one in choices])
    return {
        item_id: item.settled_at.date()
        for item_id, item in found.items()
        if item.state is ItemState.TAKEN and item.settled_at
    }
