"""Reads about threads of messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.group_scopes import MAX_LISTED, others_of, scope_of, scopes_of
from chalicelib.customers.portal_customers import repo as portal_customers
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import is_ulid
from chalicelib.kernel.keys import portal_customer_ref
from chalicelib.kernel.scopes import CustomerScope, DealerScope, ImportScope
from chalicelib.messages import repo
from chalicelib.messages.answer_mails import readers
from chalicelib.messages.model import About, Conversation, Entry, EntryKind, ListedThread, Side, Thread
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.kinds import QUESTION
from chalicelib.uploads import by_year
from chalicelib.uploads.model import sender_ref

CLOSED_READINGS = 4
"""How often the closed threads are read for a page, 50 at a time, until half of those were found."""


MAX_OPEN = 200
"""Open threads of a dealer that a list reads, besides those that wait for an answer."""
OF_EACH = 25
"""Threads of each account of a group that a list of all of them reads, the newest."""


@dataclass(frozen=True, slots=True)
class SomeThreads:
    """A bounded number of threads; `older` is where the next ones begin, or empty. `is_cut`: not all were read."""

    threads: list[ListedThread]
    older: str
    is_cut: bool = False


def some_own_threads(scope: CustomerScope, *, before: str = "") -> SomeThreads:
    """The newest 200 begun, or the next; `before` is the `older` of those before. What was written last is first."""
    ref = sender_ref(scope)
    read = repo.threads(scope, ref, before=before) if ref else []
    found = [one for one in read if is_own(scope, one)]
    older = read[-1].thread_id if len(read) == repo.MAX_READ else ""
    if ref is None or not found:
        return SomeThreads([], older)
    marks = repo.marks_of(scope, ref, [one.thread_id for one in found], person_id=scope.person_id)
    listed = [ListedThread(one, marks.get(one.thread_id, "") < one.shown_id) for one in found]
    return SomeThreads(sorted(listed, key=lambda one: one.thread.shown_id, reverse=True), older)


def group_threads(scope: CustomerScope, refs: Sequence[str]) -> SomeThreads:
    """The newest threads of each of these accounts of a group, what was written last first.

    A query for each account, of which MAX_LISTED are read; those that let nobody in are left out.
    """
    scopes = scopes_of(scope, refs[:MAX_LISTED])
    read = {ref: repo.threads(one, ref, limit=OF_EACH) for ref, one in scopes.items()}
    found = [one for ref, threads in read.items() for one in threads if is_own(scopes[ref], one)]
    marks = repo.marks_at(scope, [(one.account_ref, one.thread_id) for one in found], person_id=scope.person_id)
    listed = [ListedThread(one, marks.get(one.thread_id, "") < one.shown_id) for one in found]
    is_cut = len(refs) > MAX_LISTED or any(len(threads) == OF_EACH for threads in read.values())
    return SomeThreads(sorted(listed, key=lambda one: one.thread.shown_id, reverse=True), "", is_cut)


def has_group(scope: CustomerScope) -> bool:
    """Whether conversations of other accounts of a group are the reader's too.

    A portal customer's are their own alone, since a link to an account may be wrong.
    """
    return bool(others_of(scope)) and sender_ref(scope) == scope.ledger_ref


def own_threads_about(scope: CustomerScope, about: About) -> list[Thread]:
    """What was asked about this transaction, newest first."""
    key = about.type, about.transaction_id
    return [one for one in _own(scope) if one.about and (one.about.type, one.about.transaction_id) == key]


def _own(scope: CustomerScope) -> list[Thread]:
    ref = sender_ref(scope)
    return [one for one in repo.threads(scope, ref) if is_own(scope, one)] if ref else []


def own_thread(scope: CustomerScope, thread_id: str) -> Thread:
    """A thread of the account in hand, or of another of its group. Raises NotFoundError."""
    ref = sender_ref(scope)
    found = repo.thread(scope, ref, thread_id) if ref else None
    if found is None and has_group(scope):
        found = _of_group(scope, thread_id)
    if found is None or not is_own(scope, found):
        raise NotFoundError
    return found


def _of_group(scope: CustomerScope, thread_id: str) -> Thread | None:
    """One round trip for a hundred accounts. Raises NotFoundError for one of an account that lets nobody in."""
    if not is_ulid(thread_id):
        return None
    found = repo.threads_at(scope, [(ref, thread_id) for ref in others_of(scope)])
    if not found:
        return None
    scope_of(scope, found[0].account_ref)
    return found[0]


def own_conversation(scope: CustomerScope, thread_id: str) -> Conversation:
    """The same with what was written in it. Raises NotFoundError."""
    found = own_thread(scope, thread_id)
    ref = found.account_ref
    return Conversation(found, tuple(repo.entries(scope, ref, thread_id)), repo.read_marks(scope, ref, thread_id))


def is_own(scope: CustomerScope, thread: Thread) -> bool:
    """Whether it is of the era that is the customer's, and they are given what it is about."""
    if not thread.areas <= scope.areas:
        return False
    # Tested control: threads-of-own-era
    return thread.era == scope.eras.get(thread.account_ref, "")


def threads_of_account(scope: DealerScope, ref: str, *, era: str) -> list[ListedThread]:
    """The newest threads of an account's customer and of portal customers who are linked to it, the last written first.

    What waits for an answer is above the rest.
    """
    linked = [one for one in portal_customers.linked_to(scope, ref) if one.account_era == era]
    of_account = [(ref, era), *((portal_customer_ref(one.customer_id), "") for one in linked)]
    found: list[ListedThread] = []
    for each, own_era in of_account:
        threads = [one for one in repo.threads(scope, each) if one.era == own_era]
        marks = repo.marks_of(scope, each, [one.thread_id for one in threads], person_id=scope.person_id)
        found += [ListedThread(one, marks.get(one.thread_id, "") < one.shown_id) for one in threads]
    return sorted(found, key=lambda one: (one.thread.waits, one.thread.shown_id), reverse=True)


def open_threads(scope: DealerScope, *, before: str = "") -> SomeThreads:
    """Those of the dealer's that are open, the last written first, each with who answers it as its task says.

    The newest MAX_OPEN begun, with all that wait for an answer, as on To do; or the next, where `before` is the `older`
    of those before. One that has waited since before there was this list is known by its task.
    """
    waiting = tasks.open_tasks_of(scope, QUESTION)
    known = [(task.account_ref, task.task_id) for task in waiting if task.account_ref and not before]
    found = repo.open_keys(scope, before=before, limit=MAX_OPEN + 1)
    listed, older = found[:MAX_OPEN], found[MAX_OPEN - 1][1] if len(found) > MAX_OPEN else ""
    assigned = {task.task_id: task.assigned_to for task in waiting}
    read = _at(scope, list(dict.fromkeys([*listed, *known])))
    threads = [replace(one, assigned_to=assigned.get(one.thread_id, one.assigned_to)) for one in read]
    shown = sorted(_with_marks(scope, threads), key=lambda one: one.thread.shown_id, reverse=True)
    return SomeThreads(shown, older)


def closed_threads(
    scope: DealerScope, matches: Callable[[ListedThread], bool], *, now: datetime, before: str = ""
) -> SomeThreads:
    """Those that are closed and match, the newest begun first; `before` is the `older` of the page before.

    Of at most 200 that are closed, until half a page is full. Reads, up to four times: the
    list of each year until 50 are read, back to the first; then the threads in one batch.
    """
    found: list[ListedThread] = []
    for _reading in range(CLOSED_READINGS):
        keys, older = by_year.newest_keys(_closed_before(scope, before), now=now)
        found += [one for one in _with_marks(scope, repo.threads_at(scope, keys)) if matches(one)]
        before = older
        if not older or len(found) >= by_year.SHOWN // 2:
            break
    return SomeThreads(found, before)


def _closed_before(scope: DealerScope, before: str) -> Callable[[int, int], list[tuple[str, str]]]:
    return lambda year, limit: repo.closed_in(scope, year, before=before, limit=limit)


def _at(scope: DealerScope, keys: list[tuple[str, str]]) -> list[Thread]:
    return [one for one in repo.threads_at(scope, keys) if one.is_open]


def _with_marks(scope: DealerScope, found: list[Thread]) -> list[ListedThread]:
    marks = repo.marks_at(scope, [(one.account_ref, one.thread_id) for one in found], person_id=scope.person_id)
    return [ListedThread(one, marks.get(one.thread_id, "") < one.shown_id) for one in found]


def thread(scope: DealerScope | ImportScope, *, ref: str, thread_id: str) -> Thread:
    """One thread, of whichever era. Raises NotFoundError."""
    found = repo.thread(scope, ref, thread_id)
    if found is None:
        raise NotFoundError
    return found


def conversation(scope: DealerScope, *, ref: str, thread_id: str) -> Conversation:
    """The same with all that was written, notes too, and who has read how far. Raises NotFoundError."""
    found = thread(scope, ref=ref, thread_id=thread_id)
    return Conversation(found, tuple(repo.entries(scope, ref, thread_id)), repo.read_marks(scope, ref, thread_id))


def assignee(scope: DealerScope, thread: Thread) -> str | None:
    """Who of the staff answers: as the task says while there is one."""
    task = tasks.open_task(scope, QUESTION, thread.thread_id) if thread.waits else None
    return task.assigned_to if task else thread.assigned_to


class Answer(NamedTuple):
    """What the dealer has added to a thread, and who of the customer's users reads it."""

    thread: Thread
    entry: Entry
    person_id: str


def answer(scope: ImportScope, *, ref: str, thread_id: str, entry_id: str, email: str) -> Answer:
    """An answer that somebody of this email may read. Raises NotFoundError, also once the account is another's."""
    found, entry = thread(scope, ref=ref, thread_id=thread_id), repo.entry(scope, ref, thread_id, entry_id)
    reader = next((one.user.person_id for one in readers(scope, found) if one.user.email == email), None)
    # Tested control: answers-to-present-people
    if reader is None:
        raise NotFoundError
    if entry is None or found.era != current_era(scope, ref):
        raise NotFoundError
    return Answer(found, entry, reader)


class Unanswered(NamedTuple):
    """A thread, what its customer has written since the dealer's last message, and the id of all that was read."""

    thread: Thread
    entries: list[Entry]
    seen: str


def unanswered(scope: ImportScope, *, ref: str, thread_id: str) -> Unanswered:
    """Raises NotFoundError, as `answer`. A file, closing and reopening answer nothing."""
    found = thread(scope, ref=ref, thread_id=thread_id)
    if found.era != current_era(scope, ref):
        raise NotFoundError
    entries = repo.entries(scope, ref, thread_id)
    written = [one for one in entries if one.kind in {EntryKind.MESSAGE, EntryKind.FILE}]
    answers = (at for at, one in enumerate(written) if one.side is Side.STAFF and one.kind is EntryKind.MESSAGE)
    since = written[max(answers, default=-1) + 1 :]
    of_customer = [one for one in since if one.side is Side.CUSTOMER]
    return Unanswered(found, of_customer, entries[-1].entry_id if entries else "")
