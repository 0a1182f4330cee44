"""B25: the text message with a code."""

from dataclasses import replace

import pytest

from chalicelib.mail.texts import RecordingTextSender, is_one_part
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World
from tests.identity.second_factors import give_sms_codes
from tests.notifications.fakes import Post
from tests.notifications.kinds.test_security_code import SCOPE, log_in


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Moorbeck Machinery", "is your code for Moorbeck Machinery. Do not tell it to anybody.\n\n@portal.example #"),
        ("Łódź Traktory", "is your code for Łódź Traktory. Do not tell it to anybody."),
        ("Gospodarstwo Łódź i Synowie Traktory", "is your code for Customer Connect. Do not tell it to anybody.\n\n@"),
    ],
)
def test_it_is_one_message_whatever_the_dealer_is_called(aws: World, post: Post, name: str, words: str) -> None:  # noqa: ARG001 - the world must stand
    ours = make_dealership(post.ids, post.clock.now, name=name, prefix="lodz", phone="+48 42 630 00 00")
    texts = RecordingTextSender()
    give_sms_codes(ours.customer, "+447400123456", now=post.clock.now, ids=post.ids)
    log_in(ours.customer, post, ours.dealer.dealer_id)
    send_due(SCOPE, deps=replace(post.deps, texts=texts))
    (message,) = texts.sent
    assert words in message.text
    assert is_one_part(message.text)
