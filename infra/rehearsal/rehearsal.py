"""From an empty local AWS to a customer with a PDF, and on to an update in place."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local.emulators import MINISTACK, LocalAws, start_ministack
from infra.local.process import LocalError, stop
from infra.package import archive
from infra.package.build import Package
from infra.package.jinja_templates import compile_templates, module_of
from infra.rehearsal.cloudfront import CloudFrontProxy
from infra.rehearsal.deployment import Deployment, RehearsalError
from infra.rehearsal.diagnosis import denials, reasons
from infra.rehearsal.restore import damage_and_restore
from infra.rehearsal.walk import Walk
from infra.setup import lambda_python
from infra.setup.paths import ROOT

_SERVICES = "s3,sqs,ses,sns,sts,iam,dynamodb,cloudformation,lambda,apigateway,logs,events,cloudfront,monitoring"
_ENFORCED = {"AUTH": "true", "SERVICES": _SERVICES, "PERSIST_STATE": "0", "S3_PERSIST": "0"}
_MARK = "<!-- deployed again -->"
_CHANGED = "layout/base.html"
_MAX_REASONS = 4

Say = Callable[[str], None]


def rehearse(package: Package, *, ports: tuple[int, int], say: Say = print) -> None:
    """Deploy, walk, update, look again. Raises RehearsalError with a sentence that names what is wrong."""
    with TemporaryDirectory() as name, _aws(Path(name), ports[0]) as url, CloudFrontProxy(ports[1]) as cloudfront:
        deployment = Deployment(url, f"http://127.0.0.1:{ports[1]}")
        with _step("the package is deployed into an empty account", say):
            deployment.make_operator()
            deployment.deploy(package.template, package.archive)
            cloudfront.route_to(deployment)
        walk = Walk(deployment, package.folder / "assets", Path(name), ports[1])
        for text, step in walk.steps.items():
            with _step(text, say), _diagnosed(deployment):
                step()
        with _step("an update in place keeps data and sessions", say), _diagnosed(deployment):
            changed = _changed(package.archive, Path(name) / "changed")
            deployment.deploy(package.template, changed)
            walk.check_after_update(_MARK)
        with _step("a damaged table is restored, sessions too", say), _diagnosed(deployment):
            damage_and_restore(deployment)
            walk.check_after_update(_MARK)


@contextmanager
def _aws(state: Path, port: int) -> Iterator[str]:
    local_aws = LocalAws(MINISTACK, port, port, state)
    child = start_ministack(local_aws, _ENFORCED, environment=lambda_python.ministack())
    try:
        yield local_aws.url
    finally:
        stop([child])


@contextmanager
def _step(text: str, say: Say) -> Iterator[None]:
    start = time.monotonic()
    yield
    say(f"  {time.monotonic() - start:5.1f} s  {text}")


@contextmanager
def _diagnosed(deployment: Deployment) -> Iterator[None]:
    """Adds to a failure what the functions logged. A denied call is one, even where a schedule would make up for it."""
    try:
        yield
        _check_denials(deployment)
    except (RehearsalError, LocalError, KeyError) as error:
        known = reasons(deployment)[:_MAX_REASONS]
        sentence = str(error) if not isinstance(error, KeyError) else "A page lacks the form that it should show."
        raise RehearsalError("\n".join([sentence, *(f"  {reason}" for reason in known)])) from error


def _check_denials(deployment: Deployment) -> None:
    if denied := denials(deployment):
        raise RehearsalError(denied[0])


def _changed(packed: Path, folder: Path) -> Path:
    """The same zip with a mark in the layout of every page."""
    task, layout = folder / "task", Path("templates", _CHANGED)
    archive.unpack(packed, task)
    shutil.copytree(ROOT / "templates", folder / "anew" / "templates")
    with (folder / "anew" / layout).open("a") as text:
        text.write(f"\n{_MARK}")
    compile_templates(folder / "anew")
    shutil.copy(folder / "anew" / module_of(_CHANGED), task / module_of(_CHANGED))
    archive.write(task, folder / "changed.zip")
    return folder / "changed.zip"
