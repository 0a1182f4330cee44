"""What the first customer of a dealership is notified of."""

from datetime import datetime

from chalicelib.alerts import operations
from chalicelib.alerts.kinds import MESSAGE_ANSWERED
from chalicelib.alerts.model import Alert, Entry
from chalicelib.kernel.ids import Ids
from tests.fixtures.cast import Dealership

WORDS = "it follows on Monday."


def an_entry(ids: Ids, now: datetime, *, ref: str = "1200", era: str = "", subject: str = "The second hose") -> Entry:
    """An answer to a question."""
    about = {"subject": subject, "words": f"{subject}: {WORDS}"}
    return Entry(ids.ulid(now), Alert(MESSAGE_ANSWERED.name, ref, era, "/messages", about))


def notified(
    dealership: Dealership,
    now: datetime,
    ids: Ids,
    *,
    ref: str = "1200",
    era: str = "",
    subject: str = "The second hose",
) -> str:
    """The id of such an entry that they have not read."""
    entry = an_entry(ids, now, ref=ref, era=era, subject=subject)
    operations.add(dealership.import_scope, entry, person_id=dealership.customer.person_id)
    return entry.entry_id
