"""What the Imports pages call things."""

from typing import Literal

from chalicelib.ingest.entities import ENTITIES
from chalicelib.ingest.model import ImportRun, RunState, Summary
from chalicelib.kernel.i18n import lazy_ngettext
from chalicelib.rendering.format import Formats

Chip = tuple[str, str, str]
"""Text, icon and kind, as the chip macro takes them."""

_STATES: dict[RunState, Chip] = {
    RunState.STAGING: ("Reading", "arrow-repeat", "info"),
    RunState.HELD: ("Held", "pause-circle", "warn"),
    RunState.PUBLISHED: ("Applied", "check-circle", "ok"),
    RunState.UNDONE: ("Undone", "arrow-counterclockwise", ""),
    RunState.REFUSED: ("Refused", "x-circle", "bad"),
    RunState.FAILED: ("Stopped", "exclamation-octagon", "bad"),
}
_NOUNS = {entity.name: entity.nouns for entity in ENTITIES}
_ROWS = lazy_ngettext("%(num)s row", "%(num)s rows")
TOTALS = {(entity.name, column): label for entity in ENTITIES for column, label in entity.amounts.items()}
"""What the sum of a file's column is called."""


def title(run: ImportRun) -> str:
    """`Export 412` by the dealer system's own number; a bundle that says none goes by ours."""
    return f"Export {run.manifest.sequence}" if run.manifest else f"Upload {run.number}"


def state_chip(run: ImportRun) -> Chip:
    """Its state; an applied export that changed nothing says so."""
    if run.state is RunState.PUBLISHED and run.summary and run.base.run and not touched(run):
        return ("No change", "arrow-left-right", "")
    return _STATES[run.state]


def touched(run: ImportRun) -> int:
    """Rows that it adds, changes or settles."""
    summary = run.summary
    return summary.touched + summary.settled + summary.archived if summary else 0


def change_words(summary: Summary, change: Literal["new", "changed"], fmt: Formats) -> str:
    """`3 accounts, 118 transactions, 106 PDFs`."""
    counted = [(getattr(file, change), _NOUNS.get(file.entity, _ROWS)) for file in summary.files]
    return ", ".join(fmt.plural(number, *nouns) for number, nouns in counted if number) or "Nothing"


def brought(run: ImportRun, reader_id: str) -> str:
    """Who or what sent it."""
    kind, _, who = run.uploaded_by.partition(" ")
    if kind == "staff":
        return "by you" if who == reader_id else "by your staff"
    return "by your upload program" if kind == "agent" else "from the inbox"
