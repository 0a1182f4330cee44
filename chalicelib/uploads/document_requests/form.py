"""What staff fill in to ask for a document. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.uploads.document_requests.model import MAX_AHEAD, MAX_TITLE, MAX_WANTED, MAX_WORDS
from chalicelib.uploads.model import FilePurpose

CHOOSE_PURPOSE = lazy_gettext("Choose what kind of document it is")
NO_TITLE = lazy_gettext("Say which document you need, such as Proof of insurance")
NOT_A_DAY = lazy_gettext("Choose a day from today on, within a year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which document, in what words, how many files, by which day where the dealer is."""

    purpose: FilePurpose
    title: str
    words: str
    wanted: int
    due: date


def read_form(fields: Mapping[str, str], *, today: date) -> Wanted:
    """The fields `purpose`, `title`, `words`, `wanted` and `due`. Raises InvalidError on them."""
    title, words = " ".join(fields.get("title", "").split()), fields.get("words", "").replace("\r\n", "\n").strip()
    wanted, due, purpose = whole_number(fields.get("wanted", "")) or 0, _day(fields), fields.get("purpose", "")
    wrong: dict[str, str | LazyText] = {}
    if not title or not title.isprintable():
        wrong["title"] = NO_TITLE
    elif len(title) > MAX_TITLE:
        wrong["title"] = _("Use at most %(num)s characters", num=MAX_TITLE)
    if purpose not in set(FilePurpose):
        wrong["purpose"] = CHOOSE_PURPOSE
    if len(words) > MAX_WORDS or not words.replace("\n", "").isprintable():
        wrong["words"] = _("Use at most %(num)s characters, and no control characters", num=MAX_WORDS)
    if not 1 <= wanted <= MAX_WANTED:
        wrong["wanted"] = _("Ask for 1 to %(max)s files", max=MAX_WANTED)
    if due is None or not today <= due <= today + MAX_AHEAD:
        wrong["due"] = NOT_A_DAY
    if wrong or due is None:
        raise InvalidError(next(iter(wrong.values())), wrong)
    return Wanted(purpose=FilePurpose(purpose), title=title, words=words, wanted=wanted, due=due)


def _day(fields: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(fields.get("due", "").strip())
    except ValueError:
        return None
