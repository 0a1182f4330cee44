from typing import Any, NamedTuple

import pytest

from chalicelib.ccx.columns import Column, Schema, account_ref, text
from chalicelib.ccx.entity import Absence, Entity
from chalicelib.kernel.i18n import lazy_gettext, lazy_ngettext


class Note(NamedTuple):
    note_id: str


def declared(*columns: Column, **values: Any) -> Entity[Note]:
    given: dict[str, Any] = {"key": ("note_id",), "row": Note} | values
    return Entity(
        name="notes",
        tag="N",
        schema=Schema(Column("note_id", text(9), what=lazy_gettext("an id")), *columns),
        absence=Absence.GONE,
        intro="One row a note.",
        nouns=lazy_ngettext("%(num)s note", "%(num)s notes"),
        **given,
    )


def test_a_file_is_of_accounts_or_of_the_dealer() -> None:
    assert declared(account_ref()).file == "notes.csv"
    assert declared(per_dealer=True).is_sheet


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"per_dealer": True, "row": None},
        {"per_dealer": True, "key": ("id",)},
        {"per_dealer": True, "amounts": {"price": "Prices"}},
        {"per_dealer": True, "period": "since"},
        {"per_dealer": True, "attachment": "file_id"},
    ],
)
def test_a_declaration_names_its_own_columns(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="notes"):
        declared(**values)
