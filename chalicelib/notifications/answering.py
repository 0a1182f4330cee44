"""Mails that are answered by replying to them, where the deployment has a domain for that."""

from chalicelib.kernel.scopes import ImportScope
from chalicelib.messages.model import Side, Thread
from chalicelib.notifications.deps import MailDeps
from chalicelib.replies.addresses import new_address


def answers_to(scope: ImportScope, thread: Thread, *, person_id: str, side: Side, seen: str, deps: MailDeps) -> str:
    """The address in a mail that shows a thread up to the entry `seen`; empty where there is no domain for it."""
    if not deps.reply_domain:
        return ""
    return new_address(
        scope,
        thread,
        person_id=person_id,
        side=side,
        seen=seen,
        domain=deps.reply_domain,
        now=deps.clock(),
        ids=deps.ids,
    )
