"""A landing page is its admin's alone until it is saved; its pictures are public only then, and gone once unnamed."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from chalicelib import settings
from chalicelib.dealers.drafts import repo as drafts
from chalicelib.dealers.drafts.model import KEPT, DraftKind
from chalicelib.dealers.landing import operations, queries
from chalicelib.dealers.landing.model import Draft, Landing, Slot, SlotContent, SlotPicture, fingerprint
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, PublicScope
from chalicelib.rendering.slot_pictures import Crop
from chalicelib.store import blobs
from tests.dealers.landing.made import a_picture, save, sent, with_picture
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited

TITLED = Landing(title="Welcome")


@pytest.fixture
def admin(cast: Cast) -> DealerScope:
    return cast.ours.admin.staff_scope


def seen(scope: DealerScope) -> str:
    return fingerprint(queries.published(scope))


def public(cast: Cast) -> Landing | None:
    return queries.public_landing(PublicScope(cast.ours.dealer.dealer_id))


def objects(scope: DealerScope, prefix: str = "public/landing/") -> set[str]:
    return {name.removeprefix(prefix) for name in blobs.list_names(scope, settings.load().files_bucket, prefix)}


def test_a1_31_a_draft_is_seen_by_its_admin_alone_and_goes_after_a_month(
    cast: Cast, admin: DealerScope, now: datetime
) -> None:
    operations.keep_draft(admin, Draft(TITLED, "base"), found=None, now=now)
    assert queries.draft_or_published(admin, None, now=now) == Draft(TITLED, "base")
    assert queries.draft_or_published(cast.ours.user.staff_scope, None, now=now).landing == Landing()
    assert queries.draft_or_published(admin, None, now=now + KEPT).landing == Landing()
    assert public(cast) is None
    operations.keep_draft(admin, Draft(Landing(), "base"), found=None, now=now)
    assert drafts.draft(admin, DraftKind.LANDING_PAGE, person_id=admin.person_id, now=now) is None


def test_a1_31_what_is_saved_is_public_with_an_audit_row_and_the_draft_ends(
    cast: Cast, admin: DealerScope, now: datetime, ids: Ids
) -> None:
    operations.keep_draft(admin, Draft(TITLED, seen(admin)), found=None, now=now)
    before = seen(admin)
    assert operations.publish(admin, TITLED, seen=before, now=now, ids=ids)
    assert public(cast) == TITLED
    (row,) = audited(cast.ours.scope, now, "landing.")
    assert (row.event, row.actor, row.detail) == ("landing.published", admin.person_id, {"parts": ["title"]})
    assert drafts.draft(admin, DraftKind.LANDING_PAGE, person_id=admin.person_id, now=now) is None
    assert not operations.publish(admin, TITLED, seen=before, now=now, ids=ids)  # the second of two clicks
    assert len(audited(cast.ours.scope, now, "landing.")) == 1


def test_a1_31_a_change_by_somebody_else_is_not_undone_unseen(
    cast: Cast, admin: DealerScope, now: datetime, ids: Ids
) -> None:
    before = seen(admin)
    save(cast.ours.user.staff_scope, Landing(title="Theirs"), now, ids)
    with pytest.raises(ConflictError, match="Somebody else"):
        operations.publish(admin, TITLED, seen=before, now=now, ids=ids)
    with pytest.raises(ConflictError, match="Somebody else"):
        operations.withdraw(admin, seen=before, now=now, ids=ids)
    assert public(cast) == Landing(title="Theirs")


def test_a1_27_a_page_that_is_taken_down_is_not_shown_and_can_be_saved_again(
    cast: Cast, admin: DealerScope, now: datetime, ids: Ids
) -> None:
    save(admin, TITLED, now, ids)
    assert operations.withdraw(admin, seen=seen(admin), now=now, ids=ids)
    assert public(cast) is None
    assert not operations.withdraw(admin, seen=seen(admin), now=now, ids=ids)
    assert [row.event for row in audited(cast.ours.scope, now, "landing.")] == [
        "landing.published",
        "landing.withdrawn",
    ]
    assert queries.draft_or_published(admin, queries.published(admin), now=now).landing == TITLED
    assert save(admin, TITLED, now, ids) == TITLED == public(cast)


def test_a1_29_a_picture_is_public_only_once_it_is_saved_under_a_name_that_no_draft_had(
    cast: Cast, admin: DealerScope, now: datetime, ids: Ids
) -> None:
    drafted = with_picture(admin, Landing(), Slot.BANNER, now, ids)
    staged = drafted.banner.picture
    assert staged
    assert objects(admin) == set()
    assert objects(admin, f"landing/{admin.person_id}/") == set(staged.names)
    shown = save(admin, drafted, now, ids).banner.picture
    assert shown
    assert (shown.digest, shown.files) == (staged.digest, staged.files)
    assert objects(admin) == set(shown.names)
    assert not set(shown.names) & set(staged.names)
    assert objects(admin, f"landing/{admin.person_id}/") == set()
    found = queries.public_picture(PublicScope(cast.ours.dealer.dealer_id), shown.file_name(shown.widest), now=now)
    assert Image.open(BytesIO(found), formats=("WEBP",)).size == (800, 172)
    for name in (staged.file_name(staged.widest), "x", "../logo.png", f"../../{shown.names[0]}"):
        with pytest.raises(NotFoundError):
            queries.public_picture(PublicScope(cast.ours.dealer.dealer_id), name, now=now)
    with pytest.raises(NotFoundError):
        queries.public_picture(PublicScope(cast.rival.dealer.dealer_id), shown.names[0], now=now)


def test_a1_30_what_is_kept_keeps_its_name_and_what_is_replaced_goes_an_hour_later(
    cast: Cast, admin: DealerScope, now: datetime, ids: Ids
) -> None:
    both = with_picture(admin, with_picture(admin, Landing(), Slot.FIRST, now, ids), Slot.SECOND, now, ids)
    first = save(admin, both, now, ids)
    kept, replaced = first.first.picture, first.second.picture
    assert kept
    assert replaced
    later = now + timedelta(days=3)
    second = save(admin, first.with_slot(Slot.SECOND, SlotContent()), later, ids)
    assert second.first.picture == kept
    # A page that somebody opened a moment ago may still ask for it.
    assert objects(admin) == {*kept.names, *replaced.names}
    save(admin, replace(second, title="Spring"), later + timedelta(minutes=59), ids)
    assert set(replaced.names) <= objects(admin)
    save(admin, replace(second, title="Summer"), later + timedelta(minutes=61), ids)
    assert objects(admin) == set(kept.names)
    assert objects(cast.rival.admin.staff_scope) == set()


def test_a1_27_no_picture_of_a_page_that_was_taken_down_is_served(
    cast: Cast, admin: DealerScope, now: datetime, ids: Ids
) -> None:
    """Nor of one that it has replaced: anybody who has the address of a picture asks for it directly."""
    anybody = PublicScope(cast.ours.dealer.dealer_id)

    def serves(picture: SlotPicture, at: datetime) -> bool:
        try:
            return bool(queries.public_picture(anybody, picture.share_name, now=at))
        except NotFoundError:
            return False

    both = with_picture(admin, with_picture(admin, Landing(), Slot.FIRST, now, ids), Slot.SECOND, now, ids)
    first = save(admin, both, now, ids)
    kept, replaced = first.first.picture, first.second.picture
    assert kept
    assert replaced
    save(admin, first.with_slot(Slot.SECOND, SlotContent()), now, ids)
    assert serves(replaced, now + timedelta(minutes=59))
    assert not serves(replaced, now + timedelta(minutes=60))
    assert operations.withdraw(admin, seen=seen(admin), now=now, ids=ids)
    assert not serves(kept, now)
    assert not serves(replaced, now)
    assert objects(admin) == set(kept.names), "the one that goes on with it"
    assert queries.drafted_picture(admin, kept.share_name)
    with pytest.raises(NotFoundError):
        queries.drafted_picture(cast.rival.admin.staff_scope, kept.share_name)
    again = save(admin, queries.draft_or_published(admin, queries.published(admin), now=now).landing, now, ids)
    assert again.first.picture == kept
    assert serves(kept, now)


def test_a1_30_what_somebody_else_is_saving_just_now_is_left_alone(admin: DealerScope, now: datetime, ids: Ids) -> None:
    """The pictures of a save are stored before the page names them."""
    bucket, digest = settings.load().files_bucket, "0" * 16
    fresh, crashed = (f"{ids.ulid(at)}-{digest}-640.webp" for at in (now, now - timedelta(days=2)))
    for name in (fresh, crashed):
        blobs.put(admin, bucket, f"public/landing/{name}", b"x", "image/webp")
    save(admin, TITLED, now, ids)
    assert objects(admin) == {fresh}


def test_a1_29_an_upload_is_its_admins_alone(cast: Cast, admin: DealerScope, now: datetime, ids: Ids) -> None:
    upload_id = sent(admin, a_picture(), now, ids)
    head, link = operations.uploaded(admin, slot=Slot.BANNER, upload_id=upload_id)
    assert (head.width, head.height, head.kind.media_type) == (800, 300, "image/jpeg")
    assert "response-content-type=image%2Fjpeg" in link
    for other, asked in ((cast.ours.user.staff_scope, upload_id), (admin, ids.ulid(now)), (admin, "../x"), (admin, "")):
        with pytest.raises(NotFoundError):
            operations.uploaded(other, slot=Slot.BANNER, upload_id=asked)
        with pytest.raises(NotFoundError):
            operations.with_uploaded(other, Landing(), slot=Slot.BANNER, upload_id=asked, crop=Crop(), now=now, ids=ids)
    operations.forget_upload(admin, upload_id=upload_id)
    with pytest.raises(NotFoundError):
        operations.uploaded(admin, slot=Slot.BANNER, upload_id=upload_id)


def test_a1_29_a_drafted_picture_is_its_admins_alone(cast: Cast, admin: DealerScope, now: datetime, ids: Ids) -> None:
    picture = with_picture(admin, Landing(), Slot.BANNER, now, ids).banner.picture
    assert picture
    assert queries.drafted_picture(admin, picture.share_name).startswith(b"\xff\xd8\xff")
    for other in (cast.ours.user.staff_scope, cast.rival.admin.staff_scope):
        with pytest.raises(NotFoundError):
            queries.drafted_picture(other, picture.share_name)
    operations.discard_draft(admin)
    with pytest.raises(NotFoundError):
        queries.drafted_picture(admin, picture.share_name)


def test_a1_29_the_form_takes_one_file_of_ten_megabytes_and_leads_back(
    admin: DealerScope, now: datetime, ids: Ids
) -> None:
    upload_id = ids.ulid(now)
    form = operations.upload_form(admin, upload_id=upload_id, success_url="https://portal.example/staff/x?upload=1")
    assert form.fields["key"].endswith(f"/landing-uploads/{admin.person_id}/{upload_id}")
    assert form.fields["success_action_redirect"] == "https://portal.example/staff/x?upload=1"
    assert "<Value>a-day</Value>" in form.fields["tagging"]
