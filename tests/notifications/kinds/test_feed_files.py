"""What was taken as files is written into the dealer's outbox."""

from chalicelib import settings
from chalicelib.feed import operations
from chalicelib.feed.model import Taker
from chalicelib.notifications.dispatch import send_due
from chalicelib.store import blobs, outbox
from chalicelib.uploads import feed_files
from tests.feed.made import written
from tests.fixtures.cast import Cast
from tests.notifications.fakes import Post


def test_what_was_taken_is_written_once(cast: Cast, post: Post) -> None:
    ours, now, ids = cast.ours, post.clock.now, post.ids
    operations.choose_taker(ours.admin.staff_scope, taker=Taker.FILES, now=now, ids=ids)
    item = written(ours.scope, now, ids)
    operations.take_as_files(ours.import_scope, now=now, ids=ids)
    assert send_due(ours.import_scope, deps=post.deps, mails=False) == 1
    names = blobs.list_names(ours.scope, settings.load().files_bucket, feed_files.FOLDER)
    assert names == [f"outbox/invitation_accepted_{item.item_id}.csv"]
    assert outbox.items(ours.scope) == []
