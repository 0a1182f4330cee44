"""The rehearsal fails, and says why, when what it deploys is broken. Each of these would break on AWS."""

import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.package.build import Package
from infra.package.jinja_templates import module_of
from infra.setup import lambda_python
from infra.setup.paths import ROOT
from tests.fixtures.package import environment, repacked

pytestmark = pytest.mark.engines

Change = Callable[[dict[str, Any]], None]


def failure(package: Package) -> str:
    program = (lambda_python.python(), "-P", "-m", "infra.rehearsal", "--package", package.folder)
    done = subprocess.run(program, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    return done.stderr


def changed(package: Package, folder: Path, change: Change) -> Package:
    broken = repacked(package, folder)
    template = json.loads(broken.template.read_text())
    change(template)
    broken.template.write_text(json.dumps(template))
    return broken


def statement(template: dict[str, Any], role: str, sid: str) -> list[dict[str, Any]]:
    document = template["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]
    removed = [s for s in document["Statement"] if s["Sid"] == sid]
    document["Statement"] = [s for s in document["Statement"] if s["Sid"] != sid]
    return removed


@pytest.mark.soak
def test_a_missing_permission_is_named(package: Package, tmp_path: Path) -> None:
    def change(template: dict[str, Any]) -> None:
        assert statement(template, "APIHandlerRole", "SendToQueues")

    said = failure(changed(package, tmp_path / "p", change))
    assert "APIHandler" in said
    assert "may not sqs:sendmessage" in said.lower()


def test_a_missing_right_to_become_the_tenant_is_named(package: Package, tmp_path: Path) -> None:
    def change(template: dict[str, Any]) -> None:
        assert statement(template, "APIHandlerRole", "BecomeTenant")

    said = failure(changed(package, tmp_path / "p", change))
    assert "APIHandler" in said
    assert "may not sts:AssumeRole" in said
    assert "customer-connect-prod-tenant" in said


@pytest.mark.soak
def test_a_wrong_variable_name_is_named(package: Package, tmp_path: Path) -> None:
    def change(template: dict[str, Any]) -> None:
        variables = template["Globals"]["Function"]["Environment"]["Variables"]
        variables["TABEL_NAME"] = variables.pop("TABLE_NAME")

    said = failure(changed(package, tmp_path / "p", change))
    assert "APIHandler has no variable TABLE_NAME, which the settings read" in said
    assert "APIHandler has a variable TABEL_NAME, which nobody reads" in said


@pytest.mark.soak
def test_a_forgotten_template_is_named(package: Package, tmp_path: Path) -> None:
    broken = repacked(package, tmp_path / "p")
    with zipfile.ZipFile(package.archive) as whole, zipfile.ZipFile(broken.archive, "w") as packed:
        for name in whole.namelist():
            if name != module_of("auth/login.html"):
                packed.writestr(name, whole.read(name))
    said = failure(broken)
    assert "APIHandler: the zip lacks the template auth/login.html" in said
