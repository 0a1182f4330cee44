"""A draft is its admin's alone until it is made live, in one transaction with its audit row."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import LOGO_HEIGHT, LOGO_WIDTH, Brand
from chalicelib.dealers.branding import operations, queries
from chalicelib.dealers.branding.model import Draft
from chalicelib.dealers.drafts.model import KEPT, fingerprint
from chalicelib.dealers.operations import delete_replaced_logo, drawn_logo, set_logo, store_logo
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, PublicScope
from chalicelib.store import audit, blobs
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited
from tests.rendering.pictures import a_mark, a_png, file_of

YELLOW = Brand(nav_bg="#ffff00", btn_bg="#ffffff")


def live(cast: Cast) -> Brand:
    return queries.live_brand(cast.ours.admin.staff_scope)


def drafted(scope: DealerScope, now: datetime) -> Draft:
    return queries.draft_or_live(scope, queries.live_brand(scope), now=now)


def save(cast: Cast, draft: Draft, now: datetime, ids: Ids, seen: str = "") -> bool:
    scope = cast.ours.admin.staff_scope
    return operations.publish(scope, draft, seen=seen or fingerprint(live(cast)), now=now, ids=ids)


def kept(cast: Cast, draft: Draft, now: datetime) -> None:
    operations.keep_draft(cast.ours.admin.staff_scope, draft, live=live(cast), now=now)


def events(cast: Cast, now: datetime) -> list[audit.AuditEntry]:
    return audited(cast.ours.scope, now, "brand.")


def logos(cast: Cast) -> list[str]:
    return blobs.list_names(cast.ours.scope, settings.load().files_bucket, "public/logo/")


def test_a_draft_is_seen_by_its_admin_alone_and_goes_after_a_month(cast: Cast, now: datetime) -> None:
    scope = cast.ours.admin.staff_scope
    before = live(cast)
    kept(cast, Draft(YELLOW, "base"), now)
    assert drafted(scope, now) == Draft(YELLOW, "base")
    assert drafted(cast.ours.user.staff_scope, now).brand == before == live(cast)
    assert drafted(scope, now + KEPT).brand == before
    kept(cast, Draft(before, "base"), now)
    assert drafted(scope, now) == Draft(before, fingerprint(before))
    kept(cast, Draft(YELLOW, "base"), now)
    operations.discard_draft(scope)
    assert drafted(scope, now).brand == before


def test_what_is_saved_is_live_with_its_public_copy_and_an_audit_row_and_the_draft_ends(
    cast: Cast, now: datetime, ids: Ids
) -> None:
    before = live(cast)
    kept(cast, Draft(YELLOW, fingerprint(before)), now)
    assert save(cast, drafted(cast.ours.admin.staff_scope, now), now, ids)
    assert live(cast) == YELLOW
    assert dealers.public_dealer(PublicScope(cast.ours.dealer.dealer_id)).brand == YELLOW
    (row,) = events(cast, now)
    assert (row.event, row.actor) == ("brand.changed", cast.ours.admin.person_id)
    assert row.detail["nav_bg"] == [before.nav_bg, "#ffff00"]
    assert drafted(cast.ours.admin.staff_scope, now) == Draft(YELLOW, fingerprint(YELLOW))


def test_the_same_again_writes_nothing(cast: Cast, now: datetime, ids: Ids) -> None:
    seen = fingerprint(live(cast))
    assert save(cast, Draft(YELLOW, seen), now, ids, seen)
    assert not save(cast, Draft(YELLOW, seen), now, ids, seen)  # the second of two clicks
    assert len(events(cast, now)) == 1


def test_a_change_by_somebody_else_is_not_undone_unseen(cast: Cast, now: datetime, ids: Ids) -> None:
    seen = fingerprint(live(cast))
    save(cast, Draft(YELLOW, seen), now, ids)
    with pytest.raises(ConflictError, match="Somebody else"):
        save(cast, Draft(Brand(nav_bg="#000000"), seen), now, ids, seen)
    assert live(cast) == YELLOW
    assert save(cast, Draft(Brand(nav_bg="#000000"), seen), now, ids)


def test_a_drafted_logo_is_public_only_once_it_is_saved_and_the_one_before_goes(
    cast: Cast, now: datetime, ids: Ids
) -> None:
    first = set_logo(cast.ours.scope, data=a_png(), actor="tests", now=now, ids=ids)
    logo, png = drawn_logo(a_png("#204080"), shows_name=True)
    kept(cast, Draft(replace(live(cast), logo=logo), "base", png), now)
    assert logos(cast) == [f"public/logo/{first.version}.png"]
    assert save(cast, drafted(cast.ours.admin.staff_scope, now), now, ids)
    assert logos(cast) == [f"public/logo/{logo.version}.png"]
    found = dealers.public_logo(PublicScope(cast.ours.dealer.dealer_id), logo)
    assert found == png
    assert save(cast, Draft(replace(live(cast), logo=None), "base"), now, ids)
    assert logos(cast) == []


def test_a_draft_over_a_logo_that_has_gone_takes_the_new_one(cast: Cast, now: datetime, ids: Ids) -> None:
    first = set_logo(cast.ours.scope, data=a_png(), actor="tests", now=now, ids=ids)
    kept(cast, Draft(replace(YELLOW, logo=first), "base"), now)
    second = set_logo(cast.ours.scope, data=a_png("#204080"), actor="tests", now=now + timedelta(seconds=1), ids=ids)
    assert drafted(cast.ours.admin.staff_scope, now).brand == replace(YELLOW, logo=second)


def test_the_largest_logo_there_can_be_fits_into_a_draft(cast: Cast, now: datetime, ids: Ids) -> None:
    from PIL import Image

    noise = Image.frombytes("RGBA", (LOGO_WIDTH, LOGO_HEIGHT), ids.random_bytes(LOGO_WIDTH * LOGO_HEIGHT * 4))
    logo, png = drawn_logo(file_of(noise), shows_name=False)
    assert len(png) > 300_000
    kept(cast, Draft(replace(YELLOW, logo=logo), "base", png), now)
    assert drafted(cast.ours.admin.staff_scope, now).picture == png


def uploaded(cast: Cast, ids: Ids, now: datetime, data: bytes) -> str:
    upload_id = ids.ulid(now)
    name = f"logos/{cast.ours.admin.person_id}/{upload_id}"
    blobs.put(cast.ours.scope, settings.load().files_bucket, name, data, "application/octet-stream")
    return upload_id


def test_an_uploaded_picture_is_drawn_anew_for_the_draft_of_its_admin(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.admin.staff_scope
    upload_id = uploaded(cast, ids, now, a_png())
    found = operations.with_uploaded_logo(scope, Draft(YELLOW, ""), upload_id=upload_id, shows_name=True)
    assert found.brand.logo
    assert found.brand.logo.shows_name
    assert found.picture
    for other, asked in ((cast.ours.user.staff_scope, upload_id), (scope, ids.ulid(now)), (scope, "../x"), (scope, "")):
        with pytest.raises(NotFoundError):
            operations.with_uploaded_logo(other, found, upload_id=asked, shows_name=True)
    operations.forget_upload(scope, upload_id=upload_id)
    with pytest.raises(NotFoundError):
        operations.with_uploaded_logo(scope, found, upload_id=upload_id, shows_name=True)


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"MZ\x90\x00 renamed.png", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused_with_a_sentence(cast: Cast, now: datetime, ids: Ids, data: bytes) -> None:
    upload_id = uploaded(cast, ids, now, data)
    with pytest.raises(InvalidError, match=r"PNG|damaged"):
        operations.with_uploaded_logo(
            cast.ours.admin.staff_scope, Draft(YELLOW, ""), upload_id=upload_id, shows_name=False
        )


def test_an_upload_is_decoded_once_however_often_its_page_is_opened(
    cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    scope = cast.ours.admin.staff_scope
    upload_id = uploaded(cast, ids, now, file_of(a_mark(size=(960, 20), margin=1)))  # lower than 16 pixels once drawn

    def look(*, shows_name: bool = False) -> Draft:
        return operations.with_uploaded_logo(scope, Draft(YELLOW, ""), upload_id=upload_id, shows_name=shows_name)

    first = look()
    with monkeypatch.context() as patched:
        patched.setattr(Image, "open", None)
        assert look() == first
        again = look(shows_name=True)
    assert again.picture == first.picture
    assert again.brand.logo == replace(first.brand.logo, shows_name=True)  # type: ignore[type-var]  # there is one
    name = f"logos/{scope.person_id}/{upload_id}"
    blobs.put(scope, settings.load().files_bucket, name, a_png("#204080"), "image/png")  # the form, sent again
    assert look().brand.logo != first.brand.logo
    operations.forget_upload(scope, upload_id=upload_id)
    assert blobs.list_names(scope, settings.load().files_bucket, "logos/") == []


def test_what_cannot_be_used_is_not_decoded_again(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.admin.staff_scope
    upload_id = uploaded(cast, ids, now, a_png()[:200])
    for error in (InvalidError, NotFoundError):
        with pytest.raises(error):
            operations.with_uploaded_logo(scope, Draft(YELLOW, ""), upload_id=upload_id, shows_name=False)


def test_the_logo_that_somebody_else_is_about_to_save_stays(cast: Cast, now: datetime, ids: Ids) -> None:
    set_logo(cast.ours.scope, data=a_png(), actor="tests", now=now, ids=ids)
    theirs, png = drawn_logo(a_png("#204080"), shows_name=True)
    store_logo(cast.ours.scope, theirs, png)  # another admin's, whose settings are not written yet
    ours = set_logo(cast.ours.scope, data=a_png("#802040"), actor="tests", now=now + timedelta(seconds=1), ids=ids)
    assert sorted(logos(cast)) == sorted(f"public/logo/{logo.version}.png" for logo in (ours, theirs))
    assert save(cast, Draft(replace(live(cast), logo=theirs), "base", png), now, ids)
    delete_replaced_logo(cast.ours.scope, theirs)  # by somebody who saw another one take its place
    assert logos(cast) == [f"public/logo/{theirs.version}.png"]


def test_the_form_takes_one_file_of_a_megabyte_and_leads_back(cast: Cast, now: datetime, ids: Ids) -> None:
    upload_id = ids.ulid(now)
    form = operations.logo_form(
        cast.ours.admin.staff_scope, upload_id=upload_id, success_url="https://portal.example/staff/customise/logo"
    )
    assert form.fields["key"].endswith(f"/logos/{cast.ours.admin.person_id}/{upload_id}")
    assert form.fields["success_action_redirect"].endswith(f"/logo?upload={upload_id}")
    assert "<Value>a-day</Value>" in form.fields["tagging"]
