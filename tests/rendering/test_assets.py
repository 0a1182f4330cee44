"""Assets have addresses that change with them; what others wrote is what was locked."""

import re
from pathlib import Path

import pytest

from chalicelib.rendering import paths
from chalicelib.rendering.assets import asset
from infra import vendor

ASSETS = paths.template_root() / "assets"
KEPT_BESIDES = {"vendor.lock.json"}


@pytest.mark.parametrize("piece", vendor.locked_files(), ids=lambda piece: f"{piece['package']}:{piece['member']}")
def test_each_locked_file_is_as_locked(piece: vendor.VendorFile) -> None:
    assert vendor.digest(vendor.ROOT / piece["file"]) == piece["sha256"]


def test_everything_in_vendor_is_locked() -> None:
    folders = (ASSETS / "vendor", vendor.ROOT / "tests" / "browser" / "vendor")
    found = {str(path.relative_to(vendor.ROOT)) for folder in folders for path in folder.rglob("*") if path.is_file()}
    locked = {piece["file"] for piece in vendor.locked_files()}
    assert {name for name in found - locked if Path(name).name not in KEPT_BESIDES} == set()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", piece["version"]) for piece in vendor.locked_files())


def test_bootstraps_dark_rules_are_those_of_bootstrap() -> None:
    assert vendor.BOOTSTRAP_DARK.read_text() == vendor.bootstrap_dark(vendor.BOOTSTRAP.read_text())


def test_an_address_changes_with_the_content() -> None:
    assert re.fullmatch(r"/assets/css/theme\.css\?v=[0-9a-f]{10}", asset("css/theme.css"))
    assert asset("css/theme.css").partition("?")[2] != asset("css/dark.css").partition("?")[2]


def test_an_asset_that_is_not_there_is_a_defect() -> None:
    with pytest.raises(FileNotFoundError):
        asset("css/none.css")


@pytest.mark.parametrize("sheet", sorted((ASSETS / "css").glob("*.css")), ids=lambda path: path.name)
def test_what_a_stylesheet_names_is_there_and_ours(sheet: Path) -> None:
    for name in re.findall(r"url\(([^)\"']+)\)", sheet.read_text()):
        assert name.startswith("data:") or (sheet.parent / name).resolve().is_file(), name


def test_the_same_tokens_are_light_and_dark() -> None:
    light = (ASSETS / "css" / "theme.css").read_text().partition("[data-bs-theme=light]{")[2].partition("}")[0]
    dark = (ASSETS / "css" / "dark.css").read_text()
    assert set(re.findall(r"(--cc-[\w-]+):", light)) == set(re.findall(r"(--cc-[\w-]+):", dark))


def test_no_template_has_inline_style_or_script() -> None:
    for path in paths.template_root().rglob("*.html"):
        if "mail" in path.relative_to(paths.template_root()).parts:
            continue  # mail programs know no stylesheets
        text = path.read_text()
        assert not re.search(
            r"<style|\sstyle=|\son(click|load|error|change|submit|input|focus|key\w+|mouse\w+)=|javascript:|hx-on|<script(?![^>]*\ssrc=)",
            text,
        ), path


def test_what_is_inside_a_list_that_refreshes_itself_does_not_inherit_its_selectors() -> None:
    """A form in it would look for the list in its own answer, find none and vanish: https://htmx.org/docs/#inheritance."""
    found = 0
    for path in paths.template_root().rglob("*.html"):
        for tag in re.findall(r'<\w+[^>]*hx-trigger="(?:every|load)(?:[^>{]|\{[%{].*?[%}]\})*>', path.read_text()):
            found += 1
            assert 'hx-disinherit="*"' in tag, path
    assert found > 5


def test_templates_are_found_from_the_zips_root_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "templates" / "assets").mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "elsewhere" / "chalicelib" / "rendering" / "places.py"))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert paths.template_root.__wrapped__() == tmp_path / "templates"
    (tmp_path / "templates" / "assets").rmdir()
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    with pytest.raises(FileNotFoundError, match="no templates folder"):
        paths.template_root.__wrapped__()
