"""What the Imports pages call things."""

from collections.abc import Mapping
from typing import Literal

from chalicelib.ccx.codes import Code
from chalicelib.ccx.entity import Absence
from chalicelib.ccx.findings import FindingGroup
from chalicelib.ccx.messages import Message, Stored, reason_of, sentences
from chalicelib.dealers.publication import Published
from chalicelib.ingest.entities import ENTITIES
from chalicelib.ingest.failures import OVERTAKEN_CODES
from chalicelib.ingest.model import ImportRun, RunFilter, RunState
from chalicelib.ingest.summary import Summary
from chalicelib.ingest.uploader import Uploader, UploaderKind
from chalicelib.kernel.i18n import Text, lazy_gettext, lazy_ngettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.format import Formats

Chip = tuple[Text, str, str]
"""Text, icon and kind, as the chip macro takes them."""

_STATES: dict[RunState, Chip] = {
    RunState.STAGING: (lazy_gettext("Reading"), "arrow-repeat", "info"),
    RunState.HELD: (lazy_gettext("Held"), "pause-circle", "warn"),
    RunState.PUBLISHED: (lazy_gettext("Applied"), "check-circle", "ok"),
    RunState.UNDONE: (lazy_gettext("Undone"), "arrow-counterclockwise", ""),
    RunState.REFUSED: (lazy_gettext("Refused"), "x-circle", "bad"),
    RunState.FAILED: (lazy_gettext("Failed"), "exclamation-octagon", "bad"),
}
_NOUNS = {entity.name: entity.nouns for entity in ENTITIES}
_ABSENCE = {entity.name: entity.absence for entity in ENTITIES}
_ROWS = lazy_ngettext("%(num)s row", "%(num)s rows")
TOTALS = {(entity.name, column): label for entity in ENTITIES for column, label in entity.amounts.items()}
"""What the sum of a file's column is called."""


_OVERTAKEN: Chip = (lazy_gettext("Overtaken"), "arrow-right", "")


def title(run: ImportRun) -> str:
    """`Export 412` by the dealer system's own number; a bundle that says none goes by ours."""
    return (
        _("Export %(number)s", number=run.manifest.sequence)
        if run.manifest
        else _("Upload %(number)s", number=run.number)
    )


def state_chip(run: ImportRun) -> Chip:
    """Its state; an applied export that changed nothing says so, and one that a newer one was quicker than."""
    if is_overtaken(run):
        return _OVERTAKEN
    if run.state is RunState.PUBLISHED and run.summary and run.base.run and not touched(run):
        return (_("No change"), "arrow-left-right", "")
    return _STATES[run.state]


def is_overtaken(run: ImportRun) -> bool:
    """Whether nothing was wrong with it: customers saw other figures before it could be applied."""
    return run.state is RunState.REFUSED and run.code in OVERTAKEN_CODES


def undoing(run: ImportRun, held: ImportRun | None) -> tuple[str, str, str]:
    """Question, consequences and button: what customers will see, and what becomes of an export that waits."""
    name = title(run)
    text = (
        _("Customers will see export %(number)s again.", number=run.base.sequence)
        if run.base.run
        else _("Customers will see no figures until the next export arrives.")
    )
    if held:
        text += " " + _(
            "%(export)s, which waits for your decision, is refused, because it builds on this one. "
            "Send it again afterwards.",
            export=title(held),
        )
    return _("Undo %(export)s?", export=name), text, _("Undo %(export)s", export=name)


def approving(run: ImportRun, published: Published, fmt: Formats, *, same: bool = False) -> tuple[str, str, str]:
    """Question, consequences and button; with `same` renamed customers are who they were."""
    name, summary = title(run), run.summary or Summary(())
    said = [
        _("Customers see it at once, in place of export %(number)s.", number=published.sequence)
        if published.run
        else _("Customers see it at once."),
        _(
            "New: %(new)s. Changed: %(changed)s. Settled: %(settled)s.",
            new=change_words(summary, "new", fmt),
            changed=change_words(summary, "changed", fmt),
            settled=fmt.count(summary.settled),
        ),
    ]
    if summary.rejected:
        said.append(fmt.plural(summary.rejected, "%(num)s row is rejected.", "%(num)s rows are rejected."))
    if summary.archived:
        said.append(fmt.plural(summary.archived, "%(num)s account is archived.", "%(num)s accounts are archived."))
    if summary.owners_changed:
        said.append(_same_words() if same else _doubt_words())
    label = _("Approve: all are the same customers") if same else _("Approve and apply")
    return _("Apply %(export)s?", export=name), " ".join(said), label


def _same_words() -> str:
    return _("All accounts under another name and email stay open: their users see what they have seen before.")


def _doubt_words() -> str:
    return _("Users of accounts under another name and email cannot open them until you confirm whose each account is.")


def all_the_same(run: ImportRun) -> tuple[str, str, str]:
    """Question, consequences and button."""
    text = _(
        "Everybody who could open one of the accounts that %(export)s gave another name and email can open it again, "
        "with its earlier figures. Do not confirm it if one of the numbers is another customer's now.",
        export=title(run),
    )
    return _("Are all of them the same customers?"), text, _("All are the same customers")


def refusing(run: ImportRun) -> tuple[str, str, str]:
    """Question, consequences and button."""
    name = title(run)
    text = _("It cannot be applied afterwards. Send a new export instead; customers keep seeing what they see now.")
    return _("Refuse %(export)s?", export=name), text, _("Refuse %(export)s", export=name)


def rejected_note(run: ImportRun) -> str:
    """What became of rejected rows."""
    if run.state is RunState.PUBLISHED:
        return _("The last good values are kept")
    if run.state is RunState.HELD:
        return _("The last good values would be kept")
    return _("Nothing of this export is shown")


CHANGES: Mapping[str, Text] = {
    "new": lazy_gettext("New"),
    "changed": lazy_gettext("Changed"),
    "settled": lazy_gettext("Settled"),
}
"""What the accounts of a run can be narrowed to."""

_STATE_FILTERS = {
    "held": RunFilter(RunState.HELD),
    "published": RunFilter(RunState.PUBLISHED),
    "undone": RunFilter(RunState.UNDONE),
    "refused": RunFilter(RunState.REFUSED, overtaken=False),
    "overtaken": RunFilter(RunState.REFUSED, overtaken=True),
    "failed": RunFilter(RunState.FAILED),
}
FILTERS = [(name, (_OVERTAKEN if one.overtaken else _STATES[one.state])[0]) for name, one in _STATE_FILTERS.items()]
"""What earlier runs can be narrowed to, with its label."""


def run_filter(name: str) -> RunFilter | None:
    """That of FILTERS; None for any other name, which narrows nothing."""
    return _STATE_FILTERS.get(name)


def touched(run: ImportRun) -> int:
    """Rows that it adds, changes or settles."""
    summary = run.summary
    return summary.touched + summary.settled + summary.archived if summary else 0


def rejected_file(reason: Stored) -> str:
    """The file of which a reason says that too many rows were rejected, if it does."""
    if isinstance(reason, Message) and reason.code is Code.G401_ERRORS:
        return str(reason.params["file"])
    return ""


def change_words(summary: Summary, change: Literal["new", "changed"], fmt: Formats) -> str:
    """`3 accounts, 118 transactions, 106 PDFs`."""
    counted = [(getattr(file, change), _NOUNS.get(file.entity, _ROWS)) for file in summary.files]
    return ", ".join(fmt.plural(number, *nouns) for number, nouns in counted if number) or _("Nothing")


def group_words(group: FindingGroup, fmt: Formats) -> str:
    """`92 rows: This is not a currency code`; where they differ, the first is an example."""
    rows, reason = fmt.plural(group.rows, "%(num)s row", "%(num)s rows"), reason_of(group.first.stored_message, fmt)
    if has_other_words(group, fmt):
        return _("%(rows)s, for example: %(reason)s", rows=rows, reason=reason)
    return _("%(rows)s: %(reason)s", rows=rows, reason=reason)


def group_place(group: FindingGroup, fmt: Formats) -> str:
    """`due_date in transactions.csv, for example line 12`."""
    first = group.first
    where = _("%(column)s in %(file)s", column=first.column, file=first.file) if first.column else first.file
    if not first.line:
        return where
    line = fmt.count(first.line)
    if group.rows == 1 or has_other_words(group, fmt):
        return _("%(where)s, line %(line)s", where=where, line=line)
    return _("%(where)s, for example line %(line)s", where=where, line=line)


def has_other_words(group: FindingGroup, fmt: Formats) -> bool:
    """Whether its findings differ in more than their rows, so that each has to say what is wrong with it."""
    return len({sentences(finding.stored_message, fmt) for finding in group.findings}) > 1


def absence_words(entity: str) -> str:
    """What a file did not do, since a row of it might be of any account."""
    match _ABSENCE.get(entity):
        case Absence.ARCHIVED:
            return _("No accounts were archived, because an unreadable row may belong to one of them.")
        case Absence.SETTLED:
            return _("Nothing was marked as settled, because an unreadable row may be one that seems to be missing.")
        case Absence.GONE:
            return _("Nothing was removed, because an unreadable row may be one that seems to be missing.")
    return _("It was left out.")


def brought(run: ImportRun, reader_id: str, emails: Mapping[str, str]) -> str:
    """Who or what sent it. `emails`: of the dealer's staff by id."""
    match run.uploader:
        case Uploader(UploaderKind.STAFF, person_id):
            by_name = _("by %(email)s", email=emails[person_id]) if person_id in emails else _("by your staff")
            return _("by you") if person_id == reader_id else by_name
        case Uploader(UploaderKind.CLIENT):
            return _("by your upload program")
    return _("from the inbox")
