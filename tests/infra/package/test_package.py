"""The package itself, and each of its checks broken once."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from chalicelib.rendering import assets
from infra.package import archive, checks, upload_program
from infra.package.build import Package
from infra.package.interpreter import PackageError
from infra.package.jinja_templates import module_of
from infra.package.project import without_provided
from tests.fixtures.package import repacked

pytestmark = pytest.mark.engines


def without(package: Package, name: str) -> None:
    kept = {}
    with zipfile.ZipFile(package.archive) as packed:
        kept = {n: packed.read(n) for n in packed.namelist() if n != name}
    with zipfile.ZipFile(package.archive, "w") as packed:
        for each, content in kept.items():
            packed.writestr(each, content)


def template(package: Package) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(package.template.read_text())
    return found


def test_it_is_small_enough(package: Package) -> None:
    assert 1_000_000 < checks.size(package.archive) <= checks.MAX_BYTES


def test_it_holds_the_templates_and_nothing_that_lambda_ships(package: Package) -> None:
    checks.files_are_there(package.archive)
    with zipfile.ZipFile(package.archive) as packed:
        names = packed.namelist()
    assert module_of("mail/customer_invitation/body.html") in names
    assert "templates/mail/customer_invitation/body.html" not in names
    assert "chalicelib/__pycache__/settings.cpython-313.pyc" in names
    assert not [name for name in names if name.startswith(("boto", "urllib3", "s3transfer"))]


def test_pages_link_to_the_program_for_dealers_that_is_among_the_assets(package: Package) -> None:
    program = package.folder / upload_program.ASSET
    with zipfile.ZipFile(package.archive) as packed:
        versions = json.loads(packed.read(f"templates/assets/{assets.VERSIONS}"))
    assert versions["client/upload.pyz"] == assets.version_of(program.read_bytes())
    assert zipfile.is_zipfile(program)


def test_the_same_content_makes_the_same_zip(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("a")
    archive.write(tmp_path / "in", tmp_path / "1.zip")
    (tmp_path / "in" / "a.txt").write_text("a")
    archive.write(tmp_path / "in", tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_a_forgotten_template_is_named(package: Package, tmp_path: Path) -> None:
    broken = repacked(package, tmp_path)
    without(broken, module_of("auth/login.html"))
    with pytest.raises(PackageError, match=r"The zip lacks templates/auth/login\.html\."):
        checks.files_are_there(broken.archive)


def test_a_forgotten_dependency_is_named(package: Package, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    archive.unpack(package.archive, folder)
    (folder / "jinja2").rename(tmp_path / "elsewhere")
    with pytest.raises(PackageError, match=r"No module named 'jinja2'"):
        checks.handlers_import(folder, template(package))


def test_a_function_without_a_role_is_named(package: Package) -> None:
    broken = template(package)
    broken["Resources"]["NewThing"] = broken["Resources"]["SendOutbox"]
    with pytest.raises(PackageError, match=r"functions\.yaml does not know the function NewThing"):
        checks.functions_are_known(broken)


def test_what_sam_refuses_is_said(package: Package) -> None:
    broken = template(package)
    del broken["Resources"]["SendOutbox"]["Properties"]["Runtime"]
    broken["Resources"]["SendOutbox"]["Properties"]["Events"]["SendOutboxEvent"]["Type"] = "Nonsense"
    with pytest.raises(PackageError, match="SAM refuses the template"):
        checks.transform_accepts(broken)


def test_another_runtime_than_it_was_built_for_is_named(package: Package) -> None:
    broken = template(package)
    checks.runtime_is_lambdas(broken)
    broken["Resources"]["SendOutbox"]["Properties"]["Runtime"] = "python3.12"
    with pytest.raises(PackageError, match=r"would run on python3\.12 and not on python3\.13\."):
        checks.runtime_is_lambdas(broken)


def test_pages_have_a_whole_processor(package: Package) -> None:
    built = template(package)["Resources"]
    assert built["APIHandler"]["Properties"]["MemorySize"] == 1769
    assert built["SendOutbox"]["Properties"]["MemorySize"] == 1024


def test_what_the_linter_refuses_is_said(package: Package, tmp_path: Path) -> None:
    broken = repacked(package, tmp_path)
    broken.template.write_text(broken.template.read_text().replace("PAY_PER_REQUEST", "PAY_LATER"))
    with pytest.raises(PackageError, match="PAY_LATER"):
        checks.lint_accepts(broken.template)


def test_too_large_is_said(tmp_path: Path) -> None:
    (tmp_path / "large.zip").write_bytes(b"x" * (checks.MAX_BYTES + 1))
    with pytest.raises(PackageError, match=r"The zip has 24\.0 MB and may have 24\."):
        checks.size(tmp_path / "large.zip")


def test_a_lock_loses_what_lambda_has_with_its_hashes() -> None:
    jinja = "jinja2==3 \\\n    --hash=sha256:2\n"
    lock = f"boto3==1 \\\n    --hash=sha256:1\n    # via x\n{jinja}six==1 \\\n    --hash=sha256:3\n"
    assert without_provided(lock) == jinja
