"""From the working tree to a checked package: build/STAGE/{deployment.zip,sam.json,edge.json,assets}."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.cloudformation.loader import load
from infra.cloudformation.template import EDGE
from infra.package import archive, chalice, checks, project, upload_program
from infra.package.asset_versions import list_assets
from infra.package.functions import SECRETS
from infra.package.interpreter import PackageError
from infra.package.jinja_templates import compile_templates
from infra.package.sam_template import merged
from infra.setup import lambda_python
from infra.setup.paths import ROOT

BUILD = ROOT / "build"


@dataclass(frozen=True, slots=True)
class Package:
    """A built package: its folder and its figures."""

    folder: Path
    size: int = 0
    handlers: int = 0

    @property
    def archive(self) -> Path:
        return self.folder / "deployment.zip"

    @property
    def template(self) -> Path:
        return self.folder / "sam.json"


def build(stage: str, folder: Path, *, say: Callable[[str], None] = print) -> Package:
    """Build into `folder`, which is emptied first. Raises SetupError or PackageError with one sentence."""
    if not lambda_python.is_running():
        raise PackageError(lambda_python.MISSING)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    package = Package(folder)
    with TemporaryDirectory() as name:
        work = Path(name)
        say("Installing the locked dependencies for Lambda")
        (work / "project").mkdir()
        project.lay_out(work / "project")
        upload_program.build(work / "project" / "vendor" / "templates" / upload_program.ASSET)
        (work / "merged.json").write_text(json.dumps(merged(stage)))
        say("Packing")
        chalice.pack(work / "project", work / "merged.json", stage, work / "out")
        say("Compiling")
        _finish(work / "out", work / "unpacked", package)
        say("Checking")
        return _check(package, work / "unpacked")


def _finish(packed: Path, unpacked: Path, package: Package) -> None:
    archive.unpack(packed / "deployment.zip", unpacked)
    archive.compile_loaded(unpacked)
    compile_templates(unpacked)
    list_assets(unpacked)
    archive.write(unpacked, package.archive)
    template = json.loads((packed / "sam.json").read_text())
    package.template.write_text(json.dumps(finished(template), indent=1))
    (package.folder / "edge.json").write_text(json.dumps(load(EDGE), indent=1))
    shutil.copytree(ROOT / "templates" / "assets", package.folder / "assets")
    upload_program.build(package.folder / upload_program.ASSET)


def finished(template: dict[str, Any]) -> dict[str, Any]:
    """Without what Chalice adds to ours."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            given = properties.pop("Environment", {}).get("Variables", {})
            if own := {name: value for name, value in given.items() if name in SECRETS}:
                properties["Environment"] = {"Variables": own}  # the others are the same for all, from Globals
    return template


def _check(package: Package, unpacked: Path) -> Package:
    template = json.loads(package.template.read_text())
    checks.files_are_there(package.archive)
    checks.functions_are_known(template)
    checks.runtime_is_lambdas(template)
    handlers = checks.handlers_import(unpacked, template)
    checks.templates_load(unpacked)
    checks.transform_accepts(template)
    checks.lint_accepts(package.template, package.folder / "edge.json")
    return Package(package.folder, checks.size(package.archive), len(handlers))
