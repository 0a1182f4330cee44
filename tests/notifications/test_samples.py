"""Each mail that Customise shows, with what an admin has chosen for it; and that all are there."""

from dataclasses import replace

import pytest

from chalicelib.dealers.appearance import Brand, MailSettings, Texts
from chalicelib.dealers.wording import operations, queries
from chalicelib.dealers.wording.model import MailsDraft, TextsDraft, Wording
from chalicelib.mail.sender import raw_mail
from chalicelib.notifications.samples import SAMPLES, drafted, sample_mail
from tests.fixtures.cast import Cast
from tests.notifications.fakes import Post

OWN = MailSettings(
    sender="Moorbeck <Parts>",
    reply_to="parts@moorbeck.example",
    invitation="We moved <your> account.\n\nAsk for Maria.",
    closing="Kind regards\nthe parts team",
    look=Brand(nav_bg="#ffff00", btn_bg="#ffffff", btn_fg="#eeeeee"),
)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_mail_says_what_the_dealer_has_chosen(cast: Cast, post: Post, name: str) -> None:
    dealer = replace(cast.ours.dealer, own_mails=OWN, own_texts=Texts(footer="Company <123>"))
    mail = sample_mail(post.deps, dealer, name, to="admin@moorbeck.example")
    assert (mail.from_name, mail.reply_to) == ("Moorbeck <Parts>", "parts@moorbeck.example")
    for words in ("Kind regards\nthe parts team", "Company <123>"):
        assert words in mail.text
    for words in ("Kind regards<br>the parts team", "Company &lt;123&gt;", "background-color:#ffff00", "color:#000000"):
        assert words in mail.html
    assert "#eeeeee" not in mail.html  # which could not be read on white
    is_invitation = name in {"customer_invitation", "invitation_reminder", "colleague_invitation"}
    assert ("We moved <your> account." in mail.text) is is_invitation
    assert ("We moved &lt;your&gt; account." in mail.html) is is_invitation
    assert raw_mail(mail, mail_from="portal@customer-connect.example")


@pytest.mark.parametrize("name", SAMPLES)
def test_without_a_choice_a_mail_is_as_the_portal(cast: Cast, post: Post, name: str) -> None:
    dealer = replace(cast.ours.dealer, support_email="help@moorbeck.example")
    mail = sample_mail(post.deps, dealer, name, to="admin@moorbeck.example")
    assert (mail.from_name, mail.reply_to) == (dealer.name, "help@moorbeck.example")
    assert dealer.brand.nav_bg in mail.html


def test_what_an_admin_has_drafted_is_in_their_samples_alone(cast: Cast, post: Post) -> None:
    scope, now = cast.ours.admin.staff_scope, post.clock.now
    operations.keep_mails(scope, MailsDraft(OWN, ""), dealer=cast.ours.dealer, now=now)
    operations.keep_texts(scope, TextsDraft(Wording(footer="Company 123"), ""), dealer=cast.ours.dealer, now=now)
    mine = drafted(scope, person_id=scope.person_id, now=now)
    assert (mine.mails, mine.texts.footer) == (OWN, "Company 123")
    theirs = drafted(scope, person_id=cast.ours.user.person_id, now=now)
    assert (theirs.own_mails, theirs.own_texts) == (None, None)
    assert queries.mails_draft(scope, cast.ours.dealer, person_id=scope.person_id, now=now).mails == OWN
