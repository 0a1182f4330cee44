"""The content of a document goes after its record."""

from chalicelib.notifications.dispatch import send_due
from chalicelib.store import outbox
from chalicelib.uploads import sharing
from tests.fixtures.cast import Cast
from tests.notifications.fakes import Post
from tests.uploads.made_files import PICTURE
from tests.uploads.sending import GOOD
from tests.uploads.shared import SharedSending


def test_it_goes_and_nothing_else_does(cast: Cast, post: Post) -> None:
    now, ids = post.clock.now, post.ids
    sending, other = SharedSending(cast.ours, now, ids), SharedSending(cast.ours, now, ids)
    for each in (sending, other):
        each.accepted()
    staff = cast.ours.user.staff_scope
    sharing.delete_document(staff, account_ref="1200", file_id=sending.file.file_id, now=now, ids=ids)
    assert sending.kept() == GOOD
    assert send_due(cast.ours.import_scope, deps=post.deps, mails=False) == 1
    assert (sending.kept(), other.kept()) == (None, GOOD)
    assert outbox.items(cast.ours.scope) == []


def test_the_thumbnail_of_a_picture_goes_with_it(cast: Cast, post: Post) -> None:
    now, ids = post.clock.now, post.ids
    sending = SharedSending(cast.ours, now, ids)
    sending.accepted(PICTURE)
    assert sending.kept_thumbnail()
    sharing.delete_document(
        cast.ours.user.staff_scope, account_ref="1200", file_id=sending.file.file_id, now=now, ids=ids
    )
    send_due(cast.ours.import_scope, deps=post.deps, mails=False)
    assert (sending.kept(), sending.kept_thumbnail()) == (None, None)
