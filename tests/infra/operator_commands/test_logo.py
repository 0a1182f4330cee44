"""The operator sets a dealer's logo, changes it and takes it away."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from chalicelib.dealers import repo
from chalicelib.dealers.appearance import Logo
from chalicelib.dealers.operations import create_dealer, refresh_public_copies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import OperatorScope, PublicScope
from chalicelib.settings import load
from chalicelib.store import blobs
from infra.operator_commands.cli import main
from tests.dealers.profiles import a_profile
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.trail import audited
from tests.rendering.pictures import a_png

ACTOR = ("--actor", "operator:test")


@pytest.fixture
def ours(cast: Cast) -> Dealership:
    return cast.ours


def objects(ours: Dealership) -> list[str]:
    return blobs.list_names(ours.scope, load().files_bucket, "public/")


def logo(ours: Dealership) -> Logo | None:
    found = repo.dealer(ours.scope)
    public = repo.public_dealer(PublicScope(ours.dealer.dealer_id))
    assert found
    assert public
    assert found.brand == public.brand
    return found.brand.logo


def test_a_logo_is_set_changed_and_removed_each_with_an_audit_row(
    ours: Dealership, tmp_path: Path, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "logo.png"
    code = ours.dealer.code.lower()

    seconds = count()

    def run(*arguments: str) -> int:
        later = now + timedelta(seconds=next(seconds))
        return main(["set-logo", code, *arguments, *ACTOR], ids=ids, now=later)

    picture.write_bytes(a_png())
    assert run(str(picture)) == 0
    assert "Moorbeck Machinery shows its logo, 160 by 120 pixels" in capsys.readouterr().out
    first = logo(ours)
    assert first
    assert (first.inks, first.shows_name, objects(ours)) == (("#e08a2a",), False, [f"public/logo/{first.version}.png"])
    assert run(str(picture)) == 0  # nothing changes, and no row says so
    picture.write_bytes(a_png("#204080"))
    assert run(str(picture), "--shows-name") == 0
    second = logo(ours)
    assert second
    assert second.shows_name
    assert objects(ours) == [f"public/logo/{second.version}.png"]
    capsys.readouterr()
    assert [run("--remove"), run("--remove")] == [0, 0]
    assert "has no logo" in capsys.readouterr().out
    assert (logo(ours), objects(ours)) == (None, [])
    rows = audited(ours.scope, now, "logo.")
    assert [(row.event, row.actor, row.subject) for row in reversed(rows)] == [
        ("logo.set", "operator:test", first.version),
        ("logo.set", "operator:test", second.version),
        ("logo.removed", "operator:test", ""),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["logo.svg"], "An SVG file may hold scripts"),
        (["missing.png"], "No such file"),
        ([], "Give the image file, or --remove"),
        (["logo.svg", "--remove"], "Give the image file, or --remove"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    ours: Dealership,
    tmp_path: Path,
    now: datetime,
    ids: Ids,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    given = [str(tmp_path / one) if "." in one else one for one in arguments]
    assert main(["set-logo", ours.dealer.code, *given, *ACTOR], ids=ids, now=now) == 1
    assert said in capsys.readouterr().err
    assert objects(ours) == []
    assert main(["set-logo", "nobody", "--remove", *ACTOR], ids=ids, now=now) == 1
    assert "There is no dealer with the code nobody" in capsys.readouterr().err


def test_creating_the_dealer_again_keeps_its_logo(ours: Dealership, tmp_path: Path, now: datetime, ids: Ids) -> None:
    operator = OperatorScope("tests")
    profile = a_profile(ids)
    made = create_dealer(operator, profile=profile, now=now, ids=ids)
    picture = tmp_path / "logo.png"
    picture.write_bytes(a_png())
    assert main(["set-logo", made.code, str(picture), *ACTOR], ids=ids, now=now) == 0
    again = create_dealer(operator, profile=profile, now=now, ids=ids)
    assert again.brand.logo
    assert all(entry.dealer_id != made.dealer_id for entry in refresh_public_copies(operator))
    assert ours.dealer.brand.logo is None
