"""The mail of documents that the dealer shows."""

from chalicelib.customers import eras
from chalicelib.notifications.dispatch import send_due
from chalicelib.uploads import sharing
from tests.fixtures.cast import Cast
from tests.notifications.fakes import Post
from tests.uploads.shared import SharedSending


def announced(cast: Cast, post: Post, *titles: str) -> list[SharedSending]:
    """Documents whose mail waits."""
    made = [SharedSending(cast.ours, post.clock.now, post.ids, title=title, visible=True) for title in titles]
    for sending in made:
        sending.accepted()
    sharing.announce(
        cast.ours.import_scope,
        account_ref="1200",
        era="",
        emails=[cast.ours.customer.email],
        now=post.clock.now,
        ids_of=lambda _: post.ids,
    )
    return made


def test_it_names_each_and_leads_to_the_page(cast: Cast, post: Post) -> None:
    announced(cast, post, "Warranty <b>card</b>", "Terms of business")
    send_due(cast.ours.import_scope, deps=post.deps)
    (mail,) = post.sender.sent
    assert mail.to == cast.ours.customer.email
    assert mail.subject == "Moorbeck Machinery has shared 2 documents with you"
    for words in ("account 1200", "- Warranty <b>card</b>\n", "- Terms of business", "/documents#shared"):
        assert words in mail.text
    assert "<b>card</b>" not in mail.html


def test_one_alone_is_a_document(cast: Cast, post: Post) -> None:
    announced(cast, post, "Terms")
    send_due(cast.ours.import_scope, deps=post.deps)
    assert post.sender.sent[0].subject == "Moorbeck Machinery has shared a document with you"


def test_what_is_hidden_meanwhile_is_not_named(cast: Cast, post: Post) -> None:
    first, _ = announced(cast, post, "Warranty", "Terms")
    first.show(visible=False)
    send_due(cast.ours.import_scope, deps=post.deps)
    assert "Warranty" not in post.sender.sent[0].text


def test_where_nothing_is_left_or_the_number_is_anothers_nothing_is_sent(cast: Cast, post: Post) -> None:
    (sending,) = announced(cast, post, "Warranty")
    sending.show(visible=False)
    send_due(cast.ours.import_scope, deps=post.deps)
    announced(cast, post, "Terms")
    era = post.ids.ulid(post.clock.now)
    eras.start_era(cast.ours.import_scope, ref="1200", era=era, reason="test", now=post.clock.now, ids=post.ids)
    send_due(cast.ours.import_scope, deps=post.deps)
    assert post.sender.sent == []
