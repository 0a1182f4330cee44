"""An entity with a year, for tests of sheets."""

from typing import NamedTuple

from chalicelib.ccx.columns import AMOUNT, DATE, Column, Schema, account_ref, text
from chalicelib.ccx.entity import Absence, Entity
from chalicelib.kernel.i18n import lazy_gettext, lazy_ngettext


class Note(NamedTuple):
    note_id: str
    written: str | None = None
    price: int = 0
    stale: bool = False


def entity(absence: Absence = Absence.GONE) -> Entity[Note]:
    return Entity(
        name="notes",
        tag="N",
        schema=Schema(
            Column("note_id", text(9), what=lazy_gettext("an id")),
            account_ref(),
            Column("written", DATE),
            Column("price", AMOUNT),
        ),
        key=("note_id",),
        absence=absence,
        period="written",
        row=Note,
        intro="One row a note.",
        nouns=lazy_ngettext("%(num)s note", "%(num)s notes"),
    )


NOTES = entity()
